//! How manifolds-rs is called: on how many threads, and what its points look like.

use rayon::ThreadPoolBuilder;

use crate::VizError;

/// Threads of the projections. The sums inside manifolds-rs depend on how many there are, so that
/// number is fixed: one seed then gives the same map on every machine of one kind.
const THREADS: usize = 4;

/// Runs `work` on the fixed number of threads.
pub(super) fn on_fixed_threads<T: Send>(
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
pub(super) fn points_of(axes: &[Vec<f32>]) -> Vec<[f32; 2]> {
    match axes {
        [x, y] => x.iter().zip(y).map(|(x, y)| [*x, *y]).collect(),
        _ => Vec::new(),
    }
}
