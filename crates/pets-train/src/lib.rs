#![doc = include_str!("../README.md")]

mod early_stopping;
mod embed;
mod epoch_totals;
mod error;
mod history;
mod optimizer;
mod run_folder;
mod schedule;
mod source;
mod trainer;
mod validation;

pub use early_stopping::{BestEpoch, EarlyStopping, Monitor};
pub use embed::{Representation, embed};
pub use error::TrainError;
pub use history::{EpochRecord, read_history};
pub use optimizer::OptimizerKind;
pub use run_folder::RunFolder;
pub use schedule::{LearningRate, Schedule};
pub use trainer::{Event, Outcome, StopReason, TrainSpec, TrainingData, train};
