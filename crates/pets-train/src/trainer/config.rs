//! How to train: the configuration of a run.

use pets_model::FrozenStages;

use crate::batches::batch_plan::BatchPlan;
use crate::batches::batch_planner::BatchPlanner;
use crate::checkpoint::every::CheckpointEvery;
use crate::error::TrainError;
use crate::optim::optimizer_kind::OptimizerKind;
use crate::progress::early_stopping::EarlyStopping;
use crate::progress::monitor::Monitor;
use crate::schedule::learning_rate::LearningRate;
use crate::schedule::shape::Schedule;
use crate::trainer::on_nan::OnNan;

/// How to train.
///
/// ```
/// use pets_train::{BatchPlan, SamplerKind, TrainConfig};
///
/// let config = TrainConfig {
///     num_epochs: 20,
///     batch_plan: BatchPlan::new(SamplerKind::Shuffle),
///     ..TrainConfig::default()
/// };
/// config.validate()?;
/// # Ok::<(), pets_train::TrainError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TrainConfig {
    /// Epochs; at least 1.
    pub num_epochs: usize,
    /// Images of a batch; a step of the optimizer takes `batch_size · accumulation` of them.
    pub batch_size: usize,
    /// Batches whose gradients are summed into one step; at least 1.
    pub accumulation: usize,
    /// How an epoch's batches are drawn.
    pub batch_plan: BatchPlan,
    /// The optimizer.
    pub optimizer: OptimizerKind,
    /// Base learning rate, of the head and of the loss's own parameters.
    pub learning_rate: f64,
    /// The backbone's rate divided by the base rate.
    pub backbone_lr_factor: f64,
    /// The rate of the loss's own parameters (prototypes) divided by the base rate.
    pub loss_lr_factor: f64,
    /// Weight decay of the model.
    pub weight_decay: f64,
    /// Weight decay of the loss's own parameters.
    pub loss_weight_decay: f64,
    /// The largest Euclidean length of all gradients together; longer ones are scaled down to it.
    pub clip_norm: Option<f64>,
    /// How the rate changes.
    pub schedule: Schedule,
    /// What tells the best epoch.
    pub monitor: Monitor,
    /// When to end before the last epoch.
    pub early_stopping: Option<EarlyStopping>,
    /// Stages that are not trained; without it all of them are.
    pub frozen: Option<FrozenStages>,
    /// Epochs at the start in which the whole backbone is frozen, for the head and the loss to settle.
    pub freeze_epochs: usize,
    /// Decay of a moving average of the weights, which is then validated and saved in their place.
    pub ema_decay: Option<f64>,
    /// Embeddings of past batches that pair losses compare with.
    pub memory: Option<MemoryConfig>,
    /// Bytes that the cached output of the frozen stages may take, for the training and the validation part each.
    pub cache_bytes: usize,
    /// How often a checkpoint is written.
    pub checkpoint_every: CheckpointEvery,
    /// What is done where numbers stop being finite.
    pub on_nan: OnNan,
    /// Seed of batches, augmentation and dropout.
    pub seed: u64,
}

impl Default for TrainConfig {
    /// What `pets train` does where nothing else is said.
    fn default() -> Self {
        Self {
            num_epochs: 4,
            batch_size: 64,
            accumulation: 1,
            batch_plan: BatchPlan::default(),
            optimizer: OptimizerKind::default(),
            learning_rate: 1e-4,
            backbone_lr_factor: 1.0,
            loss_lr_factor: 1.0,
            weight_decay: 1e-5,
            loss_weight_decay: 1e-5,
            clip_norm: None,
            schedule: Schedule::default(),
            monitor: Monitor::default(),
            early_stopping: Some(EarlyStopping::default()),
            frozen: None,
            freeze_epochs: 0,
            ema_decay: None,
            memory: None,
            cache_bytes: 1 << 30,
            checkpoint_every: CheckpointEvery::default(),
            on_nan: OnNan::default(),
            seed: 42,
        }
    }
}

impl TrainConfig {
    /// Checks all that can be told without the data.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] where a number is out of range, [`TrainError::Data`] where batches of this size
    /// cannot be drawn as `batch_plan` says.
    pub fn validate(&self) -> Result<(), TrainError> {
        let invalid = |message: String| Err(TrainError::InvalidConfig(message));
        if self.accumulation == 0 {
            return invalid("a step takes the gradients of at least 1 batch".to_owned());
        }
        if let Some(limit) = self.clip_norm.filter(|limit| !positive(*limit)) {
            return invalid(format!("gradients cannot be clipped to the length {limit}"));
        }
        if let Some(decay) = self.ema_decay.filter(|decay| !(0.0..1.0).contains(decay)) {
            return invalid(format!(
                "the decay of the moving average must be in [0, 1), found {decay}"
            ));
        }
        if self.early_stopping.is_some_and(|rule| rule.patience == 0) {
            return invalid("early stopping needs a patience of at least 1 epoch".to_owned());
        }
        BatchPlanner::new(self.batch_plan, self.batch_size, self.seed)?;
        LearningRate::new(self.schedule, self.learning_rate, self.num_epochs)?;
        Ok(())
    }
}

fn positive(limit: f64) -> bool {
    limit > 0.0
}

/// A [`CrossBatchMemory`](pets_losses::CrossBatchMemory) of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryConfig {
    /// Embeddings remembered; at least 1.
    pub capacity: usize,
    /// Epochs before it is used, while the embeddings still drift fast.
    pub start_epoch: usize,
}

impl MemoryConfig {
    /// A memory of `capacity` embeddings, used from the second epoch on.
    pub const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            start_epoch: 1,
        }
    }
}
