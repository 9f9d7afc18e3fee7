use burn::tensor::{Int, Tensor};

use crate::labelled_distances::{LabelledDistances, read_labels};
use crate::{CrossBatchMemory, Distance};

/// A batch whose samples, the anchors, are each compared with the others and with remembered ones.
pub(crate) struct PairBatch {
    anchors: Tensor<2>,
    samples: Tensor<2>,
    /// The labels of the samples, those of the anchors first.
    labels: Vec<i64>,
}

impl PairBatch {
    /// A batch alone.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding.
    pub(crate) fn new(embeddings: Tensor<2>, labels: Tensor<1, Int>) -> Self {
        let [batch, _] = embeddings.dims();
        Self {
            labels: read_labels(labels, batch),
            samples: embeddings.clone(),
            anchors: embeddings,
        }
    }

    /// The batch with what `memory` holds among the samples.
    ///
    /// # Panics
    ///
    /// If the remembered embeddings are of another length.
    pub(crate) fn with_memory(mut self, memory: &CrossBatchMemory) -> Self {
        if let Some((embeddings, labels)) = memory.remembered() {
            let embeddings = if self.anchors.is_autodiff() {
                embeddings.clone().autodiff()
            } else {
                embeddings.clone()
            };
            self.samples = Tensor::cat(vec![self.samples, embeddings], 0);
            self.labels.extend(labels);
        }
        self
    }

    /// The distance of every anchor to every sample.
    pub(crate) fn compare(self, distance: Distance) -> LabelledDistances {
        LabelledDistances::new(
            distance.pairwise(self.anchors.clone(), self.samples),
            self.labels,
            &self.anchors,
        )
    }
}
