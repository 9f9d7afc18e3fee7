//! The loader: items, transform and threads.

use std::sync::Arc;
use std::thread;

use burn::tensor::Device;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::loading::batch_reader::{BatchReader, ImageSource};
use crate::loading::batches::Batches;
use crate::{DataError, Item, Transform};

/// Reads batches of images ahead of the model, on threads of its own.
///
/// ```no_run
/// use pets_data::{Dataset, Loader, Normalization, Sampler, Transform};
/// let dataset = Dataset::open("data/oxford-iiit-pet")?;
/// let items = dataset.items(&(0..dataset.samples().len()).collect::<Vec<_>>());
/// let transform = Transform::eval(224, Normalization::IMAGENET)?;
/// let loader = Loader::new(items, transform, Default::default(), Loader::available_workers())?;
/// let batches = Sampler::Sequential.epoch(&loader.labels(), 64, 0, 0)?;
/// for batch in loader.batches(batches, 0, 0) {
///     let batch = batch?;
///     println!("{:?} {:?}", batch.images.dims(), batch.label_values);
/// }
/// # Ok::<(), pets_data::DataError>(())
/// ```
#[derive(Debug)]
pub struct Loader {
    source: Arc<ImageSource>,
    device: Device,
    pool: Arc<ThreadPool>,
}

impl Loader {
    /// A loader of `items`, whose threads start now.
    ///
    /// `workers` threads decode and transform the images of a batch side by side; 0 counts as 1. The batches are the
    /// same for any number.
    ///
    /// # Errors
    ///
    /// [`DataError::Threads`] if the threads cannot be started.
    pub fn new(
        items: Vec<Item>,
        transform: Transform,
        device: Device,
        workers: usize,
    ) -> Result<Self, DataError> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(workers.max(1))
            .thread_name(|index| format!("loader-{index}"))
            .build()
            .map_err(|error| DataError::Threads {
                reason: error.to_string(),
            })?;
        let source = Arc::new(ImageSource { items, transform });
        Ok(Self {
            source,
            device,
            pool: Arc::new(pool),
        })
    }

    /// The number of threads the machine can run at once.
    pub fn available_workers() -> usize {
        thread::available_parallelism().map_or(1, usize::from)
    }

    /// The items, in the order given; a batch's positions are indices into them.
    pub fn items(&self) -> &[Item] {
        &self.source.items
    }

    /// Whether the transform draws anything at random, so that an image differs from epoch to epoch.
    pub fn is_random(&self) -> bool {
        self.source.transform.is_random()
    }

    /// The label of each item, for a [`Sampler`](crate::Sampler).
    pub fn labels(&self) -> Vec<usize> {
        self.items().iter().map(|item| item.label).collect()
    }

    /// The given batches of item positions, in that order, read ahead. Empty batches are passed over.
    ///
    /// The random changes to an image depend on `seed`, `epoch`, its position among the items and its place in the
    /// batch, so an epoch cut short goes on the same if only the batches left are given.
    ///
    /// An error, which names the image, ends the iteration. Dropping the iterator stops the reading.
    pub fn batches(&self, batches: Vec<Vec<usize>>, seed: u64, epoch: u64) -> Batches {
        let reader = BatchReader {
            source: Arc::clone(&self.source),
            pool: Arc::clone(&self.pool),
            seed,
            epoch,
        };
        Batches::start(reader, batches, self.device.clone())
    }
}
