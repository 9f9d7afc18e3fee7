//! Labels of a batch, read to the host.

use burn::tensor::{Int, Tensor};

/// The labels on the host.
///
/// # Panics
///
/// If there is not one label to each of `batch` samples.
pub(crate) fn read_labels(labels: Tensor<1, Int>, batch: usize) -> Vec<i64> {
    let [given] = labels.dims();
    assert_eq!(given, batch, "{given} labels for {batch} embeddings");
    labels.into_data().iter::<i64>().collect()
}
