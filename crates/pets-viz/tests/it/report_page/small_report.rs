//! A report small enough to know every number of.

use image::{Rgb, RgbImage};
use pets_viz::report::{
    Attention, Class, ConfusedPair, Headline, Histogram, Jpeg, Neighbour, Report, RocStep, Sample,
    Verification,
};
use pets_viz::{CamRow, EpochPoint, HeatMap, Projection};

/// Names that would break out of a page that does not escape.
pub(crate) const NAMES: [&str; 3] = [
    "Bengal & <b>\"co\"</b>",
    "pug</script><script>x()",
    "chow chow",
];

/// Nine samples, three of each class, on a grid: class by column, number by row. Each has the other
/// two of its class as neighbours, then one of the next class.
pub(crate) fn small_report() -> Report {
    let sample = |index: usize| {
        let (class, row) = (index % 3, index / 3);
        let others = [(row + 1) % 3, (row + 2) % 3].map(|other| other * 3 + class);
        let stranger = row * 3 + (class + 1) % 3;
        let near = |sample, similarity| Neighbour { sample, similarity };
        let shade = 40 + 20 * index as u8;
        let photo = RgbImage::from_pixel(90, 70, Rgb([shade, 120, 255 - shade]));
        Sample {
            name: format!("image <{index}>"),
            class,
            photo: Jpeg::thumbnail(&photo).expect("a picture"),
            neighbours: vec![
                near(others[0], 0.9),
                near(stranger, 0.7),
                near(others[1], 0.5),
            ],
            average_precision: Some(1.0 - index as f64 / 10.0),
        }
    };
    let map = |method: &str, turned: bool| Projection {
        points: (0..9u8)
            .map(|index| [f32::from(index % 3), f32::from(index / 3)])
            .map(|[x, y]| if turned { [y, x] } else { [x, y] })
            .collect(),
        method: method.into(),
        notes: vec!["a note".into()],
        trustworthiness: 0.987,
        trust_neighbours: 4,
        kl_divergence: (!turned).then_some(0.4321),
    };
    Report {
        title: "Tests & \"quotes\" </title>".into(),
        class_word: "breed".into(),
        classes_word: "breeds".into(),
        headlines: vec![Headline {
            interval: Some([0.81, 0.92]),
            baseline: Some(0.455),
            ..Headline::new("Recall@1", 0.874)
        }],
        configuration: "seed = 42 # <&>".into(),
        history: [1, 2, 3]
            .map(|epoch| EpochPoint {
                epoch,
                train_loss: 3.0 / epoch as f64,
                val_loss: (epoch > 1).then_some(3.5 / epoch as f64),
                learning_rate: 10f64.powi(-(epoch as i32)),
            })
            .into(),
        best_epoch: Some(2),
        verification: Some(verification()),
        classes: (NAMES.iter().zip([0.5, 0.25, 0.75]))
            .map(|(name, recall)| Class {
                kind: Some(if recall < 0.6 { "cat" } else { "dog" }.into()),
                recall_at_1: Some(recall),
                ..Class::named(*name)
            })
            .collect(),
        confused: vec![ConfusedPair {
            classes: [1, 2],
            accepted: 3,
            pairs: 9,
        }],
        samples: (0..9).map(sample).collect(),
        maps: vec![
            map("t-SNE (perplexity 2)", false),
            map("UMAP (2 neighbours)", true),
        ],
        attention: vec![
            Attention::new(&CamRow {
                image: RgbImage::new(60, 60),
                map: HeatMap::new(vec![0.0, 1.0], 1, 2).expect("a map"),
                caption: "an <i>image</i>".into(),
            })
            .expect("a picture"),
        ],
        ..Report::default()
    }
}

fn verification() -> Verification {
    let step = |far, tar, threshold| RocStep {
        false_accept_rate: far,
        true_accept_rate: tar,
        threshold,
    };
    Verification {
        roc: vec![
            step(0.0, 0.0, None),
            step(0.0, 0.4, Some(0.25)),
            step(0.125, 0.875, Some(0.5)),
            step(0.5, 0.95, Some(1.0)),
            step(1.0, 1.0, Some(1.5)),
        ],
        auc: Some(0.9),
        eer: Some(0.125),
        eer_threshold: Some(0.5),
        measure: "distance".into(),
        histogram: Some(Histogram {
            edges: vec![0.0, 1.0, 2.0],
            positive: vec![0.8, 0.2],
            negative: vec![0.3, 0.7],
        }),
    }
}
