//! The loss of terms that were mined.

use burn::tensor::Tensor;

use crate::pairs::labelled_distances::LabelledDistances;
use crate::reducer::Reducer;

/// The reduced terms of `mined` triplets or pairs, and how many are active; 0 with gradient 0 without any.
///
/// # Shapes
///
/// - terms: `[mined]`
/// - output: `[1]`
pub(crate) fn reduce_mined(
    batch: &LabelledDistances,
    reducer: Reducer,
    mined: usize,
    terms: impl FnOnce() -> Tensor<1>,
) -> (Tensor<1>, usize) {
    if mined == 0 {
        return (batch.nothing(), 0);
    }
    reducer.reduce(terms().unsqueeze_dim(1), mined)
}
