//! A deck of pictures for each class.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;

use crate::sampling::deck::Deck;

/// The images of each class, and the classes, dealt in random order without replacement.
///
/// A class is named by its place among the labels that occur, sorted.
pub(crate) struct ClassDecks {
    labels: Vec<usize>,
    classes: Deck,
    images: Vec<Deck>,
    image_count: usize,
}

impl ClassDecks {
    pub(crate) fn new(labels: &[usize]) -> Self {
        let mut positions_of_class: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (position, &label) in labels.iter().enumerate() {
            positions_of_class.entry(label).or_default().push(position);
        }
        let (class_labels, positions): (Vec<_>, Vec<_>) = positions_of_class.into_iter().unzip();
        Self {
            classes: Deck::new((0..class_labels.len()).collect()),
            labels: class_labels,
            images: positions.into_iter().map(Deck::new).collect(),
            image_count: labels.len(),
        }
    }

    /// The number of classes.
    pub(crate) fn classes(&self) -> usize {
        self.labels.len()
    }

    /// The label of a class.
    pub(crate) fn label(&self, class: usize) -> usize {
        self.labels[class]
    }

    /// The class of a label, if it occurs.
    pub(crate) fn class(&self, label: usize) -> Option<usize> {
        self.labels.binary_search(&label).ok()
    }

    /// How many batches of this size see about as many images as there are: at least one.
    pub(crate) fn batches_of_an_epoch(&self, batch_size: usize) -> usize {
        ((self.image_count + batch_size / 2) / batch_size).max(1)
    }

    /// The next class that is not among `hand`, if one is left in the round.
    pub(crate) fn deal_class(&mut self, hand: &[usize], rng: &mut ChaCha8Rng) -> usize {
        self.classes.deal(hand, rng)
    }

    /// Adds `m` images of a class to a batch that has none of it.
    pub(crate) fn deal_images(
        &mut self,
        class: usize,
        m: usize,
        batch: &mut Vec<usize>,
        rng: &mut ChaCha8Rng,
    ) {
        let first_of_class = batch.len();
        for _ in 0..m {
            let image = self.images[class].deal(&batch[first_of_class..], rng);
            batch.push(image);
        }
    }
}
