//! `pets evaluate`: judge a model on images it has not seen.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use pets_eval::Accuracy;
use pets_train::RunFolder;

use crate::arguments::{ModelFile, Settings};
use crate::files::write_atomically;
use crate::judged::{Figures, Judged, judge};
use crate::table;

pub(crate) fn run(settings: &Settings, model: &ModelFile, json: bool) -> Result<ExitCode> {
    let judged = judge(settings, model.load_model.as_deref())?;
    report(&judged, json)?;
    Ok(ExitCode::SUCCESS)
}

/// Evaluates the best model of the run that `settings` describe.
pub(crate) fn run_after_training(settings: &Settings) -> Result<ExitCode> {
    report(&judge(settings, None)?, false)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes `evaluation.json` and prints the figures; returns the file written.
pub(crate) fn report(judged: &Judged, json: bool) -> Result<PathBuf> {
    let folder = RunFolder::new(&judged.config.output_dir);
    folder.create()?;
    let path = folder.results().join("evaluation.json");
    let text = serde_json::to_string_pretty(&judged.evaluation)?;
    write_atomically(&path, text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?;
    if json {
        println!("{text}");
    } else {
        print!("{}", figures_table(judged));
    }
    Ok(path)
}

fn figures_table(judged: &Judged) -> String {
    let evaluation = &judged.evaluation;
    let k_values = &judged.config.evaluation.k_values;
    let recalls: Vec<_> = k_values.iter().map(|k| format!("Recall@{k}")).collect();
    let mut header = vec![""];
    header.extend(recalls.iter().map(String::as_str));
    header.extend(["MAP@R", "ROC-AUC", "EER", "few-shot"]);
    let row = |name: &str, figures: &Figures| {
        let mut row = vec![name.to_owned()];
        row.extend(
            k_values
                .iter()
                .map(|k| table::share(figures.retrieval.at_k[k].recall)),
        );
        row.push(table::share(figures.retrieval.map_at_r));
        row.push(table::share(figures.verification.roc_auc));
        row.push(table::share(figures.verification.eer));
        row.push(figures.few_shot.as_ref().map_or_else(
            || "–".to_owned(),
            |few_shot| accuracy(few_shot.nearest_class_mean),
        ));
        row
    };
    let name = match (
        evaluation.model.epoch,
        evaluation.model.representation.as_str(),
    ) {
        (Some(epoch), _) => format!("model of epoch {epoch}"),
        (None, representation) => format!("{} {representation}", evaluation.model.backbone),
    };
    let mut rows = vec![row(&name, &evaluation.figures)];
    if let Some(baseline) = &evaluation.baseline {
        rows.insert(0, row("before training", baseline));
    }
    table::render(&header, &rows)
}

fn accuracy(accuracy: Accuracy) -> String {
    let mean = format!("{:.4}", accuracy.mean);
    accuracy
        .confidence_95
        .map_or(mean.clone(), |half| format!("{mean} ± {half:.4}"))
}
