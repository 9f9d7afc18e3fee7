#![doc = include_str!("../README.md")]

mod at_k_keys;
mod auc_bootstrap;
mod bootstrap;
mod class_verification;
mod classes;
mod clustering;
mod confusion;
mod distance;
mod embeddings;
mod error;
mod failures;
mod few_shot;
mod file;
mod histogram;
mod inner_products;
mod k_means;
mod knn;
mod mutual_information;
mod neighbors;
mod pair_counts;
mod pair_sampling;
mod queries;
mod ranking;
mod resampled_pairs;
mod retrieval;
mod retrieval_bootstrap;
mod roc;
mod thinning;
mod verification;

pub use auc_bootstrap::{AucComparison, AucInterval, bootstrap_auc, compare_auc};
pub use bootstrap::{BootstrapConfig, Difference, Interval};
pub use class_verification::{
    ClassErrors, ClassVerification, ConfusedClasses, evaluate_class_verification,
};
pub use clustering::{Clustering, ClusteringConfig, evaluate_clustering};
pub use confusion::{ConfusionMatrix, ConfusionRow};
pub use embeddings::Embeddings;
pub use error::EvalError;
pub use failures::{Failure, Retrieved, worst_failures};
pub use few_shot::{Accuracy, FewShot, FewShotConfig, evaluate_few_shot};
pub use file::EmbeddingsFile;
pub use histogram::DistanceHistogram;
pub use knn::{KnnClassification, evaluate_knn};
pub use mutual_information::{adjusted_mutual_information, normalized_mutual_information};
pub use neighbors::{Neighbor, nearest, search};
pub use queries::Queries;
pub use ranking::QueryResult;
pub use retrieval::{AtK, ClassRetrieval, Retrieval, RetrievalOutcome, evaluate_retrieval};
pub use retrieval_bootstrap::{
    RetrievalComparison, RetrievalIntervals, bootstrap_retrieval, compare_retrieval,
};
pub use roc::{OperatingPoint, RocPoint};
pub use verification::{PairSample, Verification, VerificationPairs, evaluate_verification};
