//! `[scheduler]`: how the learning rate changes.

use crate::config::key::Need::OneOf;
use crate::config::kind::Kind::Float;
use crate::config::kind::{NOT_NEGATIVE, from};
use pets::trainer::ScheduleKind;

section! {
    /// How the learning rate changes.
    SchedulerSection: "scheduler." {
        /// How the learning rate changes.
        kind as "type": ScheduleKind = ScheduleKind::WarmupCosine
            => { flag: Some("scheduler-type") };
        /// Epochs between reductions.
        step_size: usize = 10 => {
            aliases: &["scheduler-step-size"],
            kind: from(1),
            needs: Some(OneOf("scheduler.type", &["step"])),
        };
        /// Factor of a reduction.
        gamma: f64 = 0.1 => {
            aliases: &["scheduler-gamma"],
            kind: Float(1e-6, 1.0),
            needs: Some(OneOf("scheduler.type", &["step", "plateau"])),
        };
        /// Epochs without improvement before a reduction.
        patience: usize = 5 => {
            flag: Some("scheduler-patience"),
            aliases: &["patience"],
            needs: Some(OneOf("scheduler.type", &["plateau"])),
        };
        /// Lowest learning rate.
        min_lr: f64 = 1e-6 => {
            aliases: &["scheduler-min-lr"],
            kind: NOT_NEGATIVE,
            needs: Some(OneOf("scheduler.type", &["plateau", "cosine", "warmup_cosine"])),
        };
        /// Epochs of warm-up.
        warmup_epochs: usize = 1
            => { needs: Some(OneOf("scheduler.type", &["warmup_cosine"])) };
    }
}
