//! Rows of tensors in main memory.

use burn::tensor::Tensor;

/// `[n, dim]` as rows behind one another on the host.
pub(crate) fn to_rows(vectors: Tensor<2>) -> Vec<f32> {
    vectors.into_data().convert::<f32>().iter().collect()
}
