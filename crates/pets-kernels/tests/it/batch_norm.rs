//! Batch normalisation, its statistics and its gradients.

use burn::tensor::{Device, Gradients, Tensor};
use pets_kernels::{Activation, BatchNormOutput, batch_norm};

use crate::errors::{Computed, Sums};
use crate::tensors::{ACTIVATIONS, Drawing, exact_values, values};

const EPSILON: f64 = 1e-3;

/// A batch, and what it is normalised with.
struct Case {
    dims: [usize; 4],
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    residual: Option<Tensor<4>>,
    activation: Activation,
}

impl Case {
    fn channel(&self, index: usize) -> usize {
        let [_, channels, height, width] = self.dims;
        index / (height * width) % channels
    }

    /// For each channel the mean of `summand(index)` over its elements.
    fn channel_means(&self, summand: impl Fn(usize) -> f64) -> Sums {
        let [batch, channels, height, width] = self.dims;
        let plane = height * width;
        let mut sums = Sums::zeros(channels);
        for index in 0..batch * channels * plane {
            sums.add(self.channel(index), summand(index) / (batch * plane) as f64);
        }
        sums
    }

    fn exact(&self) -> Exact {
        let x = exact_values(&self.x);
        let residual = self.residual.as_ref().map(exact_values);
        let [gamma, beta] = [&self.gamma, &self.beta].map(exact_values);
        let mean = self.channel_means(|index| x[index]);
        let variance =
            self.channel_means(|index| (x[index] - mean.values[self.channel(index)]).powi(2));
        let inverse = variance
            .values
            .iter()
            .map(|variance| 1.0 / (variance + EPSILON).sqrt())
            .collect::<Vec<_>>();
        let mut output = Sums::zeros(x.len());
        for (index, x) in x.iter().enumerate() {
            let channel = self.channel(index);
            let scale = gamma[channel] * inverse[channel];
            output.add(index, x * scale);
            output.add(index, -mean.values[channel] * scale);
            output.add(index, beta[channel]);
            output.add(
                index,
                residual.as_ref().map_or(0.0, |residual| residual[index]),
            );
            let value = &mut output.values[index];
            *value = match self.activation {
                Activation::Identity => *value,
                Activation::Relu => value.max(0.0),
                Activation::Relu6 => value.clamp(0.0, 6.0),
            };
        }
        Exact {
            x,
            gamma,
            mean,
            variance,
            inverse,
            output,
        }
    }

    /// The gradients of input, gamma and beta, of that before the activation.
    fn exact_gradients(&self, exact: &Exact, gradient: &[f64]) -> [Sums; 3] {
        let Exact {
            x,
            gamma,
            mean,
            inverse,
            ..
        } = exact;
        let count = (x.len() / self.dims[1]) as f64;
        let plain = self.channel_means(|index| gradient[index]);
        // A deviation has the error of the mean: input and mean count, not their difference.
        let mut weighted = self.channel_means(|index| gradient[index] * x[index]);
        for (channel, mean) in mean.values.iter().enumerate() {
            weighted.add(channel, -plain.values[channel] * mean);
        }
        let of_beta = plain.clone().scaled(|_| count);
        let of_gamma = weighted.clone().scaled(|channel| inverse[channel] * count);
        let mut of_x = Sums::zeros(x.len());
        for (index, x) in x.iter().enumerate() {
            let channel = self.channel(index);
            let mean = mean.values[channel];
            let slope = weighted.values[channel] * inverse[channel].powi(2);
            of_x.values[index] = gradient[index] - plain.values[channel] - (x - mean) * slope;
            let largest_slope = weighted.magnitudes[channel] * inverse[channel].powi(2);
            of_x.magnitudes[index] = gradient[index].abs()
                + plain.magnitudes[channel]
                + (x.abs() + mean.abs()) * largest_slope;
        }
        let of_x = of_x.scaled(|index| {
            let channel = self.channel(index);
            gamma[channel] * inverse[channel]
        });
        [of_x, of_gamma, of_beta]
    }

    fn check(&self) {
        let what = format!(
            "{:?}, {:?}, residual {}",
            self.dims,
            self.activation,
            self.residual.is_some()
        );
        let exact = self.exact();
        let check_values = |found: &BatchNormOutput| {
            exact
                .mean
                .assert_close(Computed::NormMean, &values(&found.mean), &what);
            exact
                .variance
                .assert_close(Computed::NormVariance, &values(&found.variance), &what);
            exact
                .output
                .assert_close(Computed::NormOutput, &values(&found.output), &what);
        };
        check_values(&self.normalize());
        let tracked = self.tracked();
        let found = tracked.normalize();
        check_values(&found);

        // At the kinks of the activation the output that was found decides.
        let passes = |output: f32| match self.activation {
            Activation::Identity => true,
            Activation::Relu => output > 0.0,
            Activation::Relu6 => output > 0.0 && output < 6.0,
        };
        let upstream = Drawing::new(2).tensor(self.dims);
        let gradient = values(&found.output)
            .into_iter()
            .zip(exact_values(&upstream))
            .map(|(output, upstream)| if passes(output) { upstream } else { 0.0 })
            .collect::<Vec<_>>();
        let gradients = (found.output * upstream.autodiff()).sum().backward();
        let [of_x, of_gamma, of_beta] = self.exact_gradients(&exact, &gradient);
        of_x.assert_close(
            Computed::NormInputGradient,
            &gradient_of(&tracked.x, &gradients),
            &what,
        );
        of_gamma.assert_close(
            Computed::NormGammaGradient,
            &gradient_of(&tracked.gamma, &gradients),
            &what,
        );
        of_beta.assert_close(
            Computed::NormBetaGradient,
            &gradient_of(&tracked.beta, &gradients),
            &what,
        );
        if let Some(residual) = &tracked.residual {
            let found = gradient_of(residual, &gradients).into_iter().map(f64::from);
            assert_eq!(found.collect::<Vec<_>>(), gradient, "{what}");
        }
    }

    /// The same with gradients.
    fn tracked(&self) -> Self {
        fn tracked<const D: usize>(tensor: &Tensor<D>) -> Tensor<D> {
            tensor.clone().autodiff().require_grad()
        }
        Self {
            dims: self.dims,
            x: tracked(&self.x),
            gamma: tracked(&self.gamma),
            beta: tracked(&self.beta),
            residual: self.residual.as_ref().map(tracked),
            activation: self.activation,
        }
    }

    fn normalize(&self) -> BatchNormOutput {
        batch_norm(
            self.x.clone(),
            self.gamma.clone(),
            self.beta.clone(),
            self.residual.clone(),
            EPSILON,
            self.activation,
        )
    }
}

/// What float64 gives.
struct Exact {
    x: Vec<f64>,
    gamma: Vec<f64>,
    mean: Sums,
    variance: Sums,
    /// `1 / sqrt(variance + epsilon)`.
    inverse: Vec<f64>,
    output: Sums,
}

fn gradient_of<const D: usize>(tensor: &Tensor<D>, gradients: &Gradients) -> Vec<f32> {
    let gradient = tensor.grad(gradients);
    values(&gradient.expect("a tracked tensor has a gradient"))
}

#[test]
fn values_and_gradients() {
    // The last one has more pixels than all vectors of a sum together.
    for dims in [
        [2, 3, 5, 7],
        [1, 4, 1, 2],
        [4, 70, 7, 7],
        [3, 2, 16, 16],
        [2, 2, 61, 57],
    ] {
        for activation in ACTIVATIONS {
            for with_residual in [false, true] {
                let mut drawing = Drawing::new(1);
                let case = Case {
                    dims,
                    x: drawing.tensor(dims) * 3.0 + 5.0,
                    gamma: drawing.tensor([dims[1]]),
                    beta: drawing.tensor([dims[1]]),
                    residual: with_residual.then(|| drawing.tensor(dims)),
                    activation,
                };
                case.check();
            }
        }
    }
}

/// A mean far from zero: the variance in one pass would lose all its digits.
#[test]
fn the_variance_is_exact_far_from_zero() {
    let dims = [4, 2, 8, 8];
    let case = Case {
        dims,
        x: Drawing::new(3).tensor(dims) + 4096.0,
        gamma: Tensor::ones([2], &Device::flex()),
        beta: Tensor::zeros([2], &Device::flex()),
        residual: None,
        activation: Activation::Identity,
    };
    case.check();
}
