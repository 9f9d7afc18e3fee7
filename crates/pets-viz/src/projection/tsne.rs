//! t-distributed stochastic neighbour embedding (van der Maaten and Hinton, 2008).

use linfa::traits::Transformer;
use manifolds_rs::TsneParams;
use manifolds_rs::prelude::TsneOptimParams;
use ndarray::Array2;
use rand08::SeedableRng;
use rand08::rngs::SmallRng;

use super::divergence::kl_divergence;
use super::manifolds::{on_fixed_threads, points_of};
use super::map::Projection;
use super::samples::Samples;
use crate::VizError;

const NAME: &str = "t-SNE";

/// Most samples for [`TsneEngine::Linfa`], whose every iteration looks at all pairs.
const MAX_EXACT_SAMPLES: usize = 1000;

/// From here on the Fourier transform, whose cost hardly depends on the number of samples, is
/// faster than Barnes-Hut.
const FOURIER_FROM: usize = 2000;

/// Iterations with early exaggeration, where there are enough iterations for it.
const EXAGGERATED: usize = 250;

/// Who computes the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TsneEngine {
    /// manifolds-rs, for any number of samples: repulsion by Barnes-Hut trees, from 2,000 samples
    /// on interpolated by fast Fourier transform (Linderman et al., 2019).
    #[default]
    Manifolds,
    /// linfa-tsne: the exact gradient over all pairs; for at most 1,000 samples. (Its Barnes-Hut
    /// approximation overflows the stack on tight clusters, so it is not offered.)
    Linfa,
}

/// Settings of t-SNE.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TsneConfig {
    /// Effective number of neighbours of each sample, 1 or more; reduced to (n − 1) / 3 where there
    /// are too few samples.
    pub perplexity: f64,
    /// Steps of gradient descent.
    pub iterations: usize,
    /// Seed of all that is random.
    pub seed: u64,
    /// Who computes the map.
    pub engine: TsneEngine,
}

impl Default for TsneConfig {
    /// Perplexity 30, 1,000 iterations, seed 42, manifolds-rs.
    fn default() -> Self {
        Self {
            perplexity: 30.0,
            iterations: 1000,
            seed: 42,
            engine: TsneEngine::Manifolds,
        }
    }
}

/// t-SNE map of embeddings. The same input and settings give the same map, whatever the number of
/// threads.
///
/// # Shapes
/// `embeddings`: `[n, dim]`, row by row.
///
/// # Errors
/// [`VizError::TooFewSamples`] below [`MIN_SAMPLES`](crate::MIN_SAMPLES),
/// [`VizError::TooManySamples`] for the exact engine, [`VizError::LengthMismatch`],
/// [`VizError::NotFinite`], [`VizError::NoSpread`] and [`VizError::InvalidValue`] for unfit input
/// or settings, [`VizError::Projection`] where the engine fails.
pub fn tsne(
    embeddings: &[f32],
    n: usize,
    dim: usize,
    config: &TsneConfig,
) -> Result<Projection, VizError> {
    let samples = Samples::new(NAME, embeddings, n, dim)?;
    check_config(config)?;
    let most = (n - 1) as f64 / 3.0;
    let perplexity = config.perplexity.min(most);
    let mut notes = Vec::new();
    if perplexity < config.perplexity {
        notes.push(format!(
            "perplexity reduced from {} to {perplexity:.1} for {n} samples",
            config.perplexity
        ));
    }
    let points = match config.engine {
        TsneEngine::Manifolds => manifolds(samples, perplexity, config),
        TsneEngine::Linfa => exact(samples, perplexity, config),
    }?;
    let method = format!("{NAME} (perplexity {})", (perplexity * 10.0).round() / 10.0);
    let map = samples.projected(NAME, method, notes, points)?;
    let divergence = kl_divergence(samples, &map.points, perplexity);
    Ok(Projection {
        kl_divergence: Some(divergence),
        ..map
    })
}

fn check_config(config: &TsneConfig) -> Result<(), VizError> {
    if !(config.perplexity.is_finite() && config.perplexity >= 1.0) {
        let allowed = "1 or more".to_owned();
        return Err(VizError::InvalidValue {
            name: "perplexity",
            value: config.perplexity.to_string(),
            allowed,
        });
    }
    if config.iterations == 0 {
        let allowed = "1 or more".to_owned();
        return Err(VizError::InvalidValue {
            name: "t-SNE iterations",
            value: "0".into(),
            allowed,
        });
    }
    Ok(())
}

fn exaggerated(iterations: usize) -> usize {
    EXAGGERATED.min(iterations / 2)
}

fn manifolds(
    samples: Samples<'_>,
    perplexity: f64,
    config: &TsneConfig,
) -> Result<Vec<[f32; 2]>, VizError> {
    let optimiser = TsneOptimParams {
        n_epochs: config.iterations,
        early_exag_iter: exaggerated(config.iterations),
        ..TsneOptimParams::default()
    };
    let params = TsneParams {
        ann_type: "exhaustive".into(),
        optim_params: optimiser,
        ..TsneParams::new_default_2d(Some(perplexity as f32))
    };
    let repulsion = if samples.n < FOURIER_FROM {
        "barnes_hut"
    } else {
        "fft_3k"
    };
    let (input, seed) = (
        (samples.values, samples.n, samples.dim),
        config.seed as usize,
    );
    on_fixed_threads(NAME, || {
        manifolds_rs::tsne(input, None, &params, repulsion, seed, 0)
    })?
    .map(|axes| points_of(&axes))
    .map_err(|error| VizError::Projection {
        method: NAME,
        reason: error.to_string(),
    })
}

fn exact(
    samples: Samples<'_>,
    perplexity: f64,
    config: &TsneConfig,
) -> Result<Vec<[f32; 2]>, VizError> {
    if samples.n > MAX_EXACT_SAMPLES {
        return Err(VizError::TooManySamples {
            maximum: MAX_EXACT_SAMPLES,
            got: samples.n,
        });
    }
    let failed = |reason: String| VizError::Projection {
        method: NAME,
        reason,
    };
    let values = samples
        .values
        .iter()
        .map(|value| f64::from(*value))
        .collect();
    let rows = Array2::from_shape_vec((samples.n, samples.dim), values)
        .map_err(|error| failed(error.to_string()))?;
    let map =
        linfa_tsne::TSneParams::embedding_size_with_rng(2, SmallRng::seed_from_u64(config.seed))
            .perplexity(perplexity)
            .approx_threshold(0.0)
            .max_iter(config.iterations)
            .preliminary_iter(exaggerated(config.iterations))
            .transform(rows)
            .map_err(|error| failed(error.to_string()))?;
    Ok(map
        .rows()
        .into_iter()
        .map(|row| [row[0] as f32, row[1] as f32])
        .collect())
}
