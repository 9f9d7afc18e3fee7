//! A step of Adam against its formula.

use burn::tensor::{DType, Device, Distribution, Tensor};
use pets_kernels::AdamStep;

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

fn values(tensor: &Tensor<2>) -> Vec<f64> {
    let data = tensor.to_data().convert::<f64>();
    data.try_to_vec().expect("the data were converted to f64")
}

/// Weights, gradient and the two moments.
fn tensors(device: &Device) -> [Tensor<2>; 4] {
    device.seed(7);
    let random = || Tensor::random(DIMS, Distribution::Normal(0.0, 1.0), device);
    [random(), random(), random(), random().square()]
}

/// The formula, number by number.
fn formula([weights, gradient, first, second]: &[Tensor<2>; 4]) -> [Vec<f64>; 3] {
    let [beta_1, beta_2] = STEP.betas.map(f64::from);
    let mut result = [Vec::new(), Vec::new(), Vec::new()];
    let [weights, gradient, first, second] = [weights, gradient, first, second].map(values);
    for (((weight, gradient), first), second) in
        weights.into_iter().zip(gradient).zip(first).zip(second)
    {
        let gradient = gradient + 0.02 * weight;
        let first = beta_1 * first + (1.0 - beta_1) * gradient;
        let second = beta_2 * second + (1.0 - beta_2) * gradient * gradient;
        let corrected = second / (1.0 - beta_2.powi(3));
        let change = first / (1.0 - beta_1.powi(3)) / (corrected.sqrt() + 1e-6);
        result[0].push((1.0 - 0.03) * weight - 0.01 * change);
        result[1].push(first);
        result[2].push(second);
    }
    result
}

fn assert_step(inputs: [Tensor<2>; 4]) {
    let expected = formula(&inputs);
    let [weights, gradient, first, second] = inputs;
    let (weights, [first, second]) = STEP.apply(weights, gradient, [first, second]);
    for (tensor, expected) in [weights, first, second].iter().zip(&expected) {
        for (value, wanted) in values(tensor).iter().zip(expected) {
            assert!((value - wanted).abs() < 1e-5, "{value}, {wanted}");
        }
    }
}

#[test]
fn the_step_is_the_formula() {
    assert_step(tensors(&Device::flex()));
}

#[test]
fn other_number_types_take_burns_operations() {
    assert_step(tensors(&Device::flex()).map(|tensor| tensor.cast(DType::F64)));
}

#[test]
fn any_order_in_memory_will_do() {
    assert_step(tensors(&Device::flex()).map(Tensor::transpose));
}

#[test]
fn a_tensor_that_is_held_elsewhere_stays_as_it_was() {
    let [weights, gradient, first, second] = tensors(&Device::flex());
    let before = [&weights, &first, &second].map(values);
    let held = [weights.clone(), first.clone(), second.clone()];
    STEP.apply(weights, gradient, [first, second]);
    assert_eq!(held.each_ref().map(values), before);
}
