//! Runs a loss on plain numbers.

use burn::module::Param;
use burn::tensor::{Device, Int, Tensor, TensorData};
use pets_losses::{Diagnostics, MetricLoss};

/// A batch of embeddings with labels.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) embeddings: Vec<Vec<f32>>,
    pub(crate) labels: Vec<i64>,
}

/// What a loss gives for a batch.
#[derive(Debug)]
pub(crate) struct Evaluated {
    pub(crate) value: f64,
    /// The gradient with respect to the embeddings.
    pub(crate) gradient: Vec<f64>,
    /// The gradient with respect to the prototypes, where the loss has them.
    pub(crate) weight_gradient: Option<Vec<f64>>,
    pub(crate) diagnostics: Diagnostics,
}

/// The device the tests run on.
pub(crate) fn device() -> Device {
    Device::flex().autodiff()
}

/// Rows as a matrix on the test device.
pub(crate) fn matrix(rows: &[Vec<f32>]) -> Tensor<2> {
    let dim = rows.first().map_or(0, Vec::len);
    Tensor::from_data(TensorData::new(rows.concat(), [rows.len(), dim]), &device())
}

/// A tensor's elements.
pub(crate) fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// An `ArcFace` loss with these rows as its prototypes; any other loss as it is.
pub(crate) fn with_prototypes(mut loss: MetricLoss, rows: &[Vec<f32>]) -> MetricLoss {
    if let MetricLoss::ArcFace(arcface) = &mut loss {
        arcface.weight = Param::from_tensor(matrix(rows));
    }
    loss
}

/// Value, gradients and diagnostics of `loss` for a batch.
pub(crate) fn evaluate(loss: &MetricLoss, batch: &Batch) -> Evaluated {
    let embeddings = matrix(&batch.embeddings).require_grad();
    let labels = Tensor::<1, Int>::from_data(
        TensorData::new(batch.labels.clone(), [batch.labels.len()]),
        &device(),
    );
    let output = loss.forward(embeddings.clone(), labels);
    let gradients = output.value.backward();
    let gradient = embeddings
        .grad(&gradients)
        .expect("the loss stays attached to the embeddings");
    let weight_gradient = match loss {
        MetricLoss::ArcFace(arcface) => arcface.weight.val().grad(&gradients),
        MetricLoss::Triplet(_) | MetricLoss::Contrastive(_) => None,
    };
    Evaluated {
        value: numbers(output.value)[0],
        gradient: numbers(gradient),
        weight_gradient: weight_gradient.map(numbers),
        diagnostics: output.diagnostics,
    }
}

/// Fails unless both lists agree to 1e-4 relative or 1e-6 absolute.
pub(crate) fn assert_close(what: &str, actual: &[f64], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len(), "{what}: number of elements");
    for (place, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let allowed = (1e-4 * expected.abs()).max(1e-6);
        assert!(
            (actual - expected).abs() <= allowed,
            "{what}, element {place}: {actual} instead of {expected}"
        );
    }
}
