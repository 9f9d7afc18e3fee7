//! The names of a module's tensors here and in PyTorch.

use crate::backbones::registry::Architecture;

const BACKBONE: &str = "backbone.";

/// Translates between the paths of tensors in our modules and PyTorch's names of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TensorNames {
    architecture: Architecture,
    /// What stands before the names of the backbone's tensors.
    prefix: &'static str,
}

impl TensorNames {
    /// The names inside a backbone.
    pub(crate) const fn of_backbone(architecture: Architecture) -> Self {
        Self {
            architecture,
            prefix: "",
        }
    }

    /// The names of a whole model, whose backbone is called `backbone`.
    pub(crate) const fn of_model(architecture: Architecture) -> Self {
        Self {
            architecture,
            prefix: BACKBONE,
        }
    }

    pub(crate) const fn architecture(self) -> Architecture {
        self.architecture
    }

    /// Our name of the tensor that PyTorch calls `name`.
    pub(crate) fn own_name(self, name: &str) -> String {
        self.within_backbone(name, self.architecture.description().from_torch_name)
    }

    /// PyTorch's name of the tensor that we call `name`.
    pub(crate) fn torch_name(self, name: &str) -> String {
        self.within_backbone(
            &torch_parameter(name),
            self.architecture.description().to_torch_name,
        )
    }

    /// Whether the tensor that PyTorch calls `name` belongs to the layer behind the pooling.
    pub(crate) fn is_of_classifier(self, name: &str) -> bool {
        name.strip_prefix(self.prefix)
            .and_then(|name| name.strip_prefix(self.architecture.description().classifier))
            .is_some_and(|parameter| parameter.starts_with('.'))
    }

    /// Renames what belongs to the backbone; the head has the same names on both sides.
    fn within_backbone(self, name: &str, rename: fn(&str) -> String) -> String {
        name.strip_prefix(self.prefix).map_or_else(
            || name.to_owned(),
            |inner| format!("{}{}", self.prefix, rename(inner)),
        )
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
