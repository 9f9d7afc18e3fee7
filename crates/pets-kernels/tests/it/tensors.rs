//! Tensors of drawn numbers.

use burn::tensor::{Device, Tensor, TensorData};
use pets_kernels::Activation;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Every activation there is.
pub(crate) const ACTIVATIONS: [Activation; 3] =
    [Activation::Identity, Activation::Relu, Activation::Relu6];

/// Draws tensors on the flex device; the same ones each time.
pub(crate) struct Drawing {
    generator: ChaCha8Rng,
}

impl Drawing {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            generator: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// Numbers between -2 and 2.
    pub(crate) fn tensor<const D: usize>(&mut self, dims: [usize; D]) -> Tensor<D> {
        let count = dims.iter().product();
        let values = (0..count)
            .map(|_| self.generator.random_range(-2.0_f32..2.0))
            .collect::<Vec<_>>();
        Tensor::from_data(TensorData::new(values, dims), &Device::flex())
    }
}

/// The numbers of a tensor of `f32`.
pub(crate) fn values<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
    tensor
        .to_data()
        .try_to_vec()
        .expect("the tensors of these tests are of f32")
}

/// The numbers of any tensor.
pub(crate) fn exact_values<const D: usize>(tensor: &Tensor<D>) -> Vec<f64> {
    let data = tensor.to_data().convert::<f64>();
    data.try_to_vec().expect("the data were converted to f64")
}
