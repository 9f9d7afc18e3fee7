#![doc = include_str!("../README.md")]

mod architecture;
mod backbone;
mod efficientnet_lite;
mod embedding_model;
mod error;
mod grad_cam;
mod head;
mod model_file;
mod resnet;
mod state_dict;
mod weights;

pub use architecture::{Architecture, InputNormalization};
pub use backbone::Backbone;
pub use efficientnet_lite::EfficientnetLite;
pub use embedding_model::{EmbeddingModel, EmbeddingModelConfig, FrozenStages, stage_index};
pub use error::{ModelError, WeightProblems};
pub use grad_cam::ActivationMap;
pub use head::ProjectionHead;
pub use model_file::ModelDescription;
pub use resnet::Resnet;
pub use state_dict::StateDict;
pub use weights::{Completeness, LoadReport};
