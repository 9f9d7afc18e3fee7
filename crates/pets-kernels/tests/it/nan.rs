//! NaN stays NaN.

use burn::tensor::{Device, Tensor};
use pets_kernels::{Affine, Convolution, batch_norm, conv2d_affine, max_pool2d};

use crate::convolution::around;
use crate::max_pool::pool;
use crate::tensors::{ACTIVATIONS, values};

fn is_all_nan(tensor: &Tensor<4>) -> bool {
    values(tensor).iter().all(|value| value.is_nan())
}

#[test]
fn nan_stays_nan() {
    let device = Device::flex().autodiff();
    let channels = || Tensor::<1>::ones([1], &device);
    let x = Tensor::<4>::full([1, 1, 3, 3], f32::NAN, &device);
    let weight = Tensor::<4>::ones([1, 1, 1, 1], &device);
    assert!(is_all_nan(&max_pool2d(x.clone(), pool([3, 3], [2, 2], 1))));
    for activation in ACTIVATIONS {
        let normalized = batch_norm(x.clone(), channels(), channels(), None, 1e-5, activation);
        assert!(is_all_nan(&normalized.output), "{activation:?}");
        let [x, weight] = [x.clone(), weight.clone()].map(Tensor::inner);
        let [scale, shift] = [channels(), channels()].map(Tensor::inner);
        let convolution = Convolution {
            stride: [1, 1],
            padding: around(0),
            groups: 1,
        };
        let affine = Affine {
            scale,
            shift,
            residual: None,
            activation,
        };
        let out = conv2d_affine(x, weight, convolution, affine);
        assert!(is_all_nan(&out), "{activation:?}");
    }
}
