//! Batch normalisation, residual and activation in one go, with the statistics of the batch.
//!
//! A task is a channel: its planes come into the cache once, and are read there as often as it takes.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use crate::activation::Activation;
use crate::instruction_set::dispatch;

/// The batch norm of one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchNormShape {
    pub(crate) channels: usize,
    pub(crate) plane: usize,
    pub(crate) epsilon: f64,
    pub(crate) activation: Activation,
}

/// Output, and mean and variance (divided by the count) of each channel.
pub(crate) struct Normalized {
    pub(crate) out: Vec<f32>,
    pub(crate) mean: Vec<f32>,
    pub(crate) variance: Vec<f32>,
}

impl BatchNormShape {
    pub(crate) fn new(
        [_, channels, height, width]: [usize; 4],
        epsilon: f64,
        activation: Activation,
    ) -> Self {
        Self {
            channels,
            plane: height * width,
            epsilon,
            activation,
        }
    }

    /// `activation((x - mean) / sqrt(variance + epsilon) · gamma + beta + residual)`.
    pub(crate) fn forward(
        &self,
        x: &[f32],
        gamma: &[f32],
        beta: &[f32],
        residual: Option<&[f32]>,
    ) -> Normalized {
        let mut out = vec![0.0; x.len()];
        let statistics = self
            .channel_planes(&mut out)
            .into_par_iter()
            .enumerate()
            .map(|(channel, out)| {
                dispatch(Forward {
                    shape: self,
                    channel,
                    x,
                    residual,
                    gamma: gamma[channel],
                    beta: beta[channel],
                    out,
                })
            })
            .collect::<Vec<_>>();
        let (mean, variance) = statistics.into_iter().unzip();
        Normalized {
            out,
            mean,
            variance,
        }
    }

    /// Turns the output's gradient into the input's; gives the gradients of gamma and beta.
    ///
    /// `residual` receives the gradient of the residual. `out` is the output, which an activation's gradient needs.
    pub(crate) fn backward(
        &self,
        gradient: &mut [f32],
        residual: Option<&mut [f32]>,
        input: &SavedInput<'_>,
        out: &[f32],
    ) -> (Vec<f32>, Vec<f32>) {
        let residual = residual.map_or_else(
            || (0..self.channels).map(|_| Vec::new()).collect(),
            |residual| self.channel_planes(residual),
        );
        self.channel_planes(gradient)
            .into_par_iter()
            .zip(residual)
            .enumerate()
            .map(|(channel, (gradient, residual))| {
                dispatch(Backward {
                    shape: self,
                    channel,
                    gradient,
                    residual,
                    input,
                    out,
                })
            })
            .collect::<Vec<_>>()
            .into_iter()
            .unzip()
    }

    /// The planes of each channel, in the order of the images.
    fn channel_planes<'a>(&self, tensor: &'a mut [f32]) -> Vec<Vec<&'a mut [f32]>> {
        let mut channels = (0..self.channels).map(|_| Vec::new()).collect::<Vec<_>>();
        for image in tensor.chunks_exact_mut(self.channels * self.plane) {
            for (channel, plane) in channels.iter_mut().zip(image.chunks_exact_mut(self.plane)) {
                channel.push(plane);
            }
        }
        channels
    }

    fn planes<'a>(
        &self,
        tensor: &'a [f32],
        channel: usize,
    ) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        tensor
            .chunks_exact(self.plane)
            .skip(channel)
            .step_by(self.channels)
    }
}

/// What the backward pass needs of the forward pass.
pub(crate) struct SavedInput<'a> {
    pub(crate) x: &'a [f32],
    pub(crate) gamma: &'a [f32],
    pub(crate) mean: &'a [f32],
    pub(crate) variance: &'a [f32],
}

struct Forward<'a> {
    shape: &'a BatchNormShape,
    channel: usize,
    x: &'a [f32],
    residual: Option<&'a [f32]>,
    gamma: f32,
    beta: f32,
    out: Vec<&'a mut [f32]>,
}

impl WithSimd for Forward<'_> {
    type Output = (f32, f32);

    // Loops, no iterator adapters: what a closure inside of one does is not compiled for the vectors' instructions.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f32, f32) {
        let planes = || self.shape.planes(self.x, self.channel);
        let plane = self.shape.plane as f64;
        let count = self.out.len() as f64 * plane;
        // Deviations are taken from the mean of the first plane: one pass, and no digits lost to a mean far from zero.
        let mut origin = 0.0;
        if let Some(x) = planes().next() {
            origin = (sums_of_deviations(simd, x, 0.0).0 / plane) as f32;
        }
        let mut sums = (0.0, 0.0);
        for x in planes() {
            let (sum, squares) = sums_of_deviations(simd, x, origin);
            sums = (sums.0 + sum, sums.1 + squares);
        }
        let offset = sums.0 / count;
        let mean = (f64::from(origin) + offset) as f32;
        let variance = (sums.1 / count - offset * offset).max(0.0);
        let scale = (f64::from(self.gamma) / (variance + self.shape.epsilon).sqrt()) as f32;
        let mut residual = self
            .residual
            .map(|residual| self.shape.planes(residual, self.channel));
        for (out, x) in self.out.into_iter().zip(planes()) {
            let residual = residual.as_mut().and_then(Iterator::next);
            let normalize = Normalize {
                mean,
                scale,
                beta: self.beta,
                activation: self.shape.activation,
            };
            normalize.run(simd, x, residual, out);
        }
        (mean, variance as f32)
    }
}

/// `activation((x - mean) · scale + beta + residual)`.
#[derive(Clone, Copy)]
struct Normalize {
    mean: f32,
    scale: f32,
    beta: f32,
    activation: Activation,
}

impl Normalize {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, x: &[f32], residual: Option<&[f32]>, out: &mut [f32]) {
        let (mean, scale, beta) = (
            simd.splat_f32s(self.mean),
            simd.splat_f32s(self.scale),
            simd.splat_f32s(self.beta),
        );
        let (xs, x_tail) = S::as_simd_f32s(x);
        let (outs, out_tail) = S::as_mut_simd_f32s(out);
        if let Some(residual) = residual {
            let (residuals, residual_tail) = S::as_simd_f32s(residual);
            for ((out, &x), &residual) in outs.iter_mut().zip(xs).zip(residuals) {
                let value = simd.mul_add_e_f32s(simd.sub_f32s(x, mean), scale, beta);
                let value = simd.add_f32s(value, residual);
                *out = self.activation.apply_simd(simd, value);
            }
            for ((out, &x), &residual) in out_tail.iter_mut().zip(x_tail).zip(residual_tail) {
                let value = (x - self.mean).mul_add(self.scale, self.beta) + residual;
                *out = self.activation.apply(value);
            }
        } else {
            for (out, &x) in outs.iter_mut().zip(xs) {
                let value = simd.mul_add_e_f32s(simd.sub_f32s(x, mean), scale, beta);
                *out = self.activation.apply_simd(simd, value);
            }
            for (out, &x) in out_tail.iter_mut().zip(x_tail) {
                let value = (x - self.mean).mul_add(self.scale, self.beta);
                *out = self.activation.apply(value);
            }
        }
    }
}

struct Backward<'a> {
    shape: &'a BatchNormShape,
    channel: usize,
    gradient: Vec<&'a mut [f32]>,
    residual: Vec<&'a mut [f32]>,
    input: &'a SavedInput<'a>,
    out: &'a [f32],
}

impl WithSimd for Backward<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f32, f32) {
        let Self {
            shape,
            channel,
            gradient: mut gradients,
            residual,
            input,
            out,
        } = self;
        let planes = || shape.planes(input.x, channel);
        let mean = input.mean[channel];
        let mut sums = (0.0, 0.0);
        let mut residual = residual.into_iter();
        let outs = shape.planes(out, channel);
        for ((gradient, x), out) in gradients.iter_mut().zip(planes()).zip(outs) {
            let (sum, with_deviation) =
                sums_of_gradient(simd, gradient, x, mean, out, shape.activation);
            if let Some(residual) = residual.next() {
                residual.copy_from_slice(gradient);
            }
            sums = (sums.0 + sum, sums.1 + with_deviation);
        }

        let variance = f64::from(input.variance[channel]);
        let inverse = 1.0 / (variance + shape.epsilon).sqrt();
        let count = (gradients.len() * shape.plane) as f64;
        let scale = (f64::from(input.gamma[channel]) * inverse) as f32;
        let gradient_mean = (sums.0 / count) as f32;
        let slope = (inverse * inverse * sums.1 / count) as f32;
        for (gradient, x) in gradients.iter_mut().zip(planes()) {
            for (gradient, &x) in gradient.iter_mut().zip(x) {
                *gradient = scale * (*gradient - gradient_mean - (x - mean) * slope);
            }
        }
        ((sums.1 * inverse) as f32, sums.0 as f32)
    }
}

/// Sums in this many vectors at a time, to keep the units busy and the rounding small.
const SUM_VECTORS: usize = 4;

/// `Σ d` and `Σ d²` of `d = x - origin`.
#[inline(always)]
fn sums_of_deviations<S: Simd>(simd: S, x: &[f32], origin: f32) -> (f64, f64) {
    let origins = simd.splat_f32s(origin);
    let (xs, tail) = S::as_simd_f32s(x);
    let mut plain = [simd.splat_f32s(0.0); SUM_VECTORS];
    let mut squared = plain;
    for xs in xs.chunks(SUM_VECTORS) {
        for ((plain, squared), &x) in plain.iter_mut().zip(&mut squared).zip(xs) {
            let deviation = simd.sub_f32s(x, origins);
            *plain = simd.add_f32s(*plain, deviation);
            *squared = simd.mul_add_e_f32s(deviation, deviation, *squared);
        }
    }
    let mut sums = (total(simd, plain), total(simd, squared));
    for &x in tail {
        let deviation = x - origin;
        sums.0 += f64::from(deviation);
        sums.1 += f64::from(deviation * deviation);
    }
    sums
}

/// Turns the gradient after the activation into `g`, that before it; gives `Σ g` and `Σ g · (x - mean)`.
#[inline(always)]
fn sums_of_gradient<S: Simd>(
    simd: S,
    gradient: &mut [f32],
    x: &[f32],
    mean: f32,
    out: &[f32],
    activation: Activation,
) -> (f64, f64) {
    let means = simd.splat_f32s(mean);
    let (gradients, gradient_tail) = S::as_mut_simd_f32s(gradient);
    let (xs, x_tail) = S::as_simd_f32s(x);
    let (outs, out_tail) = S::as_simd_f32s(out);
    let mut plain = [simd.splat_f32s(0.0); SUM_VECTORS];
    let mut weighted = plain;
    for ((gradients, xs), outs) in gradients
        .chunks_mut(SUM_VECTORS)
        .zip(xs.chunks(SUM_VECTORS))
        .zip(outs.chunks(SUM_VECTORS))
    {
        let sums = plain.iter_mut().zip(&mut weighted);
        let inputs = gradients.iter_mut().zip(xs).zip(outs);
        for ((plain, weighted), ((gradient, &x), &out)) in sums.zip(inputs) {
            *gradient = activation.gradient_simd(simd, *gradient, out);
            *plain = simd.add_f32s(*plain, *gradient);
            *weighted = simd.mul_add_e_f32s(*gradient, simd.sub_f32s(x, means), *weighted);
        }
    }
    let mut sums = (total(simd, plain), total(simd, weighted));
    for ((gradient, &x), &out) in gradient_tail.iter_mut().zip(x_tail).zip(out_tail) {
        *gradient = activation.gradient(*gradient, out);
        sums.0 += f64::from(*gradient);
        sums.1 += f64::from(*gradient * (x - mean));
    }
    sums
}

#[inline(always)]
fn total<S: Simd>(simd: S, sums: [S::f32s; SUM_VECTORS]) -> f64 {
    let mut total = 0.0;
    for sum in sums {
        total += f64::from(simd.reduce_sum_f32s(sum));
    }
    total
}
