//! The hardest negatives of a whole set.

use std::collections::BTreeMap;

use burn::tensor::Tensor;

use crate::distance::Distance;
use crate::error::LossError;

/// Rows whose distances to all others are in memory at a time.
const BLOCK: usize = 256;

/// The hardest negatives of a whole set, mined from its embeddings: which samples, and which classes, are mistaken for
/// each other.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use pets_losses::{Distance, HardNegatives};
///
/// let places = [[0.0], [1.0], [5.0], [6.0], [9.0]];
/// let embeddings = Tensor::<2>::from_floats(places, &Device::flex());
/// let mined = HardNegatives::mine(embeddings, &[7, 7, 8, 8, 9], Distance::Euclidean, 2)?;
/// assert_eq!(mined.of_sample(1), [2, 3]);
/// assert_eq!(mined.confusable_classes()[&9], [8, 7]);
/// # Ok::<(), pets_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HardNegatives {
    of_samples: Vec<Vec<usize>>,
    confusable_classes: BTreeMap<usize, Vec<usize>>,
}

impl HardNegatives {
    /// Compares every sample with every other, block by block on the embeddings' device: time grows with the square
    /// of their number, memory in proportion to it.
    ///
    /// `per_sample` is how many negatives of each sample to keep.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[n, dim]`
    /// - labels: one for each embedding
    ///
    /// # Errors
    ///
    /// [`LossError::LabelCount`] if there is not one label to each embedding.
    pub fn mine(
        embeddings: Tensor<2>,
        labels: &[usize],
        distance: Distance,
        per_sample: usize,
    ) -> Result<Self, LossError> {
        let [count, _] = embeddings.dims();
        if labels.len() != count {
            return Err(LossError::LabelCount {
                labels: labels.len(),
                embeddings: count,
            });
        }
        let embeddings = embeddings.inner();
        let mut of_samples = Vec::with_capacity(count);
        let mut closeness = ClassCloseness::new(labels);
        for start in (0..count).step_by(BLOCK) {
            let length = BLOCK.min(count - start);
            let block = embeddings.clone().narrow(0, start, length);
            let distances: Vec<f32> = distance
                .pairwise(block, embeddings.clone())
                .into_data()
                .iter()
                .collect();
            for (sample, row) in (start..).zip(distances.chunks_exact(count)) {
                of_samples.push(nearest_negatives(sample, row, labels, per_sample));
                closeness.add(sample, row);
            }
        }
        Ok(Self {
            of_samples,
            confusable_classes: closeness.ranking(),
        })
    }

    /// The nearest samples of other labels, the nearest first, as positions among the embeddings; at equal distance
    /// the first of them. There are fewer than asked for where the set has no more.
    ///
    /// # Panics
    ///
    /// If there is no such sample.
    pub fn of_sample(&self, sample: usize) -> &[usize] {
        &self.of_samples[sample]
    }

    /// For each label all others, the most confusable first: those to whose nearest sample the label's samples have
    /// the smallest distance on average.
    pub fn confusable_classes(&self) -> &BTreeMap<usize, Vec<usize>> {
        &self.confusable_classes
    }
}

fn nearest_negatives(
    sample: usize,
    distances: &[f32],
    labels: &[usize],
    count: usize,
) -> Vec<usize> {
    let mut negatives: Vec<usize> = (0..labels.len())
        .filter(|&other| labels[other] != labels[sample])
        .collect();
    let order = |a: &usize, b: &usize| distances[*a].total_cmp(&distances[*b]).then(a.cmp(b));
    if count < negatives.len() {
        negatives.select_nth_unstable_by(count, order);
        negatives.truncate(count);
    }
    negatives.sort_unstable_by(order);
    negatives
}

/// Sums over the samples of each class of the distance to the nearest sample of each other class.
struct ClassCloseness {
    /// The labels that occur, sorted.
    classes: Vec<usize>,
    /// For each sample the place of its label among them.
    class_of: Vec<usize>,
    /// Row-major `[classes, classes]`.
    sums: Vec<f64>,
}

impl ClassCloseness {
    fn new(labels: &[usize]) -> Self {
        let mut classes = labels.to_vec();
        classes.sort_unstable();
        classes.dedup();
        Self {
            class_of: labels
                .iter()
                .map(|label| classes.partition_point(|class| class < label))
                .collect(),
            sums: vec![0.0; classes.len() * classes.len()],
            classes,
        }
    }

    fn add(&mut self, sample: usize, distances: &[f32]) {
        let mut nearest = vec![f32::INFINITY; self.classes.len()];
        for (&class, &distance) in self.class_of.iter().zip(distances) {
            nearest[class] = nearest[class].min(distance);
        }
        let start = self.class_of[sample] * self.classes.len();
        for (sum, nearest) in self.sums[start..].iter_mut().zip(nearest) {
            *sum += f64::from(nearest);
        }
    }

    fn ranking(self) -> BTreeMap<usize, Vec<usize>> {
        let count = self.classes.len();
        let ranking_of = |class: usize| {
            let sums = &self.sums[class * count..][..count];
            let mut others: Vec<usize> = (0..count).filter(|&other| other != class).collect();
            others.sort_by(|&a, &b| sums[a].total_cmp(&sums[b]));
            others
                .into_iter()
                .map(|other| self.classes[other])
                .collect()
        };
        (0..count)
            .map(|class| (self.classes[class], ranking_of(class)))
            .collect()
    }
}
