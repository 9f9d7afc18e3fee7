//! The lanes of vectors.

use pulp::Simd;

/// Lanes of the widest vector there is.
pub(crate) const MAX_LANES: usize = 16;

/// Whether there are registers for the larger tiles of sums. The widest vectors have them; where pairs of others stand
/// for those, sums are to run in the same order.
pub(crate) const fn has_many_registers<S: Simd>() -> bool {
    S::REGISTER_COUNT >= 32 || S::F32_LANES == MAX_LANES
}

/// In each lane `if_true` where the mask is set, else `if_false`: pulp's own is not always inlined.
#[inline(always)]
pub(crate) fn select<S: Simd>(
    simd: S,
    mask: S::m32s,
    if_true: S::f32s,
    if_false: S::f32s,
) -> S::f32s {
    simd.transmute_f32s_u32s(simd.select_u32s(
        mask,
        simd.transmute_u32s_f32s(if_true),
        simd.transmute_u32s_f32s(if_false),
    ))
}
