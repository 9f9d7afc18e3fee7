//! How well embeddings tell classes apart: of models, of anyone's embeddings, and of models against each other.

mod comparison;
mod config;
mod evaluated_embeddings;
mod evaluated_model;
mod label_names;
mod metrics;
mod observed_progress;

pub use comparison::{ComparedModel, Comparison, Differences};
pub use config::EvaluationConfig;
pub use evaluated_embeddings::{
    EmbeddingsEvaluation, EmbeddingsSource, EvaluatedEmbeddings, holds_embeddings,
};
pub use evaluated_model::{EvaluatedModel, Evaluation, ModelSummary};
pub(crate) use label_names::for_people;
pub use label_names::label_name;
pub use metrics::{Analysis, EvaluationSets, Intervals, Metrics};
