//! Evaluates embeddings that any program has made: safetensors or npz with `embeddings` and `labels`.
//!
//! ```sh
//! cargo run --release -p pets --example evaluate_embeddings -- EMBEDDINGS
//! ```

use std::path::PathBuf;

use anyhow::Context;
use pets::{EmbeddingsSource, EvaluatedEmbeddings, EvaluationConfig};

fn main() -> anyhow::Result<()> {
    let file: PathBuf = std::env::args_os()
        .nth(1)
        .context("usage: evaluate_embeddings EMBEDDINGS")?
        .into();
    let config = EvaluationConfig {
        normalize: true,
        ..EvaluationConfig::default()
    };
    let found = EvaluatedEmbeddings::evaluate(EmbeddingsSource::file(&file), &config, &())?;
    let metrics = &found.evaluation.metrics;
    for (k, at_k) in &metrics.retrieval.at_k {
        println!("Recall@{k:<3} {}", text(at_k.recall));
    }
    println!("MAP@R      {}", text(metrics.retrieval.map_at_r));
    println!("ROC-AUC    {}", text(metrics.verification.roc_auc));
    println!("EER        {}", text(metrics.verification.eer));
    Ok(())
}

fn text(metric: Option<f64>) -> String {
    metric.map_or_else(|| "undefined".to_owned(), |value| format!("{value:.4}"))
}
