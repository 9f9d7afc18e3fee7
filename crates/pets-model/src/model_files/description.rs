//! Self-describing model files: safetensors with PyTorch's tensor names and, in the header, what is
//! needed to build the model again.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use burn::tensor::Device;
use safetensors::tensor::SafeTensors;
use serde::{Deserialize, Serialize};

use crate::backbones::registry::Architecture;
use crate::embedding_model::{EmbeddingModel, EmbeddingModelConfig};
use crate::error::ModelError;
use crate::head::HIDDEN_DIM;
use crate::weights::loading::{Completeness, load};
use crate::weights::state_dict::{StateDict, check_header};
use crate::weights::tensor_names::TensorNames;
use crate::weights::torch_tensors;

const METADATA_KEY: &str = "pets";
const FORMAT_VERSION: u32 = 1;

/// The header of a model file: enough to use the model without any other flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelDescription {
    /// The backbone.
    pub architecture: Architecture,
    /// Length of an embedding; none for a model without a head, whose embedding is the feature vector.
    pub embedding_size: Option<usize>,
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
    /// Describes a model that is to be trained: no epoch, no metrics and no configuration of a run yet.
    pub const fn untrained(
        config: &EmbeddingModelConfig,
        img_size: usize,
        classes: Vec<String>,
    ) -> Self {
        Self {
            architecture: config.architecture,
            embedding_size: config.embedding_size,
            dropout_rate: config.dropout_rate,
            img_size,
            classes,
            epoch: 0,
            metrics: BTreeMap::new(),
            config: String::new(),
        }
    }

    /// The model that is described.
    pub const fn model_config(&self) -> EmbeddingModelConfig {
        EmbeddingModelConfig {
            architecture: self.architecture,
            embedding_size: self.embedding_size,
            dropout_rate: self.dropout_rate,
        }
    }
}

impl EmbeddingModel {
    /// Writes the model as safetensors: to a temporary file in the same folder, flushed, then
    /// renamed, so that `path` never holds half a model.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`] where the file cannot be written.
    pub fn save(&self, path: &Path, description: &ModelDescription) -> Result<(), ModelError> {
        let write = || {
            let names = TensorNames::of_model(description.architecture);
            let tensors = torch_tensors::collect(self, names)?;
            let header = serde_json::to_string(&Header {
                format: FORMAT_VERSION,
                description: description.clone(),
            })?;
            // One key: the header is a hash map, and the same model shall give the same bytes.
            let metadata = HashMap::from([(METADATA_KEY.to_owned(), header)]);
            torch_tensors::write(path, &tensors, Some(metadata))
        };
        write().map_err(|source| ModelError::Io {
            action: "write",
            path: path.to_owned(),
            source,
        })
    }
}

/// The description in the header of a file that [`EmbeddingModel::save`] wrote; none in any other safetensors file.
pub(crate) fn description_in(
    bytes: &[u8],
    source_name: &str,
) -> Result<Option<ModelDescription>, ModelError> {
    let invalid = |reason: String| ModelError::InvalidFile {
        source_name: source_name.to_owned(),
        reason,
    };
    check_header(bytes).map_err(invalid)?;
    let (_, metadata) =
        SafeTensors::read_metadata(bytes).map_err(|error| invalid(error.to_string()))?;
    let Some(header) = metadata
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(METADATA_KEY))
    else {
        return Ok(None);
    };
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
    Ok(Some(description))
}

/// Builds the model of `config` and loads all of its weights. A size that the weights do not bear out is refused before
/// a model of that size is made.
pub(crate) fn build(
    config: &EmbeddingModelConfig,
    weights: StateDict,
    device: &Device,
) -> Result<EmbeddingModel, ModelError> {
    let expected = config.embedding_size.map(|size| vec![size, HIDDEN_DIM]);
    let found = weights
        .tensors
        .get("head.fc2.weight")
        .map(|tensor| tensor.shape().to_vec());
    if expected != found {
        return Err(ModelError::InvalidFile {
            source_name: weights.source_name,
            reason: format!(
                "head.fc2.weight should have the shape {expected:?}, and has {found:?}"
            ),
        });
    }
    let names = TensorNames::of_model(config.architecture);
    let (model, _) = load(config.init(device)?, weights, Completeness::Complete, names)?;
    Ok(model)
}
