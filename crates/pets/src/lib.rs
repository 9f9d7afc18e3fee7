#![doc = include_str!("../README.md")]

mod dataset;
mod device;
mod error;
mod evaluation;
mod explanation;
mod files;
mod model;
mod observer;
mod picture;
mod report;
mod training;

pub use dataset::{
    DatasetConfig, OnBadImage, PreparedDataset, SkippedImage, SkippedImages, check_pictures,
    draw_dataset, fetch_dataset, open_dataset,
};
pub use device::{DeviceError, resolve as device};
pub use error::Error;
pub use evaluation::{
    Analysis, ComparedModel, Comparison, Differences, EmbeddingsEvaluation, EmbeddingsSource,
    EvaluatedEmbeddings, EvaluatedModel, Evaluation, EvaluationConfig, EvaluationSets, Intervals,
    Metrics, ModelSummary, holds_embeddings, label_name,
};
pub use explanation::{
    AnimalMask, ExplainedImage, Explainer, Explanation, ExplanationRecord, ExplanationTarget,
    MapRecord, OnTheAnimal, Prototypes, QueryImage, images_to_explain,
};
pub use files::{check_writable, save_picture, write_atomically, write_json};
pub use model::{
    DEFAULT_IMG_SIZE, EmbeddingStream, MAX_IMG_SIZE, Model, PublishedWeights, Representation,
    StartingModelConfig, StartingWeights,
};
pub use observer::{Note, Observer, Work};
pub use picture::Picture;
pub use report::{
    Gallery, ReportConfig, RunSettings, draw_report, query_sheet, run_history, run_summary,
};
pub use training::{Training, TrainingConfig};

pub use burn::tensor::Device;
pub use pets_fetch::Patience;
pub use pets_files::read_text;
pub use pets_kernels::{InstructionSet, InstructionSetError, keep_freed_memory};

/// Datasets, splits, transforms and batches.
pub use pets_data as data;
/// Drawn pets.
pub use pets_draw as draw;
/// Metrics of embeddings.
pub use pets_eval as eval;
/// Losses and miners.
pub use pets_losses as losses;
/// Networks and their weights.
pub use pets_model as network;
/// The trainer.
pub use pets_train as trainer;
/// Plots, projections and the report's page.
pub use pets_viz as viz;
