//! A step of Adam.

use burn::tensor::{DType, Tensor};
use pets_kernels::AdamStep;

use crate::errors::{Computed, Sums};
use crate::tensors::{Drawing, exact_values, values};

/// More weights than one thread takes at a time, and no multiple of a vector.
const DIMS: [usize; 2] = [181, 277];

const STEP: AdamStep = AdamStep {
    time: 3,
    learning_rate: 0.01,
    betas: [0.9, 0.99],
    epsilon: 1e-6,
    gradient_decay: 0.02,
    weight_decay: 0.03,
};

/// Weights, gradient and the two moments.
fn tensors() -> [Tensor<2>; 4] {
    let mut drawing = Drawing::new(7);
    let [weights, gradient, first, second] = [(); 4].map(|()| drawing.tensor(DIMS));
    [weights, gradient, first, second.square()]
}

/// The formula, number by number.
fn formula(inputs: &[Tensor<2>; 4]) -> [Sums; 3] {
    let [weights, gradient, first, second] = inputs.each_ref().map(exact_values);
    let [beta_1, beta_2] = STEP.betas.map(f64::from);
    let mut sums = [(); 3].map(|()| Sums::zeros(weights.len()));
    for (index, &weight) in weights.iter().enumerate() {
        let gradient = gradient[index] + STEP.gradient_decay * weight;
        sums[1].add(index, beta_1 * first[index]);
        sums[1].add(index, (1.0 - beta_1) * gradient);
        sums[2].add(index, beta_2 * second[index]);
        sums[2].add(index, (1.0 - beta_2) * gradient * gradient);
        let [first, second] = [sums[1].values[index], sums[2].values[index]];
        let corrected = second / (1.0 - beta_2.powi(3));
        let change = first / (1.0 - beta_1.powi(3)) / (corrected.sqrt() + f64::from(STEP.epsilon));
        sums[0].add(index, (1.0 - STEP.weight_decay) * weight);
        sums[0].add(index, -STEP.learning_rate * change);
    }
    sums
}

fn assert_step(inputs: [Tensor<2>; 4], what: &str) {
    let [of_weights, of_first, of_second] = formula(&inputs);
    let [weights, gradient, first, second] = inputs;
    let (weights, [first, second]) = STEP.apply(weights, gradient, [first, second]);
    let [weights, first, second] =
        [weights, first, second].map(|tensor| values(&tensor.cast(DType::F32)));
    of_weights.assert_close(Computed::AdamWeights, &weights, what);
    of_first.assert_close(Computed::AdamMoments, &first, what);
    of_second.assert_close(Computed::AdamMoments, &second, what);
}

#[test]
fn the_step_is_the_formula() {
    assert_step(tensors(), "a step");
}

#[test]
fn other_number_types_take_burns_operations() {
    assert_step(
        tensors().map(|tensor| tensor.cast(DType::F64)),
        "a step in float64",
    );
}

#[test]
fn any_order_in_memory_will_do() {
    assert_step(
        tensors().map(Tensor::transpose),
        "a step of transposed tensors",
    );
}

#[test]
fn a_tensor_that_is_held_elsewhere_stays_as_it_was() {
    let [weights, gradient, first, second] = tensors();
    let before = [&weights, &first, &second].map(values);
    let held = [weights.clone(), first.clone(), second.clone()];
    STEP.apply(weights, gradient, [first, second]);
    assert_eq!(held.each_ref().map(values), before);
}
