//! Named tensors as they stand in a file, read without building a model.

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::TensorData;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::error::ModelError;

/// The floating-point tensors of a file under their names in it, converted to 32 bits.
///
/// Tensors of integers (`num_batches_tracked`) carry nothing that a model needs and are left out.
#[derive(Debug, Clone)]
pub struct StateDict {
    /// The file, or what else the tensors came from; for messages.
    pub source_name: String,
    /// The tensors by name.
    pub tensors: BTreeMap<String, TensorData>,
}

impl StateDict {
    /// Reads a safetensors file.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`], or [`ModelError::InvalidFile`] where the content is not safetensors or
    /// uses a type of floating point that is not known here.
    pub fn from_file(path: &Path) -> Result<Self, ModelError> {
        let bytes = read(path)?;
        Self::from_bytes(&bytes, &path.display().to_string())
    }

    /// Reads safetensors from memory; `source_name` is used in messages.
    ///
    /// # Errors
    ///
    /// As [`from_file`](Self::from_file).
    pub fn from_bytes(bytes: &[u8], source_name: &str) -> Result<Self, ModelError> {
        let invalid = |reason: String| ModelError::InvalidFile {
            source_name: source_name.to_owned(),
            reason,
        };
        let file = SafeTensors::deserialize(bytes).map_err(|error| invalid(error.to_string()))?;
        let mut tensors = BTreeMap::new();
        for (name, view) in file.tensors() {
            if is_integer(view.dtype()) {
                continue;
            }
            let values = float_values(&view).ok_or_else(|| {
                invalid(format!(
                    "tensor `{name}` has the unsupported type {:?}",
                    view.dtype()
                ))
            })?;
            tensors.insert(name, TensorData::new(values, view.shape().to_vec()));
        }
        Ok(Self {
            source_name: source_name.to_owned(),
            tensors,
        })
    }

    /// Keeps the tensors whose name starts with `prefix`, and takes it off.
    #[must_use]
    pub fn strip_prefix(self, prefix: &str) -> Self {
        let tensors = self
            .tensors
            .into_iter()
            .filter_map(|(name, data)| Some((name.strip_prefix(prefix)?.to_owned(), data)))
            .collect();
        Self {
            source_name: self.source_name,
            tensors,
        }
    }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    std::fs::read(path).map_err(|source| ModelError::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })
}

fn is_integer(dtype: Dtype) -> bool {
    matches!(
        dtype,
        Dtype::BOOL
            | Dtype::U8
            | Dtype::I8
            | Dtype::U16
            | Dtype::I16
            | Dtype::U32
            | Dtype::I32
            | Dtype::U64
            | Dtype::I64
    )
}

fn float_values(view: &TensorView<'_>) -> Option<Vec<f32>> {
    let bytes = view.data();
    let values = match view.dtype() {
        Dtype::F32 => decode(bytes, f32::from_le_bytes),
        Dtype::F16 => decode(bytes, |b| half::f16::from_le_bytes(b).to_f32()),
        Dtype::BF16 => decode(bytes, |b| half::bf16::from_le_bytes(b).to_f32()),
        Dtype::F64 => decode(bytes, |b| f64::from_le_bytes(b) as f32),
        _ => return None,
    };
    Some(values)
}

fn decode<const N: usize>(bytes: &[u8], from_le_bytes: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    let (chunks, _) = bytes.as_chunks::<N>();
    chunks.iter().map(|chunk| from_le_bytes(*chunk)).collect()
}
