use burn::tensor::{Int, Tensor};

use crate::chosen_pairs::ChosenPairs;
use crate::{Diagnostics, mean_norm};

/// The distance of each anchor to each sample: on the device with its gradient, and on the host, where miners choose
/// pairs by it.
///
/// The first samples are the anchors themselves; a sample forms no pair with itself.
pub(crate) struct LabelledDistances {
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
#[derive(Clone, Copy, Default)]
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
    /// Reads the distances; their gradient is left alone.
    ///
    /// # Shapes
    ///
    /// - distances: `[anchors, samples]`
    /// - labels: those of the samples
    /// - anchors: `[anchors, dim]`
    pub(crate) fn new(distances: Tensor<2>, labels: Vec<i64>, anchors: &Tensor<2>) -> Self {
        let [count, dim] = anchors.dims();
        let mut compared = Self {
            on_host: distances.clone().inner().into_data().iter().collect(),
            on_device: distances,
            labels,
            anchors: count,
            dim,
            mean_norm: mean_norm(anchors),
            positive: Pairs::default(),
            negative: Pairs::default(),
        };
        compared.count_pairs();
        compared
    }

    /// The distances, `[anchors, samples]`.
    pub(crate) fn tensor(&self) -> Tensor<2> {
        self.on_device.clone()
    }

    /// The number of anchors.
    pub(crate) fn anchors(&self) -> usize {
        self.anchors
    }

    /// The number of samples, the anchors among them.
    pub(crate) fn samples(&self) -> usize {
        self.labels.len()
    }

    /// The length of an embedding.
    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    /// The other samples of the anchor's label, each with its distance to the anchor.
    pub(crate) fn positives(&self, anchor: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.others(anchor, true)
    }

    /// The samples of other labels, each with its distance to the anchor.
    pub(crate) fn negatives(&self, anchor: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.others(anchor, false)
    }

    /// The number of ordered pairs of one label.
    pub(crate) fn positive_pairs(&self) -> usize {
        self.positive.count
    }

    /// The number of ordered pairs of two labels.
    pub(crate) fn negative_pairs(&self) -> usize {
        self.negative.count
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
    pub(crate) fn diagnostics(&self) -> Diagnostics {
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

/// The labels on the host.
///
/// # Panics
///
/// If there is not one label to each of `batch` samples.
pub(crate) fn read_labels(labels: Tensor<1, Int>, batch: usize) -> Vec<i64> {
    let [given] = labels.dims();
    assert_eq!(given, batch, "{given} labels for {batch} embeddings");
    labels.into_data().iter::<i64>().collect()
}
