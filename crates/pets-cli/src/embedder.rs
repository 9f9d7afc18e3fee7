//! From pictures to embeddings, with progress.

use std::time::Instant;

use anyhow::Result;
use pets_eval::Embeddings;
use pets_model::EmbeddingModel;
use pets_train::{Representation, TrainError, embed};

use crate::config::Config;
use crate::interrupt::{self, Interrupted};
use crate::materials::Materials;
use crate::output::progress::Progress;
use crate::specs::EVAL_BATCH;

/// A model that is shown samples of a dataset.
#[derive(Clone, Copy)]
pub(crate) struct Embedder<'a> {
    pub(crate) config: &'a Config,
    pub(crate) materials: &'a Materials,
    pub(crate) model: &'a EmbeddingModel,
    pub(crate) representation: Representation,
}

impl Embedder<'_> {
    /// The representation of some of the samples, at least one, under the dataset's labels.
    pub(crate) fn embed(&self, samples: &[usize], label: &str) -> Result<Embeddings> {
        let items = self.materials.dataset.items(samples);
        let loader = self
            .materials
            .loader(items, self.config.eval_transform()?)?;
        let labels = loader.labels().iter().map(|label| *label as u32).collect();
        let mut progress = Progress::start(label, samples.len(), "images");
        let started = Instant::now();
        let mut on_progress = |done| {
            progress.update(done, "");
            !interrupt::requested()
        };
        let rows = embed(
            self.model,
            &loader,
            self.representation,
            EVAL_BATCH,
            &mut on_progress,
        );
        let rows = match rows {
            Err(TrainError::Interrupted) => return Err(Interrupted.into()),
            rows => rows?,
        };
        let rate = samples.len() as f64 / started.elapsed().as_secs_f64();
        progress.finish(&format!("{} images, {rate:.0} images/s", samples.len()));
        let dim = rows.len() / samples.len();
        Ok(Embeddings::new(rows, dim, labels)?)
    }

    /// As [`embed`](Self::embed); none where there are no samples.
    pub(crate) fn embed_any(&self, samples: &[usize], label: &str) -> Result<Option<Embeddings>> {
        (!samples.is_empty())
            .then(|| self.embed(samples, label))
            .transpose()
    }
}
