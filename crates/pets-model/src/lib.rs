#![doc = include_str!("../README.md")]

mod activation_map;
mod backbones;
mod embedding_model;
mod error;
mod head;
mod model_files;
mod weights;

pub use activation_map::{ActivationMap, MapMethod, MapTarget};
pub use backbones::description::{
    BundledWeights, InputNormalization, PretrainedWeights, WeightsSource,
};
pub use backbones::efficientnet_lite::EfficientnetLite;
pub use embedding_model::{
    EmbeddingModel, EmbeddingModelConfig, FrozenStages, l2_normalize, stage_index,
};
pub use error::{ModelError, WeightProblems};

pub use backbones::registry::{Architecture, Backbone};
pub use backbones::resnet::Resnet;
pub use head::ProjectionHead;
pub use model_files::description::ModelDescription;
pub use model_files::opening::OpenedModel;
pub use weights::loading::{Completeness, LoadReport};
pub use weights::state_dict::StateDict;
