//! Batches in main memory, made on the loader's threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::seeding::{Purpose, stream};
use crate::{DataError, Item, Transform, TransformBuffers, decode};

/// What batches are made from.
#[derive(Debug)]
pub(crate) struct ImageSource {
    pub(crate) items: Vec<Item>,
    pub(crate) transform: Transform,
}

/// A batch in main memory.
#[derive(Debug)]
pub(crate) struct HostBatch {
    pub(crate) planes: Vec<f32>,
    pub(crate) indices: Vec<usize>,
    pub(crate) label_values: Vec<usize>,
}

/// Makes the batches of one epoch.
pub(crate) struct BatchReader {
    pub(crate) source: Arc<ImageSource>,
    pub(crate) pool: Arc<ThreadPool>,
    pub(crate) seed: u64,
    pub(crate) epoch: u64,
}

impl BatchReader {
    /// Sends the batches in order until all are sent, one fails, nobody receives any more, or `stop` is set.
    pub(crate) fn run(
        &self,
        batches: Vec<Vec<usize>>,
        sender: &SyncSender<Result<HostBatch, DataError>>,
        stop: &AtomicBool,
    ) {
        for indices in batches {
            let read = self.pool.install(|| self.read_batch(indices, stop));
            let Some(batch) = read.transpose() else {
                return;
            };
            let failed = batch.is_err();
            if sender.send(batch).is_err() || failed {
                return;
            }
        }
    }

    /// The batch, or `None` if the reading has been stopped. Of several errors, the first in the batch is returned.
    fn read_batch(
        &self,
        indices: Vec<usize>,
        stop: &AtomicBool,
    ) -> Result<Option<HostBatch>, DataError> {
        let image_len = self.source.transform.output_len();
        let mut planes = vec![0.0; indices.len() * image_len];
        let outcomes: Vec<Result<usize, DataError>> = planes
            .par_chunks_exact_mut(image_len)
            .zip(indices.par_iter())
            .enumerate()
            .map_init(
                TransformBuffers::default,
                |buffers, (place, (image, &index))| {
                    if stop.load(Ordering::Relaxed) {
                        return Ok(0);
                    }
                    self.read_image(index, place, buffers, image)
                },
            )
            .collect();
        let label_values = outcomes.into_iter().collect::<Result<_, _>>()?;
        let stopped = stop.load(Ordering::Relaxed);
        Ok((!stopped).then_some(HostBatch {
            planes,
            indices,
            label_values,
        }))
    }

    /// Reads one image into its place and returns its label.
    fn read_image(
        &self,
        index: usize,
        place: usize,
        buffers: &mut TransformBuffers,
        image: &mut [f32],
    ) -> Result<usize, DataError> {
        let items = &self.source.items;
        let item = items.get(index).ok_or(DataError::NoSuchItem {
            position: index,
            items: items.len(),
        })?;
        let picture = decode(&item.path)?;
        let occurrence = (index as u64) << 32 | place as u64;
        let mut rng = stream(self.seed, Purpose::Augmentation, self.epoch, occurrence);
        self.source
            .transform
            .apply(&picture, &mut rng, buffers, image)?;
        Ok(item.label)
    }
}
