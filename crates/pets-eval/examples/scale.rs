//! Times each evaluation on random clustered unit rows: wall clock, processor time of all threads, and the most memory
//! the process held (the latter two where `/proc` tells them).
//!
//! `cargo run --release -p pets-eval --example scale -- 60502 512 11318 retrieval verification`
//! (rows, dimension, classes, evaluations).

mod clustered;

use std::time::Instant;

use pets_eval::{
    BootstrapConfig, ClusteringConfig, VerificationPairs, bootstrap_auc,
    evaluate_class_verification, evaluate_clustering, evaluate_knn, evaluate_retrieval,
    evaluate_verification,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, dim, classes, evaluations @ ..] = arguments.as_slice() else {
        return Err("give rows, dimension, classes and the evaluations to time".into());
    };
    let embeddings = clustered::embeddings(rows.parse()?, dim.parse()?, classes.parse()?)?;
    for evaluation in evaluations {
        let (start, processor) = (Instant::now(), processor_seconds());
        let figure = match evaluation.as_str() {
            "retrieval" => {
                evaluate_retrieval(&embeddings, &[1, 5, 10])?
                    .summary
                    .map_at_r
            }
            "verification" => evaluate_verification(&embeddings, VerificationPairs::All)?.roc_auc,
            "class_verification" => {
                let found = evaluate_class_verification(&embeddings, 1.2, 10)?;
                found.classes[0].false_accept_rate
            }
            "knn" => evaluate_knn(&embeddings, 5)?.accuracy,
            "clustering" => evaluate_clustering(&embeddings, ClusteringConfig::default())?.nmi,
            "bootstrap_auc" => {
                let found = bootstrap_auc(&embeddings, BootstrapConfig::default())?;
                found.roc_auc.map(|interval| interval.low)
            }
            other => return Err(format!("unknown evaluation {other}").into()),
        };
        println!(
            "{evaluation:20} {:8.2} s, processor {:8.2} s, {}, figure {figure:?}",
            start.elapsed().as_secs_f64(),
            processor_seconds() - processor,
            peak_memory(),
        );
    }
    Ok(())
}

/// Processor time of all threads so far; ticks are hundredths of a second.
fn processor_seconds() -> f64 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = status.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// The most memory held so far.
fn peak_memory() -> String {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map(|memory| memory.trim().to_owned())
        .unwrap_or_default()
}
