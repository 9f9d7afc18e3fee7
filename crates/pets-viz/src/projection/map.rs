//! A finished map.

use std::fmt::Write;

use serde::Serialize;

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
    /// [`trustworthiness()`](crate::trustworthiness()).
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
