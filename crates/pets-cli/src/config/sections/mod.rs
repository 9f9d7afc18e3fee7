//! The settings, section by section, in the order of `configs/default.toml`.

mod data;
mod drawn;
mod early_stopping;
mod evaluation;
mod fetch;
mod loss;
mod model;
mod scheduler;
mod train;
mod visualization;

use std::path::PathBuf;

use super::key::InModel::{Absent, Holds};
use super::key::OnResume::{Free, LastDigits};
use super::key::Topic::{Run, Split};

pub(crate) use data::DataSection;
pub(crate) use drawn::DrawnSection;
pub(crate) use early_stopping::EarlyStoppingSection;
pub(crate) use evaluation::EvaluationSection;
pub(crate) use fetch::FetchSection;
pub(crate) use loss::LossSection;
pub(crate) use model::ModelSection;
pub(crate) use scheduler::SchedulerSection;
pub(crate) use train::TrainSection;
pub(crate) use visualization::VisualizationSection;

section! {
    /// A configuration whose every value is in range and none contradicts another.
    Config: "" {
        /// Seed of the split, the batches, the augmentation and the weights.
        seed: u64 = 42 => { in_model: Holds, topic: Split };
        /// Where to compute: auto, cpu, ndarray, cuda[:i], vulkan[:i], wgpu[:i].
        device: String = "auto".to_owned() => { in_model: Absent, on_resume: LastDigits, topic: Run };
        /// Folder of the run: models, logs, results.
        output_dir: PathBuf = PathBuf::from("outputs")
            => { aliases: &["save-dir"], in_model: Absent, on_resume: Free, topic: Run };
    }
    sections {
        data: DataSection,
        drawn: DrawnSection,
        model: ModelSection,
        train: TrainSection,
        loss: LossSection,
        scheduler: SchedulerSection,
        early_stopping: EarlyStoppingSection,
        evaluation: EvaluationSection,
        fetch: FetchSection,
        visualization: VisualizationSection,
    }
}
