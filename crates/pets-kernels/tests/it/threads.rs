//! The number of threads changes no bit.

use burn::tensor::Tensor;
use pets_kernels::{Activation, Convolution, batch_norm, conv2d};

use crate::convolution::around;
use crate::tensors::{Drawing, values};

#[test]
fn the_number_of_threads_changes_no_bit() {
    for x in [[1, 40, 7, 7], [9, 40, 15, 14]] {
        check_number_of_threads(x);
    }
}

fn check_number_of_threads(x: [usize; 4]) {
    let mut drawing = Drawing::new(1);
    let inputs = [x, [70, 40, 3, 3]].map(|dims| drawing.tensor(dims));
    let channels = [(); 2].map(|()| drawing.tensor([70]));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads can be started");
        let [x, weight] = inputs
            .clone()
            .map(|tensor| tensor.autodiff().require_grad());
        let [gamma, beta] = channels.clone().map(Tensor::autodiff);
        pool.install(|| {
            let convolution = Convolution {
                stride: [1, 1],
                padding: around(1),
                groups: 1,
            };
            let out = conv2d(x.clone(), weight.clone(), convolution);
            let normalized = batch_norm(out, gamma, beta, None, 1e-5, Activation::Relu);
            let gradients = normalized.output.clone().square().sum().backward();
            let gradient = |tensor: &Tensor<4>| {
                tensor
                    .grad(&gradients)
                    .expect("a tracked tensor has a gradient")
            };
            [normalized.output, gradient(&x), gradient(&weight)].map(|tensor| values(&tensor))
        })
    };
    let alone = run(1);
    println!("bits of {x:?}: {}", checksum(&alone));
    for threads in [2, 5, 32] {
        assert!(run(threads) == alone, "{threads} threads, {x:?}");
    }
}

/// A number that another bit anywhere would change.
fn checksum(tensors: &[Vec<f32>]) -> u64 {
    let bits = tensors.iter().flatten().map(|value| value.to_bits());
    bits.fold(0, |sum, bits| {
        (sum ^ u64::from(bits)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}
