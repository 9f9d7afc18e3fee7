//! A loss that is linear in the distances of a batch.

use burn::tensor::{Tensor, TensorData};

/// A loss that is linear in the distances of a batch: `Σ weight(i, j) · d(i, j) + offset`.
///
/// Hinges are linear as soon as it is decided which of them are active. Any other term `f(d)` has the tangent
/// `f'(d₀) · d + f(d₀) − f'(d₀) · d₀` at the distances `d₀` of the batch: it has the term's value and gradient there.
/// Weights of 0 everywhere and an offset of 0 are a loss that is 0 with gradient 0, yet attached to the embeddings.
pub(crate) struct PairWeights {
    anchors: usize,
    samples: usize,
    /// Row-major `[anchors, samples]`.
    weights: Vec<f64>,
    offset: f64,
}

impl PairWeights {
    /// The loss that is 0.
    pub(crate) fn zero(anchors: usize, samples: usize) -> Self {
        Self {
            anchors,
            samples,
            weights: vec![0.0; anchors * samples],
            offset: 0.0,
        }
    }

    /// Adds `weight · d(anchor, sample)` to the loss.
    pub(crate) fn add(&mut self, anchor: usize, sample: usize, weight: f64) {
        self.weights[anchor * self.samples + sample] += weight;
    }

    /// Adds a constant to the loss.
    pub(crate) fn add_offset(&mut self, offset: f64) {
        self.offset += offset;
    }

    /// Divides the loss by `divisor`.
    pub(crate) fn divide(&mut self, divisor: f64) {
        self.weights
            .iter_mut()
            .for_each(|weight| *weight /= divisor);
        self.offset /= divisor;
    }

    /// The loss of these distances.
    ///
    /// # Shapes
    ///
    /// - distances: `[anchors, samples]`
    /// - output: `[1]`
    pub(crate) fn apply(self, distances: Tensor<2>) -> Tensor<1> {
        let weights = Tensor::<2>::from_data(
            TensorData::new(self.weights, [self.anchors, self.samples]),
            (&distances.device().inner(), distances.dtype()),
        );
        (distances * weights)
            .sum_dim(1)
            .sum()
            .add_scalar(self.offset)
    }
}
