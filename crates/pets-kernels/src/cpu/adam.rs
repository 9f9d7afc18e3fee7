//! A step of Adam in one pass.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use crate::instruction_set::dispatch;

/// Weights for one thread at a time.
const BLOCK: usize = 1 << 14;

/// What a step multiplies by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdamFactors {
    pub(crate) gradient_decay: f32,
    pub(crate) keep: [f32; 2],
    pub(crate) add: [f32; 2],
    pub(crate) numerator: f32,
    pub(crate) epsilon: f32,
    pub(crate) weights: f32,
    pub(crate) learning_rate: f32,
}

/// Changes weights and moments in place.
pub(crate) fn adam(
    factors: AdamFactors,
    weights: &mut [f32],
    gradient: &[f32],
    [first, second]: [&mut [f32]; 2],
) {
    weights
        .par_chunks_mut(BLOCK)
        .zip(gradient.par_chunks(BLOCK))
        .zip(first.par_chunks_mut(BLOCK))
        .zip(second.par_chunks_mut(BLOCK))
        .for_each(|(((weights, gradient), first), second)| {
            dispatch(Block {
                factors,
                weights,
                gradient,
                first,
                second,
            });
        });
}

struct Block<'a> {
    factors: AdamFactors,
    weights: &'a mut [f32],
    gradient: &'a [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let AdamFactors {
            gradient_decay,
            keep,
            add,
            numerator,
            epsilon,
            weights: weights_factor,
            learning_rate,
        } = self.factors;
        let moments = self.first.iter_mut().zip(self.second);
        let weights = self.weights.iter_mut().zip(self.gradient);
        for ((weight, &gradient), (first, second)) in weights.zip(moments) {
            let gradient = *weight * gradient_decay + gradient;
            *first = *first * keep[0] + gradient * add[0];
            *second = *second * keep[1] + gradient * gradient * add[1];
            let change = *first * numerator / (second.sqrt() + epsilon);
            *weight = *weight * weights_factor - change * learning_rate;
        }
    }
}
