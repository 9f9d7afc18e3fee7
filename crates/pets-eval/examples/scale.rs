//! Times each evaluation on random clustered unit rows.
//!
//! `cargo run --release -p pets-eval --example scale -- 60502 512 11318 retrieval verification`
//! (rows, dimension, classes, evaluations).

mod clustered;

use std::error::Error;

use pets_bench::measure;
use pets_eval::{
    BootstrapConfig, ClusteringConfig, Embeddings, FewShotConfig, VerificationPairs, bootstrap_auc,
    bootstrap_retrieval, evaluate_class_verification, evaluate_clustering, evaluate_few_shot,
    evaluate_knn, evaluate_retrieval, evaluate_verification, worst_failures,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, dim, classes, evaluations @ ..] = arguments.as_slice() else {
        return Err("give rows, dimension, classes and the evaluations to time".into());
    };
    let embeddings = clustered::embeddings(rows.parse()?, dim.parse()?, classes.parse()?)?;
    for evaluation in evaluations {
        let job = format!("{evaluation}, {rows} x {dim}");
        let mut result = Ok(());
        let measurement = measure(job, embeddings.len(), 1, || {
            result = evaluate(&embeddings, evaluation);
        });
        result?;
        println!("{measurement}");
    }
    Ok(())
}

fn evaluate(embeddings: &Embeddings, evaluation: &str) -> Result<(), Box<dyn Error>> {
    match evaluation {
        "retrieval" => drop(evaluate_retrieval(embeddings, &[1, 5, 10], &())?),
        "verification" => drop(evaluate_verification(
            embeddings,
            VerificationPairs::All,
            &(),
        )?),
        "class_verification" => drop(evaluate_class_verification(embeddings, 1.2, 10, &())?),
        "knn" => drop(evaluate_knn(embeddings, 5, &())?),
        "clustering" => drop(evaluate_clustering(
            embeddings,
            ClusteringConfig::default(),
            &(),
        )?),
        "bootstrap_auc" => {
            let verification = evaluate_verification(embeddings, VerificationPairs::All, &())?;
            let config = BootstrapConfig::default();
            drop(bootstrap_auc(embeddings, &verification, config, &())?);
        }
        "bootstrap_retrieval" => {
            let per_query = evaluate_retrieval(embeddings, &[1], &())?.per_query;
            drop(bootstrap_retrieval(
                &per_query,
                BootstrapConfig::default(),
                &(),
            )?);
        }
        "failures" => {
            let per_query = evaluate_retrieval(embeddings, &[1], &())?.per_query;
            drop(worst_failures(embeddings, &per_query, 20, 5, &())?);
        }
        "few_shot" => {
            let config = FewShotConfig {
                k_shot: 1,
                ..FewShotConfig::default()
            };
            evaluate_few_shot(embeddings, config, &())?;
        }
        other => return Err(format!("unknown evaluation {other}").into()),
    }
    Ok(())
}
