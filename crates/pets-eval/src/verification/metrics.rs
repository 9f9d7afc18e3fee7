//! Area under the ROC curve, equal error rate and true accept rates.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::classes::{Classes, unordered_pairs};
use crate::distance::euclidean::{euclidean, fold_pairs, write_pairs};
use crate::embeddings::Embeddings;
use crate::error::EvalError;
use crate::progress::{Part, Progress, Steps};
use crate::verification::histogram::{DistanceHistogram, FineBins};
use crate::verification::pair_counts::{CountedNegatives, NegativeCounts};
use crate::verification::pair_sampling::SampledPairs;
use crate::verification::positive_distances::PositiveDistances;
use crate::verification::roc::{OperatingPoint, RocCurve, RocPoint};

/// False accept rates at which the true accept rate is given.
const FALSE_ACCEPT_RATES: [f64; 3] = [1e-1, 1e-2, 1e-3];
/// Sampled pairs whose distances are counted by one thread at a time.
const SAMPLE_CHUNK: usize = 4096;
/// Share of the work that is done when all pairs are measured.
const MEASURED: f64 = 0.95;
/// Most positive pairs of [`VerificationPairs::All`]; they take 16 bytes each.
const MOST_POSITIVE_PAIRS: u64 = 200_000_000;
/// Most pairs of [`VerificationPairs::Sampled`]; drawing them takes up to 150 bytes each.
const MOST_SAMPLED_PAIRS: u64 = 20_000_000;

/// Which unordered pairs are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerificationPairs {
    /// Every pair, streamed. Memory: one more copy of the embeddings and 16 bytes per positive pair, of which there may
    /// be 200 million; negative pairs are only counted.
    #[default]
    All,
    /// That many pairs, drawn without repetition: half of them positive where there are enough of each kind. All pairs
    /// where there are no more than that.
    Sampled {
        /// Number of pairs, 2 to 20 million.
        pairs: u64,
        /// Seed of the draw.
        seed: u64,
    },
}

/// How well the distance of two samples tells whether they share a label.
///
/// A pair is positive when its labels are equal; a verifier accepts a pair when its Euclidean distance is at most a
/// threshold. Thresholds are distances, unscaled. Without a positive or a negative pair nothing but the counts is
/// defined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// Area under the ROC curve: the chance that a positive pair is nearer than a negative one, ties counted half.
    pub roc_auc: Option<f64>,
    /// Equal error rate: false accept rate = false reject rate, by linear interpolation of the crossing.
    pub eer: Option<f64>,
    /// Threshold of the equal error rate, exact to 1/65536 of the largest possible distance.
    pub eer_threshold: Option<f64>,
    /// True accept rates at false accept rates of at most 0.1, 0.01 and 0.001.
    pub true_accept_rate: Vec<OperatingPoint>,
    /// Pairs judged.
    pub pairs: u64,
    /// Positive pairs among them.
    pub positive_pairs: u64,
    /// How the pairs were drawn; `None` when all were judged.
    pub sample: Option<PairSample>,
    /// Distances of the positive and the negative pairs.
    pub histogram: Option<DistanceHistogram>,
    /// The ROC curve, thinned to at most 2,000 of its points.
    pub roc: Vec<RocPoint>,
    /// Largest distance of a left-out point to the thinned curve: at most 1e-4, unless the curve has so many coarse
    /// steps that 2,000 points cannot follow them.
    pub roc_max_deviation: Option<f64>,
    /// Why the metrics are undefined, where they are.
    pub undefined: Option<String>,
}

impl Verification {
    /// Whether all pairs of these embeddings were judged, as far as their number tells.
    pub(crate) fn is_of_all_pairs(&self, embeddings: &Embeddings) -> bool {
        let positive_pairs = Classes::new(embeddings.labels()).positive_pairs();
        (self.pairs, self.positive_pairs) == (unordered_pairs(embeddings.len()), positive_pairs)
    }
}

/// A draw of pairs and what it was drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSample {
    /// Seed of the draw.
    pub seed: u64,
    /// Pairs there are.
    pub all_pairs: u64,
    /// Positive pairs there are.
    pub all_positive_pairs: u64,
}

/// Evaluates verification over the unordered pairs of samples.
///
/// Rates and area are exact for the pairs judged: no distance is rounded to less than float64. Takes time quadratic in
/// the number of samples for [`VerificationPairs::All`].
///
/// # Errors
/// When the number of pairs to sample is out of range, there are more pairs to sample from than the machine can number,
/// more than 200 million positive pairs for [`VerificationPairs::All`], or `progress` ends it.
///
/// # Example
/// ```
/// use pets_eval::{Embeddings, VerificationPairs, evaluate_verification};
///
/// let embeddings = Embeddings::new(vec![0.0, 0.1, 1.0, 1.1], 1, vec![0, 0, 1, 1])?;
/// let verification = evaluate_verification(&embeddings, VerificationPairs::All, &())?;
/// assert_eq!(verification.roc_auc, Some(1.0));
/// assert_eq!((verification.pairs, verification.positive_pairs), (6, 2));
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn evaluate_verification(
    embeddings: &Embeddings,
    pairs: VerificationPairs,
    progress: &dyn Progress,
) -> Result<Verification, EvalError> {
    let classes = Classes::new(embeddings.labels());
    let all_pairs = unordered_pairs(embeddings.len());
    let all_positive_pairs = classes.positive_pairs();
    let sample = match pairs {
        VerificationPairs::Sampled { pairs, .. } if !(2..=MOST_SAMPLED_PAIRS).contains(&pairs) => {
            return Err(EvalError::setting(
                "pairs",
                &pairs,
                "sample 2 to 20,000,000 pairs",
            ));
        }
        VerificationPairs::Sampled { pairs, seed } if pairs < all_pairs => Some((pairs, seed)),
        VerificationPairs::Sampled { .. } | VerificationPairs::All => None,
    };
    if let Some(reason) = why_undefined(all_pairs, all_positive_pairs) {
        return Ok(undefined(all_pairs, all_positive_pairs, reason));
    }
    let (measuring, judging) = (
        Part::new(progress, 0.0, MEASURED),
        Part::new(progress, MEASURED, 1.0),
    );
    let Some((pairs, seed)) = sample else {
        if all_positive_pairs > MOST_POSITIVE_PAIRS {
            return Err(EvalError::TooManyPositivePairs {
                pairs: all_positive_pairs,
                most: MOST_POSITIVE_PAIRS,
            });
        }
        let (positives, negatives) = measure_all(embeddings, &classes, &measuring)?;
        return judge(embeddings, &positives, &negatives, None, &judging);
    };
    let drawn = SampledPairs::draw(&classes, pairs, seed)?;
    let (positives, negatives) = measure_sampled(embeddings, &drawn, &measuring)?;
    let sample = PairSample {
        seed,
        all_pairs,
        all_positive_pairs,
    };
    judge(embeddings, &positives, &negatives, Some(sample), &judging)
}

fn why_undefined(pairs: u64, positive_pairs: u64) -> Option<&'static str> {
    if pairs == 0 {
        Some("there is only one sample, so there is no pair")
    } else if positive_pairs == 0 {
        Some("no two samples share a label, so there is no positive pair")
    } else if positive_pairs == pairs {
        Some("all samples share one label, so there is no negative pair")
    } else {
        None
    }
}

fn undefined(pairs: u64, positive_pairs: u64, reason: &str) -> Verification {
    Verification {
        roc_auc: None,
        eer: None,
        eer_threshold: None,
        true_accept_rate: Vec::new(),
        pairs,
        positive_pairs,
        sample: None,
        histogram: None,
        roc: Vec::new(),
        roc_max_deviation: None,
        undefined: Some(reason.into()),
    }
}

fn measure_all(
    embeddings: &Embeddings,
    classes: &Classes,
    progress: &dyn Progress,
) -> Result<(PositiveDistances, CountedNegatives), EvalError> {
    let bins = FineBins::new(embeddings.largest_norm());
    // Positive pairs are measured, sorted and measured again among all.
    let all = unordered_pairs(embeddings.len()) + 2 * classes.positive_pairs();
    let steps = Steps::new(progress, all);
    let distances = positive_distances(embeddings, classes, &steps)?;
    let positives = PositiveDistances::new(distances, bins, &steps)?;
    let counts = NegativeCounts::new(&positives);
    fold_pairs(
        embeddings.as_slice(),
        embeddings.dim(),
        &steps,
        || (),
        |(), _, distances| counts.add(distances),
    )?;
    let negatives = counts.finish().without(&positives);
    Ok((positives, negatives))
}

fn positive_distances(
    embeddings: &Embeddings,
    classes: &Classes,
    steps: &Steps<'_>,
) -> Result<Vec<f64>, EvalError> {
    let mut distances = vec![0.0; classes.positive_pairs() as usize];
    let mut rest = distances.as_mut_slice();
    let mut parts = Vec::with_capacity(classes.groups().len());
    for class in classes.groups() {
        let (part, after) = rest.split_at_mut(unordered_pairs(class.members.len()) as usize);
        parts.push((class, part));
        rest = after;
    }
    parts.into_par_iter().try_for_each(|(class, part)| {
        let rows = embeddings.rows(&class.members);
        write_pairs(&rows, embeddings.dim(), steps, part)
    })?;
    Ok(distances)
}

fn measure_sampled(
    embeddings: &Embeddings,
    pairs: &SampledPairs,
    progress: &dyn Progress,
) -> Result<(PositiveDistances, CountedNegatives), EvalError> {
    let distance = |&(a, b): &(usize, usize)| euclidean(embeddings.row(a), embeddings.row(b));
    let bins = FineBins::new(embeddings.largest_norm());
    let all = 2 * pairs.positive.len() + pairs.negative.len();
    let steps = Steps::new(progress, all as u64);
    let chunks = pairs.positive.par_chunks(SAMPLE_CHUNK);
    let distances: Result<Vec<Vec<f64>>, EvalError> = chunks
        .map(|chunk| {
            steps.advance(chunk.len())?;
            Ok(chunk.iter().map(distance).collect())
        })
        .collect();
    let positives = PositiveDistances::new(distances?.concat(), bins, &steps)?;
    let counts = NegativeCounts::new(&positives);
    let chunks = pairs.negative.par_chunks(SAMPLE_CHUNK);
    chunks.try_for_each(|chunk| {
        let distances: Vec<f64> = chunk.iter().map(distance).collect();
        counts.add(&distances);
        steps.advance(chunk.len())
    })?;
    let negatives = counts.finish();
    Ok((positives, negatives))
}

fn judge(
    embeddings: &Embeddings,
    positives: &PositiveDistances,
    negatives: &CountedNegatives,
    sample: Option<PairSample>,
    progress: &dyn Progress,
) -> Result<Verification, EvalError> {
    // Each walks through all corners of the curve, of which there may be hundreds of millions.
    let steps = Steps::new(progress, 3 + FALSE_ACCEPT_RATES.len() as u64);
    let bins = FineBins::new(embeddings.largest_norm());
    let curve = RocCurve::new(positives, negatives);
    let equal_error = curve.equal_error();
    let [nearest, farthest] = equal_error.between;
    let rank = equal_error.rate * curve.negatives() as f64;
    steps.advance(1)?;
    let (roc, roc_max_deviation) = curve.thinned();
    steps.advance(1)?;
    let area = curve.area();
    steps.advance(1)?;
    let operating_point = |&rate: &f64| {
        steps.advance(1)?;
        Ok(curve.operating_point(rate))
    };
    let true_accept_rate: Result<Vec<OperatingPoint>, EvalError> =
        FALSE_ACCEPT_RATES.iter().map(operating_point).collect();
    let positive_pairs = curve.positives();
    Ok(Verification {
        roc_auc: Some(area),
        eer: Some(equal_error.rate),
        eer_threshold: Some(
            bins.quantile(&negatives.bins, rank)
                .max(nearest)
                .min(farthest),
        ),
        true_accept_rate: true_accept_rate?,
        pairs: positive_pairs + curve.negatives(),
        positive_pairs,
        sample,
        histogram: Some(DistanceHistogram::new(
            bins,
            &positives.fine_counts(),
            &negatives.bins,
        )),
        roc,
        roc_max_deviation: Some(roc_max_deviation),
        undefined: None,
    })
}
