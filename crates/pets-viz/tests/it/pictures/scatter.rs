//! Scatter plots.

use pets_viz::{Figure, Group, Scatter, VizError, scatter};

use super::pixels::{GREEN, VERMILION, assert_margin_is_blank, exact as count};

fn groups(count: usize) -> Vec<Group> {
    let kind = |index: usize| {
        if index.is_multiple_of(3) {
            "cat"
        } else {
            "dog"
        }
    };
    (0..count)
        .map(|index| Group {
            name: format!("a breed with a name {index}"),
            kind: Some(kind(index).into()),
        })
        .collect()
}

/// Groups on a spiral, five points each.
fn spiral(groups: usize) -> (Vec<[f32; 2]>, Vec<usize>) {
    let place = |index: usize| {
        let (turn, step) = ((index / 5) as f32, (index % 5) as f32 * 0.02);
        [
            turn.sqrt() * turn.sin() + step,
            turn.sqrt() * turn.cos() + step,
        ]
    };
    (
        (0..groups * 5).map(place).collect(),
        (0..groups * 5).map(|index| index / 5).collect(),
    )
}

#[test]
fn scatter_plots_of_any_number_of_groups_fit_the_figure() {
    for (number, width, height) in [
        (1, 400, 320),
        (8, 640, 480),
        (37, 1000, 640),
        (37, 1200, 900),
    ] {
        let (points, labels) = spiral(number);
        let groups = groups(number);
        let of = Scatter {
            points: &points,
            labels: &labels,
            groups: &groups,
            footnote: "a footnote",
        };
        let figure = Figure::new(width, height)
            .expect("an allowed size")
            .titled("Title");
        let picture = scatter(&figure, &of).expect("valid points");
        assert_eq!(picture.image().dimensions(), (width, height));
        assert_margin_is_blank(&picture);
    }
}

#[test]
fn few_groups_have_the_colours_of_okabe_and_ito() {
    let (points, labels) = spiral(3);
    let groups: Vec<Group> = groups(3)
        .into_iter()
        .map(|group| Group {
            kind: None,
            ..group
        })
        .collect();
    let of = Scatter {
        points: &points,
        labels: &labels,
        groups: &groups,
        footnote: "",
    };
    let picture = scatter(&Figure::default(), &of).expect("valid points");
    for colour in [[0, 114, 178], VERMILION, GREEN] {
        assert!(count(&picture, colour) > 5 * 40, "{colour:?}");
    }
}

#[test]
fn a_group_without_points_is_left_out() {
    let (points, labels) = spiral(2);
    let draw = |groups: &[Group]| {
        scatter(
            &Figure::default(),
            &Scatter {
                points: &points,
                labels: &labels,
                groups,
                footnote: "",
            },
        )
        .expect("valid points")
    };
    assert_eq!(draw(&groups(2)), draw(&groups(3)));
}

#[test]
fn points_in_one_place_are_drawn() {
    let of = Scatter {
        points: &[[3.0, 3.0]; 4],
        labels: &[0; 4],
        groups: &groups(1),
        footnote: "",
    };
    scatter(&Figure::default(), &of).expect("points in one place");
}

#[test]
fn scatter_plots_of_unfit_input_are_refused() {
    let groups = groups(2);
    let base = Scatter {
        points: &[[0.0, 0.0], [1.0, 1.0]],
        labels: &[0, 1],
        groups: &groups,
        footnote: "",
    };
    let refuse = |of: Scatter<'_>| scatter(&Figure::default(), &of).expect_err("must be refused");
    assert!(matches!(
        refuse(Scatter {
            points: &[],
            labels: &[],
            ..base
        }),
        VizError::Empty { .. }
    ));
    assert!(matches!(
        refuse(Scatter {
            labels: &[0],
            ..base
        }),
        VizError::LengthMismatch {
            expected: 2,
            got: 1,
            ..
        }
    ));
    assert!(matches!(
        refuse(Scatter {
            labels: &[0, 2],
            ..base
        }),
        VizError::InvalidValue { .. }
    ));
    let broken = [[0.0, 0.0], [f32::NAN, 1.0]];
    assert!(matches!(
        refuse(Scatter {
            points: &broken,
            ..base
        }),
        VizError::NotFinite { index: 2, .. }
    ));
}

#[test]
fn too_many_groups_or_too_small_a_figure_is_an_error() {
    let (points, labels) = spiral(89);
    let many = groups(89);
    let of = Scatter {
        points: &points,
        labels: &labels,
        groups: &many,
        footnote: "",
    };
    let error =
        scatter(&Figure::new(2000, 2000).expect("an allowed size"), &of).expect_err("89 groups");
    assert!(error.to_string().contains("at most 88"), "{error}");
    let of = Scatter {
        points: &points[..37 * 5],
        labels: &labels[..37 * 5],
        groups: &many[..37],
        ..of
    };
    let error = scatter(&Figure::new(400, 320).expect("an allowed size"), &of)
        .expect_err("no room for the legend");
    assert!(error.to_string().contains("wider or higher"), "{error}");
}
