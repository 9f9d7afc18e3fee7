//! Uniform manifold approximation and projection (`McInnes`, Healy and Melville, 2018).

use super::engines::manifolds;
use super::map::Projection;
use super::samples::Samples;
use crate::VizError;

const NAME: &str = "UMAP";

/// Settings of UMAP.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UmapConfig {
    /// Neighbours of each sample, 2 or more; reduced to n − 1 where there are too few samples.
    pub n_neighbors: usize,
    /// How close points may lie in the map, from 0 to 1: small values give tight clusters.
    pub min_dist: f64,
    /// Seed of all that is random.
    pub seed: u64,
}

impl Default for UmapConfig {
    /// 15 neighbours, minimal distance 0.1, seed 42.
    fn default() -> Self {
        Self {
            n_neighbors: 15,
            min_dist: 0.1,
            seed: 42,
        }
    }
}

/// UMAP map of embeddings, from their exact nearest neighbours. The same input and settings give
/// the same map, whatever the number of threads.
///
/// # Shapes
/// `embeddings`: `[n, dim]`, row by row.
///
/// # Errors
/// [`VizError::TooFewSamples`] below [`MIN_SAMPLES`](crate::MIN_SAMPLES),
/// [`VizError::LengthMismatch`], [`VizError::NotFinite`], [`VizError::NoSpread`] and
/// [`VizError::InvalidValue`] for unfit input or settings, [`VizError::NotBuiltIn`] in a build
/// without the feature `projections`, [`VizError::Projection`] where the computation fails.
pub fn umap(
    embeddings: &[f32],
    n: usize,
    dim: usize,
    config: &UmapConfig,
) -> Result<Projection, VizError> {
    let samples = Samples::new(NAME, embeddings, n, dim)?;
    check_config(config)?;
    let neighbours = config.n_neighbors.min(n - 1);
    let mut notes = Vec::new();
    if neighbours < config.n_neighbors {
        notes.push(format!(
            "neighbours reduced from {} to {neighbours} for {n} samples",
            config.n_neighbors
        ));
    }
    let points = manifolds::umap(samples, neighbours, config.min_dist, config.seed)?;
    let method = format!(
        "{NAME} ({neighbours} neighbours, minimal distance {})",
        config.min_dist
    );
    samples.projected(NAME, method, notes, points)
}

fn check_config(config: &UmapConfig) -> Result<(), VizError> {
    if config.n_neighbors < 2 {
        let allowed = "2 or more".to_owned();
        return Err(VizError::InvalidValue {
            name: "n_neighbors",
            value: config.n_neighbors.to_string(),
            allowed,
        });
    }
    if !(0.0..=1.0).contains(&config.min_dist) {
        let allowed = "0 to 1".to_owned();
        return Err(VizError::InvalidValue {
            name: "min_dist",
            value: config.min_dist.to_string(),
            allowed,
        });
    }
    Ok(())
}
