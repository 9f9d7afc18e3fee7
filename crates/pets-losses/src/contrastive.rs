use burn::module::Module;
use burn::tensor::{Int, Tensor};

use crate::error::distance_margin;
use crate::labelled_distances::LabelledDistances;
use crate::pair_weights::PairWeights;
use crate::{Diagnostics, Distance, LossError, LossKind, LossOutput};

/// The contrastive loss: pairs of one label shall come together, pairs of two labels stay a margin apart.
///
/// ```text
/// L = ½ · mean over ordered positive pairs of  d
///   + ½ · mean over ordered negative pairs of  max(0, margin − d)
/// ```
///
/// with the Euclidean [`Distance`] (Hadsell et al., *Dimensionality Reduction by Learning an Invariant Mapping*, 2006,
/// without its squares). A side without pairs counts 0.
#[derive(Module, Debug)]
pub struct ContrastiveLoss {
    margin: f64,
}

impl ContrastiveLoss {
    /// A contrastive loss that pushes negatives `margin` apart.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] if the margin is negative or not finite.
    pub fn new(margin: f64) -> Result<Self, LossError> {
        Ok(Self {
            margin: distance_margin(LossKind::Contrastive, margin)?,
        })
    }

    /// The loss of a batch.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding.
    pub fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        let distances = Distance::Euclidean.pairwise(embeddings.clone(), embeddings);
        let batch = LabelledDistances::read(&distances, labels);
        let pairs = Pairs::count(&batch, self.margin);
        LossOutput {
            value: self.weigh(&batch, &pairs).apply(distances),
            diagnostics: Diagnostics {
                active_share: (pairs.negative > 0)
                    .then(|| pairs.active as f64 / pairs.negative as f64),
                mean_positive_distance: batch.mean_positive(),
                mean_negative_distance: batch.mean_negative(),
                ..Diagnostics::default()
            },
        }
    }

    fn weigh(&self, batch: &LabelledDistances, pairs: &Pairs) -> PairWeights {
        let mut loss = PairWeights::zero(batch.batch());
        for anchor in 0..batch.batch() {
            for (positive, _) in batch.positives(anchor) {
                loss.add(anchor, positive, 0.5 / pairs.positive as f64);
            }
            for (negative, distance) in batch.negatives(anchor) {
                if distance < self.margin {
                    let share = 0.5 / pairs.negative as f64;
                    loss.add(anchor, negative, -share);
                    loss.add_offset(share * self.margin);
                }
            }
        }
        loss
    }
}

/// How many ordered pairs a batch has.
struct Pairs {
    positive: usize,
    negative: usize,
    /// Negative pairs closer than the margin.
    active: usize,
}

impl Pairs {
    fn count(batch: &LabelledDistances, margin: f64) -> Self {
        let anchors = || 0..batch.batch();
        let negatives = || anchors().flat_map(|anchor| batch.negatives(anchor));
        Self {
            positive: anchors().flat_map(|anchor| batch.positives(anchor)).count(),
            negative: negatives().count(),
            active: negatives()
                .filter(|&(_, distance)| distance < margin)
                .count(),
        }
    }
}
