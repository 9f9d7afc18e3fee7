//! A step of Adam.

use burn::tensor::Tensor;

use crate::cpu::AdamFactors;
use crate::flex;
use crate::placement::Placement;

/// A step of Adam (Kingma & Ba, *Adam: A Method for Stochastic Optimization*, 2015) or `AdamW` (Loshchilov & Hutter,
/// *Decoupled Weight Decay Regularization*, 2019).
///
/// With weights `θ`, gradient `g`, moments `m` and `v`, and `t` the number of the step:
///
/// ```text
/// g ← g + gradient_decay · θ
/// m ← β₁ · m + (1 − β₁) · g
/// v ← β₂ · v + (1 − β₂) · g²
/// θ ← (1 − weight_decay) · θ − learning_rate · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamStep {
    /// Number of the step, counted from 1.
    pub time: usize,
    /// The learning rate.
    pub learning_rate: f64,
    /// β₁ and β₂, how much of each moment stays.
    pub betas: [f32; 2],
    /// ε, which keeps the quotient finite.
    pub epsilon: f32,
    /// The share of the weights that is added to the gradient: Adam's weight decay.
    pub gradient_decay: f64,
    /// The share of the weights that is taken from them: `AdamW`'s weight decay times the learning rate.
    pub weight_decay: f64,
}

impl AdamStep {
    /// The new weights and moments.
    ///
    /// # Shapes
    ///
    /// All tensors have the weights' shape; the moments start as zeros.
    ///
    /// # Panics
    ///
    /// Where shapes differ.
    pub fn apply<const D: usize>(
        self,
        weights: Tensor<D>,
        gradient: Tensor<D>,
        moments: [Tensor<D>; 2],
    ) -> (Tensor<D>, [Tensor<D>; 2]) {
        let [first, second] = moments;
        assert_eq!(
            [gradient.dims(), first.dims(), second.dims()],
            [weights.dims(); 3],
            "gradient and moments must have the weights' shape"
        );
        let placement = Placement::of(&weights)
            .and(&gradient)
            .and(&first)
            .and(&second);
        if placement == Placement::Flex {
            flex::adam(self.factors(), weights, gradient, [first, second])
        } else {
            self.factors().apply(weights, gradient, [first, second])
        }
    }

    fn factors(self) -> AdamFactors {
        let [keep_first, keep_second] = self.betas;
        let time = i32::try_from(self.time).unwrap_or(i32::MAX);
        let correction = (1.0 - keep_second.powi(time)).sqrt();
        AdamFactors {
            gradient_decay: self.gradient_decay as f32,
            keep: self.betas,
            add: [1.0 - keep_first, 1.0 - keep_second],
            numerator: correction / (1.0 - keep_first.powi(time)),
            epsilon: self.epsilon * correction,
            weights: (1.0 - self.weight_decay) as f32,
            learning_rate: self.learning_rate as f32,
        }
    }
}

impl AdamFactors {
    fn apply<const D: usize>(
        self,
        weights: Tensor<D>,
        gradient: Tensor<D>,
        [first, second]: [Tensor<D>; 2],
    ) -> (Tensor<D>, [Tensor<D>; 2]) {
        let gradient = weights.clone() * self.gradient_decay + gradient;
        let first = first * self.keep[0] + gradient.clone() * self.add[0];
        let second = second * self.keep[1] + gradient.square() * self.add[1];
        let change = first.clone() * self.numerator / (second.clone().sqrt() + self.epsilon);
        let weights = weights * self.weights - change * self.learning_rate;
        (weights, [first, second])
    }
}
