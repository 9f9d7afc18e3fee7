//! Batches around classes that the model confuses.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;

use crate::DataError;
use crate::sampling::class_decks::ClassDecks;
use crate::sampling::sampler::{check_batches, classes_per_batch};
use crate::seeding::{Purpose, stream};

/// Puts classes that are mistaken for each other into the same batch, so that its negatives are hard.
///
/// A batch holds `batch_size / m` classes with `m` images each, in groups: an anchor class and the most confusable
/// classes of it that are not in the batch yet. Anchors are dealt in shuffled rounds, an anchor that is already in the
/// batch counting as dealt, so every class comes at least once a round, and a class that many others are mistaken for
/// comes more often. As with [`Sampler::MPerClass`](crate::Sampler::MPerClass) a batch never holds a class twice, the
/// images of a class are dealt without replacement, and an epoch sees about as many images as the part has.
///
/// An epoch's batches depend on the arguments and these fields alone: a run that goes on after a batch needs the same
/// `confusable_classes` and the number of batches done.
///
/// ```
/// use std::collections::BTreeMap;
/// use pets_data::HardNegativeSampler;
///
/// let sampler = HardNegativeSampler {
///     m: 2,
///     group: 2,
///     confusable_classes: BTreeMap::from([(0, vec![3, 1]), (1, vec![2]), (2, vec![1]), (3, vec![0])]),
/// };
/// let labels = [0, 1, 2, 3, 0, 1, 2, 3];
/// for batch in sampler.epoch(&labels, 4, 42, 0)? {
///     let mut classes: Vec<usize> = batch.iter().map(|&position| labels[position]).collect();
///     classes.sort_unstable();
///     assert!(classes == [0, 0, 3, 3] || classes == [1, 1, 2, 2]);
/// }
/// # Ok::<(), pets_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HardNegativeSampler {
    /// Images of a class in a batch.
    pub m: usize,
    /// Classes in a group, the anchor class among them; at least 1. The more groups a batch has, the more classes meet.
    pub group: usize,
    /// For each label others, the most confusable first, as mined from the embeddings of the part. Labels that do not
    /// occur in the part are passed over; a label without entry is grouped with none.
    pub confusable_classes: BTreeMap<usize, Vec<usize>>,
}

impl HardNegativeSampler {
    /// The batches of an epoch: positions in `labels`, the labels of the part's images.
    ///
    /// # Errors
    ///
    /// [`DataError::Sampler`] if there are no images, if `batch_size` or `group` is 0, or if `m` is 0 or does not
    /// divide `batch_size`.
    pub fn epoch(
        &self,
        labels: &[usize],
        batch_size: usize,
        seed: u64,
        epoch: u64,
    ) -> Result<Vec<Vec<usize>>, DataError> {
        check_batches(labels, batch_size)?;
        if self.group == 0 {
            return Err(DataError::sampler(
                "a group of 0 classes; it must have at least 1",
            ));
        }
        let classes_per_batch = classes_per_batch(batch_size, self.m)?;
        let mut rng = stream(seed, Purpose::Sampling, epoch, 0);
        let mut decks = ClassDecks::new(labels);
        let classes_per_batch = classes_per_batch.min(decks.classes());
        let batch_size = classes_per_batch * self.m;
        Ok((0..decks.batches_of_an_epoch(batch_size))
            .map(|_| {
                let mut batch = Vec::with_capacity(batch_size);
                for class in self.draw_classes(&mut decks, classes_per_batch, &mut rng) {
                    decks.deal_images(class, self.m, &mut batch, &mut rng);
                }
                batch
            })
            .collect())
    }

    /// The classes of a batch; `count` is at most the number of classes there are.
    fn draw_classes(
        &self,
        decks: &mut ClassDecks,
        count: usize,
        rng: &mut ChaCha8Rng,
    ) -> Vec<usize> {
        let mut classes = Vec::with_capacity(count);
        while classes.len() < count {
            let anchor = decks.deal_class(&classes, rng);
            if classes.contains(&anchor) {
                continue;
            }
            let end = count.min(classes.len() + self.group);
            classes.push(anchor);
            for other in self.confusable_with(decks, anchor) {
                if classes.len() == end {
                    break;
                }
                if !classes.contains(&other) {
                    classes.push(other);
                }
            }
        }
        classes
    }

    fn confusable_with<'a>(
        &'a self,
        decks: &'a ClassDecks,
        class: usize,
    ) -> impl Iterator<Item = usize> + 'a {
        self.confusable_classes
            .get(&decks.label(class))
            .into_iter()
            .flatten()
            .filter_map(|&label| decks.class(label))
    }
}
