//! The activation that closes a layer.

use burn::tensor::{Tensor, activation};
use pulp::Simd;

use crate::cpu::select;

/// What is applied to a layer's output, element by element. NaN stays NaN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `x`.
    Identity,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
}

impl Activation {
    /// The activation by Burn's own operations, on any device.
    pub fn forward<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Identity => x,
            Self::Relu => activation::relu(x),
            Self::Relu6 => x.clamp(0.0, 6.0),
        }
    }

    #[inline(always)]
    pub(crate) fn apply(self, x: f32) -> f32 {
        match self {
            Self::Relu | Self::Relu6 if x < 0.0 => 0.0,
            Self::Relu6 if x > 6.0 => 6.0,
            _ => x,
        }
    }

    #[inline(always)]
    pub(crate) fn apply_simd<S: Simd>(self, simd: S, x: S::f32s) -> S::f32s {
        let zero = simd.splat_f32s(0.0);
        let six = simd.splat_f32s(6.0);
        if self == Self::Identity {
            return x;
        }
        let positive = select(simd, simd.less_than_f32s(x, zero), zero, x);
        if self == Self::Relu {
            return positive;
        }
        select(simd, simd.greater_than_f32s(positive, six), six, positive)
    }

    /// The gradient before the activation, of the one after it and the activation's output: PyTorch's gradient, zero at
    /// the kinks.
    #[inline(always)]
    pub(crate) fn gradient(self, gradient: f32, output: f32) -> f32 {
        match self {
            Self::Relu | Self::Relu6 if output <= 0.0 => 0.0,
            Self::Relu6 if output >= 6.0 => 0.0,
            _ => gradient,
        }
    }

    #[inline(always)]
    pub(crate) fn gradient_simd<S: Simd>(
        self,
        simd: S,
        gradient: S::f32s,
        output: S::f32s,
    ) -> S::f32s {
        let zero = simd.splat_f32s(0.0);
        let six = simd.splat_f32s(6.0);
        if self == Self::Identity {
            return gradient;
        }
        let at_zero = simd.less_than_or_equal_f32s(output, zero);
        let gradient = select(simd, at_zero, zero, gradient);
        if self == Self::Relu {
            return gradient;
        }
        let at_six = simd.greater_than_or_equal_f32s(output, six);
        select(simd, at_six, zero, gradient)
    }
}
