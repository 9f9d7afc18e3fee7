//! Weights and inputs that follow a formula, so that reference values need no weight file.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use pets_model::StateDict;

/// `2 · frac(43758.5453 · sin(12.9898 i + 78.233 t + phase)) − 1`
fn wave(index: usize, tensor: usize, phase: f64) -> f64 {
    let value = 43758.5453 * (12.9898 * index as f64 + 78.233 * tensor as f64 + phase).sin();
    2.0 * (value - value.floor()) - 1.0
}

/// The tensor at `position` of a state dict.
pub(crate) fn values(name: &str, shape: &[usize], position: usize, phase: f64) -> Vec<f32> {
    let size: usize = shape.iter().product();
    let fan_in: usize = shape.iter().skip(1).product();
    (0..size)
        .map(|index| {
            let wave = wave(index, position, phase);
            let value = if shape.len() > 1 {
                wave * (2.0 / fan_in as f64).sqrt()
            } else if name.ends_with("weight") || name.ends_with("running_var") {
                1.0 + 0.1 * wave
            } else {
                0.1 * wave
            };
            value as f32
        })
        .collect()
}

/// A state dict of these tensors.
pub(crate) fn state_dict(layout: &[(String, Vec<usize>)], phase: f64) -> StateDict {
    let tensors: BTreeMap<_, _> = layout
        .iter()
        .enumerate()
        .map(|(position, (name, shape))| {
            let values = values(name, shape, position, phase);
            (name.clone(), TensorData::new(values, shape.clone()))
        })
        .collect();
    StateDict {
        source_name: "formula".into(),
        tensors,
    }
}

/// The input images.
pub(crate) fn input(shape: [usize; 4], phase: f64, device: &Device) -> Tensor<4> {
    let size = shape.iter().product();
    let values: Vec<f32> = (0..size)
        .map(|index| wave(index, 0, phase) as f32)
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Names and shapes of torchvision's ResNets as torchvision says them, without the counters of batches.
pub(crate) fn torchvision_layout(architecture: &str) -> Vec<(String, Vec<usize>)> {
    let mut layout = torchvision_names(architecture);
    layout.retain(|(name, _)| !name.ends_with("num_batches_tracked"));
    layout
}

/// Names and shapes of torchvision's ResNets as torchvision says them.
pub(crate) fn torchvision_names(architecture: &str) -> Vec<(String, Vec<usize>)> {
    include_str!("../golden/torchvision_names.txt")
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            (words.next() == Some(architecture)).then_some(())?;
            let name = words.next()?.to_owned();
            let shape = words.next().unwrap_or_default().split('x');
            Some((name, shape.filter_map(|side| side.parse().ok()).collect()))
        })
        .collect()
}

/// Demands that all values agree within `tolerance` of the largest expected one.
pub(crate) fn assert_close(found: &[f32], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected
        .iter()
        .fold(0.0_f64, |max, value| max.max(value.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (f64::from(*found) - expected).abs();
        assert!(
            difference <= tolerance * scale,
            "{what}[{index}]: found {found}, expected {expected}"
        );
    }
}

/// The numbers in a tensor.
pub(crate) fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}
