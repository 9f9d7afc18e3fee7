//! Proxy-Anchor.

use burn::module::{Module, Param};
use burn::tensor::activation::softplus;
use burn::tensor::{Device, Int, Tensor};

use crate::embedding_loss::EmbeddingLoss;
use crate::error::LossError;
use crate::kind::LossKind;
use crate::output::LossOutput;
use crate::pairs::chosen_pairs::ChosenPairs;
use crate::pairs::log_sum_exp::log_sum_exp;
use crate::parameters::parameters;
use crate::prototypes::draw::draw_prototypes;
use crate::prototypes::prototype_batch::PrototypeBatch;
use crate::ranges::{cosine_margin, scale};

parameters! {
    /// The parameters of a [`ProxyAnchorLoss`]; the defaults are the paper's.
    pub struct ProxyAnchorConfig {
        /// The factor of the cosines, α, from 1e-4 to 1e4.
        pub alpha: f64 = 32.0,
        /// The margin δ on the cosines, from 0 to 2.
        pub margin: f64 = 0.1,
    }
}

impl ProxyAnchorConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a number outside its range.
    pub fn validate(&self) -> Result<(), LossError> {
        scale(LossKind::ProxyAnchor, "alpha", self.alpha)?;
        cosine_margin(LossKind::ProxyAnchor, self.margin)
    }

    /// Makes the loss, with prototypes drawn from the Xavier uniform distribution: `device.seed` repeats the draw.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate), and if there is no dimension or no class.
    pub fn init(
        self,
        embedding_size: usize,
        num_classes: usize,
        device: &Device,
    ) -> Result<ProxyAnchorLoss, LossError> {
        self.validate()?;
        let loss = LossKind::ProxyAnchor;
        Ok(ProxyAnchorLoss {
            weight: draw_prototypes(loss, embedding_size, num_classes, 1, device)?,
            config: self,
        })
    }
}

/// Proxy-Anchor: a learned prototype (proxy) of each class is the anchor, the samples of the batch its positives and
/// negatives (Kim et al., *Proxy Anchor Loss for Deep Metric Learning*, 2020).
///
/// With `s(x, p)` the cosine of a sample and a prototype, `P` all prototypes and `P⁺` those whose class is in the
/// batch:
///
/// ```text
/// L = 1/|P⁺| · Σ over p in P⁺ of log(1 + Σ over samples x of p's class    of exp(−α (s(x, p) − δ)))
///   + 1/|P|  · Σ over p in P  of log(1 + Σ over samples x of other classes of exp( α (s(x, p) + δ)))
/// ```
#[derive(Module, Debug)]
pub struct ProxyAnchorLoss {
    /// One prototype for each class, `[classes, dim]`; only the rows' directions matter.
    pub weight: Param<Tensor<2>>,
    #[module(skip)]
    config: ProxyAnchorConfig,
}

impl EmbeddingLoss for ProxyAnchorLoss {
    fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        let (loss, prototypes) = (LossKind::ProxyAnchor, self.weight.val());
        PrototypeBatch::loss(loss, embeddings, labels, prototypes, 1, |batch| {
            self.value(batch)
        })
    }
}

impl ProxyAnchorLoss {
    fn value(&self, batch: &PrototypeBatch) -> Tensor<1> {
        let ProxyAnchorConfig { alpha, margin } = self.config;
        let [samples, classes] = batch.cosines.dims();
        let (mut pulled, mut pushed) = (ChosenPairs::none(samples), ChosenPairs::none(samples));
        for class in 0..classes {
            let (own, other): (Vec<_>, Vec<_>) =
                (0..samples).partition(|&sample| batch.labels[sample] == class as i64);
            if !own.is_empty() {
                pulled.add(class, own, []);
            }
            if !other.is_empty() {
                pushed.add(class, [], other);
            }
        }

        let cosines = batch.cosines.clone().transpose();
        let device = cosines.device();
        let mut value = cosines.clone().mul_scalar(0.0).sum();
        if pulled.anchors() > 0 {
            let exponents = pulled
                .select(cosines.clone())
                .sub_scalar(margin)
                .mul_scalar(-alpha);
            let terms = softplus(log_sum_exp(exponents, pulled.positives(&device)), 1.0);
            value = value + terms.mean();
        }
        if pushed.anchors() > 0 {
            let exponents = pushed.select(cosines).add_scalar(margin).mul_scalar(alpha);
            let terms = softplus(log_sum_exp(exponents, pushed.negatives(&device)), 1.0);
            value = value + terms.sum().div_scalar(classes as f64);
        }
        value
    }
}
