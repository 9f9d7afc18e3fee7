//! Named tensors as they stand in a file, read without building a model.

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::TensorData;
use pytorch_reader::PytorchReader;
use safetensors::tensor::SafeTensors;

use crate::error::ModelError;
use crate::weights::element_type::ElementType;

/// How many times the size of its file the tensors of a PyTorch checkpoint may take: tied weights and half precision
/// need a little, a file that is made to exhaust the memory much.
const MAX_EXPANSION: u64 = 8;

/// The most bytes that a file of weights may have: 4 GiB.
const MAX_FILE: u64 = 4 << 30;
/// The most bytes that the header of a safetensors file may have: 4 MiB. That of a ResNet-50 has 40 KB.
const MAX_HEADER: u64 = 4 << 20;

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
    /// Reads a safetensors file, or a checkpoint written by `torch.save` in any of its formats; the content tells
    /// which. Of a checkpoint only the tensors are read: nothing that is pickled in it is run.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`], or [`ModelError::InvalidFile`] where the content is neither, is damaged, or uses a type of
    /// floating point that is not known here.
    pub fn from_file(path: &Path) -> Result<Self, ModelError> {
        let bytes = read(path)?;
        if looks_like_safetensors(&bytes) {
            return Self::from_bytes(&bytes, &path.display().to_string());
        }
        Self::from_pytorch(path, bytes.len() as u64)
    }

    /// Reads safetensors from memory; `source_name` is used in messages.
    ///
    /// # Errors
    ///
    /// As [`from_file`](Self::from_file).
    pub fn from_bytes(bytes: &[u8], source_name: &str) -> Result<Self, ModelError> {
        let invalid = |reason: String| invalid(source_name, reason);
        check_header(bytes).map_err(invalid)?;
        let file = SafeTensors::deserialize(bytes).map_err(|error| invalid(error.to_string()))?;
        let mut tensors = BTreeMap::new();
        for (name, view) in file.tensors() {
            let Some(element) = ElementType::of_safetensors(view.dtype())
                .map_err(|dtype| invalid(unsupported(&name, &dtype)))?
            else {
                continue;
            };
            let values = element.to_f32(view.data());
            tensors.insert(name, TensorData::new(values, view.shape().to_vec()));
        }
        Ok(Self {
            source_name: source_name.to_owned(),
            tensors,
        })
    }

    fn from_pytorch(path: &Path, file_size: u64) -> Result<Self, ModelError> {
        let source_name = path.display().to_string();
        let invalid = |reason: String| invalid(&source_name, reason);
        let reader = PytorchReader::new(path).map_err(|error| {
            invalid(format!(
                "it is neither safetensors nor a PyTorch checkpoint ({error})"
            ))
        })?;
        let claimed = reader
            .tensors()
            .values()
            .map(|tensor| tensor.byte_len() as u64)
            .fold(0, u64::saturating_add);
        if claimed > file_size.saturating_mul(MAX_EXPANSION) {
            return Err(invalid(format!(
                "its tensors claim {claimed} bytes, but the file has {file_size}"
            )));
        }
        let mut tensors = BTreeMap::new();
        for (name, tensor) in reader.into_tensors() {
            let Some(element) = ElementType::of_pytorch(tensor.dtype()) else {
                continue;
            };
            let bytes = tensor.read().map_err(|error| invalid(error.to_string()))?;
            let values = element.to_f32(&bytes);
            tensors.insert(name, TensorData::new(values, tensor.shape().to_vec()));
        }
        Ok(Self {
            source_name,
            tensors,
        })
    }

    /// Keeps the tensors whose name starts with `prefix`, and takes it off.
    #[must_use]
    pub fn strip_prefix(self, prefix: &str) -> Self {
        self.rename(|name| name.strip_prefix(prefix).map(str::to_owned))
    }

    /// Gives every tensor another name; those without one are dropped.
    pub(crate) fn rename(self, new_name: impl Fn(&str) -> Option<String>) -> Self {
        let tensors = self
            .tensors
            .into_iter()
            .filter_map(|(name, data)| Some((new_name(&name)?, data)))
            .collect();
        Self {
            source_name: self.source_name,
            tensors,
        }
    }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    pets_files::read(path, MAX_FILE).map_err(|source| ModelError::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })
}

/// Refuses a header that is longer than any model's: parsed, it takes many times its length.
pub(crate) fn check_header(bytes: &[u8]) -> Result<(), String> {
    match bytes
        .first_chunk()
        .map(|length| u64::from_le_bytes(*length))
    {
        Some(length) if length > MAX_HEADER => Err(format!(
            "its header has {length} bytes, more than the {MAX_HEADER} that are allowed"
        )),
        _ => Ok(()),
    }
}

/// Eight bytes for the length of a header, then the header, which is JSON.
pub(crate) fn looks_like_safetensors(bytes: &[u8]) -> bool {
    bytes.get(8) == Some(&b'{')
}

fn unsupported(name: &str, dtype: &str) -> String {
    format!("tensor `{name}` has the unsupported type {dtype}")
}

fn invalid(source_name: &str, reason: String) -> ModelError {
    ModelError::InvalidFile {
        source_name: source_name.to_owned(),
        reason,
    }
}
