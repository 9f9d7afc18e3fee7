//! Bootstrap of the area under the ROC curve over the samples.

use serde::{Deserialize, Serialize};

use crate::bootstrap::resampled_pairs::resampled_areas;
use crate::bootstrap::resampling::{BootstrapConfig, Difference, Interval};
use crate::embeddings::Embeddings;
use crate::error::EvalError;
use crate::verification::metrics::{VerificationPairs, evaluate_verification};

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
    /// Why the difference is undefined, where it is.
    pub undefined: Option<String>,
}

/// A 95 % interval of the ROC-AUC over all pairs.
///
/// Pairs that share a sample depend on each other, so not pairs are resampled but samples: a pair counts as often as the
/// product of its samples' numbers of draws, and a sample makes no pair with its own copy. The areas of the resamples come
/// from pairs counted in 1,024 bins of distance, ties half; the error of that, which is known for the set itself, is taken
/// off all of them. Takes about as long as verification of embeddings of as many dimensions as there are resamples.
///
/// # Errors
/// When the number of resamples is out of range, or as for [`evaluate_verification`] of all pairs.
///
/// # Example
/// ```
/// use pets_eval::{BootstrapConfig, Embeddings, bootstrap_auc};
///
/// let embeddings = Embeddings::new(vec![0.0, 0.1, 1.0, 1.1], 1, vec![0, 0, 1, 1])?;
/// let interval = bootstrap_auc(&embeddings, BootstrapConfig::default())?.roc_auc;
/// assert_eq!(interval.map(|interval| interval.high), Some(1.0));
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn bootstrap_auc(
    embeddings: &Embeddings,
    config: BootstrapConfig,
) -> Result<AucInterval, EvalError> {
    config.check()?;
    let found = Resampled::new(embeddings, config)?;
    let areas: Vec<f64> = found.areas.iter().copied().flatten().collect();
    Ok(AucInterval {
        roc_auc: (!areas.is_empty()).then(|| Interval::of(areas.iter().copied())),
        config,
        resamples_left_out: found.areas.len() - areas.len(),
        undefined: found.undefined,
    })
}

/// Compares the ROC-AUC of two models' embeddings of the same samples, resampled as in [`bootstrap_auc`].
///
/// # Errors
/// As for [`bootstrap_auc`], and when the labels differ.
pub fn compare_auc(
    a: &Embeddings,
    b: &Embeddings,
    config: BootstrapConfig,
) -> Result<AucComparison, EvalError> {
    config.check()?;
    if a.labels() != b.labels() {
        return Err(EvalError::DifferentSamples);
    }
    let (a, b) = (Resampled::new(a, config)?, Resampled::new(b, config)?);
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
        undefined: a.undefined,
    })
}

struct Resampled {
    /// Area of the set itself.
    exact: Option<f64>,
    /// Area of each resample, where it has one.
    areas: Vec<Option<f64>>,
    undefined: Option<String>,
}

impl Resampled {
    fn new(embeddings: &Embeddings, config: BootstrapConfig) -> Result<Self, EvalError> {
        let verification = evaluate_verification(embeddings, VerificationPairs::All)?;
        let Some(exact) = verification.roc_auc else {
            return Ok(Self {
                exact: None,
                areas: Vec::new(),
                undefined: verification.undefined,
            });
        };
        let (binned, areas) = resampled_areas(embeddings, config);
        let error = binned.map_or(0.0, |binned| binned - exact);
        let areas: Vec<Option<f64>> = areas
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
            undefined,
        })
    }
}
