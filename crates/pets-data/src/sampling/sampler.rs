//! Which items make the batches of an epoch.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::DataError;
use crate::sampling::class_decks::ClassDecks;
use crate::seeding::{Purpose, stream};

/// How the images of a part are put into batches.
///
/// An epoch's batches depend on the labels, the batch size, the seed and the epoch alone. So an epoch cut short after
/// any batch goes on with the rest of them, and all that a checkpoint needs is how many were done.
///
/// ```
/// use pets_data::Sampler;
/// let labels = [0, 0, 0, 0, 1, 1, 1, 1];
/// let batches = Sampler::MPerClass { m: 2 }.epoch(&labels, 4, 42, 0)?;
/// assert_eq!(batches.len(), 2);
/// for batch in batches {
///     assert_eq!(batch.iter().filter(|&&position| labels[position] == 0).count(), 2);
/// }
/// # Ok::<(), pets_data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sampler {
    /// In order, every image once; the last batch may be smaller.
    Sequential,
    /// Every image once, shuffled each epoch. The last batch may be smaller; a single image left over (which has
    /// neither a positive nor batch statistics) is left out of the epoch, unless there is no other.
    Shuffle,
    /// `batch_size / m` classes with `m` images each, so every anchor has positives and negatives.
    ///
    /// An epoch has `n / batch_size` batches, rounded to nearest and at least one, so it sees about as many images as
    /// the part has. Classes are dealt in shuffled rounds, so over an epoch each comes equally often or once more;
    /// a batch never holds a class twice. The images of a class are dealt without replacement and reshuffled when all
    /// have been dealt; a batch repeats an image only if its class has fewer than `m`. With fewer classes than
    /// `batch_size / m`, each batch holds `m` images of every class, and the number of batches is reckoned with that
    /// smaller size.
    MPerClass {
        /// Images of a class in a batch.
        m: usize,
    },
}

impl Sampler {
    /// The batches of an epoch: positions in `labels`, the labels of the part's images. The result depends on the
    /// arguments alone.
    ///
    /// # Errors
    ///
    /// [`DataError::Sampler`] if there are no images, if `batch_size` is 0, or if `m` is 0 or does not divide
    /// `batch_size`.
    pub fn epoch(
        &self,
        labels: &[usize],
        batch_size: usize,
        seed: u64,
        epoch: u64,
    ) -> Result<Vec<Vec<usize>>, DataError> {
        check_batches(labels, batch_size)?;
        let mut rng = stream(seed, Purpose::Sampling, epoch, 0);
        match *self {
            Self::Sequential => Ok(chunks(&(0..labels.len()).collect::<Vec<_>>(), batch_size)),
            Self::Shuffle => Ok(shuffled(labels.len(), batch_size, &mut rng)),
            Self::MPerClass { m } => {
                let classes_per_batch = classes_per_batch(batch_size, m)?;
                Ok(m_per_class(labels, m, classes_per_batch, &mut rng))
            }
        }
    }
}

/// Whether there are images to put into batches of this size.
pub(crate) fn check_batches(labels: &[usize], batch_size: usize) -> Result<(), DataError> {
    if labels.is_empty() {
        return Err(DataError::sampler("there are no images"));
    }
    if batch_size == 0 {
        return Err(DataError::sampler("batch_size is 0; it must be at least 1"));
    }
    Ok(())
}

/// How many classes of `m` images fill a batch.
pub(crate) fn classes_per_batch(batch_size: usize, m: usize) -> Result<usize, DataError> {
    if m == 0 || !batch_size.is_multiple_of(m) {
        return Err(DataError::sampler(format!(
            "samples_per_class = {m} must be at least 1 and divide batch_size = {batch_size}"
        )));
    }
    Ok(batch_size / m)
}

fn chunks(positions: &[usize], batch_size: usize) -> Vec<Vec<usize>> {
    positions
        .chunks(batch_size)
        .map(<[usize]>::to_vec)
        .collect()
}

fn shuffled(images: usize, batch_size: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<usize>> {
    let mut positions: Vec<usize> = (0..images).collect();
    positions.shuffle(rng);
    let mut batches = chunks(&positions, batch_size);
    if batches.len() > 1 && batch_size > 1 && batches.last().is_some_and(|last| last.len() == 1) {
        batches.pop();
    }
    batches
}

fn m_per_class(
    labels: &[usize],
    m: usize,
    classes_per_batch: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<Vec<usize>> {
    let mut decks = ClassDecks::new(labels);
    let classes_per_batch = classes_per_batch.min(decks.classes());
    let batch_size = classes_per_batch * m;
    (0..decks.batches_of_an_epoch(batch_size))
        .map(|_| {
            let mut classes = Vec::with_capacity(classes_per_batch);
            let mut batch = Vec::with_capacity(batch_size);
            for _ in 0..classes_per_batch {
                let class = decks.deal_class(&classes, rng);
                classes.push(class);
                decks.deal_images(class, m, &mut batch, rng);
            }
            batch
        })
        .collect()
}
