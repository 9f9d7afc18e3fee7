//! How far the kernels may be from float64.

use pets_kernels::InstructionSet;

/// The relative error of a rounding to `f32`, at most.
const ROUNDING: f64 = f32::EPSILON as f64 / 2.0;

/// What the kernels compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Computed {
    Convolution,
    ConvolutionInputGradient,
    ConvolutionWeightGradient,
    Winograd,
    WinogradInputGradient,
    WinogradWeightGradient,
    Depthwise,
    DepthwiseInputGradient,
    DepthwiseWeightGradient,
    NormMean,
    NormVariance,
    NormOutput,
    NormInputGradient,
    NormGammaGradient,
    NormBetaGradient,
    PoolGradient,
    AdamWeights,
    AdamMoments,
}

impl Computed {
    /// The largest error in roundings, with the scalar instructions, with AVX2 and with AVX-512: about twice what these
    /// tests came to, with 1,500 drawn convolutions in place of 48.
    ///
    /// A number's error is measured against the sum of the absolute values of what was added up for it. Winograd's
    /// transforms mix neighbours: there the largest such sum of the tensor counts. Adam's come from its factors, which are
    /// differences of numbers close to each other: `1 - β₂ᵗ`.
    const fn bounds(self) -> [f64; 3] {
        match self {
            Self::Convolution | Self::Depthwise | Self::DepthwiseInputGradient => [8.0; 3],
            Self::ConvolutionInputGradient => [9.0; 3],
            Self::ConvolutionWeightGradient => [9.0, 5.0, 5.0],
            Self::DepthwiseWeightGradient => [6.0, 5.0, 4.0],
            Self::Winograd | Self::WinogradInputGradient => [13.0; 3],
            Self::WinogradWeightGradient => [11.0, 7.0, 7.0],
            Self::NormMean => [2.0; 3],
            Self::NormVariance | Self::NormGammaGradient => [4.0, 3.0, 3.0],
            Self::NormOutput => [6.0, 4.0, 4.0],
            Self::NormInputGradient => [5.0, 4.0, 4.0],
            Self::NormBetaGradient | Self::PoolGradient => [1.0; 3],
            Self::AdamWeights => [30.0; 3],
            Self::AdamMoments => [6.0; 3],
        }
    }

    fn bound(self) -> f64 {
        let [scalar, avx2, avx512] = self.bounds();
        match instructions() {
            InstructionSet::Scalar => scalar,
            InstructionSet::Avx2 => avx2,
            InstructionSet::Avx512 | InstructionSet::EmulatedAvx512 => avx512,
        }
    }

    const fn mixes_neighbours(self) -> bool {
        matches!(
            self,
            Self::Winograd | Self::WinogradInputGradient | Self::WinogradWeightGradient
        )
    }
}

/// The instructions that the kernels take in this run.
fn instructions() -> InstructionSet {
    let chosen = InstructionSet::chosen().expect("PETS_KERNELS names what this machine has");
    let widest = [InstructionSet::Avx512, InstructionSet::Avx2];
    chosen
        .or_else(|| widest.into_iter().find(|set| set.is_available()))
        .unwrap_or(InstructionSet::Scalar)
}

/// Sums in float64.
#[derive(Debug, Clone)]
pub(crate) struct Sums {
    pub(crate) values: Vec<f64>,
    /// The sums of the summands' absolute values.
    pub(crate) magnitudes: Vec<f64>,
}

impl Sums {
    pub(crate) fn zeros(len: usize) -> Self {
        Self {
            values: vec![0.0; len],
            magnitudes: vec![0.0; len],
        }
    }

    pub(crate) fn add(&mut self, index: usize, summand: f64) {
        self.values[index] += summand;
        self.magnitudes[index] += summand.abs();
    }

    /// Each sum times `factor(index)`.
    pub(crate) fn scaled(mut self, factor: impl Fn(usize) -> f64) -> Self {
        for (index, value) in self.values.iter_mut().enumerate() {
            *value *= factor(index);
        }
        for (index, magnitude) in self.magnitudes.iter_mut().enumerate() {
            *magnitude *= factor(index).abs();
        }
        self
    }

    /// Demands that `found` is as exact as the kernel is to be.
    pub(crate) fn assert_close(&self, computed: Computed, found: &[f32], what: &str) {
        assert_eq!(found.len(), self.values.len(), "{what}");
        let largest = self.magnitudes.iter().copied().fold(0.0, f64::max);
        let bound = computed.bound();
        let mut worst: f64 = 0.0;
        for (index, &found) in found.iter().enumerate() {
            let magnitude = if computed.mixes_neighbours() {
                largest
            } else {
                self.magnitudes[index]
            };
            let expected = self.values[index];
            let error = (f64::from(found) - expected).abs();
            assert!(
                error <= bound * ROUNDING * magnitude,
                "{computed:?} of {what}: {found} in place of {expected} at {index} of {}, {} roundings of {magnitude}",
                self.values.len(),
                error / (ROUNDING * magnitude)
            );
            if error > 0.0 {
                worst = worst.max(error / (ROUNDING * magnitude));
            }
        }
        println!("{computed:?}: {worst:.2} of {bound} roundings, {what}");
    }
}
