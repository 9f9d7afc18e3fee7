//! Weights into modules: all of them or, where allowed, a listed part; never half of them in silence.

use burn::module::Module;
use burn::tensor::TensorData;
use burn_store::{ApplyError, ModuleSnapshot, PyTorchToBurnAdapter, bridge};

use crate::architecture::Architecture;
use crate::embedding_model::EmbeddingModel;
use crate::error::{ModelError, WeightProblems};
use crate::state_dict::StateDict;

/// ImageNet weights of EfficientNet-Lite0, Apache-2.0; see `assets/weights/README.md`.
const EFFICIENTNET_LITE0: &[u8] =
    include_bytes!("../../../assets/weights/efficientnet_lite0_in1k_f16.safetensors");

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
    /// Every tensor of the model must be in the file.
    Complete,
    /// Tensors that are not in the file keep their random start and are listed in the report.
    AllowPartial,
}

impl Architecture {
    /// The pretrained ImageNet weights that ship with this crate.
    ///
    /// # Errors
    ///
    /// [`ModelError::NotBundled`] for the backbones whose weights are too large to ship.
    pub fn bundled_weights(self) -> Result<StateDict, ModelError> {
        match self {
            Self::EfficientnetLite0 => {
                StateDict::from_bytes(EFFICIENTNET_LITE0, "the bundled efficientnet_lite0 weights")
            }
            Self::Resnet18 | Self::Resnet34 | Self::Resnet50 => Err(ModelError::NotBundled(self)),
        }
    }
}

impl EmbeddingModel {
    /// Loads weights of the backbone, under PyTorch's tensor names, and leaves the head as it is.
    ///
    /// # Errors
    ///
    /// [`ModelError::WeightsMismatch`] lists missing tensors (unless allowed), wrong shapes and
    /// values that are not finite. The model is then gone: nothing half-loaded survives.
    pub fn load_backbone(
        mut self,
        architecture: Architecture,
        weights: StateDict,
        completeness: Completeness,
    ) -> Result<(Self, LoadReport), ModelError> {
        let (backbone, report) = load(
            self.backbone,
            weights,
            completeness,
            architecture.name(),
            &Names {
                from_torch: &|name| architecture.tensor_name_from_torch(name),
                to_torch: &|name| architecture.tensor_name_to_torch(name),
            },
        )?;
        self.backbone = backbone;
        Ok((self, report))
    }
}

/// How the names in a file and in a module translate.
pub(crate) struct Names<'a> {
    pub(crate) from_torch: &'a dyn Fn(&str) -> String,
    pub(crate) to_torch: &'a dyn Fn(&str) -> String,
}

pub(crate) fn load<M: Module>(
    mut module: M,
    weights: StateDict,
    completeness: Completeness,
    target: &str,
    names: &Names<'_>,
) -> Result<(M, LoadReport), ModelError> {
    let mut problems = WeightProblems::default();
    let mut tensors = Vec::with_capacity(weights.tensors.len());
    for (name, data) in weights.tensors {
        if is_finite(&data) {
            tensors.push(bridge::from_data(data, (names.from_torch)(&name), None));
        } else {
            problems
                .unusable
                .push(format!("tensor `{name}` holds values that are not finite"));
        }
    }
    let result = module.apply(tensors, None, Some(Box::new(PyTorchToBurnAdapter)), true);

    let torch_names = |names_: Vec<String>| -> Vec<String> {
        let mut names_: Vec<_> = names_
            .iter()
            .map(|name| (names.to_torch)(&torch_parameter(name)))
            .collect();
        names_.sort();
        names_
    };
    problems
        .unusable
        .extend(result.errors.iter().map(|error| describe(error, names)));
    let missing = torch_names(result.missing.into_iter().map(|(name, _)| name).collect());
    if completeness == Completeness::Complete || result.applied.is_empty() {
        problems.missing.clone_from(&missing);
    }
    if problems != WeightProblems::default() {
        return Err(ModelError::WeightsMismatch {
            source_name: weights.source_name,
            target: target.to_owned(),
            problems,
        });
    }
    let report = LoadReport {
        loaded: torch_names(result.applied),
        missing,
        unused: torch_names(result.unused),
    };
    Ok((module, report))
}

fn is_finite(data: &TensorData) -> bool {
    data.as_slice::<f32>()
        .is_ok_and(|values| values.iter().all(|value| value.is_finite()))
}

fn describe(error: &ApplyError, names: &Names<'_>) -> String {
    match error {
        ApplyError::ShapeMismatch {
            path,
            expected,
            found,
        } => format!(
            "tensor `{}` has shape {:?}, expected {:?}",
            (names.to_torch)(&torch_parameter(path)),
            found.as_slice(),
            expected.as_slice()
        ),
        other => other.to_string(),
    }
}

/// Burn calls the parameters of batch norm gamma and beta.
fn torch_parameter(name: &str) -> String {
    name.strip_suffix(".gamma")
        .map(|layer| format!("{layer}.weight"))
        .or_else(|| {
            name.strip_suffix(".beta")
                .map(|layer| format!("{layer}.bias"))
        })
        .unwrap_or_else(|| name.to_owned())
}
