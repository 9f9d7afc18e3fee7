//! Some of the pairs of a batch.

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};

/// Some anchors of a batch, and some of the pairs each forms.
pub(crate) struct ChosenPairs {
    samples: usize,
    anchors: Vec<usize>,
    /// Row-major `[chosen anchors, samples]`.
    positive: Vec<bool>,
    negative: Vec<bool>,
}

impl ChosenPairs {
    pub(crate) fn none(samples: usize) -> Self {
        Self {
            samples,
            anchors: Vec::new(),
            positive: Vec::new(),
            negative: Vec::new(),
        }
    }

    /// Adds an anchor with the samples it forms positive and negative pairs with.
    pub(crate) fn add(
        &mut self,
        anchor: usize,
        positives: impl IntoIterator<Item = usize>,
        negatives: impl IntoIterator<Item = usize>,
    ) {
        let start = self.anchors.len() * self.samples;
        self.anchors.push(anchor);
        for mask in [&mut self.positive, &mut self.negative] {
            mask.resize(start + self.samples, false);
        }
        for sample in positives {
            self.positive[start + sample] = true;
        }
        for sample in negatives {
            self.negative[start + sample] = true;
        }
    }

    /// The number of anchors chosen.
    pub(crate) fn anchors(&self) -> usize {
        self.anchors.len()
    }

    /// The number of pairs chosen.
    pub(crate) fn pairs(&self) -> usize {
        let masks = self.positive.iter().chain(&self.negative);
        masks.filter(|&&chosen| chosen).count()
    }

    /// The rows of the anchors chosen.
    ///
    /// # Shapes
    ///
    /// - rows: `[anchors, samples]`
    /// - output: `[chosen anchors, samples]`
    pub(crate) fn select(&self, rows: Tensor<2>) -> Tensor<2> {
        let anchors: Vec<i64> = self.anchors.iter().map(|&anchor| anchor as i64).collect();
        let count = anchors.len();
        let places =
            Tensor::<1, Int>::from_data(TensorData::new(anchors, [count]), &rows.device().inner());
        rows.select(0, places)
    }

    /// Which samples form a positive pair, `[chosen anchors, samples]`.
    pub(crate) fn positives(&self, device: &Device) -> Tensor<2, Bool> {
        self.mask(&self.positive, device)
    }

    /// Which samples form a negative pair, `[chosen anchors, samples]`.
    pub(crate) fn negatives(&self, device: &Device) -> Tensor<2, Bool> {
        self.mask(&self.negative, device)
    }

    fn mask(&self, mask: &[bool], device: &Device) -> Tensor<2, Bool> {
        let data = TensorData::new(mask.to_vec(), [self.anchors.len(), self.samples]);
        Tensor::from_data(data, &device.clone().inner())
    }
}
