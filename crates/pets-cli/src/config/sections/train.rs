//! `[train]`: epochs, optimizer, gradients, checkpoints.

use pets::trainer::{CheckpointEvery, OptimizerKind};

use crate::config::key::InModel::Absent;
use crate::config::key::Need::OneOf;
use crate::config::key::OnResume::{Free, Grows};
use crate::config::kind::Kind::{Float, Int};
use crate::config::kind::{NOT_NEGATIVE, POSITIVE, from};
use pets::trainer::OnNanKind;

section! {
    /// Epochs, optimizer, gradients, checkpoints.
    TrainSection: "train." {
        /// Epochs.
        num_epochs: usize = 4 => { kind: from(1), on_resume: Grows };
        /// Adam with L2 weight decay, or AdamW.
        optimizer: OptimizerKind = OptimizerKind::Adam;
        /// Base learning rate.
        learning_rate: f64 = 1e-4 => { aliases: &["lr"], kind: POSITIVE };
        /// The backbone's learning rate divided by the base rate.
        backbone_lr_factor: f64 = 1.0 => { kind: Float(0.0, 1000.0) };
        /// Weight decay.
        weight_decay: f64 = 1e-5 => { kind: NOT_NEGATIVE };
        /// The learning rate of the loss's own parameters (prototypes) divided by the base rate.
        loss_lr_factor: f64 = 1.0 => { kind: Float(0.0, 1000.0) };
        /// Weight decay of the loss's own parameters, where it is another than the model's.
        loss_weight_decay: Option<f64> => { kind: NOT_NEGATIVE };
        /// Largest length of all gradients together; longer ones are scaled down.
        clip_norm: Option<f64> => { kind: POSITIVE };
        /// Batches whose gradients are summed into one step.
        accumulation: usize = 1 => { kind: Int(1, 10_000) };
        /// Epochs at the start in which the whole backbone is frozen.
        freeze_epochs: usize = 0;
        /// Decay of a moving average of the weights, which is then validated and saved, such as 0.999.
        ema_decay: Option<f64> => { kind: Float(0.0, 0.999_999) };
        /// How often a checkpoint is written, from which `--resume` goes on; the last two are kept.
        checkpoint_every: CheckpointEvery = FIVE_MINUTES => { in_model: Absent, on_resume: Free };
        /// What is done where the loss or gradients are not finite: stop training, or leave the batch out.
        on_nan: OnNanKind = OnNanKind::Stop => { on_resume: Free };
        /// Batches in a row that may be left out.
        max_nan_steps: usize = 10
            => { on_resume: Free, needs: Some(OneOf("train.on_nan", &["skip"])) };
        /// Memory for the frozen stages' output, in MiB for each part, so that it is computed once; 0 for none.
        cache_mb: usize = 1024 => { kind: Int(0, 1 << 30) };
    }
}

const FIVE_MINUTES: CheckpointEvery =
    CheckpointEvery::Minutes(std::num::NonZeroUsize::new(5).unwrap());
