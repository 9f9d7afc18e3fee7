//! How models and embeddings are evaluated.

use pets::EvaluationConfig;
use pets::eval::{BootstrapConfig, ClusteringConfig, FewShotConfig, VerificationPairs};

use crate::config::Config;

impl Config {
    /// How models and embeddings are evaluated.
    pub(crate) fn evaluation_config(&self) -> EvaluationConfig {
        let (evaluation, seed) = (&self.evaluation, self.seed);
        EvaluationConfig {
            k_values: evaluation.k_values.clone(),
            verification_pairs: match evaluation.verification_pairs {
                0 => VerificationPairs::All,
                pairs => VerificationPairs::Sampled { pairs, seed },
            },
            few_shot: FewShotConfig {
                n_way: evaluation.n_way,
                k_shot: evaluation.k_shot,
                num_tasks: evaluation.num_few_shot_tasks,
                seed,
                ..FewShotConfig::default()
            },
            knn_k: evaluation.knn_k,
            bootstrap: BootstrapConfig {
                resamples: evaluation.bootstrap_resamples,
                seed,
            },
            clustering: ClusteringConfig {
                seed,
                ..ClusteringConfig::default()
            },
            normalize: evaluation.normalize,
            max_memory: evaluation.max_memory_mb << 20,
        }
    }
}
