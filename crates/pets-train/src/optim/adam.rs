//! Adam and `AdamW`, by a kernel of one pass where there is one.

use burn::optim::{AdamState, AdaptiveMomentumState, Optimizer};
use burn::tensor::{Device, Tensor};
use pets_kernels::AdamStep;

/// PyTorch's defaults.
const BETAS: [f32; 2] = [0.9, 0.999];
const EPSILON: f32 = 1e-8;

/// Where the weight decay goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum WeightDecay {
    /// Into the gradient, as `torch.optim.Adam` has it.
    Gradient(f64),
    /// Into the weights, times the learning rate (Loshchilov & Hutter, ICLR 2019).
    Weights(f64),
}

/// The optimizer of one parameter, with Burn's state.
#[derive(Debug, Clone)]
pub(crate) struct Adam {
    pub(crate) weight_decay: WeightDecay,
}

impl Optimizer for Adam {
    type State<const D: usize> = AdamState<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: f64,
        weights: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<AdamState<D>>,
    ) -> (Tensor<D>, Option<AdamState<D>>) {
        let (time, moments) = match state {
            Some(AdamState { momentum }) => {
                (momentum.time + 1, [momentum.moment_1, momentum.moment_2])
            }
            None => (1, [gradient.zeros_like(), gradient.zeros_like()]),
        };
        let (gradient_decay, weight_decay) = match self.weight_decay {
            WeightDecay::Gradient(decay) => (decay, 0.0),
            WeightDecay::Weights(decay) => (0.0, learning_rate * decay),
        };
        let step = AdamStep {
            time,
            learning_rate,
            betas: BETAS,
            epsilon: EPSILON,
            gradient_decay,
            weight_decay,
        };
        let (weights, [moment_1, moment_2]) = step.apply(weights, gradient, moments);
        let momentum = AdaptiveMomentumState::new(time, moment_1, moment_2);
        (weights, Some(AdamState::new(momentum)))
    }

    fn to_device<const D: usize>(state: AdamState<D>, device: &Device) -> AdamState<D> {
        AdamState::new(state.momentum.to_device(device))
    }
}

#[cfg(test)]
mod tests {
    use burn::optim::decay::WeightDecayConfig;
    use burn::optim::{AdamConfig, AdamWConfig};
    use burn::tensor::Distribution;

    use super::*;

    /// The weights after a few steps on the same gradients.
    fn trained<O: Optimizer>(optimizer: &O) -> Vec<f32> {
        let device = Device::flex();
        device.seed(5);
        let random = || Tensor::<2>::random([67, 513], Distribution::Normal(0.0, 1.0), &device);
        let (mut weights, mut state) = (random(), None);
        for step in 1..=5 {
            let rate = 0.1 / f64::from(step);
            (weights, state) = optimizer.step(rate, weights, random(), state);
        }
        weights.into_data().try_to_vec().expect("they are of f32")
    }

    #[test]
    fn it_is_burns_adam_to_the_last_bit() {
        for decay in [0.0, 0.3] {
            let config = AdamConfig::new()
                .with_epsilon(EPSILON)
                .with_weight_decay(Some(WeightDecayConfig::new(decay as f32)));
            let weight_decay = WeightDecay::Gradient(decay);
            assert!(trained(&Adam { weight_decay }) == trained(&config.build()));
        }
    }

    #[test]
    fn it_is_burns_adam_w_but_for_rounding() {
        for decay in [0.0, 0.3] {
            let config = AdamWConfig::new()
                .with_epsilon(EPSILON)
                .with_weight_decay(decay);
            let weight_decay = WeightDecay::Weights(f64::from(decay));
            let [ours, burns] = [trained(&Adam { weight_decay }), trained(&config.build())];
            for (ours, burns) in ours.into_iter().zip(burns) {
                assert!((ours - burns).abs() < 1e-5, "{ours}, {burns}");
            }
        }
    }
}
