use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::DataError;
use crate::deck::Deck;
use crate::seeding::{Purpose, stream};

/// How the images of a part are put into batches.
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
        let impossible = |reason: String| Err(DataError::Sampler { reason });
        if labels.is_empty() {
            return impossible("there are no images".to_owned());
        }
        if batch_size == 0 {
            return impossible("batch_size is 0; it must be at least 1".to_owned());
        }
        let mut rng = stream(seed, Purpose::Sampling, epoch, 0);
        match *self {
            Self::Sequential => Ok(chunks(&(0..labels.len()).collect::<Vec<_>>(), batch_size)),
            Self::Shuffle => Ok(shuffled(labels.len(), batch_size, &mut rng)),
            Self::MPerClass { m } if m == 0 || !batch_size.is_multiple_of(m) => {
                impossible(format!(
                    "samples_per_class = {m} must be at least 1 and divide batch_size = {batch_size}"
                ))
            }
            Self::MPerClass { m } => Ok(m_per_class(labels, m, batch_size / m, &mut rng)),
        }
    }
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
    let mut positions_of_class: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, &label) in labels.iter().enumerate() {
        positions_of_class.entry(label).or_default().push(position);
    }
    let mut images: Vec<Deck> = positions_of_class.into_values().map(Deck::new).collect();
    let classes_per_batch = classes_per_batch.min(images.len());
    let mut classes = Deck::new((0..images.len()).collect());

    let batch_size = classes_per_batch * m;
    let batches = ((labels.len() + batch_size / 2) / batch_size).max(1);
    (0..batches)
        .map(|_| {
            let mut drawn_classes = Vec::with_capacity(classes_per_batch);
            let mut batch = Vec::with_capacity(batch_size);
            for _ in 0..classes_per_batch {
                let class = classes.deal(&drawn_classes, rng);
                drawn_classes.push(class);
                let first_of_class = batch.len();
                for _ in 0..m {
                    let image = images[class].deal(&batch[first_of_class..], rng);
                    batch.push(image);
                }
            }
            batch
        })
        .collect()
}
