//! Maps of embeddings in the plane: t-SNE and UMAP, with a measure of how far to trust them.

mod distances;
mod divergence;
mod trustworthiness;
mod tsne;
mod umap;

use std::fmt::Write;

use rayon::ThreadPoolBuilder;
use serde::Serialize;

pub use trustworthiness::trustworthiness;
pub use tsne::{TsneConfig, TsneEngine, tsne};
pub use umap::{UmapConfig, umap};

use crate::{VizError, check};

/// Fewest samples t-SNE and UMAP can place.
pub const MIN_SAMPLES: usize = 4;

/// Most neighbours [`Projection::trustworthiness`] looks at.
const TRUST_NEIGHBOURS: usize = 15;

/// Threads of the projections. The sums inside manifolds-rs depend on how many there are, so that
/// number is fixed: one seed then gives the same map on every machine of one kind.
const THREADS: usize = 4;

/// Embeddings placed in the plane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Projection {
    /// A position for each embedding, in the order given. Only distances mean something: neither
    /// axis has a unit.
    pub points: Vec<[f32; 2]>,
    /// How the map was made, for instance `t-SNE (perplexity 30)`.
    pub method: String,
    /// Settings that had to be changed to fit the data, in words for the reader.
    pub notes: Vec<String>,
    /// How far neighbours in the map are neighbours in the embedding space, from 0 to 1: see
    /// [`trustworthiness()`].
    pub trustworthiness: f64,
    /// The number of neighbours trustworthiness looks at: 15, or fewer where there are fewer than
    /// 31 samples.
    pub trust_neighbours: usize,
    /// Kullback–Leibler divergence of the map from the embeddings, in nats, which t-SNE makes small;
    /// `None` for other methods. It compares maps of the same samples at the same perplexity, with
    /// affinities to the 3 · perplexity nearest neighbours.
    pub kl_divergence: Option<f64>,
}

impl Projection {
    /// A line to stand under the map: method, number of samples, trustworthiness, divergence and
    /// notes.
    pub fn footnote(&self) -> String {
        let mut line = format!(
            "{} of {} samples; trustworthiness (k = {}) {:.3}",
            self.method,
            self.points.len(),
            self.trust_neighbours,
            self.trustworthiness
        );
        if let Some(divergence) = self.kl_divergence {
            let _ = write!(line, "; KL divergence {divergence:.3}");
        }
        for note in &self.notes {
            line.push_str("; ");
            line.push_str(note);
        }
        line
    }
}

/// Embeddings that a projection can work with: finite, of a stated shape, not all the same.
#[derive(Debug, Clone, Copy)]
struct Samples<'a> {
    values: &'a [f32],
    n: usize,
    dim: usize,
}

impl<'a> Samples<'a> {
    fn new(
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
    fn projected(
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
