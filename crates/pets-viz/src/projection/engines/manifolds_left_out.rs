//! In place of manifolds-rs, in a build without the feature `projections`.

use crate::VizError;
use crate::projection::descent::Descent;
use crate::projection::samples::Samples;

pub(crate) fn tsne(_: Samples<'_>, _: &Descent) -> Result<Vec<[f32; 2]>, VizError> {
    Err(left_out("t-SNE"))
}

pub(crate) fn umap(
    _: Samples<'_>,
    _neighbours: usize,
    _min_dist: f64,
    _seed: u64,
) -> Result<Vec<[f32; 2]>, VizError> {
    Err(left_out("UMAP"))
}

fn left_out(what: &'static str) -> VizError {
    VizError::NotBuiltIn {
        what,
        feature: "projections",
    }
}
