//! Batch normalisation, residual and activation in one go, with the statistics of the batch.
//!
//! A task is a channel: its planes come into the cache once, and are read there as often as it takes.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::activation::Activation;

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
                Arch::new().dispatch(Forward {
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
                Arch::new().dispatch(Backward {
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

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f32, f32) {
        let planes = || self.shape.planes(self.x, self.channel);
        let count = (self.out.len() * self.shape.plane) as f64;
        let mean = planes().map(|x| sum(simd, x)).sum::<f64>() / count;
        // The mean is rounded before the deviations are taken from it, so the remainder of their mean is removed.
        let rounded = mean as f32;
        let squares = planes()
            .map(|x| sum_of_squared_deviations(simd, x, rounded))
            .sum::<f64>();
        let remainder = mean - f64::from(rounded);
        let variance = squares / count - remainder * remainder;
        let scale = (f64::from(self.gamma) / (variance + self.shape.epsilon).sqrt()) as f32;
        let mut residual = self
            .residual
            .map(|residual| self.shape.planes(residual, self.channel));
        for (out, x) in self.out.into_iter().zip(planes()) {
            for (out, &x) in out.iter_mut().zip(x) {
                *out = (x - rounded) * scale + self.beta;
            }
            if let Some(residual) = residual.as_mut().and_then(Iterator::next) {
                for (out, &residual) in out.iter_mut().zip(residual) {
                    *out += residual;
                }
            }
            self.shape.activation.apply_all(out);
        }
        (rounded, variance as f32)
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
            shape.activation.gradient_all(gradient, out);
            if let Some(residual) = residual.next() {
                residual.copy_from_slice(gradient);
            }
            let (sum, with_deviation) = sums_of_gradient(simd, gradient, x, mean);
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

#[inline(always)]
fn sum<S: Simd>(simd: S, x: &[f32]) -> f64 {
    sum_of(simd, x, |x| x, |x| x)
}

#[inline(always)]
fn sum_of_squared_deviations<S: Simd>(simd: S, x: &[f32], mean: f32) -> f64 {
    let means = simd.splat_f32s(mean);
    sum_of(
        simd,
        x,
        |x| {
            let deviation = simd.sub_f32s(x, means);
            simd.mul_f32s(deviation, deviation)
        },
        |x| (x - mean) * (x - mean),
    )
}

#[inline(always)]
fn sum_of<S: Simd>(
    simd: S,
    x: &[f32],
    vector: impl Fn(S::f32s) -> S::f32s,
    scalar: impl Fn(f32) -> f32,
) -> f64 {
    let (vectors, tail) = S::as_simd_f32s(x);
    let (groups, rest) = vectors.as_chunks::<SUM_VECTORS>();
    let mut sums = [simd.splat_f32s(0.0); SUM_VECTORS];
    for group in groups {
        for (sum, &x) in sums.iter_mut().zip(group) {
            *sum = simd.add_f32s(*sum, vector(x));
        }
    }
    for (sum, &x) in sums.iter_mut().zip(rest) {
        *sum = simd.add_f32s(*sum, vector(x));
    }
    let total = sums.map(|sum| f64::from(simd.reduce_sum_f32s(sum)));
    let tail = tail.iter().map(|&x| f64::from(scalar(x))).sum::<f64>();
    total.iter().sum::<f64>() + tail
}

/// `Σ g` and `Σ g · (x - mean)`.
#[inline(always)]
fn sums_of_gradient<S: Simd>(simd: S, gradient: &[f32], x: &[f32], mean: f32) -> (f64, f64) {
    let means = simd.splat_f32s(mean);
    let (gradients, gradient_tail) = S::as_simd_f32s(gradient);
    let (xs, x_tail) = S::as_simd_f32s(x);
    let mut plain = [simd.splat_f32s(0.0); SUM_VECTORS];
    let mut weighted = plain;
    for (gradients, xs) in gradients.chunks(SUM_VECTORS).zip(xs.chunks(SUM_VECTORS)) {
        let sums = plain.iter_mut().zip(&mut weighted);
        for ((plain, weighted), (&gradient, &x)) in sums.zip(gradients.iter().zip(xs)) {
            *plain = simd.add_f32s(*plain, gradient);
            *weighted = simd.mul_add_e_f32s(gradient, simd.sub_f32s(x, means), *weighted);
        }
    }
    let total = |sums: [S::f32s; SUM_VECTORS]| {
        sums.iter()
            .map(|&sum| f64::from(simd.reduce_sum_f32s(sum)))
            .sum::<f64>()
    };
    let mut result = (total(plain), total(weighted));
    for (&gradient, &x) in gradient_tail.iter().zip(x_tail) {
        result.0 += f64::from(gradient);
        result.1 += f64::from(gradient * (x - mean));
    }
    result
}
