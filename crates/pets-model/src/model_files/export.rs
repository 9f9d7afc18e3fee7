//! Models for PyTorch.

use std::path::Path;

use burn::tensor::Bytes;
use safetensors::tensor::Dtype;

use crate::backbones::registry::Architecture;
use crate::embedding_model::EmbeddingModel;
use crate::error::ModelError;
use crate::weights::tensor_names::TensorNames;
use crate::weights::torch_tensors::{self, TorchTensor};

impl EmbeddingModel {
    /// Writes safetensors that PyTorch loads with `load_state_dict`: the backbone under torchvision's names, and the head
    /// as an `nn.Sequential` of linear layer, ReLU, dropout and linear layer in place of the classifier (`fc.0`, `fc.3`).
    /// Embeddings are that network's output divided by its length.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`] where the file cannot be written.
    pub fn export(&self, path: &Path, architecture: Architecture) -> Result<(), ModelError> {
        let write = || {
            let mut tensors =
                torch_tensors::collect(&self.backbone, TensorNames::of_backbone(architecture))?;
            tensors.extend(batch_counters(&tensors));
            let classifier = architecture.description().classifier;
            for mut tensor in
                torch_tensors::collect(&self.head, TensorNames::of_model(architecture))?
            {
                tensor.name = name_in_classifier(&tensor.name, classifier);
                tensors.push(tensor);
            }
            torch_tensors::write(path, &tensors, None)
        };
        write().map_err(|source| ModelError::Io {
            action: "write",
            path: path.to_owned(),
            source,
        })
    }
}

/// PyTorch's batch norm counts the batches it has seen, and `load_state_dict` wants the counter.
fn batch_counters(tensors: &[TorchTensor]) -> Vec<TorchTensor> {
    tensors
        .iter()
        .filter_map(|tensor| tensor.name.strip_suffix("running_var"))
        .map(|layer| TorchTensor {
            name: format!("{layer}num_batches_tracked"),
            dtype: Dtype::I64,
            shape: Vec::new(),
            bytes: Bytes::from_bytes_vec(0_i64.to_le_bytes().to_vec()),
        })
        .collect()
}

fn name_in_classifier(name: &str, classifier: &str) -> String {
    name.replace("fc1.", &format!("{classifier}.0."))
        .replace("fc2.", &format!("{classifier}.3."))
}
