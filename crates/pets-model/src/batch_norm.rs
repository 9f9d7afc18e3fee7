//! Batch normalisation whose running statistics are PyTorch's.

use burn::module::RunningState;
use burn::nn::BatchNorm;
use burn::tensor::Tensor;
use burn::tensor::module::batch_norm_train;

/// Normalises `x` with the statistics of the batch in training, and with the running ones otherwise.
///
/// Burn's own layer adds the variance of the batch, divided by `n`, to the running variance; PyTorch, and this function,
/// the unbiased one, divided by `n - 1`.
///
/// # Shapes
///
/// - `x`: `[batch, channels, height, width]`
/// - output: as `x`
pub(crate) fn batch_norm(layer: &BatchNorm, x: Tensor<4>) -> Tensor<4> {
    if !(x.device().is_autodiff() && layer.training.is_enabled()) {
        return layer.forward(x);
    }
    let [batch, _, height, width] = x.dims();
    let count = (batch * height * width) as f64;
    let normalized = batch_norm_train(x, layer.gamma.val(), layer.beta.val(), layer.epsilon);

    let unbiased = count / (count - 1.0).max(1.0);
    move_towards(&layer.running_mean, normalized.mean, layer.momentum);
    move_towards(
        &layer.running_var,
        normalized.variance * unbiased,
        layer.momentum,
    );
    normalized.output
}

/// `state ← (1 − momentum) · state + momentum · value`
fn move_towards(state: &RunningState<Tensor<1>>, value: Tensor<1>, momentum: f64) {
    let moved = state.value_sync() * (1.0 - momentum) + value.detach() * momentum;
    state.update(moved.detach());
    // An update waits for the next reading in training; a model that is saved before that must have it, too.
    state.value_sync();
}
