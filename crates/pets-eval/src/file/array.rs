//! Arrays as files hold them, and what of them is taken.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use half::{bf16, f16};

use crate::error::EvalError;

/// An array in row-major order, little-endian. The bytes fill the shape: see [`Array::new`].
pub(super) struct Array<'a> {
    value_type: ValueType,
    shape: Vec<usize>,
    bytes: Cow<'a, [u8]>,
}

/// Types of values that embeddings or labels may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueType {
    F16,
    BF16,
    F32,
    F64,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
}

impl ValueType {
    pub(super) fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::F16 | Self::BF16 | Self::I16 | Self::U16 => 2,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }
}

/// What an array must be and what it is.
pub(super) struct Mismatch {
    expected: &'static str,
    found: String,
}

impl Mismatch {
    pub(super) fn of(self, tensor: &'static str, path: &Path) -> EvalError {
        EvalError::Tensor {
            path: path.to_owned(),
            tensor,
            expected: self.expected.into(),
            found: self.found,
        }
    }
}

impl<'a> Array<'a> {
    /// `None` unless `bytes` hold as many values as the shape has.
    pub(super) fn new(
        value_type: ValueType,
        shape: Vec<usize>,
        bytes: Cow<'a, [u8]>,
    ) -> Option<Self> {
        (byte_count(&shape, value_type.size()) == Some(bytes.len())).then_some(Self {
            value_type,
            shape,
            bytes,
        })
    }

    /// The values of an array `[n, dim]` of floats, and `dim`.
    pub(super) fn to_rows(&self) -> Result<(Vec<f32>, usize), Mismatch> {
        let mismatch = || Mismatch {
            expected: "[n, dim] of f32, f16, bf16 or f64",
            found: self.to_string(),
        };
        let &[_, dim] = self.shape.as_slice() else {
            return Err(mismatch());
        };
        let data = match self.value_type {
            ValueType::F16 => self.map(|bytes| f16::from_le_bytes(bytes).to_f32()),
            ValueType::BF16 => self.map(|bytes| bf16::from_le_bytes(bytes).to_f32()),
            ValueType::F32 => self.map(f32::from_le_bytes),
            ValueType::F64 => self.map(|bytes| f64::from_le_bytes(bytes) as f32),
            _ => return Err(mismatch()),
        };
        Ok((data, dim))
    }

    /// The values of an array `[n]` of whole numbers from 0 to 2³² − 1.
    pub(super) fn to_labels(&self) -> Result<Vec<u32>, Mismatch> {
        let mismatch = |found| Mismatch {
            expected: "[n] of whole numbers from 0 to 4294967295",
            found,
        };
        if self.shape.len() != 1 {
            return Err(mismatch(self.to_string()));
        }
        let values: Vec<i128> = match self.value_type {
            ValueType::I8 => self.map(|bytes| i8::from_le_bytes(bytes).into()),
            ValueType::U8 => self.map(|bytes| u8::from_le_bytes(bytes).into()),
            ValueType::I16 => self.map(|bytes| i16::from_le_bytes(bytes).into()),
            ValueType::U16 => self.map(|bytes| u16::from_le_bytes(bytes).into()),
            ValueType::I32 => self.map(|bytes| i32::from_le_bytes(bytes).into()),
            ValueType::U32 => self.map(|bytes| u32::from_le_bytes(bytes).into()),
            ValueType::I64 => self.map(|bytes| i64::from_le_bytes(bytes).into()),
            ValueType::U64 => self.map(|bytes| u64::from_le_bytes(bytes).into()),
            ValueType::F16 | ValueType::BF16 | ValueType::F32 | ValueType::F64 => {
                return Err(mismatch(self.to_string()));
            }
        };
        values
            .iter()
            .enumerate()
            .map(|(row, &label)| {
                u32::try_from(label).map_err(|_| mismatch(format!("{label} in row {row}")))
            })
            .collect()
    }

    /// With bytes of its own.
    pub(super) fn into_owned(self) -> Array<'static> {
        Array {
            bytes: Cow::Owned(self.bytes.into_owned()),
            ..self
        }
    }

    fn map<const SIZE: usize, T>(&self, value: impl Fn([u8; SIZE]) -> T) -> Vec<T> {
        let (values, _) = self.bytes.as_chunks();
        values.iter().map(|&bytes| value(bytes)).collect()
    }
}

impl fmt::Display for Array<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("{:?}", self.value_type).to_lowercase();
        write!(formatter, "{:?} of {name}", self.shape)
    }
}

/// Bytes of an array; `None` where no machine can hold it.
pub(super) fn byte_count(shape: &[usize], value_size: usize) -> Option<usize> {
    shape
        .iter()
        .try_fold(value_size, |bytes, &length| bytes.checked_mul(length))
}
