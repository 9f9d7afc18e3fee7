//! Weights into modules: all of them or, where allowed, a listed part; never half of them in silence.

use burn::module::Module;
use burn::tensor::TensorData;
use burn_store::{ApplyError, ModuleSnapshot, PyTorchToBurnAdapter, bridge};

use crate::backbones::registry::Architecture;
use crate::embedding_model::EmbeddingModel;
use crate::error::{ModelError, WeightProblems};
use crate::weights::name_mapping::to_own_names;
use crate::weights::state_dict::StateDict;
use crate::weights::tensor_names::TensorNames;

/// Which tensors were loaded, under PyTorch's names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Tensors of the model that were set.
    pub loaded: Vec<String>,
    /// Tensors of the model that were not in the file and kept their random start.
    pub missing: Vec<String>,
    /// Tensors of the file that the model has no place for, such as a classifier.
    pub unused: Vec<String>,
}

/// Whether weights may lack tensors of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Every tensor of the model must be in the file, and every one of the file but a classifier in the model.
    Complete,
    /// Tensors that are not in the file keep their random start and are listed in the report.
    AllowPartial,
}

impl EmbeddingModel {
    /// Loads weights of the backbone and leaves the head as it is. The tensors may have the names of torchvision, of the
    /// original project's checkpoints, or of a model file of this crate.
    ///
    /// # Errors
    ///
    /// [`ModelError::WeightsMismatch`] lists missing and superfluous tensors (unless allowed), wrong shapes and values
    /// that are not finite. The model is then gone: nothing half-loaded survives.
    pub fn load_backbone(
        mut self,
        architecture: Architecture,
        weights: StateDict,
        completeness: Completeness,
    ) -> Result<(Self, LoadReport), ModelError> {
        let weights = to_own_names(weights).strip_prefix("backbone.");
        let names = TensorNames::of_backbone(architecture);
        let (backbone, report) = load(self.backbone, weights, completeness, names)?;
        self.backbone = backbone;
        Ok((self, report))
    }
}

pub(crate) fn load<M: Module>(
    mut module: M,
    weights: StateDict,
    completeness: Completeness,
    names: TensorNames,
) -> Result<(M, LoadReport), ModelError> {
    let mut problems = WeightProblems::default();
    let mut tensors = Vec::with_capacity(weights.tensors.len());
    for (name, data) in weights.tensors {
        if is_finite(&data) {
            tensors.push(bridge::from_data(data, names.own_name(&name), None));
        } else {
            problems
                .unusable
                .push(format!("tensor `{name}` holds values that are not finite"));
        }
    }
    let result = module.apply(tensors, None, Some(Box::new(PyTorchToBurnAdapter)), true);

    problems
        .unusable
        .extend(result.errors.iter().map(|error| describe(error, names)));
    let missing = result.missing.into_iter().map(|(name, _)| name);
    let report = LoadReport {
        missing: sorted_torch_names(missing, names),
        unused: sorted_torch_names(result.unused, names),
        loaded: sorted_torch_names(result.applied, names),
    };
    if completeness == Completeness::Complete || report.loaded.is_empty() {
        problems.missing.clone_from(&report.missing);
        problems.unexpected.extend(
            report
                .unused
                .iter()
                .filter(|name| !names.is_of_classifier(name))
                .cloned(),
        );
    }
    if problems != WeightProblems::default() {
        return Err(ModelError::WeightsMismatch {
            source_name: weights.source_name,
            target: names.architecture().name().to_owned(),
            problems,
        });
    }
    Ok((module, report))
}

fn sorted_torch_names(names: impl IntoIterator<Item = String>, table: TensorNames) -> Vec<String> {
    let mut names: Vec<_> = names
        .into_iter()
        .map(|name| table.torch_name(&name))
        .collect();
    names.sort();
    names
}

fn is_finite(data: &TensorData) -> bool {
    data.as_slice::<f32>()
        .is_ok_and(|values| values.iter().all(|value| value.is_finite()))
}

fn describe(error: &ApplyError, names: TensorNames) -> String {
    match error {
        ApplyError::ShapeMismatch {
            path,
            expected,
            found,
        } => format!(
            "tensor `{}` has shape {:?}, expected {:?}",
            names.torch_name(path),
            found.as_slice(),
            expected.as_slice()
        ),
        other => other.to_string(),
    }
}
