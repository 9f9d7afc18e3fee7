//! What a loss is that compares the samples of a batch with each other.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::{Int, Tensor};

use crate::distance::Distance;
use crate::embedding_loss::EmbeddingLoss;
use crate::memory::CrossBatchMemory;
use crate::output::LossOutput;
use crate::pairs::labelled_distances::LabelledDistances;

/// A loss of the pairs of a batch, as a function of their distances; it is an [`EmbeddingLoss`], with or without a
/// [`CrossBatchMemory`].
///
/// A loss of your own, trained as those of this crate are:
///
/// ```
/// use burn::module::Module;
/// use burn::tensor::{Device, Int, Tensor};
/// use pets_losses::{Distance, EmbeddingLoss, LabelledDistances, LossOutput, PairLoss};
///
/// /// The multi-class N-pair loss: of each positive pair `log(1 + Σₙ exp(s(a, n) − s(a, p)))` (Sohn, *Improved Deep
/// /// Metric Learning with Multi-class N-pair Loss Objective*, 2016), here of cosines.
/// #[derive(Module, Debug)]
/// struct NPairLoss;
///
/// impl PairLoss for NPairLoss {
///     fn distance(&self) -> Distance {
///         Distance::Cosine
///     }
///
///     fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput {
///         let distances = batch.tensor();
///         let negatives = distances.clone().neg().exp() * batch.negative_mask().float();
///         let terms = (negatives.sum_dim(1) * distances.exp()).log1p();
///         let sum = (terms * batch.positive_mask().float()).sum();
///         LossOutput {
///             value: sum.div_scalar(batch.positive_pairs().max(1) as f64),
///             diagnostics: batch.diagnostics(),
///         }
///     }
/// }
///
/// let device = Device::flex().autodiff();
/// let embeddings = Tensor::<2>::from_floats([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], &device);
/// let labels = Tensor::<1, Int>::from_ints([0, 0, 1], &device);
/// let value = NPairLoss.forward(embeddings, labels).value.into_scalar::<f64>();
/// assert!((value - (-1.0_f64).exp().ln_1p()).abs() < 1e-6);
/// ```
pub trait PairLoss: Module + ModuleDisplay {
    /// The distance by which the samples are compared.
    fn distance(&self) -> Distance;

    /// The loss of the pairs of a batch.
    ///
    /// Its gradient flows through [`LabelledDistances::tensor`]. A batch without the pairs it needs has the loss 0,
    /// still attached to the distances.
    fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput;
}

impl<L: PairLoss> EmbeddingLoss for L {
    fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        self.of_pairs(&LabelledDistances::new(embeddings, labels, self.distance()))
    }

    fn compares_pairs(&self) -> bool {
        true
    }

    fn forward_with_memory(
        &self,
        embeddings: Tensor<2>,
        labels: Tensor<1, Int>,
        memory: &CrossBatchMemory,
    ) -> LossOutput {
        let distance = self.distance();
        let batch = LabelledDistances::with_memory(embeddings, labels, distance, memory);
        self.of_pairs(&batch)
    }
}
