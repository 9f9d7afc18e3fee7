//! The dark theme.

use pets_viz::{
    ClassValues, Confusion, DistanceHistogram, EpochPoint, Figure, Group, Picture, Scatter, Theme,
    VizError, class_bars, confusion_matrix, distance_histogram, learning_rate_curve, loss_curves,
    recall_bars, roc_curve, roc_curve_log, scatter,
};

use super::pixels::{assert_margin_is_blank, small};

/// Every chart in the colours of `theme`.
fn charts(theme: Theme) -> Result<Vec<Picture>, VizError> {
    let figure = small().themed(theme);
    let epoch = |epoch: usize| EpochPoint {
        epoch,
        train_loss: 1.0,
        val_loss: Some(2.0),
        learning_rate: 1e-3,
    };
    let roc = [(0.0, 0.0), (0.1, 0.9), (1.0, 1.0)];
    let histogram = DistanceHistogram {
        edges: &[0.0, 0.5, 1.0],
        positive: &[2.0, 0.1],
        negative: &[0.1, 1.5],
        threshold: Some(0.6),
        measure: "distance",
    };
    let names = ["a".to_owned(), "b".to_owned()];
    let confusion = Confusion {
        names: &names,
        counts: &[1, 2, 3, 4],
        predicted: "nearest",
    };
    let class = ClassValues {
        name: "a".into(),
        values: vec![0.5],
    };
    let groups = names.clone().map(|name| Group { name, kind: None });
    let points = Scatter {
        points: &[[0.0, 0.0], [1.0, 1.0]],
        labels: &[0, 1],
        groups: &groups,
        footnote: "a footnote",
    };
    Ok(vec![
        loss_curves(&figure, &[epoch(1), epoch(2)], Some(2))?,
        learning_rate_curve(&figure, &[(0.0, 1e-3), (1.0, 1e-4)], "epoch")?,
        roc_curve(&figure, &roc, 0.9, 0.1)?,
        roc_curve_log(&figure, &roc, 0.9, 0.1)?,
        distance_histogram(&figure, &histogram)?,
        recall_bars(&figure, &[(1, 0.5)])?,
        confusion_matrix(&figure, &confusion)?,
        class_bars(&figure, "measure", &[class])?,
        scatter(&figure, &points)?,
    ])
}

#[test]
fn every_chart_has_a_dark_side() {
    assert_eq!(Figure::default().theme(), Theme::Light);
    let (light, dark) = (charts(Theme::Light), charts(Theme::Dark));
    let (light, dark) = (light.expect("valid charts"), dark.expect("valid charts"));
    for (light, dark) in light.iter().zip(&dark) {
        assert_margin_is_blank(dark);
        let mean = |picture: &Picture| {
            let values = picture.image().as_raw();
            values.iter().map(|value| u64::from(*value)).sum::<u64>() / values.len() as u64
        };
        assert!(
            mean(light) > 190 && mean(dark) < 80,
            "{} {}",
            mean(light),
            mean(dark)
        );
        let brightest = dark
            .image()
            .pixels()
            .map(|pixel| pixel.0[0].min(pixel.0[1]))
            .max();
        assert!(brightest > Some(190), "the letters are light");
        let blackest = dark
            .image()
            .pixels()
            .map(|pixel| pixel.0[0].max(pixel.0[2]))
            .min();
        assert!(
            blackest >= Some(20),
            "nothing is drawn in the ink of the other theme"
        );
    }
}
