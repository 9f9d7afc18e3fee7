//! t-distributed stochastic neighbour embedding (van der Maaten and Hinton, 2008).

use std::fmt;
use std::str::FromStr;

use super::descent::Descent;
use super::divergence::kl_divergence;
use super::engines::{linfa, manifolds};
use super::map::Projection;
use super::samples::Samples;
use crate::{VizError, names};

const NAME: &str = "t-SNE";

/// Iterations with early exaggeration, where there are enough iterations for it.
const EXAGGERATED: usize = 250;

/// Who computes the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TsneEngine {
    /// manifolds-rs, for any number of samples: repulsion by Barnes-Hut trees, from 2,000 samples
    /// on interpolated by fast Fourier transform (Linderman et al., 2019).
    #[default]
    Manifolds,
    /// linfa-tsne: the exact gradient over all pairs; for at most 1,000 samples, and only in a build
    /// with the feature `linfa`. (Its Barnes-Hut approximation overflows the stack on tight
    /// clusters, so it is not offered.)
    Linfa,
}

impl TsneEngine {
    /// Every engine, whether this build has it or not.
    pub const ALL: [Self; 2] = [Self::Manifolds, Self::Linfa];

    /// Whether this build has it: manifolds-rs is the feature `projections`, linfa-tsne the feature `linfa`.
    pub const fn is_built_in(self) -> bool {
        match self {
            Self::Manifolds => cfg!(feature = "projections"),
            Self::Linfa => cfg!(feature = "linfa"),
        }
    }
}

impl fmt::Display for TsneEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manifolds => "manifolds",
            Self::Linfa => "linfa",
        })
    }
}

impl FromStr for TsneEngine {
    type Err = VizError;

    fn from_str(name: &str) -> Result<Self, VizError> {
        names::find("t-SNE engine", &Self::ALL, name)
    }
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
/// or settings, [`VizError::NotBuiltIn`] where this build lacks the engine, [`VizError::Projection`]
/// where it fails.
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
    let descent = Descent {
        perplexity,
        iterations: config.iterations,
        exaggerated: EXAGGERATED.min(config.iterations / 2),
        seed: config.seed,
    };
    let points = match config.engine {
        TsneEngine::Manifolds => manifolds::tsne(samples, &descent),
        TsneEngine::Linfa => linfa::tsne(samples, &descent),
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
