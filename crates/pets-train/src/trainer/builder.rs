//! The trainer: a configuration, whom to tell, and where to go on.

use std::fmt;

use pets_losses::EmbeddingLoss;
use pets_model::{EmbeddingModel, ModelDescription};

use crate::batches::training_data::TrainingData;
use crate::checkpoint::file::{Checkpoint, RunOrigin};
use crate::error::TrainError;
use crate::run_folder::lock::LockedRunFolder;
use crate::trainer::config::TrainConfig;
use crate::trainer::event::TrainEvent;
use crate::trainer::outcome::TrainOutcome;
use crate::trainer::training_loop::{Start, train};

/// Trains a model under a loss: one of [`pets_losses`], or any other
/// [`EmbeddingLoss`].
///
/// The example of this crate's front page shows it at work.
pub struct Trainer<'a> {
    config: TrainConfig,
    description: ModelDescription,
    checkpoint: Option<Checkpoint>,
    origin: RunOrigin,
    on_event: Box<dyn FnMut(TrainEvent<'_>) -> bool + 'a>,
}

impl fmt::Debug for Trainer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer")
            .field("config", &self.config)
            .field("description", &self.description)
            .field("resumes", &self.checkpoint.is_some())
            .finish_non_exhaustive()
    }
}

impl<'a> Trainer<'a> {
    /// A trainer that begins at the start and tells nobody. `description` goes into the model files, with epoch and
    /// metrics filled in.
    pub fn new(config: TrainConfig, description: ModelDescription) -> Self {
        Self {
            config,
            description,
            checkpoint: None,
            origin: RunOrigin::default(),
            on_event: Box::new(|_| true),
        }
    }

    /// Tells `on_event` what happens. Where it answers `false`, training ends after the step of the optimizer, with a
    /// checkpoint.
    #[must_use]
    pub fn on_event(self, on_event: impl FnMut(TrainEvent<'_>) -> bool + 'a) -> Self {
        Self {
            on_event: Box::new(on_event),
            ..self
        }
    }

    /// Has checkpoints tell what the run was begun with, in words of the caller's, so that it can be known that what goes
    /// on is the same run.
    #[must_use]
    pub fn begun_with(self, origin: RunOrigin) -> Self {
        Self { origin, ..self }
    }

    /// Goes on where a run was interrupted; without a checkpoint, begins at the start.
    ///
    /// The rest of the run is, on the same CPU, the same to the last bit as if it had never stopped, provided that the
    /// [`TrainConfig`] is the same; one with more epochs may be given where the schedule
    /// is not [spread over them](crate::ScheduleKind::is_spread_over_the_run). The weights of the model and the loss that
    /// [`train`](Self::train) is given are then of no account, their shapes are.
    #[must_use]
    pub fn resume(self, checkpoint: Option<Checkpoint>) -> Self {
        Self { checkpoint, ..self }
    }

    /// Trains, and writes best and last model, checkpoints and the history into `folder`.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`], [`TrainError::NotFinite`] and the like where numbers stop being finite,
    /// [`TrainError::Data`] where a picture cannot be read, [`TrainError::ForeignCheckpoint`] and
    /// [`TrainError::LostBestModel`] where a run cannot go on, and errors of writing into the folder. Whatever the error,
    /// the last checkpoint stays.
    pub fn train<L: EmbeddingLoss>(
        mut self,
        model: EmbeddingModel,
        loss: L,
        data: TrainingData,
        folder: &LockedRunFolder,
    ) -> Result<TrainOutcome, TrainError> {
        let start = Start {
            model,
            loss,
            checkpoint: self.checkpoint,
            origin: self.origin,
        };
        train(
            &self.config,
            start,
            data,
            folder,
            &self.description,
            &mut self.on_event,
        )
    }
}
