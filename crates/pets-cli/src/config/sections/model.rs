//! `[model]`: the network and what it starts from.

use std::path::PathBuf;

use pets::network::Architecture;

use crate::config::key::InModel::{Absent, Holds};
use crate::config::key::OnResume::Free;
use crate::config::key::Topic::{Start, Weights};
use crate::config::kind::Kind::{Float, Int};

section! {
    /// The network and what it starts from.
    ModelSection: "model." {
        /// The network in front of the projection head.
        backbone: Architecture = Architecture::Resnet18 => { in_model: Holds, topic: Start };
        /// Start from ImageNet weights: those in the program, in the cache, or fetched from model.weights_url.
        pretrained: bool = true => { topic: Start };
        /// Other weights than the preferred ones: safetensors or .pth with PyTorch's names, or a name such as
        /// imagenet1k_v1.
        weights: Option<PathBuf> => { topic: Start };
        /// Where PyTorch's published weights are.
        weights_url: String = "https://download.pytorch.org/models".to_owned()
            => { in_model: Absent, on_resume: Free, topic: Weights };
        /// Accept weights that lack tensors; they keep their random start.
        allow_partial: bool = false => { topic: Start };
        /// Length of an embedding; 0 for no projection head: the embedding is the backbone's features.
        embedding_size: usize = 256 => { kind: Int(0, 65536), in_model: Holds };
        /// Dropout in the projection head.
        dropout_rate: f64 = 0.2 => { kind: Float(0.0, 0.99) };
        /// What is not trained: none, backbone, or the name of the last frozen stage (such as layer3).
        freeze: String = "none".to_owned();
    }
}
