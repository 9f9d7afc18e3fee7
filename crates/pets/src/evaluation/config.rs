//! How embeddings are evaluated.

use pets_eval::{
    BootstrapConfig, ClusteringConfig, EmbeddingsFile, FewShotConfig, VerificationPairs,
};

/// How embeddings are evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationConfig {
    /// The `K` of Recall@K and Precision@K, each at least 1.
    pub k_values: Vec<usize>,
    /// Which pairs verification takes.
    pub verification_pairs: VerificationPairs,
    /// The few-shot test on held-out classes.
    pub few_shot: FewShotConfig,
    /// Neighbours that vote in k-NN classification.
    pub knn_k: usize,
    /// How confidence intervals are made.
    pub bootstrap: BootstrapConfig,
    /// How k-means is run.
    pub clustering: ClusteringConfig,
    /// Whether embeddings out of a file are divided by their length first.
    pub normalize: bool,
    /// The most bytes of memory that reading a file of embeddings may take.
    pub max_memory: u64,
}

impl Default for EvaluationConfig {
    /// Recall at 1, 5 and 10, all pairs, five neighbours, and the other parts' own defaults.
    fn default() -> Self {
        Self {
            k_values: vec![1, 5, 10],
            verification_pairs: VerificationPairs::All,
            few_shot: FewShotConfig::default(),
            knn_k: 5,
            bootstrap: BootstrapConfig::default(),
            clustering: ClusteringConfig::default(),
            normalize: false,
            max_memory: EmbeddingsFile::DEFAULT_MAX_MEMORY,
        }
    }
}
