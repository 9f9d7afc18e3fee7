//! The ways to choose the triplets of a batch that are worth learning from.

use crate::names::choices;

choices! {
    /// Which triplets of a batch the [`TripletLoss`](crate::TripletLoss) learns from.
    ///
    /// A triplet is valid if its anchor and positive are two samples of one label and its negative is of another. With
    /// hinges it is active if `d(a, p) − d(a, n) + margin > 0`, with soft margins always.
    #[derive(Default)]
    "mining": pub enum Mining {
        /// All active valid triplets.
        BatchAll = "batch_all",
        /// For each anchor that has both, its farthest positive and its nearest negative, where active (Hermans et al.,
        /// *In Defense of the Triplet Loss for Person Re-Identification*, 2017). Samples at exactly the same distance
        /// share the place.
        #[default]
        BatchHard = "batch_hard",
        /// All valid triplets with `d(a, p) < d(a, n) < d(a, p) + margin` (Schroff et al., *`FaceNet`*, 2015). A batch
        /// that has none is mined as [`BatchHard`](Self::BatchHard).
        BatchSemiHard = "batch_semi_hard",
        /// For each anchor and positive one negative drawn so that all distances come about equally often (Wu et al.,
        /// *Sampling Matters in Deep Embedding Learning*, 2017), where active.
        ///
        /// On the unit sphere, where the embeddings are supposed to lie, the distance of two random points has the
        /// density `q(d) ∝ d^(dim−2) · (1 − d²/4)^((dim−3)/2)`. A negative is drawn in proportion to `1/q(d)`, with
        /// distances below 0.5 counted as 0.5. One beyond 1.4 is drawn only if all are: then evenly. The draws come from
        /// the device's random numbers: `device.seed` repeats them.
        DistanceWeighted = "distance_weighted",
        /// The active triplets of informative pairs: positives with `d(a, p) > min d(a, n) − 0.1` and negatives with
        /// `d(a, n) < max d(a, p) + 0.1` (Wang et al., *Multi-Similarity Loss*, 2019).
        MultiSimilarity = "multi_similarity",
    }
}
