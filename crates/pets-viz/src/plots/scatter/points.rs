//! Points in the plane, each of a group.

use super::group::Group;
use crate::drawing::palette::MAX_GROUPS;
use crate::{VizError, check};

/// Points in the plane and what they stand for.
#[derive(Debug, Clone, Copy)]
pub struct Scatter<'a> {
    /// Positions, for instance [`Projection::points`](crate::Projection::points).
    pub points: &'a [[f32; 2]],
    /// For each point the index of its group.
    pub labels: &'a [usize],
    /// The groups.
    pub groups: &'a [Group],
    /// A line to stand under the plot, for instance
    /// [`Projection::footnote`](crate::Projection::footnote).
    pub footnote: &'a str,
}

impl Scatter<'_> {
    /// Whether points, labels and groups fit together.
    pub(super) fn check(&self) -> Result<(), VizError> {
        let Self {
            points,
            labels,
            groups,
            ..
        } = *self;
        check::not_empty("points", points)?;
        check::same_length("labels of points", points.len(), labels.len())?;
        check::finite(
            "points (x, y, x, y, …)",
            points.as_flattened().iter().map(|value| f64::from(*value)),
        )?;
        if groups.len() > MAX_GROUPS {
            let allowed = format!("at most {MAX_GROUPS}, which is how many can be told apart");
            return Err(VizError::InvalidValue {
                name: "number of groups",
                value: groups.len().to_string(),
                allowed,
            });
        }
        match labels.iter().find(|label| **label >= groups.len()) {
            Some(label) => Err(VizError::InvalidValue {
                name: "label",
                value: label.to_string(),
                allowed: format!("less than {}, the number of groups", groups.len()),
            }),
            None => Ok(()),
        }
    }
}
