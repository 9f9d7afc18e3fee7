//! In place of linfa-tsne, in a build without the feature `linfa`.

use crate::VizError;
use crate::projection::descent::Descent;
use crate::projection::samples::Samples;

pub(crate) fn tsne(_: Samples<'_>, _: &Descent) -> Result<Vec<[f32; 2]>, VizError> {
    Err(VizError::NotBuiltIn {
        what: "t-SNE by linfa",
        feature: "linfa",
    })
}
