//! Values and gradients against Burn's own operations.

use burn::tensor::module;
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Distribution, Tensor};
use pets_kernels::{
    Activation, Affine, Convolution, Padding, batch_norm, conv2d, conv2d_affine, max_pool2d,
};
use proptest::prelude::*;

const ACTIVATIONS: [Activation; 3] = [Activation::Identity, Activation::Relu, Activation::Relu6];

/// Sizes of a convolution to try.
#[derive(Debug, Clone, Copy)]
struct Case {
    x: [usize; 4],
    channels_out: usize,
    kernel: [usize; 2],
    convolution: Convolution,
}

impl Case {
    fn weight_dims(&self) -> [usize; 4] {
        let [height, width] = self.kernel;
        [
            self.channels_out,
            self.x[1] / self.convolution.groups,
            height,
            width,
        ]
    }
}

fn dense(
    x: [usize; 4],
    channels_out: usize,
    kernel: usize,
    stride: usize,
    padding: Padding,
) -> Case {
    Case {
        x,
        channels_out,
        kernel: [kernel; 2],
        convolution: Convolution {
            stride: [stride; 2],
            padding,
            groups: 1,
        },
    }
}

fn depthwise(x: [usize; 4], kernel: usize, stride: usize, padding: Padding) -> Case {
    let mut case = dense(x, x[1], kernel, stride, padding);
    case.convolution.groups = x[1];
    case
}

fn around(padding: usize) -> Padding {
    [(padding, padding); 2]
}

/// TensorFlow's `SAME` for an even size and stride 2 has its odd zero behind.
const BEHIND: Padding = [(0, 1); 2];

fn random<const D: usize>(dims: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(dims, Distribution::Normal(0.0, 1.0), device)
}

fn values<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
    tensor
        .to_data()
        .try_to_vec()
        .expect("the tensors of these tests are of f32")
}

/// Holds the largest difference to 1e-4 of the largest value.
fn assert_close<const D: usize>(what: &str, ours: &Tensor<D>, stock: &Tensor<D>) {
    assert_eq!(ours.dims(), stock.dims(), "{what}");
    let (ours, stock) = (values(ours), values(stock));
    let scale = stock
        .iter()
        .fold(1.0_f32, |max, value| max.max(value.abs()));
    let far = ours
        .iter()
        .zip(&stock)
        .position(|(a, b)| (a - b).is_nan() || (a - b).abs() > 1e-4 * scale);
    if let Some(index) = far {
        panic!(
            "{what}: {} in place of {} at {index} of {}",
            ours[index],
            stock[index],
            ours.len()
        );
    }
}

fn stock_conv2d(x: Tensor<4>, weight: Tensor<4>, convolution: Convolution) -> Tensor<4> {
    let options = ConvOptions::new_with_padding(
        convolution.stride,
        convolution.padding,
        [1, 1],
        convolution.groups,
    );
    module::conv2d(x, weight, None, options)
}

fn check_convolution(case: &Case, device: &Device) {
    let x = random(case.x, device);
    let weight = random(case.weight_dims(), device);
    let plain = conv2d(x.clone(), weight.clone(), case.convolution);
    let stock = stock_conv2d(x.clone(), weight.clone(), case.convolution);
    assert_close(&format!("output of {case:?}"), &plain, &stock);

    let upstream = random(stock.dims(), device);
    let gradients = |convolve: fn(Tensor<4>, Tensor<4>, Convolution) -> Tensor<4>| {
        let x = x.clone().autodiff().require_grad();
        let weight = weight.clone().autodiff().require_grad();
        let out = convolve(x.clone(), weight.clone(), case.convolution);
        let gradients = (out * upstream.clone().autodiff()).sum().backward();
        (x.grad(&gradients), weight.grad(&gradients))
    };
    let (ours, stock) = (gradients(conv2d), gradients(stock_conv2d));
    for (what, ours, stock) in [("input", ours.0, stock.0), ("weight", ours.1, stock.1)] {
        let (Some(ours), Some(stock)) = (ours, stock) else {
            panic!("no gradient of the {what} of {case:?}");
        };
        assert_close(
            &format!("gradient of the {what} of {case:?}"),
            &ours,
            &stock,
        );
    }
}

#[test]
fn dense_convolutions_are_burns() {
    let device = Device::flex();
    for case in [
        dense([2, 3, 13, 17], 8, 7, 2, around(3)),
        dense([3, 5, 9, 11], 7, 3, 1, around(1)),
        dense([1, 16, 14, 14], 33, 3, 2, around(1)),
        dense([5, 70, 7, 7], 65, 3, 1, around(1)),
        dense([3, 16, 30, 9], 24, 3, 1, around(0)),
        dense([1, 40, 5, 34], 16, 3, 1, around(2)),
        dense([2, 17, 8, 8], 19, 3, 1, BEHIND),
        dense([1, 20, 4, 4], 20, 3, 1, around(3)),
        // Large enough for Winograd's tiles: whole, cut at both ends, several images in a vector, more than one block of
        // channels.
        dense([2, 16, 56, 56], 16, 3, 1, around(1)),
        dense([3, 18, 33, 41], 23, 3, 1, BEHIND),
        dense([21, 16, 5, 6], 17, 3, 1, around(1)),
        dense([70, 16, 7, 7], 70, 3, 1, around(1)),
        dense([2, 16, 31, 30], 40, 3, 1, around(0)),
        dense([2, 24, 27, 17], 16, 3, 1, around(2)),
        dense([3, 270, 14, 13], 20, 3, 1, around(1)),
        dense([3, 20, 14, 13], 270, 3, 1, [(0, 2), (2, 0)]),
        dense([2, 6, 8, 8], 4, 5, 1, around(2)),
        dense([2, 4, 10, 10], 6, 3, 2, BEHIND),
        dense([1, 3, 6, 6], 2, 4, 3, [(2, 0), (0, 1)]),
        dense([9, 3, 3, 3], 5, 3, 1, around(0)),
        dense([1, 300, 6, 5], 9, 1, 1, around(0)),
        dense([2, 12, 9, 9], 20, 1, 2, around(0)),
        dense([2, 3, 1, 1], 4, 1, 1, around(0)),
        dense([2, 3, 1, 1], 4, 3, 2, around(1)),
        dense([1, 1, 40, 40], 1, 3, 1, around(1)),
    ] {
        check_convolution(&case, &device);
    }
}

#[test]
fn depthwise_convolutions_are_burns() {
    let device = Device::flex();
    for case in [
        depthwise([2, 5, 14, 14], 3, 1, around(1)),
        depthwise([3, 6, 15, 13], 5, 2, around(2)),
        depthwise([1, 4, 8, 8], 3, 2, BEHIND),
        depthwise([2, 3, 7, 7], 5, 1, around(2)),
        depthwise([2, 2, 1, 1], 3, 1, around(1)),
        depthwise([2, 3, 9, 9], 7, 2, [(3, 2), (2, 3)]),
        depthwise([2, 3, 6, 6], 1, 2, around(0)),
        depthwise([1, 2, 60, 50], 3, 1, around(1)),
    ] {
        check_convolution(&case, &device);
    }
}

#[test]
fn other_groups_are_left_to_burn() {
    let mut case = dense([2, 6, 7, 7], 4, 3, 1, around(1));
    case.convolution.groups = 2;
    check_convolution(&case, &Device::flex());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_convolution_is_burns(
        (batch, channels_in, channels_out) in (1..4_usize, 1..20_usize, 1..20_usize),
        (height, width) in (1..20_usize, 1..20_usize),
        (kernel_height, kernel_width) in (1..6_usize, 1..6_usize),
        stride in [1..4_usize, 1..4_usize],
        padding in [(0..3_usize, 0..3_usize), (0..3_usize, 0..3_usize)],
        is_depthwise in any::<bool>(),
    ) {
        prop_assume!(kernel_height <= height + padding[0].0 + padding[0].1);
        prop_assume!(kernel_width <= width + padding[1].0 + padding[1].1);
        let (channels_out, groups) = if is_depthwise { (channels_in, channels_in) } else { (channels_out, 1) };
        check_convolution(
            &Case {
                x: [batch, channels_in, height, width],
                channels_out,
                kernel: [kernel_height, kernel_width],
                convolution: Convolution { stride, padding, groups },
            },
            &Device::flex(),
        );
    }
}

#[test]
fn what_follows_a_convolution_is_fused() {
    let device = Device::flex();
    for case in [
        dense([2, 8, 9, 9], 12, 3, 1, around(1)),
        dense([2, 16, 29, 26], 20, 3, 1, around(1)),
        dense([1, 300, 12, 12], 40, 1, 1, around(0)),
        dense([3, 5, 5, 5], 6, 3, 2, around(1)),
        depthwise([2, 12, 9, 9], 3, 1, around(1)),
    ] {
        for activation in ACTIVATIONS {
            for with_residual in [false, true] {
                let [x, weight] = [case.x, case.weight_dims()].map(|dims| random(dims, &device));
                let [scale, shift] = [(); 2].map(|()| random([case.channels_out], &device));
                let plain = stock_conv2d(x.clone(), weight.clone(), case.convolution);
                let residual = with_residual.then(|| random(plain.dims(), &device));
                let mut expected = plain * scale.clone().reshape([1, -1, 1, 1])
                    + shift.clone().reshape([1, -1, 1, 1]);
                if let Some(residual) = &residual {
                    expected = expected + residual.clone();
                }
                let affine = Affine {
                    scale,
                    shift,
                    residual,
                    activation,
                };
                let ours = conv2d_affine(x, weight, case.convolution, affine);
                assert_close(
                    &format!("{case:?} {activation:?}"),
                    &ours,
                    &activation.forward(expected),
                );
            }
        }
    }
}

fn check_batch_norm(dims: [usize; 4], activation: Activation, with_residual: bool) {
    let device = Device::flex();
    let channels = [(); 2].map(|()| random([dims[1]], &device));
    let planes = [(); 3].map(|()| random(dims, &device));
    let inputs = || {
        let [gamma, beta] = channels
            .clone()
            .map(|tensor| tensor.autodiff().require_grad());
        let [x, residual, upstream] = planes.clone();
        (
            (x * 3.0 + 5.0).autodiff().require_grad(),
            gamma,
            beta,
            with_residual.then(|| residual.autodiff().require_grad()),
            upstream.autodiff(),
        )
    };
    let (x, gamma, beta, residual, upstream) = inputs();
    let ours = batch_norm(
        x.clone(),
        gamma.clone(),
        beta.clone(),
        residual.clone(),
        1e-3,
        activation,
    );
    let our_gradients = (ours.output.clone() * upstream).sum().backward();
    let (stock_x, stock_gamma, stock_beta, stock_residual, upstream) = inputs();
    let stock = module::batch_norm_train(
        stock_x.clone(),
        stock_gamma.clone(),
        stock_beta.clone(),
        1e-3,
    );
    let output = match &stock_residual {
        Some(residual) => stock.output + residual.clone(),
        None => stock.output,
    };
    let output = activation.forward(output);
    let stock_gradients = (output.clone() * upstream).sum().backward();

    let what = |part: &str| format!("{part} of {dims:?}, {activation:?}, residual {with_residual}");
    assert_close(&what("output"), &ours.output, &output);
    assert_close(&what("mean"), &ours.mean, &stock.mean);
    assert_close(&what("variance"), &ours.variance, &stock.variance);
    let gradient = |tensor: &Tensor<4>, gradients| {
        tensor
            .grad(gradients)
            .expect("a tracked tensor has a gradient")
    };
    let channels = |tensor: &Tensor<1>, gradients| {
        tensor
            .grad(gradients)
            .expect("a tracked tensor has a gradient")
    };
    assert_close(
        &what("gradient of x"),
        &gradient(&x, &our_gradients),
        &gradient(&stock_x, &stock_gradients),
    );
    for (part, ours, stock) in [
        ("gamma", &gamma, &stock_gamma),
        ("beta", &beta, &stock_beta),
    ] {
        assert_close(
            &what(&format!("gradient of {part}")),
            &channels(ours, &our_gradients),
            &channels(stock, &stock_gradients),
        );
    }
    if let (Some(ours), Some(stock)) = (&residual, &stock_residual) {
        assert_close(
            &what("gradient of the residual"),
            &gradient(ours, &our_gradients),
            &gradient(stock, &stock_gradients),
        );
    }
}

fn pool(kernel: [usize; 2], stride: [usize; 2], padding: usize) -> MaxPoolOptions<2> {
    MaxPoolOptions::new(kernel)
        .with_stride(stride)
        .with_padding([padding; 2])
}

#[test]
fn max_pooling_is_burns() {
    let device = Device::flex();
    for (dims, kernel, stride, padding) in [
        ([2, 3, 12, 9], [3, 3], [2, 2], 1),
        ([1, 2, 7, 7], [3, 3], [2, 2], 1),
        ([3, 1, 5, 8], [2, 3], [1, 2], 0),
        ([2, 2, 9, 40], [3, 2], [2, 1], 1),
        ([1, 2, 30, 33], [5, 4], [3, 3], 2),
        ([1, 1, 1, 1], [3, 3], [2, 2], 1),
    ] {
        let x = random(dims, &device);
        let options = pool(kernel, stride, padding);
        let ours = max_pool2d(x.clone(), options.clone());
        let stock = |x| module::max_pool2d(x, options.clone());
        assert_close(&format!("pool of {dims:?}"), &ours, &stock(x.clone()));
        let upstream = random(ours.dims(), &device);
        let gradient = |pool: &dyn Fn(Tensor<4>) -> Tensor<4>| {
            let x = x.clone().autodiff().require_grad();
            let loss = (pool(x.clone()) * upstream.clone().autodiff()).sum();
            x.grad(&loss.backward())
                .expect("a tracked tensor has a gradient")
        };
        assert_close(
            &format!("gradient of the pool of {dims:?}"),
            &gradient(&|x| max_pool2d(x, options.clone())),
            &gradient(&stock),
        );
    }
}

#[test]
fn batch_norm_is_burns() {
    for dims in [[2, 3, 5, 7], [1, 4, 1, 2], [4, 70, 7, 7], [3, 2, 16, 16]] {
        for activation in ACTIVATIONS {
            for with_residual in [false, true] {
                check_batch_norm(dims, activation, with_residual);
            }
        }
    }
}

#[test]
fn frozen_inputs_get_no_gradient() {
    let device = Device::flex().autodiff();
    let convolution = Convolution {
        stride: [1, 1],
        padding: around(1),
        groups: 1,
    };
    let x = random([2, 3, 6, 6], &device);
    let weight = random([4, 3, 3, 3], &device);
    let tracked_x = x.clone().require_grad();
    let gradients = conv2d(tracked_x.clone(), weight.clone(), convolution)
        .sum()
        .backward();
    assert!(tracked_x.grad(&gradients).is_some());
    assert!(weight.grad(&gradients).is_none());

    let tracked_weight = weight.clone().require_grad();
    let gradients = conv2d(x.clone(), tracked_weight.clone(), convolution)
        .sum()
        .backward();
    assert!(tracked_weight.grad(&gradients).is_some());
    assert!(x.grad(&gradients).is_none());
}

#[test]
fn nan_stays_nan() {
    let device = Device::flex().autodiff();
    let channels = || Tensor::<1>::ones([1], &device);
    let x = Tensor::<4>::full([1, 1, 3, 3], f32::NAN, &device);
    let weight = Tensor::<4>::ones([1, 1, 1, 1], &device);
    let pooled = max_pool2d(x.clone(), pool([3, 3], [2, 2], 1));
    assert!(values(&pooled).iter().all(|value| value.is_nan()));
    for activation in ACTIVATIONS {
        let normalized = batch_norm(x.clone(), channels(), channels(), None, 1e-5, activation);
        assert!(
            values(&normalized.output)
                .iter()
                .all(|value| value.is_nan()),
            "{activation:?}"
        );
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
        assert!(
            values(&out).iter().all(|value| value.is_nan()),
            "{activation:?}"
        );
    }
}

/// A mean far from zero: the variance in one pass would lose all its digits.
#[test]
fn the_variance_is_exact_far_from_zero() {
    let device = Device::flex().autodiff();
    let x = random([4, 2, 8, 8], &device);
    let near = plain_norm(x.clone());
    let far = plain_norm(x + 4096.0);
    assert_close("variance", &far.variance, &near.variance.clone());
    let spread = (far.output - near.output).abs().max().into_scalar::<f32>();
    assert!(spread < 2e-3, "{spread}");
}

fn plain_norm(x: Tensor<4>) -> pets_kernels::BatchNormOutput {
    let device = x.device();
    let channels = x.dims()[1];
    let [gamma, beta] = [
        Tensor::ones([channels], &device),
        Tensor::zeros([channels], &device),
    ];
    batch_norm(x, gamma, beta, None, 1e-5, Activation::Identity)
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for x in [[1, 40, 7, 7], [9, 40, 15, 14]] {
        check_number_of_threads(x);
    }
}

fn check_number_of_threads(x: [usize; 4]) {
    let device = Device::flex();
    let inputs = [x, [70, 40, 3, 3]].map(|dims| random(dims, &device));
    let channels = [(); 2].map(|()| random([70], &device));
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
                values(
                    &tensor
                        .grad(&gradients)
                        .expect("a tracked tensor has a gradient"),
                )
            };
            [values(&normalized.output), gradient(&x), gradient(&weight)]
        })
    };
    let alone = run(1);
    for threads in [2, 5, 32] {
        assert!(run(threads) == alone, "{threads} threads, {x:?}");
    }
}

#[test]
fn of_equal_numbers_the_first_gets_the_gradient() {
    let device = Device::flex();
    let plane = [
        [1.0, 7.0, 7.0, 2.0],
        [7.0, f32::NEG_INFINITY, 0.0, f32::NEG_INFINITY],
        [3.0, 4.0, f32::NEG_INFINITY, f32::NEG_INFINITY],
        [f32::NAN, 4.0, f32::NEG_INFINITY, f32::NEG_INFINITY],
    ];
    let x = Tensor::<2>::from_floats(plane, &device)
        .reshape([1, 1, 4, 4])
        .autodiff()
        .require_grad();
    let pooled = max_pool2d(x.clone(), pool([2, 2], [2, 2], 0));
    let largest = values(&pooled);
    assert_eq!(largest[..2], [7.0, 7.0]);
    assert!(largest[2].is_nan());
    assert_eq!(largest[3..], [f32::NEG_INFINITY]);
    let gradient = x
        .grad(&pooled.sum().backward())
        .expect("a tracked tensor has a gradient");
    let expected = [
        [0.0, 1.0, 1.0, 0.0],
        [0.0; 4],
        [0.0, 0.0, 1.0, 0.0],
        [1.0, 0.0, 0.0, 0.0],
    ];
    assert_eq!(values(&gradient), expected.concat());
}
