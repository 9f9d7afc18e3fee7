//! Floating-point numbers as files store them.

use safetensors::tensor::Dtype;

/// A type of floating-point number that can be read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ElementType {
    F64,
    F32,
    F16,
    BF16,
}

impl ElementType {
    /// The type of a tensor in safetensors, none where it holds integers; or the name of a type that is not read.
    pub(crate) fn of_safetensors(dtype: Dtype) -> Result<Option<Self>, String> {
        match dtype {
            Dtype::F64 => Ok(Some(Self::F64)),
            Dtype::F32 => Ok(Some(Self::F32)),
            Dtype::F16 => Ok(Some(Self::F16)),
            Dtype::BF16 => Ok(Some(Self::BF16)),
            Dtype::BOOL
            | Dtype::U8
            | Dtype::I8
            | Dtype::U16
            | Dtype::I16
            | Dtype::U32
            | Dtype::I32
            | Dtype::U64
            | Dtype::I64 => Ok(None),
            other => Err(format!("{other:?}")),
        }
    }

    /// The type of a tensor in a PyTorch checkpoint, none where it holds integers.
    pub(crate) fn of_pytorch(dtype: pytorch_reader::DType) -> Option<Self> {
        use pytorch_reader::DType;
        match dtype {
            DType::F64 => Some(Self::F64),
            DType::F32 => Some(Self::F32),
            DType::F16 => Some(Self::F16),
            DType::BF16 => Some(Self::BF16),
            DType::I64
            | DType::I32
            | DType::I16
            | DType::I8
            | DType::U64
            | DType::U32
            | DType::U16
            | DType::U8
            | DType::Bool => None,
        }
    }

    /// The numbers in little-endian `bytes`.
    pub(crate) fn to_f32(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F64 => decode(bytes, |b| f64::from_le_bytes(b) as f32),
            Self::F32 => decode(bytes, f32::from_le_bytes),
            Self::F16 => decode(bytes, |b| half::f16::from_le_bytes(b).to_f32()),
            Self::BF16 => decode(bytes, |b| half::bf16::from_le_bytes(b).to_f32()),
        }
    }
}

fn decode<const N: usize>(bytes: &[u8], from_le_bytes: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    let (chunks, _) = bytes.as_chunks::<N>();
    chunks.iter().map(|chunk| from_le_bytes(*chunk)).collect()
}
