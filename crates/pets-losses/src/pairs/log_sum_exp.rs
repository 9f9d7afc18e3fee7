//! Sums of exponentials that do not overflow.

use burn::tensor::{Bool, Tensor};

/// Every row less its largest element among those the mask holds for, and that element, which has no gradient.
///
/// The elements the mask leaves out become `−∞`: their exponential is 0, and so is their gradient.
fn shifted(rows: Tensor<2>, mask: Tensor<2, Bool>) -> (Tensor<2>, Tensor<2>) {
    let left_out = mask.bool_not();
    let largest = rows
        .clone()
        .inner()
        .mask_fill(left_out.clone(), f64::NEG_INFINITY)
        .max_dim(1);
    let shifted = (rows - largest.clone()).mask_fill(left_out, f64::NEG_INFINITY);
    (shifted, largest)
}

/// `log Σ exp` of every row over the elements the mask holds for, of which each row must have one.
///
/// The largest of them is taken out first, so no exponential overflows.
///
/// # Shapes
///
/// - rows, mask: `[n, m]`
/// - output: `[n, 1]`
pub(crate) fn log_sum_exp(rows: Tensor<2>, mask: Tensor<2, Bool>) -> Tensor<2> {
    let (shifted, largest) = shifted(rows, mask);
    shifted.exp().sum_dim(1).log() + largest
}

/// The mean over some elements of `log Σ exp(row) − element`: the cross entropy of a softmax over the elements that
/// `mask` holds for, of which each row must have one, to be one of the elements that `targets` weighs.
///
/// Taken from the shifted elements, it keeps its digits where the sum is all but one element.
///
/// # Shapes
///
/// - rows, mask: `[n, m]`
/// - targets: `[n, m]`, 0 where the mask does not hold; the weights of a row add up to 1
/// - output: `[n, 1]`
pub(crate) fn soft_cross_entropy(
    rows: Tensor<2>,
    mask: Tensor<2, Bool>,
    targets: Tensor<2>,
) -> Tensor<2> {
    let (shifted, _) = shifted(rows, mask.clone());
    let log_sum = shifted.clone().exp().sum_dim(1).log();
    log_sum - (shifted.mask_fill(mask.bool_not(), 0.0) * targets).sum_dim(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    fn mask(mask: [[bool; 3]; 2], device: &Device) -> Tensor<2, Bool> {
        Tensor::from_data(TensorData::from(mask), device)
    }

    #[test]
    fn elements_left_out_count_nothing_however_large() {
        let device = Device::flex().autodiff();
        let rows =
            Tensor::<2>::from_floats([[1.0, 2.0, 3e4], [-3e4, -3e4, 5e8]], &device).require_grad();
        let taken = mask([[true, true, false], [true, true, false]], &device);
        let sums = log_sum_exp(rows.clone(), taken);
        let gradients = sums.clone().sum().backward();

        let sums: Vec<f64> = sums.into_data().iter().collect();
        assert!((sums[0] - (1.0_f64.exp() + 2.0_f64.exp()).ln()).abs() < 1e-6);
        assert!((sums[1] - (2.0_f64.ln() - 3e4)).abs() < 1e-2);
        let gradient = rows.grad(&gradients).expect("the sums depend on the rows");
        let gradient: Vec<f64> = gradient.into_data().iter().collect();
        let share = 1.0 / (1.0 + 1.0_f64.exp());
        for (actual, expected) in gradient
            .iter()
            .zip([share, 1.0 - share, 0.0, 0.5, 0.5, 0.0])
        {
            assert!((actual - expected).abs() < 1e-6, "{gradient:?}");
        }
    }

    #[test]
    fn a_cross_entropy_near_zero_keeps_its_digits() {
        let device = Device::flex();
        let rows = Tensor::<2>::from_floats([[90.0, 80.0, 90.0], [1.0, 0.0, -1.0]], &device);
        let taken = mask([[true, true, false], [true, true, true]], &device);
        let targets = Tensor::from_floats([[1.0, 0.0, 0.0], [0.5, 0.0, 0.5]], &device);
        let terms: Vec<f64> = soft_cross_entropy(rows, taken, targets)
            .into_data()
            .iter()
            .collect();
        assert!((terms[0] - (-10.0_f64).exp().ln_1p()).abs() < 1e-7);
        let sum = 1.0_f64.exp() + 1.0 + (-1.0_f64).exp();
        assert!((terms[1] - sum.ln()).abs() < 1e-6);
    }
}
