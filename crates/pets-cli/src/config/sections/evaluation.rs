//! `[evaluation]`: how embeddings are judged.

use pets::Representation;

use crate::config::key::InModel::Absent;
use crate::config::key::OnResume::Free;
use crate::config::key::Topic::{Embedding, Evaluation};
use crate::config::kind::Kind::{Int, IntList};

section! {
    /// How embeddings are judged.
    EvaluationSection: "evaluation." => { on_resume: Free, topic: Evaluation } {
        /// The K of Recall@K and Precision@K.
        k_values: Vec<usize> = vec![1, 5, 10]
            => { aliases: &["retrieval-k-values"], kind: IntList(1, 10_000) };
        /// Breeds of a few-shot task.
        n_way: usize = 5 => { kind: Int(2, 10_000) };
        /// Support images per breed of a few-shot task.
        k_shot: usize = 5 => { kind: Int(1, 10_000) };
        /// Few-shot tasks.
        num_few_shot_tasks: usize = 100 => { kind: Int(1, 1_000_000) };
        /// Pairs that verification draws; 0 for every pair.
        verification_pairs: u64 = 0 => { kind: Int(0, 20_000_000) };
        /// Neighbours that vote in k-NN classification.
        knn_k: usize = 5 => { kind: Int(1, 10_000) };
        /// Resamples behind the 95 % intervals.
        bootstrap_resamples: usize = 1000 => { kind: Int(2, 10_000) };
        /// Memory that reading a file of embeddings may take, in MiB.
        max_memory_mb: u64 = 2048 => {
            flag: Some("max-memory"),
            aliases: &["max-memory-mb"],
            in_model: Absent,
            kind: Int(1, 1 << 30),
        };
        /// Bring the embeddings of a file to length 1 first; a model's are anyway.
        normalize: bool = false;
        /// What is evaluated: the model's embeddings, or the backbone's features without the head.
        representation: Representation = Representation::Embedding => { topic: Embedding };
        /// Also evaluate the untrained backbone's features, for comparison.
        baseline: bool = false;
    }
}
