//! Max pooling and its gradient.

use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Tensor};
use pets_kernels::max_pool2d;

use crate::errors::{Computed, Sums};
use crate::tensors::{Drawing, exact_values, values};

pub(crate) fn pool(kernel: [usize; 2], stride: [usize; 2], padding: usize) -> MaxPoolOptions<2> {
    MaxPoolOptions::new(kernel)
        .with_stride(stride)
        .with_padding([padding; 2])
}

/// For each window the largest number's position, by the definition.
fn largest(
    x: &[f32],
    [batch, channels, height, width]: [usize; 4],
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: usize,
) -> Vec<usize> {
    let [rows, columns] = [(height, 0), (width, 1)]
        .map(|(size, axis)| (size + 2 * padding - kernel[axis]) / stride[axis] + 1);
    let mut positions = Vec::new();
    for plane in 0..batch * channels {
        for window in 0..rows * columns {
            let [top, left] = [window / columns * stride[0], window % columns * stride[1]];
            let pixels = (top..top + kernel[0]).flat_map(|y| {
                (left..left + kernel[1]).filter_map(move |x| {
                    let [y, x] = [y.checked_sub(padding)?, x.checked_sub(padding)?];
                    (y < height && x < width).then_some((plane * height + y) * width + x)
                })
            });
            let best = pixels.reduce(|best, pixel| if x[pixel] > x[best] { pixel } else { best });
            positions.push(best.expect("every window of these tests holds a pixel"));
        }
    }
    positions
}

#[test]
fn windows_and_their_gradients() {
    for (dims, kernel, stride, padding) in [
        ([2, 3, 12, 9], [3, 3], [2, 2], 1),
        ([1, 2, 7, 7], [3, 3], [2, 2], 1),
        ([3, 1, 5, 8], [2, 3], [1, 2], 0),
        ([2, 2, 9, 40], [3, 2], [2, 1], 1),
        ([1, 2, 30, 33], [5, 4], [3, 3], 2),
        ([1, 1, 1, 1], [3, 3], [2, 2], 1),
    ] {
        let mut drawing = Drawing::new(1);
        let x = drawing.tensor(dims);
        let xs = values(&x);
        let positions = largest(&xs, dims, kernel, stride, padding);
        let options = pool(kernel, stride, padding);
        let what = format!("pool {kernel:?} by {stride:?} of {dims:?}");
        let expected = positions.iter().map(|&position| xs[position]);
        let expected = expected.collect::<Vec<_>>();
        assert_eq!(
            values(&max_pool2d(x.clone(), options.clone())),
            expected,
            "{what}"
        );

        let x = x.autodiff().require_grad();
        let pooled = max_pool2d(x.clone(), options);
        assert_eq!(values(&pooled), expected, "{what}");
        let upstream = drawing.tensor(pooled.dims());
        let mut gradient = Sums::zeros(xs.len());
        for (&position, upstream) in positions.iter().zip(exact_values(&upstream)) {
            gradient.add(position, upstream);
        }
        let gradients = (pooled * upstream.autodiff()).sum().backward();
        let found = x.grad(&gradients).expect("a tracked tensor has a gradient");
        gradient.assert_close(Computed::PoolGradient, &values(&found), &what);
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
