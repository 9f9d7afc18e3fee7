//! manifolds-rs: t-SNE and UMAP of any number of samples.

use manifolds_rs::prelude::TsneOptimParams;
use manifolds_rs::{TsneParams, UmapParams};
use rayon::ThreadPoolBuilder;

use crate::VizError;
use crate::projection::descent::Descent;
use crate::projection::samples::Samples;

/// Threads of the projections. The sums inside manifolds-rs depend on how many there are, so that
/// number is fixed: one seed then gives the same map on every machine of one kind.
const THREADS: usize = 4;

/// From here on the Fourier transform, whose cost hardly depends on the number of samples, is
/// faster than Barnes-Hut.
const FOURIER_FROM: usize = 2000;

/// t-SNE, by Barnes-Hut trees or, for many samples, by the fast Fourier transform.
pub(crate) fn tsne(samples: Samples<'_>, descent: &Descent) -> Result<Vec<[f32; 2]>, VizError> {
    let optimiser = TsneOptimParams {
        n_epochs: descent.iterations,
        early_exag_iter: descent.exaggerated,
        ..TsneOptimParams::default()
    };
    let params = TsneParams {
        ann_type: "exhaustive".into(),
        optim_params: optimiser,
        ..TsneParams::new_default_2d(Some(descent.perplexity as f32))
    };
    let repulsion = if samples.n < FOURIER_FROM {
        "barnes_hut"
    } else {
        "fft_3k"
    };
    let (input, seed) = (
        (samples.values, samples.n, samples.dim),
        descent.seed as usize,
    );
    on_fixed_threads("t-SNE", || {
        manifolds_rs::tsne(input, None, &params, repulsion, seed, 0)
    })?
    .map(|axes| points_of(&axes))
    .map_err(|error| VizError::Projection {
        method: "t-SNE",
        reason: error.to_string(),
    })
}

/// UMAP from the exact nearest neighbours.
pub(crate) fn umap(
    samples: Samples<'_>,
    neighbours: usize,
    min_dist: f64,
    seed: u64,
) -> Result<Vec<[f32; 2]>, VizError> {
    let params = UmapParams {
        k: neighbours,
        ann_type: "exhaustive".into(),
        optimiser: "sgd".into(),
        ..UmapParams::new_default_2d(Some(min_dist as f32), None)
    };
    let input = (samples.values, samples.n, samples.dim);
    on_fixed_threads("UMAP", || {
        manifolds_rs::umap(input, None, &params, seed as usize, 0)
    })?
    .map(|axes| points_of(&axes))
    .map_err(|error| VizError::Projection {
        method: "UMAP",
        reason: error.to_string(),
    })
}

/// Runs `work` on the fixed number of threads.
fn on_fixed_threads<T: Send>(
    method: &'static str,
    work: impl FnOnce() -> T + Send,
) -> Result<T, VizError> {
    let pool = ThreadPoolBuilder::new()
        .num_threads(THREADS)
        .build()
        .map_err(|error| VizError::Projection {
            method,
            reason: error.to_string(),
        })?;
    Ok(pool.install(work))
}

/// The points of manifolds-rs, which come as all x and then all y.
fn points_of(axes: &[Vec<f32>]) -> Vec<[f32; 2]> {
    match axes {
        [x, y] => x.iter().zip(y).map(|(x, y)| [*x, *y]).collect(),
        _ => Vec::new(),
    }
}
