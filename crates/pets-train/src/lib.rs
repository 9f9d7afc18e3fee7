#![doc = include_str!("../README.md")]

mod batch_plan;
mod early_stopping;
mod embed;
mod epoch_totals;
mod error;
mod history;
mod moving_average;
mod optimizer;
mod run;
mod run_folder;
mod schedule;
mod source;
mod step_gradients;
mod trainer;
mod validation;

pub use batch_plan::BatchPlan;
pub use early_stopping::{BestEpoch, EarlyStopping, Monitor};
pub use embed::{Representation, embed};
pub use error::TrainError;
pub use history::{EpochRecord, read_history};
pub use optimizer::OptimizerKind;
pub use run_folder::RunFolder;
pub use schedule::{LearningRate, Schedule};
pub use source::{Activations, Part};
pub use trainer::{Event, MemorySpec, Outcome, StopReason, TrainSpec, TrainingData, train};
