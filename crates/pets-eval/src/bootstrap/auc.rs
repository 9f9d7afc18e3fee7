//! Bootstrap of the area under the ROC curve over the samples.

use serde::{Deserialize, Serialize};

use crate::bootstrap::resampled_pairs::resampled_areas;
use crate::bootstrap::resampling::{BootstrapConfig, Difference, Interval};
use crate::embeddings::Embeddings;
use crate::error::EvalError;
use crate::progress::{Part, Progress};
use crate::verification::metrics::{Verification, VerificationPairs, evaluate_verification};

/// How far the ROC-AUC over all pairs would vary with other samples: see [`bootstrap_auc`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AucInterval {
    /// The interval.
    pub roc_auc: Option<Interval>,
    /// How the samples were resampled.
    #[serde(flatten)]
    pub config: BootstrapConfig,
    /// Resamples left out because they held no positive or no negative pair.
    pub resamples_left_out: usize,
    /// Number of pairs that the resamples were judged by, where that is not all: see [`bootstrap_auc`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampled_pairs: Option<u64>,
    /// Why the interval is undefined, where it is.
    pub undefined: Option<String>,
}

/// Two models' ROC-AUC over all pairs of the same samples, by a paired bootstrap: each resample of the samples judges both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AucComparison {
    /// The difference.
    pub roc_auc: Option<Difference>,
    /// How the samples were resampled.
    #[serde(flatten)]
    pub config: BootstrapConfig,
    /// Resamples left out because they held no positive or no negative pair.
    pub resamples_left_out: usize,
    /// Number of pairs that the resamples were judged by, where that is not all: see [`bootstrap_auc`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampled_pairs: Option<u64>,
    /// Why the difference is undefined, where it is.
    pub undefined: Option<String>,
}

/// A 95 % interval of the ROC-AUC over all pairs.
///
/// Pairs that share a sample depend on each other, so not pairs are resampled but samples: a pair counts as often as the
/// product of its samples' numbers of draws, and a sample makes no pair with its own copy. The areas of the resamples come
/// from pairs counted in 1,024 bins of distance, ties half; the error of that, which is known for the set itself, is taken
/// off all of them.
///
/// All pairs are counted up to 3·10¹⁰ pairs times resamples: with 1,000 resamples 30 million pairs, which are those of
/// 7,746 samples. Beyond, all resamples are judged by a draw of 10¹⁰ pairs over the resamples, half of them positive where
/// there are enough of both kinds ([`AucInterval::sampled_pairs`]). With 1,000 resamples that makes the interval of 60,000
/// samples about 3 % wider, and of fewer less.
///
/// `verification` is what [`evaluate_verification`] found for these embeddings; where it is not of all pairs, these are
/// judged anew.
///
/// # Errors
/// When the number of resamples is out of range, `progress` ends it, or as for [`evaluate_verification`] of all pairs.
///
/// # Example
/// ```
/// use pets_eval::{
///     BootstrapConfig, Embeddings, VerificationPairs, bootstrap_auc, evaluate_verification,
/// };
///
/// let embeddings = Embeddings::new(vec![0.0, 0.1, 1.0, 1.1], 1, vec![0, 0, 1, 1])?;
/// let verification = evaluate_verification(&embeddings, VerificationPairs::All, &())?;
/// let found = bootstrap_auc(&embeddings, &verification, BootstrapConfig::default(), &())?;
/// assert_eq!(found.roc_auc.map(|interval| interval.high), Some(1.0));
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn bootstrap_auc(
    embeddings: &Embeddings,
    verification: &Verification,
    config: BootstrapConfig,
    progress: &dyn Progress,
) -> Result<AucInterval, EvalError> {
    config.check()?;
    let found = Resampled::new((embeddings, verification), config, progress)?;
    let areas: Vec<f64> = found.areas.iter().copied().flatten().collect();
    Ok(AucInterval {
        roc_auc: (!areas.is_empty()).then(|| Interval::of(areas.iter().copied())),
        config,
        resamples_left_out: found.areas.len() - areas.len(),
        sampled_pairs: found.sampled_pairs,
        undefined: found.undefined,
    })
}

/// Compares the ROC-AUC of two models' embeddings of the same samples, resampled as in [`bootstrap_auc`]; each comes with
/// its verification.
///
/// # Errors
/// As for [`bootstrap_auc`], and when the labels differ.
pub fn compare_auc(
    a: (&Embeddings, &Verification),
    b: (&Embeddings, &Verification),
    config: BootstrapConfig,
    progress: &dyn Progress,
) -> Result<AucComparison, EvalError> {
    config.check()?;
    if a.0.labels() != b.0.labels() {
        return Err(EvalError::DifferentSamples);
    }
    let a = Resampled::new(a, config, &Part::new(progress, 0.0, 0.5))?;
    let b = Resampled::new(b, config, &Part::new(progress, 0.5, 1.0))?;
    let areas: Vec<[f64; 2]> = a
        .areas
        .iter()
        .zip(&b.areas)
        .filter_map(|(a, b)| Some([(*a)?, (*b)?]))
        .collect();
    Ok(AucComparison {
        roc_auc: a
            .exact
            .zip(b.exact)
            .filter(|_| !areas.is_empty())
            .map(|(a, b)| Difference::new(a, b, &areas)),
        config,
        resamples_left_out: a.areas.len() - areas.len(),
        sampled_pairs: a.sampled_pairs,
        undefined: a.undefined,
    })
}

struct Resampled {
    /// Area of the set itself.
    exact: Option<f64>,
    /// Area of each resample, where it has one.
    areas: Vec<Option<f64>>,
    sampled_pairs: Option<u64>,
    undefined: Option<String>,
}

impl Resampled {
    fn new(
        (embeddings, verification): (&Embeddings, &Verification),
        config: BootstrapConfig,
        progress: &dyn Progress,
    ) -> Result<Self, EvalError> {
        let anew;
        let (verification, progress) = if verification.is_of_all_pairs(embeddings) {
            (verification, Part::new(progress, 0.0, 1.0))
        } else {
            let judging = Part::new(progress, 0.0, 0.5);
            anew = evaluate_verification(embeddings, VerificationPairs::All, &judging)?;
            (&anew, Part::new(progress, 0.5, 1.0))
        };
        let Some(exact) = verification.roc_auc else {
            return Ok(Self {
                exact: None,
                areas: Vec::new(),
                sampled_pairs: None,
                undefined: verification.undefined.clone(),
            });
        };
        let found = resampled_areas(embeddings, config, &progress)?;
        let error = found.itself.map_or(0.0, |itself| itself - exact);
        let areas: Vec<Option<f64>> = found
            .resampled
            .into_iter()
            .map(|area| area.map(|area| (area - error).clamp(0.0, 1.0)))
            .collect();
        let undefined = areas
            .iter()
            .all(Option::is_none)
            .then(|| "no resample holds both positive and negative pairs".into());
        Ok(Self {
            exact: Some(exact),
            areas,
            sampled_pairs: found.sampled_pairs,
            undefined,
        })
    }
}
