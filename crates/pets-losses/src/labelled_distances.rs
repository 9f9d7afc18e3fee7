use burn::tensor::{Int, Tensor};

/// The distances within a batch, on the host, where miners choose pairs by them.
pub(crate) struct LabelledDistances {
    labels: Vec<i64>,
    /// Row-major `[batch, batch]`.
    distances: Vec<f64>,
}

impl LabelledDistances {
    /// Reads both tensors; the gradient of `distances` is left alone.
    ///
    /// # Shapes
    ///
    /// - distances: `[batch, batch]`
    /// - labels: `[batch]`
    pub(crate) fn read(distances: &Tensor<2>, labels: Tensor<1, Int>) -> Self {
        let [batch, _] = distances.dims();
        let labels = read_labels(labels, batch);
        let distances = distances
            .clone()
            .inner()
            .into_data()
            .iter::<f64>()
            .collect();
        Self { labels, distances }
    }

    /// The number of samples in the batch.
    pub(crate) fn batch(&self) -> usize {
        self.labels.len()
    }

    /// The other samples of the anchor's label, each with its distance to the anchor.
    pub(crate) fn positives(&self, anchor: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.others(anchor, true)
    }

    /// The samples of other labels, each with its distance to the anchor.
    pub(crate) fn negatives(&self, anchor: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.others(anchor, false)
    }

    /// The mean distance over the ordered positive pairs, if there are any.
    pub(crate) fn mean_positive(&self) -> Option<f64> {
        mean((0..self.batch()).flat_map(|anchor| self.positives(anchor)))
    }

    /// The mean distance over the ordered negative pairs, if there are any.
    pub(crate) fn mean_negative(&self) -> Option<f64> {
        mean((0..self.batch()).flat_map(|anchor| self.negatives(anchor)))
    }

    fn others(&self, anchor: usize, same: bool) -> impl Iterator<Item = (usize, f64)> + '_ {
        let label = self.labels[anchor];
        let start = anchor * self.batch();
        (0..self.batch())
            .filter(move |&other| other != anchor && (self.labels[other] == label) == same)
            .map(move |other| (other, self.distances[start + other]))
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

fn mean(pairs: impl Iterator<Item = (usize, f64)>) -> Option<f64> {
    let (count, sum) = pairs.fold((0_usize, 0.0), |(count, sum), (_, distance)| {
        (count + 1, sum + distance)
    });
    (count > 0).then(|| sum / count as f64)
}
