//! Filters over a plane taken as one long row.

use pulp::{Simd, WithSimd};

use crate::activation::Activation;

/// The output of a filter is computed in pieces of this many numbers, and read from as many.
pub(crate) const FLAT_MULTIPLE: usize = 4 * 16;

/// `out[i] = activation(shift + Σ_t weights[t] · source[i + offsets[t]])`.
pub(crate) struct FlatFilter<'a> {
    pub(crate) source: &'a [f32],
    pub(crate) weights: &'a [f32],
    pub(crate) offsets: &'a [usize],
    pub(crate) shift: f32,
    pub(crate) activation: Activation,
    /// A multiple of [`FLAT_MULTIPLE`] numbers.
    pub(crate) out: &'a mut [f32],
}

impl WithSimd for FlatFilter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let piece = 4 * S::F32_LANES;
        for (index, out) in self.out.chunks_exact_mut(piece).enumerate() {
            let source = &self.source[index * piece..];
            let mut sums = [simd.splat_f32s(self.shift); 4];
            for (&weight, &offset) in self.weights.iter().zip(self.offsets) {
                let weight = simd.splat_f32s(weight);
                let (source, _) = S::as_simd_f32s(&source[offset..offset + piece]);
                for (sum, &value) in sums.iter_mut().zip(source) {
                    *sum = simd.mul_add_e_f32s(weight, value, *sum);
                }
            }
            for (out, sum) in S::as_mut_simd_f32s(out).0.iter_mut().zip(sums) {
                *out = self.activation.apply_simd(simd, sum);
            }
        }
    }
}

/// Adds `Σ_i gradient[i] · source[i + offsets[t]]` to `out[t]`.
pub(crate) struct FlatCorrelation<'a> {
    /// A multiple of [`FLAT_MULTIPLE`] numbers.
    pub(crate) gradient: &'a [f32],
    pub(crate) source: &'a [f32],
    pub(crate) offsets: &'a [usize],
    pub(crate) out: &'a mut [f32],
}

impl WithSimd for FlatCorrelation<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // Several offsets share each load of the gradient.
        match self.offsets.len() {
            9 => self.run::<S, 9>(simd),
            25 => self.run::<S, 5>(simd),
            _ => self.run::<S, 1>(simd),
        }
    }
}

impl FlatCorrelation<'_> {
    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, simd: S) {
        let (gradient, _) = S::as_simd_f32s(self.gradient);
        let (offsets, _) = self.offsets.as_chunks::<N>();
        for (offsets, out) in offsets.iter().zip(self.out.chunks_exact_mut(N)) {
            let sources: [&[S::f32s]; N] =
                offsets.map(|offset| &S::as_simd_f32s(&self.source[offset..]).0[..gradient.len()]);
            let mut sums = [simd.splat_f32s(0.0); N];
            for (index, &gradient) in gradient.iter().enumerate() {
                for (sum, source) in sums.iter_mut().zip(&sources) {
                    *sum = simd.mul_add_e_f32s(gradient, source[index], *sum);
                }
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                *out += simd.reduce_sum_f32s(sum);
            }
        }
    }
}
