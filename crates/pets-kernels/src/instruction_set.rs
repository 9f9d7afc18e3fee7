//! The instructions that the kernels compute with.

use std::env;
use std::ffi::OsStr;
use std::sync::LazyLock;

#[cfg(target_arch = "x86_64")]
use pulp::x86::{V3, V3_512b, V4};
use pulp::{Arch, Simd, WithSimd};
use thiserror::Error;

/// The environment variable that chooses the instructions.
const VARIABLE: &str = "PETS_KERNELS";

/// Instructions that every kernel exists for.
///
/// Without a choice the kernels take the widest vectors that the processor has: AVX-512, AVX2 or NEON, else none. The
/// environment variable `PETS_KERNELS` chooses others by their [name](Self::name): to compare results or times, or to
/// rule the processor out as a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstructionSet {
    /// No vectors: one number at a time, products and sums rounded each.
    Scalar,
    /// Vectors of 8 numbers, products added in one rounding (AVX2 and FMA).
    Avx2,
    /// Vectors of 16 numbers, products added in one rounding (AVX-512 F, BW, CD, DQ and VL).
    Avx512,
    /// The vectors of [`Avx512`](Self::Avx512) as pairs of those of [`Avx2`](Self::Avx2): the same operations in the same
    /// order, so the same results to the last bit, but slow. For tests on machines without AVX-512.
    EmulatedAvx512,
}

/// Why the instructions that `PETS_KERNELS` names cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InstructionSetError {
    /// The word means nothing.
    #[error(
        "{VARIABLE}: unknown instructions `{word}`; this machine has {}",
        available()
    )]
    Unknown {
        /// What the variable holds.
        word: String,
    },
    /// The processor cannot execute them.
    #[error("{VARIABLE}: this machine lacks the instructions `{}`; it has {}", set.name(), available())]
    Missing {
        /// What the variable names.
        set: InstructionSet,
    },
}

fn available() -> String {
    let names = InstructionSet::ALL
        .into_iter()
        .filter(|set| set.is_available())
        .map(InstructionSet::name);
    names.collect::<Vec<_>>().join(", ")
}

impl InstructionSet {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Scalar, Self::Avx2, Self::Avx512, Self::EmulatedAvx512];

    /// The word for `PETS_KERNELS`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::EmulatedAvx512 => "avx512-emulated",
        }
    }

    /// Whether this machine can compute with them.
    pub fn is_available(self) -> bool {
        self.vectors().is_some()
    }

    /// What `PETS_KERNELS` chooses, none where it is not set or empty; read once.
    ///
    /// A program asks at its start, to refuse what cannot be: the kernels themselves pass over it.
    ///
    /// # Errors
    ///
    /// Where it names nothing known, or nothing that this machine has.
    pub fn chosen() -> Result<Option<Self>, InstructionSetError> {
        static CHOSEN: LazyLock<Result<Option<InstructionSet>, InstructionSetError>> =
            LazyLock::new(|| {
                let word = env::var_os(VARIABLE).filter(|word| !word.is_empty());
                word.map(|word| InstructionSet::named(&word)).transpose()
            });
        CHOSEN.clone()
    }

    fn named(word: &OsStr) -> Result<Self, InstructionSetError> {
        let set = Self::ALL.into_iter().find(|set| word == set.name());
        match set {
            Some(set) if set.is_available() => Ok(set),
            Some(set) => Err(InstructionSetError::Missing { set }),
            None => Err(InstructionSetError::Unknown {
                word: word.to_string_lossy().into_owned(),
            }),
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn vectors(self) -> Option<Vectors> {
        match self {
            Self::Scalar => Some(Vectors::Of(Arch::Scalar)),
            Self::Avx2 => V3::try_new().map(Arch::V3).map(Vectors::Of),
            Self::Avx512 => V4::try_new().map(Arch::V4).map(Vectors::Of),
            Self::EmulatedAvx512 => V3::try_new().map(V3_512b).map(Vectors::Pairs),
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn vectors(self) -> Option<Vectors> {
        (self == Self::Scalar).then_some(Vectors::Of(Arch::Scalar))
    }
}

/// Proof that the machine has some instructions.
#[derive(Debug, Clone, Copy)]
enum Vectors {
    Of(Arch),
    #[cfg(target_arch = "x86_64")]
    Pairs(V3_512b),
}

/// The chosen instructions, or the best that there are.
static VECTORS: LazyLock<Vectors> = LazyLock::new(|| {
    let chosen = InstructionSet::chosen().ok().flatten();
    let vectors = chosen.and_then(InstructionSet::vectors);
    vectors.unwrap_or_else(|| Vectors::Of(Arch::new()))
});

/// Computes `operation` with the chosen instructions, or the best that there are.
#[inline(always)]
pub(crate) fn dispatch<Operation: WithSimd>(operation: Operation) -> Operation::Output {
    match *VECTORS {
        Vectors::Of(arch) => arch.dispatch(operation),
        #[cfg(target_arch = "x86_64")]
        Vectors::Pairs(pairs) => Simd::vectorize(pairs.0, InPairs { pairs, operation }),
    }
}

/// An operation on pairs of vectors: pulp's own dispatch of them computes with single ones.
#[cfg(target_arch = "x86_64")]
struct InPairs<Operation> {
    pairs: V3_512b,
    operation: Operation,
}

#[cfg(target_arch = "x86_64")]
impl<Operation: WithSimd> WithSimd for InPairs<Operation> {
    type Output = Operation::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Operation::Output {
        self.operation.with_simd(self.pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_its_instructions_where_the_machine_has_them() {
        for set in InstructionSet::ALL {
            let expected = if set.is_available() {
                Ok(set)
            } else {
                Err(InstructionSetError::Missing { set })
            };
            assert_eq!(InstructionSet::named(OsStr::new(set.name())), expected);
        }
    }

    #[test]
    fn other_words_are_refused() {
        for word in ["mmx", "AVX2", "avx2 ", "best"] {
            let error = InstructionSet::named(OsStr::new(word)).unwrap_err();
            assert_eq!(error, InstructionSetError::Unknown { word: word.into() });
            assert!(error.to_string().contains("scalar"), "{error}");
        }
    }
}
