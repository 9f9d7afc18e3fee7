//! Why a file is not read, before it is said which file it is.

use std::path::Path;

use crate::error::EvalError;

const MIB: u64 = 1 << 20;

pub(super) enum Failure {
    /// The file is damaged or of a format that is not read.
    Format(String),
    /// An array is not what it must be.
    Tensor {
        tensor: &'static str,
        expected: &'static str,
        found: String,
    },
    /// Reading takes so many bytes, or more, of fewer that are allowed.
    Memory { need: u64, limit: u64 },
}

impl Failure {
    pub(super) fn of(self, path: &Path) -> EvalError {
        let path = path.to_owned();
        match self {
            Self::Format(reason) => EvalError::Format { path, reason },
            Self::Tensor {
                tensor,
                expected,
                found,
            } => EvalError::Tensor {
                path,
                tensor,
                expected: expected.into(),
                found,
            },
            Self::Memory { need, limit } => EvalError::TooMuchMemory {
                path,
                need_mib: need.div_ceil(MIB),
                limit_mib: limit / MIB,
            },
        }
    }

    /// Names the part of the file that a damage is in.
    pub(super) fn within(self, name: &str) -> Self {
        match self {
            Self::Format(reason) => Self::Format(format!("\"{name}\": {reason}")),
            other => other,
        }
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self::Format(reason)
    }
}

impl From<&str> for Failure {
    fn from(reason: &str) -> Self {
        Self::Format(reason.into())
    }
}
