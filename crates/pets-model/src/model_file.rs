//! Self-describing model files: safetensors with PyTorch's tensor names and, in the header, what is
//! needed to build the model again.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

use burn::tensor::Device;
use burn_store::{BurnToPyTorchAdapter, ModuleSnapshot, bridge};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use crate::architecture::Architecture;
use crate::embedding_model::{EmbeddingModel, EmbeddingModelConfig};
use crate::error::ModelError;
use crate::state_dict::{StateDict, read};
use crate::weights::{Completeness, Names, load};

const METADATA_KEY: &str = "pets";
const FORMAT_VERSION: u32 = 1;
const BACKBONE: &str = "backbone.";

/// The header of a model file: enough to use the model without any other flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelDescription {
    /// The backbone.
    pub architecture: Architecture,
    /// Length of an embedding.
    pub embedding_size: usize,
    /// Dropout rate of the head in training.
    pub dropout_rate: f64,
    /// Side of the square images that the model was trained on, in pixels.
    pub img_size: usize,
    /// Names of the classes that the model was trained on, in label order.
    pub classes: Vec<String>,
    /// Number of epochs trained.
    pub epoch: usize,
    /// Metrics of the validation part when the file was written.
    pub metrics: BTreeMap<String, f64>,
    /// The configuration of the run, as TOML.
    pub config: String,
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
    #[serde(flatten)]
    description: ModelDescription,
}

impl ModelDescription {
    fn model_config(&self) -> EmbeddingModelConfig {
        EmbeddingModelConfig {
            architecture: self.architecture,
            embedding_size: self.embedding_size,
            dropout_rate: self.dropout_rate,
        }
    }

    fn names<T>(&self, with: impl FnOnce(&Names<'_>) -> T) -> T {
        let architecture = self.architecture;
        with(&Names {
            from_torch: &|name| rename(name, |name| architecture.tensor_name_from_torch(name)),
            to_torch: &|name| rename(name, |name| architecture.tensor_name_to_torch(name)),
        })
    }
}

/// Renames what belongs to the backbone; the head has the same names on both sides.
fn rename(name: &str, backbone: impl Fn(&str) -> String) -> String {
    name.strip_prefix(BACKBONE).map_or_else(
        || name.to_owned(),
        |inner| format!("{BACKBONE}{}", backbone(inner)),
    )
}

impl EmbeddingModel {
    /// Writes the model as safetensors: to a temporary file in the same folder, flushed, then
    /// renamed, so that `path` never holds half a model.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`] where the file cannot be written.
    pub fn save(&self, path: &Path, description: &ModelDescription) -> Result<(), ModelError> {
        let failed = |source: std::io::Error| ModelError::Io {
            action: "write",
            path: path.to_owned(),
            source,
        };
        let bytes = self.to_bytes(description).map_err(failed)?;
        let folder = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(&bytes).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn to_bytes(&self, description: &ModelDescription) -> std::io::Result<Vec<u8>> {
        let mut tensors = Vec::new();
        for tensor in self.collect(None, Some(Box::new(BurnToPyTorchAdapter)), true) {
            let name = description.names(|names| (names.to_torch)(&tensor.name));
            let data = bridge::into_data(tensor)
                .map_err(std::io::Error::other)?
                .convert::<f32>();
            let shape: Vec<usize> = data.shape().to_vec();
            let bytes = data.into_bytes();
            tensors.push((name, shape, bytes));
        }
        let views = tensors
            .iter()
            .map(|(name, shape, bytes)| {
                Ok((
                    name.as_str(),
                    TensorView::new(Dtype::F32, shape.clone(), bytes)?,
                ))
            })
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
            .map_err(std::io::Error::other)?;
        let header = serde_json::to_string(&Header {
            format: FORMAT_VERSION,
            description: description.clone(),
        })?;
        // One key: the header is a hash map, and the same model shall give the same bytes.
        let metadata = HashMap::from([(METADATA_KEY.to_owned(), header)]);
        safetensors::serialize(views, Some(metadata)).map_err(std::io::Error::other)
    }

    /// Reads a file that [`save`](Self::save) wrote.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`], [`ModelError::InvalidFile`], [`ModelError::NotAModelFile`] where the
    /// header has no description, or [`ModelError::WeightsMismatch`].
    pub fn open(path: &Path, device: &Device) -> Result<(Self, ModelDescription), ModelError> {
        let source_name = path.display().to_string();
        let invalid = |reason: String| ModelError::InvalidFile {
            source_name: source_name.clone(),
            reason,
        };
        let bytes = read(path)?;
        let (_, metadata) =
            SafeTensors::read_metadata(&bytes).map_err(|error| invalid(error.to_string()))?;
        let header = metadata
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get(METADATA_KEY))
            .ok_or_else(|| ModelError::NotAModelFile(path.to_owned()))?;
        let Header {
            format,
            description,
        } = serde_json::from_str(header)
            .map_err(|error| invalid(format!("its model description: {error}")))?;
        if format != FORMAT_VERSION {
            return Err(invalid(format!(
                "format version {format}; this program reads version {FORMAT_VERSION}"
            )));
        }
        let model = description.model_config().init(device)?;
        let weights = StateDict::from_bytes(&bytes, &source_name)?;
        let target = description.architecture.name();
        let (model, _) = description
            .names(|names| load(model, weights, Completeness::Complete, target, names))?;
        Ok((model, description))
    }
}
