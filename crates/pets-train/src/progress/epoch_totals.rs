//! Sums over the steps of an epoch.

use std::time::Duration;

use pets_losses::Diagnostics;
use serde::{Deserialize, Serialize};

use crate::progress::epoch_record::EpochRecord;
use crate::progress::validation::Validation;

/// A mean over the steps at which a value was defined.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.count += 1;
        }
    }

    fn value(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// What the steps of an epoch add up to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EpochTotals {
    images: usize,
    steps: usize,
    left_out: usize,
    loss_sum: f64,
    fallbacks: usize,
    active_share: Mean,
    mean_positive_distance: Mean,
    mean_negative_distance: Mean,
    embedding_norm: Mean,
    accuracy: Mean,
    gradient_norm: Mean,
    first_rate: f64,
    last_rate: f64,
    waited: f64,
    elapsed: Duration,
}

impl EpochTotals {
    pub(crate) fn new(first_rate: f64) -> Self {
        Self {
            images: 0,
            steps: 0,
            left_out: 0,
            loss_sum: 0.0,
            fallbacks: 0,
            active_share: Mean::default(),
            mean_positive_distance: Mean::default(),
            mean_negative_distance: Mean::default(),
            embedding_norm: Mean::default(),
            accuracy: Mean::default(),
            gradient_norm: Mean::default(),
            first_rate,
            last_rate: first_rate,
            waited: 0.0,
            elapsed: Duration::ZERO,
        }
    }

    pub(crate) fn add(
        &mut self,
        images: usize,
        loss: f64,
        diagnostics: &Diagnostics,
        rate: f64,
        waited: f64,
        elapsed: Duration,
    ) {
        self.images += images;
        self.steps += 1;
        self.loss_sum += loss;
        self.fallbacks += usize::from(diagnostics.fallback);
        self.active_share.add(diagnostics.active_share);
        self.mean_positive_distance
            .add(diagnostics.mean_positive_distance);
        self.mean_negative_distance
            .add(diagnostics.mean_negative_distance);
        self.embedding_norm.add(diagnostics.embedding_norm);
        self.accuracy.add(diagnostics.accuracy);
        self.last_rate = rate;
        self.waited += waited;
        self.elapsed = elapsed;
    }

    /// Adds batches that are left out, since their numbers were not finite.
    pub(crate) fn leave_out(&mut self, batches: usize) {
        self.left_out += batches;
    }

    /// Whether no batch was trained on.
    pub(crate) const fn is_empty(&self) -> bool {
        self.steps == 0
    }

    /// Time spent on the epoch so far.
    pub(crate) const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Adds a step of the optimizer with gradients of this length.
    pub(crate) fn add_step(&mut self, gradient_norm: f64) {
        self.gradient_norm.add(Some(gradient_norm));
    }

    pub(crate) fn mean_loss(&self) -> f64 {
        self.loss_sum / self.steps as f64
    }

    pub(crate) fn images_per_second(&self) -> f64 {
        self.images as f64 / self.elapsed.as_secs_f64()
    }

    pub(crate) fn record(
        &self,
        epoch: usize,
        validation: Option<Validation>,
        best: bool,
    ) -> EpochRecord {
        let seconds = self.elapsed.as_secs_f64();
        EpochRecord {
            epoch,
            learning_rate: self.first_rate,
            last_learning_rate: self.last_rate,
            train_loss: self.mean_loss(),
            val_loss: validation.map(|validation| validation.loss),
            recall_at_1: validation.and_then(|validation| validation.recall_at_1),
            map_at_r: validation.and_then(|validation| validation.map_at_r),
            active_share: self.active_share.value(),
            fallback_share: self.fallbacks as f64 / self.steps as f64,
            mean_positive_distance: self.mean_positive_distance.value(),
            mean_negative_distance: self.mean_negative_distance.value(),
            embedding_norm: self.embedding_norm.value(),
            prototype_accuracy: self.accuracy.value(),
            gradient_norm: self.gradient_norm.value(),
            left_out_batches: self.left_out,
            seconds,
            images_per_second: self.images_per_second(),
            wait_share: self.waited / seconds,
            best,
        }
    }
}
