//! Models out of files, ours and other programs'.

use std::path::Path;

use burn::tensor::Device;

use crate::backbones::registry::Architecture;
use crate::embedding_model::{EmbeddingModel, EmbeddingModelConfig};
use crate::error::ModelError;
use crate::model_files::description::{ModelDescription, build, description_in};
use crate::weights::name_mapping::to_own_names;
use crate::weights::state_dict::{StateDict, looks_like_safetensors, read};
use crate::weights::tensor_names::TensorNames;
use crate::weights::torch_tensors::names_of;

/// How many names of an unknown file a message shows.
const SHOWN_NAMES: usize = 5;

/// A model that was read from a file.
#[derive(Debug)]
pub struct OpenedModel {
    /// The model.
    pub model: EmbeddingModel,
    /// What it is made of.
    pub config: EmbeddingModelConfig,
    /// What [`EmbeddingModel::save`] put beside the weights; none for files of other programs.
    pub description: Option<ModelDescription>,
}

impl EmbeddingModel {
    /// Opens a model file: one that [`save`](Self::save) wrote; a state dict of torchvision, with or without a head in
    /// place of the classifier; or a checkpoint of the original project. The last two may be safetensors or written by
    /// `torch.save`; their backbone and embedding size are inferred from names and shapes, and a state dict without a
    /// head makes a model whose embedding is the feature vector.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`], [`ModelError::InvalidFile`], [`ModelError::UnknownModel`] where there is no tensor of a known
    /// backbone, or [`ModelError::WeightsMismatch`].
    pub fn open(path: &Path, device: &Device) -> Result<OpenedModel, ModelError> {
        let bytes = read(path)?;
        if looks_like_safetensors(&bytes) {
            let source_name = path.display().to_string();
            if let Some(description) = description_in(&bytes, &source_name)? {
                let weights = StateDict::from_bytes(&bytes, &source_name)?;
                let config = description.model_config();
                return Ok(OpenedModel {
                    model: build(&config, weights, device)?,
                    config,
                    description: Some(description),
                });
            }
        }
        drop(bytes);
        let weights = to_own_names(StateDict::from_file(path)?);
        let config = EmbeddingModelConfig {
            architecture: infer_architecture(&weights, device)?,
            embedding_size: infer_embedding_size(&weights),
            dropout_rate: 0.0,
        };
        Ok(OpenedModel {
            model: build(&config, weights, device)?,
            config,
            description: None,
        })
    }
}

/// The backbone that has most of the file's tensors and, among equals, lacks the fewest.
fn infer_architecture(weights: &StateDict, device: &Device) -> Result<Architecture, ModelError> {
    let fit = |architecture: Architecture| {
        let names = TensorNames::of_backbone(architecture);
        let names = names_of(&architecture.init(device), names);
        let found = names
            .iter()
            .filter(|name| weights.tensors.contains_key(&format!("backbone.{name}")))
            .count();
        (found, std::cmp::Reverse(names.len() - found))
    };
    Architecture::ALL
        .iter()
        .map(|&architecture| (fit(architecture), architecture))
        .max_by_key(|&(fit, _)| fit)
        .filter(|((found, _), _)| *found > 0)
        .map(|(_, architecture)| architecture)
        .ok_or_else(|| ModelError::UnknownModel {
            source_name: weights.source_name.clone(),
            found: some_names(weights),
        })
}

fn infer_embedding_size(weights: &StateDict) -> Option<usize> {
    let last_layer = weights.tensors.get("head.fc2.weight")?;
    last_layer.shape().first().copied()
}

fn some_names(weights: &StateDict) -> String {
    let names: Vec<_> = weights
        .tensors
        .keys()
        .take(SHOWN_NAMES)
        .map(String::as_str)
        .collect();
    match (names.len(), weights.tensors.len()) {
        (0, _) => "none of floating point".to_owned(),
        (shown, all) if shown < all => format!("{}, … ({all} in all)", names.join(", ")),
        _ => names.join(", "),
    }
}
