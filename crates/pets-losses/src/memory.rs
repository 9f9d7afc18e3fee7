//! The cross-batch memory: embeddings of past batches.

use burn::tensor::{Device, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::error::LossError;
use crate::labels::read_labels;

/// The embeddings of past batches, with which a pair loss compares those of the present one (Wang et al.,
/// *Cross-Batch Memory for Embedding Learning*, 2020).
///
/// A queue of at most `capacity` embeddings with their labels. The samples of a batch, the anchors, form pairs with
/// each other and with everything remembered; what is remembered has no gradient and is no anchor. Embeddings drift
/// while a model learns fast, so the paper begins to remember only after some training: call the loss alone until
/// then.
///
/// ```
/// use burn::tensor::{Device, Int, Tensor};
/// use pets_losses::{EmbeddingLoss, LossConfig, LossKind};
///
/// let device = Device::flex().autodiff();
/// let loss = LossConfig::new(LossKind::MultiSimilarity).init(2, 2, &device)?;
/// let mut memory = loss.new_memory(1024)?;
///
/// let embeddings = Tensor::<2>::from_floats([[1.0, 0.0], [0.0, 1.0]], &device);
/// let labels = Tensor::<1, Int>::from_ints([0, 1], &device);
/// loss.forward_and_remember(embeddings.clone(), labels.clone(), &mut memory);
/// assert_eq!(memory.len(), 2);
///
/// // Alone, a batch of two labels has no positive pair; with the memory each sample has one.
/// let output = loss.forward_and_remember(embeddings, labels, &mut memory);
/// assert_eq!(output.diagnostics.mean_positive_distance, Some(0.0));
/// # Ok::<(), pets_losses::LossError>(())
/// ```
#[derive(Debug, Clone)]
pub struct CrossBatchMemory {
    capacity: usize,
    /// `[labels, dim]`, the oldest first; `None` as long as there are none.
    embeddings: Option<Tensor<2>>,
    labels: Vec<i64>,
}

impl CrossBatchMemory {
    /// An empty memory of at most `capacity` embeddings, at least 1; [`EmbeddingLoss::new_memory`] also asks whether the
    /// loss has a use for it.
    ///
    /// [`EmbeddingLoss::new_memory`]: crate::EmbeddingLoss::new_memory
    ///
    /// # Errors
    ///
    /// [`LossError::NoCapacity`] for a capacity of 0.
    pub fn new(capacity: usize) -> Result<Self, LossError> {
        if capacity == 0 {
            return Err(LossError::NoCapacity);
        }
        Ok(Self {
            capacity,
            embeddings: None,
            labels: Vec::new(),
        })
    }

    /// Takes a batch in, without its gradient, and forgets the oldest embeddings beyond the capacity.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding, or the embeddings remembered are of another length.
    pub fn remember(&mut self, embeddings: Tensor<2>, labels: Tensor<1, Int>) {
        let [batch, _] = embeddings.dims();
        self.labels.extend(read_labels(labels, batch));
        let embeddings = embeddings.inner();
        let all = match self.embeddings.take() {
            Some(older) => Tensor::cat(vec![older, embeddings], 0),
            None => embeddings,
        };
        let forgotten = self.labels.len().saturating_sub(self.capacity);
        self.labels.drain(..forgotten);
        self.embeddings = (!self.labels.is_empty()).then(|| {
            let kept = self.labels.len();
            all.narrow(0, forgotten, kept)
        });
    }

    /// How many embeddings are remembered at most.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many embeddings are remembered.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// What is remembered, as plain data for a checkpoint.
    pub fn state(&self) -> MemoryState {
        let (dim, embeddings) = match &self.embeddings {
            Some(embeddings) => (
                embeddings.dims()[1],
                embeddings.clone().into_data().iter().collect(),
            ),
            None => (0, Vec::new()),
        };
        MemoryState {
            dim,
            embeddings,
            labels: self.labels.clone(),
        }
    }

    /// Replaces what is remembered by a state saved before; of one larger than the capacity, the oldest are forgotten.
    ///
    /// # Errors
    ///
    /// [`LossError::BrokenMemory`] if the state does not have `dim` numbers to each label, or one is not finite; the
    /// memory is then as it was.
    pub fn restore(&mut self, state: MemoryState, device: &Device) -> Result<(), LossError> {
        let MemoryState {
            dim,
            embeddings,
            labels,
        } = state;
        let count = labels.len();
        if Some(embeddings.len()) != dim.checked_mul(count)
            || embeddings.iter().any(|number| !number.is_finite())
        {
            return Err(LossError::BrokenMemory {
                labels: count,
                dim,
                numbers: embeddings.len(),
            });
        }
        self.embeddings = None;
        self.labels.clear();
        if count > 0 {
            self.remember(
                Tensor::from_data(TensorData::new(embeddings, [count, dim]), device),
                Tensor::from_data(TensorData::new(labels, [count]), device),
            );
        }
        Ok(())
    }

    /// The embeddings and their labels, if there are any.
    pub(crate) fn remembered(&self) -> Option<(&Tensor<2>, &[i64])> {
        self.embeddings
            .as_ref()
            .map(|embeddings| (embeddings, self.labels.as_slice()))
    }
}

/// What a [`CrossBatchMemory`] remembers, for a checkpoint.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MemoryState {
    /// The length of an embedding.
    pub dim: usize,
    /// The embeddings one after another, the oldest first.
    pub embeddings: Vec<f32>,
    /// Their labels.
    pub labels: Vec<i64>,
}
