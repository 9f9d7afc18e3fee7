//! Confusion matrix and bars by class.

use pets_viz::{ClassValues, Confusion, Figure, VizError, class_bars, confusion_matrix};

use super::pixels::{BLUE, VERMILION, assert_margin_is_blank, exact, nearest, small};

fn names(count: usize) -> Vec<String> {
    (0..count)
        .map(|index| format!("a breed with a name {index}"))
        .collect()
}

/// Everything right but for `wrong` of a hundred, which are taken for the class half-way round.
fn counts(classes: usize, wrong: u64) -> Vec<u64> {
    let count = |row: usize, column: usize| match (column + classes - row) % classes {
        0 => 100 - wrong,
        apart if apart == classes / 2 => wrong,
        _ => 0,
    };
    (0..classes * classes)
        .map(|cell| count(cell / classes, cell % classes))
        .collect()
}

fn matrix<'a>(names: &'a [String], counts: &'a [u64]) -> Confusion<'a> {
    Confusion {
        names,
        counts,
        predicted: "nearest",
    }
}

#[test]
fn confusion_matrices_of_any_number_of_classes_fit_the_figure() {
    for (classes, side) in [(1, 320), (2, 400), (37, 700), (37, 1100), (88, 1200)] {
        let (names, counts) = (names(classes), counts(classes, 30));
        let figure = Figure::new(side, side)
            .expect("an allowed size")
            .titled("Title");
        let picture = confusion_matrix(&figure, &matrix(&names, &counts)).expect("valid counts");
        assert_eq!(picture.image().dimensions(), (side, side));
        assert_margin_is_blank(&picture);
    }
}

#[test]
fn right_and_wrong_answers_have_their_colours() {
    let names = names(4);
    let all_right = counts(4, 0);
    let picture = confusion_matrix(&small(), &matrix(&names, &all_right)).expect("valid counts");
    assert!(exact(&picture, BLUE) > 200 && nearest(&picture, VERMILION) == 0);
    let all_wrong = counts(4, 100);
    let picture = confusion_matrix(&small(), &matrix(&names, &all_wrong)).expect("valid counts");
    assert!(exact(&picture, VERMILION) > 200 && nearest(&picture, BLUE) == 0);
}

#[test]
fn unfit_confusion_matrices_are_refused() {
    let refuse = |classes: usize, counts: &[u64]| {
        let names = names(classes);
        confusion_matrix(&small(), &matrix(&names, counts)).expect_err("must be refused")
    };
    assert!(matches!(refuse(0, &[]), VizError::Empty { .. }));
    assert!(matches!(
        refuse(2, &[1, 2, 3]),
        VizError::LengthMismatch {
            expected: 4,
            got: 3,
            ..
        }
    ));
    let error = refuse(37, &counts(37, 5));
    assert!(error.to_string().contains("37 classes"), "{error}");
}

fn bars(classes: usize, value: f64) -> Vec<ClassValues> {
    names(classes)
        .into_iter()
        .map(|name| ClassValues {
            name,
            values: vec![value, value],
        })
        .collect()
}

#[test]
fn bars_grow_with_the_mean_and_fit_the_figure() {
    // The bars let the grid shine through: count what is nearer to their blue than to grey.
    let blue = |value| {
        let picture = class_bars(&small(), "measure", &bars(5, value)).expect("valid values");
        assert_margin_is_blank(&picture);
        nearest(&picture, BLUE)
    };
    assert!(blue(1.0) > blue(0.5) && blue(0.5) > blue(0.1) && blue(0.0) == 0);
    for classes in [1, 37] {
        let figure = Figure::new(900, 700)
            .expect("an allowed size")
            .titled("Title");
        let picture = class_bars(&figure, "measure", &bars(classes, 0.9)).expect("valid values");
        assert_margin_is_blank(&picture);
    }
}

#[test]
fn unfit_bars_are_refused() {
    let refuse = |classes: &[ClassValues]| {
        class_bars(&small(), "measure", classes).expect_err("must be refused")
    };
    assert!(matches!(refuse(&[]), VizError::Empty { .. }));
    assert!(matches!(
        refuse(&bars(1, 1.1)),
        VizError::InvalidValue { .. }
    ));
    assert!(matches!(
        refuse(&bars(1, f64::NAN)),
        VizError::NotFinite { .. }
    ));
    let mut without = bars(2, 0.5);
    without[1].values.clear();
    assert!(matches!(refuse(&without), VizError::Empty { .. }));
    let error = refuse(&bars(37, 0.5));
    assert!(error.to_string().contains("37 classes"), "{error}");
}
