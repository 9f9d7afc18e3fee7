//! A batch compared with the prototypes of classes.

use burn::nn::loss::CrossEntropyLossConfig;
use burn::tensor::{IndexingUpdateOp, Int, Tensor};

use crate::distance::Distance;
use crate::kind::LossKind;
use crate::labels::read_labels;
use crate::output::{Diagnostics, LossOutput, mean_norm};
use crate::pairs::labelled_distances::LabelledDistances;
use crate::unit_rows::unit_rows;

/// A batch that is not empty, compared with the prototypes of classes.
pub(crate) struct PrototypeBatch {
    /// The embeddings scaled to length 1, `[batch, dim]`.
    pub(crate) embeddings: Tensor<2>,
    /// The nearest prototype of each embedding's own class, scaled to length 1, `[batch, dim]`.
    pub(crate) own: Tensor<2>,
    /// The cosine of each embedding with the nearest prototype of each class, `[batch, classes]`.
    pub(crate) cosines: Tensor<2>,
    /// The label of each embedding.
    pub(crate) labels: Vec<i64>,
    own_class: Tensor<2, Int>,
}

impl PrototypeBatch {
    /// The loss whose value `value` takes from a batch; 0 for an empty one.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    /// - prototypes: `[classes · per_class, dim]`, those of a class side by side
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding, a label is out of range, or the embeddings are not of the
    /// prototypes' length.
    pub(crate) fn loss(
        loss: LossKind,
        embeddings: Tensor<2>,
        labels: Tensor<1, Int>,
        prototypes: Tensor<2>,
        per_class: usize,
        value: impl FnOnce(&Self) -> Tensor<1>,
    ) -> LossOutput {
        let [batch, _] = embeddings.dims();
        let classes = prototypes.dims()[0] / per_class;
        let on_host = read_labels(labels.clone(), batch);
        if let Some(label) = on_host
            .iter()
            .find(|&&label| !(0..classes as i64).contains(&label))
        {
            panic!("label {label} is not one of the {classes} classes of the {loss} loss");
        }
        if batch == 0 {
            return LossOutput {
                value: embeddings.sum(),
                diagnostics: Diagnostics::default(),
            };
        }

        let norm = mean_norm(&embeddings);
        let embeddings = unit_rows(embeddings);
        let detached = embeddings.clone().inner();
        let pairs = LabelledDistances::new(detached, labels.clone(), Distance::Euclidean);
        let compared = Self::new(
            embeddings,
            labels,
            on_host,
            unit_rows(prototypes),
            per_class,
        );
        LossOutput {
            value: value(&compared),
            diagnostics: Diagnostics {
                embedding_norm: norm,
                accuracy: Some(compared.accuracy()),
                ..pairs.diagnostics()
            },
        }
    }

    fn new(
        embeddings: Tensor<2>,
        labels: Tensor<1, Int>,
        on_host: Vec<i64>,
        prototypes: Tensor<2>,
        per_class: usize,
    ) -> Self {
        let cosines = embeddings.clone().matmul(prototypes.clone().transpose());
        let own_class = labels.inner().unsqueeze_dim::<2>(1);
        let (cosines, own) = if per_class == 1 {
            (cosines, own_class.clone())
        } else {
            let [batch, count] = cosines.dims();
            let cosines = cosines.reshape([batch, count / per_class, per_class]);
            let nearest = cosines.clone().inner().argmax(2).squeeze_dim::<2>(2);
            let own = own_class.clone().mul_scalar(per_class as i64)
                + nearest.gather(1, own_class.clone());
            (cosines.max_dim(2).squeeze_dim::<2>(2), own)
        };
        Self {
            embeddings,
            own: prototypes.select(0, own.squeeze_dim::<1>(1)),
            cosines,
            labels: on_host,
            own_class,
        }
    }

    /// The cosine of each embedding with the nearest prototype of its own class, `[batch, 1]`.
    pub(crate) fn own_cosines(&self) -> Tensor<2> {
        self.cosines.clone().gather(1, self.own_class.clone())
    }

    /// The mean cross entropy of the cosines times `scale`, those of the own classes being changed by `change` before.
    ///
    /// # Shapes
    ///
    /// - change: `[batch, 1]`
    /// - output: `[1]`
    pub(crate) fn cross_entropy(&self, change: Tensor<2>, scale: f64) -> Tensor<1> {
        let logits = self
            .cosines
            .clone()
            .scatter(1, self.own_class.clone(), change, IndexingUpdateOp::Add)
            .mul_scalar(scale);
        let labels = self.own_class.clone().squeeze_dim::<1>(1);
        let cross_entropy = CrossEntropyLossConfig::new().init(&logits.device());
        cross_entropy.forward(logits, labels)
    }

    /// The share of rows whose largest cosine is that of their own class.
    fn accuracy(&self) -> f64 {
        let nearest = self.cosines.clone().inner().argmax(1).into_data();
        let hits = nearest
            .iter::<i64>()
            .zip(&self.labels)
            .filter(|(nearest, own)| nearest == *own)
            .count();
        hits as f64 / self.labels.len() as f64
    }
}
