//! Triplets, and what chooses them.

use std::fmt::Debug;

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::pairs::labelled_distances::LabelledDistances;

/// An anchor, another sample of its label and one of a different label, as places among the samples of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Triplet {
    /// The anchor, always of the batch itself.
    pub anchor: usize,
    /// The sample of the anchor's label.
    pub positive: usize,
    /// The sample of another label.
    pub negative: usize,
}

impl Triplet {
    /// The places of anchors, of positives and of negatives, to `select` rows of a tensor by.
    ///
    /// # Shapes
    ///
    /// - output: `[triplets]` each
    pub fn indices(triplets: &[Self], device: &Device) -> [Tensor<1, Int>; 3] {
        let places: [fn(&Self) -> usize; 3] = [
            |triplet| triplet.anchor,
            |triplet| triplet.positive,
            |triplet| triplet.negative,
        ];
        places.map(|place| {
            let places: Vec<i64> = triplets
                .iter()
                .map(|triplet| place(triplet) as i64)
                .collect();
            Tensor::from_data(TensorData::new(places, [triplets.len()]), device)
        })
    }
}

/// Chooses the triplets of a batch that a loss learns from: a [`MarginMiner`](crate::MarginMiner), or one of your own.
///
/// ```
/// use burn::tensor::{Device, Int, Tensor};
/// use pets_losses::{Distance, LabelledDistances, Triplet, TripletMiner};
///
/// /// For each anchor its farthest positive, against every negative.
/// #[derive(Debug, Clone)]
/// struct FarthestPositive;
///
/// impl TripletMiner for FarthestPositive {
///     fn mine(&self, batch: &LabelledDistances) -> Vec<Triplet> {
///         let mut triplets = Vec::new();
///         for anchor in 0..batch.anchors() {
///             let farthest = batch.positives(anchor).max_by(|a, b| a.1.total_cmp(&b.1));
///             let Some((positive, _)) = farthest else { continue };
///             triplets.extend(batch.negatives(anchor).map(|(negative, _)| Triplet {
///                 anchor,
///                 positive,
///                 negative,
///             }));
///         }
///         triplets
///     }
/// }
///
/// let device = Device::flex();
/// let embeddings = Tensor::<2>::from_floats([[0.0], [1.0], [3.0], [9.0]], &device);
/// let labels = Tensor::<1, Int>::from_ints([0, 0, 0, 1], &device);
/// let batch = LabelledDistances::new(embeddings, labels, Distance::Euclidean);
/// let positives: Vec<usize> = FarthestPositive.mine(&batch).iter().map(|t| t.positive).collect();
/// assert_eq!(positives, [2, 2, 0]);
/// ```
pub trait TripletMiner: Clone + Debug + Send {
    /// The triplets of a batch; with a memory, positives and negatives may be remembered samples.
    fn mine(&self, batch: &LabelledDistances) -> Vec<Triplet>;
}
