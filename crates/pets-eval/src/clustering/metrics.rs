//! How well k-means finds the classes.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::classes::Classes;
use crate::clustering::k_means::{Budget, KMeans, k_means};
use crate::clustering::mutual_information::{
    adjusted_mutual_information, normalized_mutual_information,
};
use crate::embeddings::Embeddings;
use crate::error::EvalError;
use crate::progress::{Part, Progress};

/// Most values in which samples and centres are compared.
const MOST_COMPARED: u64 = 1 << 36;

/// How k-means is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusteringConfig {
    /// Runs from different seeds, at least 1; the one with the smallest inertia counts.
    pub restarts: usize,
    /// Most iterations of a run, at least 1.
    pub max_iterations: usize,
    /// Seed of all draws.
    pub seed: u64,
}

impl Default for ClusteringConfig {
    /// 5 restarts of up to 100 iterations, seed 42.
    fn default() -> Self {
        Self {
            restarts: 5,
            max_iterations: 100,
            seed: 42,
        }
    }
}

/// How well clusters found without labels agree with the labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clustering {
    /// Normalised mutual information of clusters and labels, see
    /// [`normalized_mutual_information`](crate::normalized_mutual_information); `None` where all samples share one label.
    pub nmi: Option<f64>,
    /// Adjusted mutual information, which is 0 on average for random clusters, see
    /// [`adjusted_mutual_information`](crate::adjusted_mutual_information).
    pub ami: Option<f64>,
    /// Clusters sought: as many as there are labels.
    pub clusters: usize,
    /// Sum of squared distances of the samples to their cluster's centre.
    pub inertia: f64,
    /// Iterations of the run that counts.
    pub iterations: usize,
    /// Whether the last of them moved no sample.
    pub converged: bool,
    /// How k-means was run.
    #[serde(flatten)]
    pub config: ClusteringConfig,
    /// That fewer restarts or iterations were made than asked for, and why; `None` where the work was not cut short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_short: Option<String>,
    /// Why the metrics are undefined, where they are.
    pub undefined: Option<String>,
}

/// Clusters the embeddings by k-means into as many clusters as there are labels, and compares the two.
///
/// Takes time in proportion to samples, labels, dimension, iterations and restarts, of which no more are begun once samples
/// and cluster centres have been compared in 6.9·10¹⁰ values (16 more than the dimension for each comparison):
/// [`Clustering::cut_short`] says so then. Oxford-IIIT Pet, 7,349 samples of 256 values in 37 classes, takes at most half
/// of that.
///
/// # Errors
/// When a setting is out of range, or `progress` ends it.
///
/// # Example
/// ```
/// use pets_eval::{ClusteringConfig, Embeddings, evaluate_clustering};
///
/// let embeddings = Embeddings::new(vec![0.0, 0.1, 1.0, 1.1], 1, vec![7, 7, 9, 9])?;
/// let found = evaluate_clustering(&embeddings, ClusteringConfig::default(), &())?;
/// assert!(found.nmi.is_some_and(|nmi| nmi > 0.999));
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn evaluate_clustering(
    embeddings: &Embeddings,
    config: ClusteringConfig,
    progress: &dyn Progress,
) -> Result<Clustering, EvalError> {
    for (name, value) in [
        ("restarts", config.restarts),
        ("max_iterations", config.max_iterations),
    ] {
        if value == 0 {
            return Err(EvalError::setting(name, &value, "it must be at least 1"));
        }
    }
    let labels = embeddings.labels();
    let k = Classes::new(labels).groups().len();
    let mut budget = Budget(MOST_COMPARED);
    let mut run = |restart: usize| {
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(restart as u64);
        let share = |done: usize| done as f64 / config.restarts as f64;
        let part = Part::new(progress, share(restart), share(restart + 1));
        let iterations = config.max_iterations;
        let run = k_means(embeddings, k, iterations, &mut rng, &mut budget, &part)?;
        Ok((run, budget.is_spent()))
    };
    let (mut best, mut spent) = run(0)?;
    let mut runs = 1;
    while runs < config.restarts && !spent {
        let next;
        (next, spent) = run(runs)?;
        best = better(best, next);
        runs += 1;
    }
    let cut_short = (spent && (runs < config.restarts || !best.converged)).then(|| {
        format!(
            "comparing more samples with more of the {k} cluster centres would take too long: {runs} of {} restarts were begun",
            config.restarts
        )
    });
    let defined = k > 1;
    let agreement = |measure: fn(&[u32], &[u32]) -> Result<f64, EvalError>| {
        defined.then(|| measure(labels, &best.clusters)).transpose()
    };
    Ok(Clustering {
        nmi: agreement(normalized_mutual_information)?,
        ami: agreement(adjusted_mutual_information)?,
        clusters: k,
        inertia: best.inertia,
        iterations: best.iterations,
        converged: best.converged,
        config,
        cut_short,
        undefined: (!defined)
            .then(|| "all samples share one label, so there is nothing to tell apart".into()),
    })
}

fn better(best: KMeans, next: KMeans) -> KMeans {
    if next.inertia < best.inertia {
        next
    } else {
        best
    }
}
