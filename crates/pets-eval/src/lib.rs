#![doc = include_str!("../README.md")]

mod at_k_keys;
mod classes;
mod distance;
mod embeddings;
mod error;
mod few_shot;
mod histogram;
mod neighbors;
mod pair_counts;
mod pair_sampling;
mod ranking;
mod retrieval;
mod roc;
mod thinning;
mod verification;

pub use embeddings::Embeddings;
pub use error::EvalError;
pub use few_shot::{Accuracy, FewShot, FewShotConfig, evaluate_few_shot};
pub use histogram::DistanceHistogram;
pub use neighbors::{Neighbor, nearest, search};
pub use ranking::QueryResult;
pub use retrieval::{AtK, ClassRetrieval, Retrieval, RetrievalOutcome, evaluate_retrieval};
pub use roc::{OperatingPoint, RocPoint};
pub use verification::{PairSample, Verification, VerificationPairs, evaluate_verification};
