//! Runs a loss on plain numbers.

use burn::module::Param;
use burn::tensor::{Device, Gradients, Int, Tensor, TensorData};
use pets_losses::{CrossBatchMemory, Diagnostics, EmbeddingLoss, MetricLoss};

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

/// A loss with these rows as its prototypes; one that has none as it is.
pub(crate) fn with_prototypes(mut loss: MetricLoss, rows: &[Vec<f32>]) -> MetricLoss {
    let prototypes = Param::from_tensor(matrix(rows));
    match &mut loss {
        MetricLoss::ArcFace(loss) => loss.weight = prototypes,
        MetricLoss::CosFace(loss) => loss.weight = prototypes,
        MetricLoss::NormalizedSoftmax(loss) => loss.weight = prototypes,
        MetricLoss::ProxyAnchor(loss) => loss.weight = prototypes,
        _ => {}
    }
    loss
}

/// The labels on the test device.
pub(crate) fn label_tensor(labels: &[i64]) -> Tensor<1, Int> {
    Tensor::from_data(TensorData::new(labels.to_vec(), [labels.len()]), &device())
}

/// Value, gradients and diagnostics of `loss` for a batch.
pub(crate) fn evaluate(loss: &MetricLoss, batch: &Batch) -> Evaluated {
    evaluate_with(loss, batch, None)
}

/// Value, gradients and diagnostics of `loss` for a batch, with a memory if there is one.
pub(crate) fn evaluate_with(
    loss: &MetricLoss,
    batch: &Batch,
    memory: Option<&CrossBatchMemory>,
) -> Evaluated {
    let (evaluated, gradients) = differentiate(loss, batch, memory);
    let weight_gradient = loss
        .prototypes()
        .and_then(|prototypes| prototypes.val().grad(&gradients));
    Evaluated {
        weight_gradient: weight_gradient.map(numbers),
        ..evaluated
    }
}

/// Value, gradient and diagnostics of any loss for a batch, and all the gradients.
pub(crate) fn differentiate(
    loss: &impl EmbeddingLoss,
    batch: &Batch,
    memory: Option<&CrossBatchMemory>,
) -> (Evaluated, Gradients) {
    let embeddings = matrix(&batch.embeddings).require_grad();
    let labels = label_tensor(&batch.labels);
    let output = match memory {
        Some(memory) => loss.forward_with_memory(embeddings.clone(), labels, memory),
        None => loss.forward(embeddings.clone(), labels),
    };
    let gradients = output.value.backward();
    let gradient = embeddings
        .grad(&gradients)
        .expect("the loss stays attached to the embeddings");
    let evaluated = Evaluated {
        value: numbers(output.value)[0],
        gradient: numbers(gradient),
        weight_gradient: None,
        diagnostics: output.diagnostics,
    };
    (evaluated, gradients)
}

/// Fails unless both lists agree to 1e-4 relative or 1e-6 absolute.
pub(crate) fn assert_close(what: &str, actual: &[f64], expected: &[f64]) {
    assert_close_within(what, actual, expected, 1e-6);
}

/// Fails unless both lists agree to 1e-4 relative or `absolute`.
pub(crate) fn assert_close_within(what: &str, actual: &[f64], expected: &[f64], absolute: f64) {
    assert_eq!(actual.len(), expected.len(), "{what}: number of elements");
    for (place, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let allowed = (1e-4 * expected.abs()).max(absolute);
        assert!(
            (actual - expected).abs() <= allowed,
            "{what}, element {place}: {actual} instead of {expected}"
        );
    }
}
