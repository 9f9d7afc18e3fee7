//! A loss that has a term for each anchor.

use burn::tensor::Tensor;

use crate::output::{Diagnostics, LossOutput};
use crate::pairs::chosen_pairs::ChosenPairs;
use crate::pairs::labelled_distances::LabelledDistances;
use crate::reducer::Reducer;

/// A loss that has a term for each anchor of `pairs`; the loss 0 with gradient 0 without any.
pub(crate) fn reduce_terms(
    batch: &LabelledDistances,
    pairs: &ChosenPairs,
    reducer: Reducer,
    terms: impl FnOnce() -> Tensor<2>,
) -> LossOutput {
    let candidates = pairs.anchors();
    if candidates == 0 {
        return LossOutput {
            value: batch.nothing(),
            diagnostics: batch.diagnostics(),
        };
    }
    let (value, active) = reducer.reduce(terms(), candidates);
    LossOutput {
        value: value + batch.nothing(),
        diagnostics: Diagnostics {
            active_share: Some(active as f64 / candidates as f64),
            ..batch.diagnostics()
        },
    }
}
