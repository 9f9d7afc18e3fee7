//! The distances of a batch, with the labels that tell positive pairs from negative ones.

use burn::tensor::{Bool, Int, Tensor, TensorData};

use crate::distance::Distance;
use crate::labels::read_labels;
use crate::memory::CrossBatchMemory;
use crate::output::{Diagnostics, mean_norm};
use crate::pairs::chosen_pairs::ChosenPairs;

/// The distance of each anchor of a batch to each sample: on the device with its gradient, and on the host, where
/// miners choose pairs by it.
///
/// The anchors are the batch. The samples are the anchors, then what a [`CrossBatchMemory`] holds, where there is one.
/// Two samples of one label are a positive pair, two of different labels a negative one; a sample forms no pair with
/// itself.
///
/// ```
/// use burn::tensor::{Device, Int, Tensor};
/// use pets_losses::{Distance, LabelledDistances};
///
/// let device = Device::flex();
/// let embeddings = Tensor::<2>::from_floats([[0.0], [3.0], [5.0]], &device);
/// let labels = Tensor::<1, Int>::from_ints([7, 7, 8], &device);
/// let batch = LabelledDistances::new(embeddings, labels, Distance::SquaredEuclidean);
/// assert_eq!(batch.positives(0).collect::<Vec<_>>(), [(1, 9.0)]);
/// assert_eq!(batch.negatives(0).collect::<Vec<_>>(), [(2, 25.0)]);
/// ```
#[derive(Debug, Clone)]
pub struct LabelledDistances {
    distance: Distance,
    on_device: Tensor<2>,
    /// Row-major `[anchors, samples]`.
    on_host: Vec<f64>,
    /// The labels of the samples.
    labels: Vec<i64>,
    anchors: usize,
    dim: usize,
    mean_norm: Option<f64>,
    positive: Pairs,
    negative: Pairs,
}

/// The ordered pairs of one kind.
#[derive(Debug, Clone, Copy, Default)]
struct Pairs {
    count: usize,
    distance_sum: f64,
}

impl Pairs {
    fn mean_distance(self) -> Option<f64> {
        (self.count > 0).then(|| self.distance_sum / self.count as f64)
    }
}

impl LabelledDistances {
    /// Compares the samples of a batch with each other.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding.
    pub fn new(embeddings: Tensor<2>, labels: Tensor<1, Int>, distance: Distance) -> Self {
        let [batch, _] = embeddings.dims();
        let labels = read_labels(labels, batch);
        Self::compare(embeddings.clone(), embeddings, labels, distance)
    }

    /// Compares the samples of a batch with each other and with what `memory` holds.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding, or the remembered embeddings are of another length.
    pub fn with_memory(
        embeddings: Tensor<2>,
        labels: Tensor<1, Int>,
        distance: Distance,
        memory: &CrossBatchMemory,
    ) -> Self {
        let Some((remembered, their_labels)) = memory.remembered() else {
            return Self::new(embeddings, labels, distance);
        };
        let [batch, _] = embeddings.dims();
        let mut labels = read_labels(labels, batch);
        labels.extend(their_labels);
        let remembered = if embeddings.is_autodiff() {
            remembered.clone().autodiff()
        } else {
            remembered.clone()
        };
        let samples = Tensor::cat(vec![embeddings.clone(), remembered], 0);
        Self::compare(embeddings, samples, labels, distance)
    }

    /// The distances of `anchors` to `samples`, of which they are the first and whose labels `labels` are.
    fn compare(
        anchors: Tensor<2>,
        samples: Tensor<2>,
        labels: Vec<i64>,
        distance: Distance,
    ) -> Self {
        let [count, dim] = anchors.dims();
        let mean_norm = mean_norm(&anchors);
        let distances = distance.pairwise(anchors, samples);
        let mut compared = Self {
            distance,
            on_host: distances.clone().inner().into_data().iter().collect(),
            on_device: distances,
            labels,
            anchors: count,
            dim,
            mean_norm,
            positive: Pairs::default(),
            negative: Pairs::default(),
        };
        compared.count_pairs();
        compared
    }

    /// Which distance it is.
    pub fn distance(&self) -> Distance {
        self.distance
    }

    /// The distances, `[anchors, samples]`, with their gradient.
    pub fn tensor(&self) -> Tensor<2> {
        self.on_device.clone()
    }

    /// The distances of ordered pairs, each an anchor and a sample, with their gradient.
    ///
    /// # Shapes
    ///
    /// - output: `[pairs]`
    ///
    /// # Panics
    ///
    /// If there is no such anchor or sample.
    pub fn of_pairs(&self, pairs: impl IntoIterator<Item = (usize, usize)>) -> Tensor<1> {
        let (anchors, samples) = (self.anchors, self.samples());
        let places: Vec<i64> = pairs
            .into_iter()
            .map(|(anchor, sample)| {
                let exists = anchor < anchors && sample < samples;
                assert!(
                    exists,
                    "no pair ({anchor}, {sample}) of {anchors} × {samples}"
                );
                (anchor * samples + sample) as i64
            })
            .collect();
        let count = places.len();
        let places = TensorData::new(places, [count]);
        let places = Tensor::<1, Int>::from_data(places, &self.on_device.device().inner());
        let flat = self.tensor().reshape([anchors * samples]);
        flat.select(0, places)
    }

    /// The number of anchors.
    pub fn anchors(&self) -> usize {
        self.anchors
    }

    /// The number of samples, the anchors among them.
    pub fn samples(&self) -> usize {
        self.labels.len()
    }

    /// The length of an embedding.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The other samples of the anchor's label, each with its distance to the anchor.
    pub fn positives(&self, anchor: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.others(anchor, true)
    }

    /// The samples of other labels, each with its distance to the anchor.
    pub fn negatives(&self, anchor: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.others(anchor, false)
    }

    /// The number of ordered pairs of one label.
    pub fn positive_pairs(&self) -> usize {
        self.positive.count
    }

    /// The number of ordered pairs of two labels.
    pub fn negative_pairs(&self) -> usize {
        self.negative.count
    }

    /// Which samples form a positive pair with each anchor, `[anchors, samples]`.
    pub fn positive_mask(&self) -> Tensor<2, Bool> {
        self.all_pairs().positives(&self.on_device.device())
    }

    /// Which samples form a negative pair with each anchor, `[anchors, samples]`.
    pub fn negative_mask(&self) -> Tensor<2, Bool> {
        self.all_pairs().negatives(&self.on_device.device())
    }

    fn all_pairs(&self) -> ChosenPairs {
        self.pairs_of_anchors(|_, _| true)
    }

    /// All pairs of the anchors that have `enough`, told their numbers of positives and negatives.
    pub(crate) fn pairs_of_anchors(&self, enough: fn(usize, usize) -> bool) -> ChosenPairs {
        let mut chosen = ChosenPairs::none(self.samples());
        for anchor in 0..self.anchors {
            let [positives, negatives] = [true, false].map(|same| self.others(anchor, same));
            let [positives, negatives] = [positives, negatives]
                .map(|others| others.map(|(sample, _)| sample).collect::<Vec<_>>());
            if enough(positives.len(), negatives.len()) {
                chosen.add(anchor, positives, negatives);
            }
        }
        chosen
    }

    /// A loss that is 0 with gradient 0, yet attached to the embeddings, and NaN where they are.
    pub(crate) fn nothing(&self) -> Tensor<1> {
        self.tensor().mul_scalar(0.0).sum()
    }

    /// What every loss can tell of the batch.
    pub fn diagnostics(&self) -> Diagnostics {
        Diagnostics {
            mean_positive_distance: self.positive.mean_distance(),
            mean_negative_distance: self.negative.mean_distance(),
            embedding_norm: self.mean_norm,
            ..Diagnostics::default()
        }
    }

    fn count_pairs(&mut self) {
        for anchor in 0..self.anchors {
            let start = anchor * self.samples();
            let distances = &self.on_host[start..][..self.labels.len()];
            for (sample, (&label, distance)) in self.labels.iter().zip(distances).enumerate() {
                if sample == anchor {
                    continue;
                }
                let pairs = if label == self.labels[anchor] {
                    &mut self.positive
                } else {
                    &mut self.negative
                };
                pairs.count += 1;
                pairs.distance_sum += distance;
            }
        }
    }

    fn others(&self, anchor: usize, same: bool) -> impl Iterator<Item = (usize, f64)> + '_ {
        let label = self.labels[anchor];
        let start = anchor * self.samples();
        let distances = &self.on_host[start..][..self.samples()];
        self.labels
            .iter()
            .zip(distances)
            .enumerate()
            .filter(move |&(other, (&of_other, _))| other != anchor && (of_other == label) == same)
            .map(|(other, (_, &distance))| (other, distance))
    }
}
