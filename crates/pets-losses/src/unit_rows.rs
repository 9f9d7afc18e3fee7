//! Rows scaled to length 1.

use burn::tensor::Tensor;

/// The squared norm below which a row has no direction.
const SMALLEST_SQUARED_NORM: f64 = 1e-12;

/// Scales every row to length 1.
///
/// A row shorter than 1e-6 has no direction: it becomes 0 and passes no gradient on, where a division by its
/// length would blow both up.
///
/// # Shapes
///
/// - rows: `[n, dim]`
/// - output: `[n, dim]`
pub(crate) fn unit_rows(rows: Tensor<2>) -> Tensor<2> {
    let shape = rows.shape();
    let squared_norms = rows.clone().square().sum_dim(1);
    let no_direction = squared_norms.clone().lower_elem(SMALLEST_SQUARED_NORM);
    let norms = squared_norms.mask_fill(no_direction.clone(), 1.0).sqrt();
    (rows / norms).mask_fill(no_direction.expand(shape), 0.0)
}
