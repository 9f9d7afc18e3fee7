//! Charts: size, contents, and refusal of input that cannot be drawn.

use pets_viz::{
    DistanceHistogram, EpochPoint, GrowthSeries, VizError, distance_histogram, growth_curves,
    learning_rate_curve, loss_curves, recall_bars, roc_curve,
};

use super::pixels::{BLUE, GREEN, VERMILION, assert_margin_is_blank, nearest as count, small};

fn history(epochs: usize) -> Vec<EpochPoint> {
    (1..=epochs)
        .map(|epoch| EpochPoint {
            epoch,
            train_loss: 2.0 / epoch as f64,
            val_loss: (epoch % 2 == 0).then_some(2.4 / epoch as f64),
            learning_rate: 1e-4,
        })
        .collect()
}

#[test]
fn loss_curves_show_both_losses_and_the_best_epoch() {
    let picture = loss_curves(&small(), &history(6), Some(4)).expect("valid history");
    assert_eq!(picture.image().dimensions(), (400, 320));
    let counts = [BLUE, VERMILION, GREEN].map(|colour| count(&picture, colour));
    assert!(
        counts[0] > 100 && counts[1] > 50 && counts[2] > 20,
        "{counts:?}"
    );
    assert_margin_is_blank(&picture);
    let without = loss_curves(&small(), &history(6), None).expect("valid history");
    assert_eq!(count(&without, GREEN), 0);
}

#[test]
fn one_epoch_and_many_are_drawn() {
    for epochs in [1, 2, 300] {
        let picture = loss_curves(&small(), &history(epochs), Some(1)).expect("valid history");
        assert!(count(&picture, BLUE) > 20, "{epochs} epochs");
        assert_margin_is_blank(&picture);
    }
}

#[test]
fn histories_that_make_no_sense_are_refused() {
    assert!(matches!(
        loss_curves(&small(), &[], None),
        Err(VizError::Empty { .. })
    ));
    let mut diverged = history(3);
    diverged[1].train_loss = f64::NAN;
    assert!(matches!(
        loss_curves(&small(), &diverged, None),
        Err(VizError::NotFinite { index: 1, .. })
    ));
    let mut backwards = history(3);
    backwards[2].epoch = 2;
    assert!(matches!(
        loss_curves(&small(), &backwards, None),
        Err(VizError::InvalidValue { .. })
    ));
    assert!(matches!(
        loss_curves(&small(), &history(3), Some(9)),
        Err(VizError::InvalidValue { .. })
    ));
}

#[test]
fn learning_rates_are_drawn_with_and_without_zero() {
    for rates in [
        vec![(1.0, 1e-4), (2.0, 1e-6)],
        vec![(1.0, 3e-4)],
        vec![(0.0, 0.0), (1.0, 1e-3)],
        vec![(0.0, 0.0)],
    ] {
        let picture = learning_rate_curve(&small(), &rates, "epoch").expect("valid rates");
        assert!(count(&picture, BLUE) > 20, "{rates:?}");
        assert_margin_is_blank(&picture);
    }
    assert!(matches!(
        learning_rate_curve(&small(), &[(1.0, -1e-4)], "epoch"),
        Err(VizError::InvalidValue { .. })
    ));
    assert!(matches!(
        learning_rate_curve(&small(), &[], "epoch"),
        Err(VizError::Empty { .. })
    ));
}

#[test]
fn the_roc_curve_is_drawn_with_its_equal_error_rate() {
    let picture =
        roc_curve(&small(), &[(0.0, 0.0), (0.1, 0.9), (1.0, 1.0)], 0.9, 0.1).expect("valid curve");
    assert!(count(&picture, BLUE) > 100 && count(&picture, VERMILION) > 20);
    assert_margin_is_blank(&picture);
}

#[test]
fn curves_that_are_no_roc_are_refused() {
    let refuse = |points: &[(f64, f64)], auc, eer| {
        roc_curve(&small(), points, auc, eer).expect_err("must be refused")
    };
    assert!(matches!(refuse(&[], 0.9, 0.1), VizError::Empty { .. }));
    assert!(matches!(
        refuse(&[(0.5, 0.5), (0.2, 0.6)], 0.9, 0.1),
        VizError::InvalidValue { .. }
    ));
    assert!(matches!(
        refuse(&[(0.0, 1.2)], 0.9, 0.1),
        VizError::InvalidValue { .. }
    ));
    assert!(matches!(
        refuse(&[(0.0, f64::NAN)], 0.9, 0.1),
        VizError::NotFinite { .. }
    ));
    assert!(matches!(
        refuse(&[(0.0, 1.0)], 0.9, f64::INFINITY),
        VizError::NotFinite { .. }
    ));
}

fn histogram() -> DistanceHistogram<'static> {
    DistanceHistogram {
        edges: &[0.0, 0.5, 1.0],
        positive: &[2.0, 0.1],
        negative: &[0.1, 1.5],
        threshold: Some(0.6),
        measure: "distance",
    }
}

#[test]
fn the_histogram_shows_both_kinds_of_pairs() {
    let picture = distance_histogram(&small(), &histogram()).expect("valid histogram");
    assert!(count(&picture, BLUE) > 50 && count(&picture, VERMILION) > 50);
    assert_margin_is_blank(&picture);
    let empty = DistanceHistogram {
        positive: &[0.0, 0.0],
        negative: &[0.0, 0.0],
        ..histogram()
    };
    distance_histogram(&small(), &empty).expect("bins without pairs are drawn as a flat line");
}

#[test]
fn histograms_that_do_not_fit_are_refused() {
    let refuse = |histogram| distance_histogram(&small(), &histogram).expect_err("must be refused");
    assert!(matches!(
        refuse(DistanceHistogram {
            edges: &[0.0, 1.0],
            ..histogram()
        }),
        VizError::LengthMismatch {
            expected: 3,
            got: 2,
            ..
        }
    ));
    assert!(matches!(
        refuse(DistanceHistogram {
            negative: &[1.0],
            ..histogram()
        }),
        VizError::LengthMismatch {
            expected: 2,
            got: 1,
            ..
        }
    ));
    for unfit in [
        DistanceHistogram {
            edges: &[0.0, 1.0, 0.5],
            ..histogram()
        },
        DistanceHistogram {
            positive: &[-1.0, 0.0],
            ..histogram()
        },
        DistanceHistogram {
            threshold: Some(3.0),
            ..histogram()
        },
    ] {
        assert!(
            matches!(refuse(unfit), VizError::InvalidValue { .. }),
            "{unfit:?}"
        );
    }
    assert!(matches!(
        refuse(DistanceHistogram {
            positive: &[f64::NAN, 0.0],
            ..histogram()
        }),
        VizError::NotFinite { .. }
    ));
}

#[test]
fn a_higher_recall_gives_a_higher_bar() {
    let blue = |recall| {
        count(
            &recall_bars(&small(), &[(1, recall)]).expect("valid recall"),
            BLUE,
        )
    };
    assert!(blue(1.0) > blue(0.5) && blue(0.5) > blue(0.1) && blue(0.1) > 0);
    assert_margin_is_blank(
        &recall_bars(&small(), &[(1, 1.0), (10, 1.0), (1000, 1.0)]).expect("valid recalls"),
    );
    assert!(matches!(
        recall_bars(&small(), &[(1, 1.01)]),
        Err(VizError::InvalidValue { .. })
    ));
    assert!(matches!(
        recall_bars(&small(), &[]),
        Err(VizError::Empty { .. })
    ));
}

#[test]
fn a_title_too_long_for_the_figure_is_shortened() {
    let figure = small().titled("a title that goes on and on ".repeat(20));
    assert_margin_is_blank(&recall_bars(&figure, &[(1, 0.5)]).expect("valid recall"));
}

fn growth(name: &str, points: &[(f64, f64)]) -> GrowthSeries {
    GrowthSeries {
        name: name.to_owned(),
        points: points.to_vec(),
    }
}

#[test]
fn growth_curves_show_every_series() {
    let series = [
        growth("rises", &[(1.0, 2.0), (4.0, 7.0), (64.0, 9.0)]),
        growth("falls", &[(1.0, 5.0), (64.0, 1.0)]),
    ];
    let one = growth_curves(&small(), "size", "images/s", &series[..1]).expect("valid points");
    let both = growth_curves(&small(), "size", "images/s", &series).expect("valid points");
    assert_margin_is_blank(&both);
    assert!(one.image() != both.image());
    let flat = growth("nothing", &[(3.0, 0.0)]);
    assert!(growth_curves(&small(), "size", "images/s", &[flat]).is_ok());
}

#[test]
fn growth_that_cannot_be_drawn_is_refused() {
    let draw = |points: &[(f64, f64)]| {
        growth_curves(&small(), "size", "images/s", &[growth("one", points)]).map(drop)
    };
    assert!(matches!(draw(&[]), Err(VizError::Empty { .. })));
    assert!(matches!(
        draw(&[(1.0, f64::NAN)]),
        Err(VizError::NotFinite { .. })
    ));
    for point in [(0.0, 1.0), (-2.0, 1.0), (1.0, -1.0)] {
        assert!(matches!(draw(&[point]), Err(VizError::InvalidValue { .. })));
    }
    let many = vec![growth("one", &[(1.0, 1.0)]); 1000];
    assert!(matches!(
        growth_curves(&small(), "size", "images/s", &many).map(drop),
        Err(VizError::InvalidValue { .. })
    ));
}
