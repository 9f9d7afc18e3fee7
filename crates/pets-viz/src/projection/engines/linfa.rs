//! linfa-tsne: every pair of samples in every iteration.

use linfa::traits::Transformer;
use ndarray::Array2;
use rand08::SeedableRng;
use rand08::rngs::SmallRng;

use crate::VizError;
use crate::projection::descent::Descent;
use crate::projection::samples::Samples;

/// Most samples, since every iteration looks at all pairs.
const MAX_EXACT_SAMPLES: usize = 1000;

/// t-SNE with the exact gradient.
pub(crate) fn tsne(samples: Samples<'_>, descent: &Descent) -> Result<Vec<[f32; 2]>, VizError> {
    if samples.n > MAX_EXACT_SAMPLES {
        return Err(VizError::TooManySamples {
            maximum: MAX_EXACT_SAMPLES,
            got: samples.n,
        });
    }
    let failed = |reason: String| VizError::Projection {
        method: "t-SNE",
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
        linfa_tsne::TSneParams::embedding_size_with_rng(2, SmallRng::seed_from_u64(descent.seed))
            .perplexity(descent.perplexity)
            .approx_threshold(0.0)
            .max_iter(descent.iterations)
            .preliminary_iter(descent.exaggerated)
            .transform(rows)
            .map_err(|error| failed(error.to_string()))?;
    Ok(map
        .rows()
        .into_iter()
        .map(|row| [row[0] as f32, row[1] as f32])
        .collect())
}
