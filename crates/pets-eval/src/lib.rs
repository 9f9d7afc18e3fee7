#![doc = include_str!("../README.md")]

mod bootstrap;
mod classes;
mod classification;
mod clustering;
mod distance;
mod embeddings;
mod error;
mod file;
mod progress;
mod retrieval;
mod verification;

pub use bootstrap::auc::{AucComparison, AucInterval, bootstrap_auc, compare_auc};
pub use bootstrap::resampling::{BootstrapConfig, Difference, Interval};
pub use bootstrap::retrieval::{
    RetrievalComparison, RetrievalIntervals, bootstrap_retrieval, compare_retrieval,
};
pub use classification::confusion::{ConfusionMatrix, ConfusionRow};
pub use classification::few_shot::{Accuracy, FewShot, FewShotConfig, evaluate_few_shot};
pub use classification::knn::{KnnClassification, evaluate_knn};
pub use clustering::metrics::{Clustering, ClusteringConfig, evaluate_clustering};
pub use clustering::mutual_information::{
    adjusted_mutual_information, normalized_mutual_information,
};
pub use embeddings::Embeddings;
pub use error::EvalError;
pub use file::embeddings_file::EmbeddingsFile;
pub use progress::Progress;
pub use retrieval::at_k::AtK;
pub use retrieval::failures::{Failure, Retrieved, worst_failures};
pub use retrieval::metrics::{ClassRetrieval, Retrieval, RetrievalOutcome, evaluate_retrieval};
pub use retrieval::neighbors::{Neighbor, nearest, search};
pub use retrieval::queries::Queries;
pub use retrieval::ranking::QueryResult;
pub use verification::histogram::DistanceHistogram;
pub use verification::metrics::{
    PairSample, Verification, VerificationPairs, evaluate_verification,
};
pub use verification::per_class::{
    ClassErrors, ClassVerification, ConfusedClasses, evaluate_class_verification,
};
pub use verification::roc::{OperatingPoint, RocPoint};
