//! The batches of an epoch in order, read ahead on a thread and handed over on the device.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::DataError;
use crate::loading::batch_reader::{BatchReader, HostBatch};

/// Images and labels on the model's device.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The transformed images, `[batch, 3, img_size, img_size]`.
    pub images: Tensor<4>,
    /// Their labels, `[batch]`.
    pub labels: Tensor<1, Int>,
    /// Their positions among the loader's items.
    pub indices: Vec<usize>,
    /// Their labels, as in `labels`.
    pub label_values: Vec<usize>,
}

/// Batches that wait for the model while the next is made: with the one in the model's hands and the one being made,
/// four are in memory at most.
const BATCHES_AHEAD: usize = 2;

/// The batches of [`Loader::batches`](crate::Loader::batches), in order.
#[derive(Debug)]
pub struct Batches {
    receiver: Option<Receiver<Result<HostBatch, DataError>>>,
    thread: Option<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    device: Device,
    img_size: usize,
    remaining: usize,
    wait_time: Duration,
}

impl Batches {
    /// Starts a thread that reads ahead, passing over empty batches.
    pub(crate) fn start(reader: BatchReader, batches: Vec<Vec<usize>>, device: Device) -> Self {
        let batches: Vec<Vec<usize>> = batches
            .into_iter()
            .filter(|batch| !batch.is_empty())
            .collect();
        let remaining = batches.len();
        let img_size = reader.source.transform.img_size() as usize;
        let stop = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = sync_channel(BATCHES_AHEAD);
        let stopped = Arc::clone(&stop);
        // If no thread can be started, the sender is dropped with the closure, and the first receive is an error.
        let thread = thread::Builder::new()
            .name("loader".to_owned())
            .spawn(move || reader.run(batches, &sender, &stopped))
            .ok();
        Self {
            receiver: Some(receiver),
            thread,
            stop,
            device,
            img_size,
            remaining,
            wait_time: Duration::ZERO,
        }
    }

    /// How long [`Iterator::next`] has waited for images so far: time the model could have used.
    pub fn wait_time(&self) -> Duration {
        self.wait_time
    }

    fn to_device(&self, batch: HostBatch) -> Batch {
        let shape = [batch.indices.len(), 3, self.img_size, self.img_size];
        let labels: Vec<i64> = batch
            .label_values
            .iter()
            .map(|&label| label as i64)
            .collect();
        let count = labels.len();
        Batch {
            images: Tensor::from_data(TensorData::new(batch.planes, shape), &self.device),
            labels: Tensor::from_data(TensorData::new(labels, [count]), &self.device),
            indices: batch.indices,
            label_values: batch.label_values,
        }
    }
}

impl Iterator for Batches {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.remaining == 0 {
            return None;
        }
        let started = Instant::now();
        let received = self.receiver.as_ref()?.recv();
        self.wait_time += started.elapsed();
        match received {
            Ok(Ok(batch)) => {
                self.remaining -= 1;
                Some(Ok(self.to_device(batch)))
            }
            Ok(Err(error)) => {
                self.remaining = 0;
                Some(Err(error))
            }
            Err(_disconnected) => {
                self.remaining = 0;
                let reason = "the reading thread could not be started, or ended early".to_owned();
                Some(Err(DataError::Threads { reason }))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.remaining, Some(self.remaining))
    }
}

impl ExactSizeIterator for Batches {}

impl Drop for Batches {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Without a receiver, a send that waits for room fails at once.
        self.receiver = None;
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been reported by its own message; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}
