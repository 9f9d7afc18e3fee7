//! What a projection starts from, and what it must have made of it.

use super::map::Projection;
use super::trustworthiness::trustworthiness;
use crate::{VizError, check};

/// Fewest samples t-SNE and UMAP can place.
pub const MIN_SAMPLES: usize = 4;

/// Most neighbours [`Projection::trustworthiness`] looks at.
const TRUST_NEIGHBOURS: usize = 15;

/// Embeddings that a projection can work with: finite, of a stated shape, not all the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Samples<'a> {
    pub(super) values: &'a [f32],
    pub(super) n: usize,
    pub(super) dim: usize,
}

impl<'a> Samples<'a> {
    pub(super) fn new(
        method: &'static str,
        values: &'a [f32],
        n: usize,
        dim: usize,
    ) -> Result<Self, VizError> {
        if n < MIN_SAMPLES {
            return Err(VizError::TooFewSamples {
                method,
                minimum: MIN_SAMPLES,
                got: n,
            });
        }
        if dim < 2 {
            let allowed = "2 or more; fewer can be drawn as they are".to_owned();
            return Err(VizError::InvalidValue {
                name: "embedding dimension",
                value: dim.to_string(),
                allowed,
            });
        }
        check::same_length(
            "embeddings (samples × dimension)",
            n.saturating_mul(dim),
            values.len(),
        )?;
        check::finite("embeddings", values.iter().map(|value| f64::from(*value)))?;
        let (first, rest) = values.split_at(dim);
        if rest.chunks_exact(dim).all(|row| row == first) {
            return Err(VizError::NoSpread { samples: n });
        }
        Ok(Self { values, n, dim })
    }

    /// The finished projection, once its coordinates are known to be finite.
    pub(super) fn projected(
        self,
        name: &'static str,
        method: String,
        notes: Vec<String>,
        points: Vec<[f32; 2]>,
    ) -> Result<Projection, VizError> {
        if points.len() != self.n || points.as_flattened().iter().any(|value| !value.is_finite()) {
            let reason = "it gave coordinates that are not finite".to_owned();
            return Err(VizError::Projection {
                method: name,
                reason,
            });
        }
        let trust_neighbours = TRUST_NEIGHBOURS.min((self.n - 1) / 2);
        let trustworthiness =
            trustworthiness(self.values, self.n, self.dim, &points, trust_neighbours)?;
        Ok(Projection {
            points,
            method,
            notes,
            trustworthiness,
            trust_neighbours,
            kl_divergence: None,
        })
    }
}
