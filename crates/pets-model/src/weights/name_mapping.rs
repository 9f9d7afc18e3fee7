//! The names under which other programs store such models, in terms of ours.
//!
//! Ours are `backbone.NAME`, with PyTorch's names of the backbone's tensors, and `head.fc1`, `head.fc2`.

use crate::backbones::registry::Architecture;
use crate::weights::state_dict::StateDict;

/// Where checkpoints keep the weights among other things.
const NESTINGS: [&str; 3] = ["model_state_dict.", "state_dict.", "model."];

/// Prefixes that a wrapper around the model leaves: several devices, and the original project's `ArcFace`.
const WRAPPERS: [&str; 2] = ["module.", "embedding_net."];

/// The children of a torchvision ResNet by their position in an `nn.Sequential` of them.
const SEQUENTIAL_RESNET: [(&str, &str); 6] = [
    ("0.", "conv1."),
    ("1.", "bn1."),
    ("4.", "layer1."),
    ("5.", "layer2."),
    ("6.", "layer3."),
    ("7.", "layer4."),
];

/// The two linear layers of the head by their position in an `nn.Sequential`.
const SEQUENTIAL_HEAD: [(&str, &str); 2] = [("0.", "head.fc1."), ("3.", "head.fc2.")];

/// Gives the tensors our names; those that belong to neither backbone nor head are dropped.
///
/// Known are the checkpoints of the original project (`backbone.0`, `projection_head.3`), torchvision's state dicts,
/// with or without a head in place of the classifier (`fc.0`, `fc.3`), and our own names.
pub(crate) fn to_own_names(mut weights: StateDict) -> StateDict {
    for prefix in NESTINGS.into_iter().chain(WRAPPERS) {
        if weights.tensors.keys().any(|name| name.starts_with(prefix)) {
            weights = weights.strip_prefix(prefix);
        }
    }
    let has_backbone = |name: &String| name.starts_with("backbone.");
    if weights.tensors.keys().any(has_backbone) {
        weights.rename(from_embedding_net)
    } else {
        weights.rename(|name| Some(from_torchvision(name)))
    }
}

fn from_embedding_net(name: &str) -> Option<String> {
    if let Some(name) = name.strip_prefix("backbone.") {
        let name = replace_prefix(name, &SEQUENTIAL_RESNET).unwrap_or_else(|| name.to_owned());
        return Some(format!("backbone.{name}"));
    }
    if let Some(name) = name.strip_prefix("projection_head.") {
        return replace_prefix(name, &SEQUENTIAL_HEAD);
    }
    name.starts_with("head.").then(|| name.to_owned())
}

fn from_torchvision(name: &str) -> String {
    Architecture::ALL
        .iter()
        .find_map(|architecture| {
            let layer = name.strip_prefix(architecture.description().classifier)?;
            replace_prefix(layer.strip_prefix('.')?, &SEQUENTIAL_HEAD)
        })
        .unwrap_or_else(|| format!("backbone.{name}"))
}

fn replace_prefix(name: &str, table: &[(&str, &str)]) -> Option<String> {
    table
        .iter()
        .find_map(|(from, to)| name.strip_prefix(from).map(|rest| format!("{to}{rest}")))
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;

    fn renamed(names: &[&str]) -> Vec<String> {
        let tensor = || TensorData::zeros::<f32, _>([1]);
        let weights = StateDict {
            source_name: String::new(),
            tensors: names
                .iter()
                .map(|name| ((*name).to_owned(), tensor()))
                .collect(),
        };
        to_own_names(weights).tensors.into_keys().collect()
    }

    #[test]
    fn a_checkpoint_of_the_original() {
        let found = renamed(&[
            "model_state_dict.backbone.0.weight",
            "model_state_dict.backbone.1.running_mean",
            "model_state_dict.backbone.7.1.conv2.weight",
            "model_state_dict.projection_head.0.bias",
            "model_state_dict.projection_head.3.weight",
            "optimizer_state_dict.state.0.exp_avg",
        ]);
        let expected = [
            "backbone.bn1.running_mean",
            "backbone.conv1.weight",
            "backbone.layer4.1.conv2.weight",
            "head.fc1.bias",
            "head.fc2.weight",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_checkpoint_of_the_original_with_arcface() {
        let found = renamed(&[
            "model_state_dict.embedding_net.backbone.4.0.bn1.bias",
            "model_state_dict.embedding_net.projection_head.3.bias",
            "model_state_dict.arc_margin_product.weight",
        ]);
        assert_eq!(found, ["backbone.layer1.0.bn1.bias", "head.fc2.bias"]);
    }

    #[test]
    fn state_dicts_of_torchvision() {
        let found = renamed(&["module.conv1.weight", "module.fc.weight"]);
        assert_eq!(found, ["backbone.conv1.weight", "backbone.fc.weight"]);
        let found = renamed(&["_conv_stem.weight", "_fc.0.weight", "_fc.3.bias"]);
        let expected = [
            "backbone._conv_stem.weight",
            "head.fc1.weight",
            "head.fc2.bias",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn our_own_names_stay() {
        let names = ["backbone.layer1.0.conv1.weight", "head.fc1.weight"];
        assert_eq!(renamed(&names), names);
    }
}
