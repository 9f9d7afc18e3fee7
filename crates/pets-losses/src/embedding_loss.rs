//! What every loss is: a module that gives the loss of labelled embeddings.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::{Int, Tensor};

use crate::error::LossError;
use crate::memory::CrossBatchMemory;
use crate::output::LossOutput;

/// A loss of labelled embeddings: those of this crate, and one of your own.
///
/// A loss is a Burn module; the parameters it has, such as a prototype of each class, train with the model. One that
/// compares the samples of a batch with each other is written as a [`PairLoss`](crate::PairLoss) in place of this: it
/// then takes a [`CrossBatchMemory`] without a line more. One that mines triplets or pairs is a
/// [`MinedTripletLoss`](crate::MinedTripletLoss) or a [`MinedPairLoss`](crate::MinedPairLoss). This trait itself is
/// for the others:
///
/// ```
/// use burn::module::{Module, Param};
/// use burn::tensor::{Device, Distribution, Int, Tensor};
/// use pets_losses::{Diagnostics, EmbeddingLoss, LossOutput};
///
/// /// The centre loss: the mean squared distance of each embedding to a learned centre of its class (Wen et al., *A
/// /// Discriminative Feature Learning Approach for Deep Face Recognition*, 2016).
/// #[derive(Module, Debug)]
/// struct CenterLoss {
///     /// `[classes, dim]`
///     centers: Param<Tensor<2>>,
/// }
///
/// impl EmbeddingLoss for CenterLoss {
///     fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
///         let centers = self.centers.val().select(0, labels);
///         let squared = (embeddings - centers).square().sum_dim(1);
///         LossOutput {
///             value: squared.mean(),
///             diagnostics: Diagnostics::default(),
///         }
///     }
/// }
///
/// let device = Device::flex().autodiff();
/// let centers = Tensor::random([2, 3], Distribution::Normal(0.0, 1.0), &device);
/// let loss = CenterLoss {
///     centers: Param::from_tensor(centers),
/// };
/// let embeddings = loss.centers.val().select(0, Tensor::from_ints([1, 0], &device));
/// let output = loss.forward(embeddings, Tensor::from_ints([1, 0], &device));
/// assert_eq!(output.value.into_scalar::<f32>(), 0.0);
/// ```
pub trait EmbeddingLoss: Module + ModuleDisplay {
    /// The loss of a batch.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`; of a loss with prototypes each from 0 to below the number of classes
    ///
    /// # Panics
    ///
    /// Those of this crate do if there is not one label to each embedding, and those with prototypes if a label is out
    /// of range or the embeddings are not of the prototypes' length.
    fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput;

    /// Whether the loss compares samples with each other, so that a [`CrossBatchMemory`] gives it more pairs.
    fn compares_pairs(&self) -> bool {
        false
    }

    /// The loss of a batch whose samples also form pairs with what `memory` holds; of a loss that compares no pairs
    /// the same as [`forward`](Self::forward).
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward), and if the remembered embeddings are of another length.
    fn forward_with_memory(
        &self,
        embeddings: Tensor<2>,
        labels: Tensor<1, Int>,
        _memory: &CrossBatchMemory,
    ) -> LossOutput {
        self.forward(embeddings, labels)
    }

    /// The loss of a batch with a memory, which then takes the batch in.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// As [`forward_with_memory`](Self::forward_with_memory).
    fn forward_and_remember(
        &self,
        embeddings: Tensor<2>,
        labels: Tensor<1, Int>,
        memory: &mut CrossBatchMemory,
    ) -> LossOutput {
        let output = self.forward_with_memory(embeddings.clone(), labels.clone(), memory);
        memory.remember(embeddings, labels);
        output
    }

    /// An empty memory of at most `capacity` embeddings for this loss.
    ///
    /// # Errors
    ///
    /// [`LossError::NoPairs`] for a loss that compares no pairs; [`LossError::NoCapacity`] for a capacity of 0.
    fn new_memory(&self, capacity: usize) -> Result<CrossBatchMemory, LossError> {
        if self.compares_pairs() {
            CrossBatchMemory::new(capacity)
        } else {
            Err(LossError::NoPairs)
        }
    }
}
