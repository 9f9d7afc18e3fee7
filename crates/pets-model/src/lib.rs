#![doc = include_str!("../README.md")]

mod activation_map;
mod architecture;
mod backbone_spec;
mod conv_norm;
mod efficientnet_lite;
mod element_type;
mod embedding_model;
mod error;
mod export;
mod foreign_names;
mod head;
mod model_file;
mod opened_model;
mod registry;
mod resnet;
mod staged_network;
mod state_dict;
mod tensor_names;
mod torch_tensors;
mod weights;

pub use activation_map::{ActivationMap, MapMethod, MapTarget};
pub use backbone_spec::{InputNormalization, PretrainedWeights, WeightsSource};
pub use efficientnet_lite::EfficientnetLite;
pub use embedding_model::{
    EmbeddingModel, EmbeddingModelConfig, FrozenStages, l2_normalize, stage_index,
};
pub use error::{ModelError, WeightProblems};

pub use head::ProjectionHead;
pub use model_file::ModelDescription;
pub use opened_model::OpenedModel;
pub use registry::{Architecture, Backbone};
pub use resnet::Resnet;
pub use state_dict::StateDict;
pub use weights::{Completeness, LoadReport};
