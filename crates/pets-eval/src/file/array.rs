//! Arrays as files hold them, and what of them is taken.

use std::fmt;

use half::{bf16, f16};

use super::contents::{EMBEDDINGS, LABELS, Rows};
use super::failure::Failure;
use super::memory::Memory;

/// An array in row-major order, little-endian. The bytes fill the shape: see [`Array::new`].
pub(super) struct Array<'a> {
    value_type: ValueType,
    shape: Vec<usize>,
    bytes: &'a [u8],
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

impl<'a> Array<'a> {
    /// `None` unless `bytes` hold as many values as the shape has.
    pub(super) fn new(value_type: ValueType, shape: Vec<usize>, bytes: &'a [u8]) -> Option<Self> {
        (byte_count(&shape, value_type.size()) == Some(bytes.len())).then_some(Self {
            value_type,
            shape,
            bytes,
        })
    }

    /// The values of an array `[n, dim]` of floats.
    pub(super) fn to_rows(&self, memory: &mut Memory) -> Result<Rows, Failure> {
        let mismatch = || Failure::Tensor {
            tensor: EMBEDDINGS,
            expected: "[n, dim] of f32, f16, bf16 or f64",
            found: self.to_string(),
        };
        let &[_, dim] = self.shape.as_slice() else {
            return Err(mismatch());
        };
        memory.reserve_values::<f32>(self.len())?;
        let data = match self.value_type {
            ValueType::F16 => self.map(|bytes| f16::from_le_bytes(bytes).to_f32()),
            ValueType::BF16 => self.map(|bytes| bf16::from_le_bytes(bytes).to_f32()),
            ValueType::F32 => self.map(f32::from_le_bytes),
            ValueType::F64 => self.map(|bytes| f64::from_le_bytes(bytes) as f32),
            _ => return Err(mismatch()),
        };
        Ok(Rows { data, dim })
    }

    /// The values of an array `[n]` of whole numbers from 0 to 2³² − 1.
    pub(super) fn to_labels(&self, memory: &mut Memory) -> Result<Vec<u32>, Failure> {
        memory.reserve_values::<u32>(self.len())?;
        match self.value_type {
            ValueType::I8 => self.labels(i8::from_le_bytes),
            ValueType::U8 => self.labels(u8::from_le_bytes),
            ValueType::I16 => self.labels(i16::from_le_bytes),
            ValueType::U16 => self.labels(u16::from_le_bytes),
            ValueType::I32 => self.labels(i32::from_le_bytes),
            ValueType::U32 => self.labels(u32::from_le_bytes),
            ValueType::I64 => self.labels(i64::from_le_bytes),
            ValueType::U64 => self.labels(u64::from_le_bytes),
            ValueType::F16 | ValueType::BF16 | ValueType::F32 | ValueType::F64 => {
                Err(no_labels(self.to_string()))
            }
        }
    }

    fn labels<const SIZE: usize, T: TryInto<u32> + Copy + fmt::Display>(
        &self,
        value: impl Fn([u8; SIZE]) -> T,
    ) -> Result<Vec<u32>, Failure> {
        if self.shape.len() != 1 {
            return Err(no_labels(self.to_string()));
        }
        let (values, _) = self.bytes.as_chunks();
        let mut labels = Vec::with_capacity(values.len());
        for (row, &bytes) in values.iter().enumerate() {
            let label = value(bytes);
            let taken = label.try_into();
            labels.push(taken.map_err(|_| no_labels(format!("{label} in row {row}")))?);
        }
        Ok(labels)
    }

    /// Number of values.
    fn len(&self) -> usize {
        self.bytes.len() / self.value_type.size()
    }

    fn map<const SIZE: usize, T>(&self, value: impl Fn([u8; SIZE]) -> T) -> Vec<T> {
        let (values, _) = self.bytes.as_chunks();
        values.iter().map(|&bytes| value(bytes)).collect()
    }
}

fn no_labels(found: String) -> Failure {
    Failure::Tensor {
        tensor: LABELS,
        expected: "[n] of whole numbers from 0 to 4294967295",
        found,
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
