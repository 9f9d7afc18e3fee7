#![doc = include_str!("../README.md")]

mod batches;
mod checkpoint;
mod error;
mod hexadecimal;
mod host_rows;
mod names;
mod optim;
mod progress;
mod run_folder;
mod schedule;
mod trainer;

pub use batches::activations::Activations;
pub use batches::batch_plan::{BatchPlan, SamplerKind};
pub use batches::inputs::Inputs;
pub use batches::training_data::TrainingData;
pub use checkpoint::every::CheckpointEvery;
pub use checkpoint::file::{Checkpoint, RunOrigin};
pub use checkpoint::folder::{CheckpointFolder, FoundCheckpoints};
pub use error::TrainError;
pub use error::not_finite::{NotFinite, NotFiniteValue};
pub use optim::optimizer_kind::OptimizerKind;
pub use progress::early_stopping::{BestEpoch, EarlyStopping};
pub use progress::epoch_record::EpochRecord;
pub use progress::monitor::Monitor;
pub use run_folder::history::read_history;
pub use run_folder::layout::RunFolder;
pub use run_folder::lock::{LockedResults, LockedRunFolder};
pub use schedule::kind::ScheduleKind;
pub use schedule::learning_rate::LearningRate;
pub use schedule::shape::Schedule;
pub use trainer::builder::Trainer;
pub use trainer::config::{MemoryConfig, TrainConfig};
pub use trainer::event::TrainEvent;
pub use trainer::on_nan::{OnNan, OnNanKind};
pub use trainer::outcome::{StopReason, TrainOutcome};
