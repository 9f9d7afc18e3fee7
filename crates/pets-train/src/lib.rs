#![doc = include_str!("../README.md")]

mod batches;
mod checkpoint;
mod embed;
mod error;
mod hexadecimal;
mod optim;
mod progress;
mod run_folder;
mod schedule;
mod trainer;

pub use batches::batch_plan::BatchPlan;
pub use batches::inputs::{Activations, Part};
pub use batches::training_data::TrainingData;
pub use checkpoint::every::CheckpointEvery;
pub use checkpoint::file::Checkpoint;
pub use checkpoint::folder::{CheckpointFolder, FoundCheckpoints};
pub use embed::{Representation, embed};
pub use error::TrainError;
pub use optim::optimizers::OptimizerKind;
pub use progress::early_stopping::{BestEpoch, EarlyStopping, Monitor};
pub use run_folder::history::{EpochRecord, read_history};
pub use run_folder::layout::RunFolder;
pub use run_folder::lock::LockedRunFolder;
pub use schedule::learning_rate::{LearningRate, Schedule};
pub use trainer::nan_guard::{NotFinite, NotFiniteValue, OnNan};
pub use trainer::training_loop::{Event, MemorySpec, Outcome, Start, StopReason, TrainSpec, train};
