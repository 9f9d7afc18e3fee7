//! The linear maps of Winograd's minimal filtering F(4×4, 3×3), on vectors of numbers.
//!
//! One axis of a filter of three weights `g` over a patch of six inputs `d` gives four outputs
//! `Aᵀ [(G g) ⊙ (Bᵀ d)]`: polynomials are multiplied by their values at 0, ±√½, ±√2 and ∞. With these points errors of
//! rounding are smaller than with 0, ±1, ±2 and ∞, the usual ones (Barabasz et al., *Error Analysis and Improving the
//! Accuracy of Winograd Convolution for Deep Neural Networks*, 2020).

use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

use pulp::Simd;

/// Factors in `G` of the points ±√½.
const NEAR: f32 = -2.0 / 3.0;

/// Factors in `G` of the points ±√2.
const FAR: f32 = 1.0 / 6.0;

/// A linear map from `IN` to `OUT` numbers.
pub(super) trait Transform<const IN: usize, const OUT: usize>: Copy {
    /// The map of each lane.
    fn apply<S: Simd>(self, simd: S, values: [S::f32s; IN]) -> [S::f32s; OUT];
}

/// `M values Mᵀ`, where `M` is the matrix of the transform.
#[inline(always)]
pub(super) fn along_both_axes<S: Simd, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    simd: S,
    transform: T,
    values: &[[S::f32s; IN]; IN],
) -> [[S::f32s; OUT]; OUT] {
    let zero = simd.splat_f32s(0.0);
    let mut rows = [[zero; IN]; OUT];
    for column in 0..IN {
        let mut of_column = [zero; IN];
        for (value, row) in of_column.iter_mut().zip(values) {
            *value = row[column];
        }
        for (row, value) in rows.iter_mut().zip(transform.apply(simd, of_column)) {
            row[column] = value;
        }
    }
    let mut transformed = [[zero; OUT]; OUT];
    for (transformed, row) in transformed.iter_mut().zip(rows) {
        *transformed = transform.apply(simd, row);
    }
    transformed
}

/// `Bᵀ`.
#[derive(Clone, Copy)]
pub(super) struct Input;

impl Transform<6, 6> for Input {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, [a, b, c, d, e, f]: [S::f32s; 6]) -> [S::f32s; 6] {
        let by = |factor, value, sum| simd.mul_add_e_f32s(simd.splat_f32s(factor), value, sum);
        let near = by(-2.0, c, e);
        let near_odd = by(-SQRT_2, b, simd.mul_f32s(simd.splat_f32s(FRAC_1_SQRT_2), d));
        let far = by(-0.5, c, e);
        let far_odd = by(-FRAC_1_SQRT_2, b, simd.mul_f32s(simd.splat_f32s(SQRT_2), d));
        [
            by(-2.5, c, simd.add_f32s(a, e)),
            simd.add_f32s(near, near_odd),
            simd.sub_f32s(near, near_odd),
            simd.add_f32s(far, far_odd),
            simd.sub_f32s(far, far_odd),
            by(-2.5, d, simd.add_f32s(b, f)),
        ]
    }
}

/// `G`.
#[derive(Clone, Copy)]
pub(super) struct Kernel;

impl Transform<3, 6> for Kernel {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, [a, b, c]: [S::f32s; 3]) -> [S::f32s; 6] {
        let by = |factor, value| simd.mul_f32s(simd.splat_f32s(factor), value);
        let near = simd.add_f32s(by(NEAR, a), by(NEAR / 2.0, c));
        let near_odd = by(NEAR * FRAC_1_SQRT_2, b);
        let far = simd.add_f32s(by(FAR, a), by(FAR * 2.0, c));
        let far_odd = by(FAR * SQRT_2, b);
        [
            a,
            simd.add_f32s(near, near_odd),
            simd.sub_f32s(near, near_odd),
            simd.add_f32s(far, far_odd),
            simd.sub_f32s(far, far_odd),
            c,
        ]
    }
}

/// `Gᵀ`.
#[derive(Clone, Copy)]
pub(super) struct KernelGradient;

impl Transform<6, 3> for KernelGradient {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, [a, b, c, d, e, f]: [S::f32s; 6]) -> [S::f32s; 3] {
        let by = |factor, value, sum| simd.mul_add_e_f32s(simd.splat_f32s(factor), value, sum);
        let (near, near_odd) = (simd.add_f32s(b, c), simd.sub_f32s(b, c));
        let (far, far_odd) = (simd.add_f32s(d, e), simd.sub_f32s(d, e));
        let odd = simd.mul_f32s(simd.splat_f32s(FAR * SQRT_2), far_odd);
        [
            by(NEAR, near, by(FAR, far, a)),
            by(NEAR * FRAC_1_SQRT_2, near_odd, odd),
            by(NEAR / 2.0, near, by(FAR * 2.0, far, f)),
        ]
    }
}

/// `Aᵀ`.
#[derive(Clone, Copy)]
pub(super) struct Output;

impl Transform<6, 4> for Output {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, [a, b, c, d, e, f]: [S::f32s; 6]) -> [S::f32s; 4] {
        let by = |factor, value| simd.mul_f32s(simd.splat_f32s(factor), value);
        let add_by = |factor, value, sum| simd.mul_add_e_f32s(simd.splat_f32s(factor), value, sum);
        let (near, near_odd) = (simd.add_f32s(b, c), simd.sub_f32s(b, c));
        let (far, far_odd) = (simd.add_f32s(d, e), simd.sub_f32s(d, e));
        [
            simd.add_f32s(a, simd.add_f32s(near, far)),
            add_by(FRAC_1_SQRT_2, near_odd, by(SQRT_2, far_odd)),
            add_by(0.5, near, by(2.0, far)),
            add_by(
                FRAC_1_SQRT_2 / 2.0,
                near_odd,
                add_by(SQRT_2 * 2.0, far_odd, f),
            ),
        ]
    }
}

/// `A`.
#[derive(Clone, Copy)]
pub(super) struct OutputGradient;

impl Transform<4, 6> for OutputGradient {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 6] {
        let by = |factor, value| simd.mul_f32s(simd.splat_f32s(factor), value);
        let add_by = |factor, value, sum| simd.mul_add_e_f32s(simd.splat_f32s(factor), value, sum);
        let near = add_by(0.5, c, a);
        let near_odd = by(FRAC_1_SQRT_2, add_by(0.5, d, b));
        let far = add_by(2.0, c, a);
        let far_odd = by(SQRT_2, add_by(2.0, d, b));
        [
            a,
            simd.add_f32s(near, near_odd),
            simd.sub_f32s(near, near_odd),
            simd.add_f32s(far, far_odd),
            simd.sub_f32s(far, far_odd),
            d,
        ]
    }
}
