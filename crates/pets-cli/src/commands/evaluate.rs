//! `pets evaluate`: judge models or embeddings, alone or against each other.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use pets::trainer::LockedResults;
use pets::{
    Analysis, ComparedModel, Comparison, EmbeddingsSource, EvaluatedEmbeddings, EvaluatedModel,
    Evaluation, Metrics, Observer, holds_embeddings,
};

use crate::args::EvaluateArguments;
use crate::chosen_model::{ChosenEvaluation, ChosenModel};
use crate::config::Settings;
use crate::output::metrics_tables::{
    analysis_lines, class_table, differences_table, metrics_table,
};
use crate::output::stdout;
use crate::output::table::Style;
use crate::output::terminal_observer::TerminalObserver;

/// How results are printed.
#[derive(Debug, Clone, Copy, Default)]
struct Output {
    json: bool,
    markdown: bool,
    classes: bool,
}

impl Output {
    fn style(self) -> Style {
        if self.markdown {
            Style::Markdown
        } else {
            Style::Plain
        }
    }
}

pub(crate) fn run(settings: &Settings, arguments: &EvaluateArguments) -> Result<ExitCode> {
    let output = Output {
        json: arguments.json,
        markdown: arguments.markdown,
        classes: arguments.breeds,
    };
    let mut sources = arguments.sources.clone();
    sources.extend(arguments.model.load_model.clone());
    let observer = TerminalObserver::default();
    if let Some(embeddings) = &arguments.embeddings {
        if !sources.is_empty() {
            bail!("--embeddings names one file; name several as arguments: pets evaluate A B …");
        }
        let source = EmbeddingsSource {
            embeddings,
            labels: arguments.labels.as_deref(),
            gallery: arguments.gallery.as_deref(),
        };
        report_embeddings(settings, source, output, &observer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let max_memory = settings.before_opening().evaluation_config().max_memory;
    match &sources[..] {
        [] => evaluate_and_report(settings, None, output, &observer)?,
        [file] if holds_embeddings(file, max_memory) => {
            report_embeddings(settings, EmbeddingsSource::file(file), output, &observer)?;
        }
        [model] => {
            evaluate_and_report(settings, Some(model), output, &observer)?;
        }
        several => compare(settings, several, output, &observer)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn evaluate_and_report(
    settings: &Settings,
    model: Option<&Path>,
    output: Output,
    observer: &dyn Observer,
) -> Result<()> {
    let chosen = ChosenModel::open(settings, model, observer)?;
    let results = chosen.folder().lock_results()?;
    let found = chosen.evaluate(observer)?.with_baseline(observer)?;
    report_model(&found, &results, output)?;
    Ok(())
}

/// Writes `evaluation.json` and prints the metrics; returns the file written.
pub(crate) fn report(found: &ChosenEvaluation, results: &LockedResults) -> Result<PathBuf> {
    report_model(found, results, Output::default())
}

fn report_model(
    found: &ChosenEvaluation,
    results: &LockedResults,
    output: Output,
) -> Result<PathBuf> {
    let path = results.file("evaluation.json")?;
    let evaluation = &found.evaluated.evaluation;
    pets::write_json(&path, evaluation)?;
    found.evaluated.data.skipped.write(results)?;
    if output.json {
        stdout::write_json(evaluation)?;
        return Ok(path);
    }
    let name = name_of(evaluation);
    let mut rows = vec![(name.as_str(), &evaluation.metrics)];
    if let Some(baseline) = &evaluation.baseline {
        rows.insert(0, ("before training", baseline));
    }
    let table = metrics_table(&found.settings.config.evaluation.k_values, rows);
    show_text!("{}", table.render(output.style()));
    if evaluation.metrics.few_shot.is_none() {
        say!("no few-shot test: no breeds are held out; --holdout-breeds names some");
    }
    print_details(
        &evaluation.metrics,
        &evaluation.analysis,
        &evaluation.class_names,
        output,
    );
    Ok(path)
}

fn name_of(evaluation: &Evaluation) -> String {
    let model = &evaluation.model;
    match (model.epoch, &model.file) {
        (Some(epoch), _) => format!("model of epoch {epoch}"),
        (None, Some(file)) => file.display().to_string(),
        (None, None) => format!("{} {}", model.backbone, model.representation),
    }
}

fn report_embeddings(
    settings: &Settings,
    source: EmbeddingsSource<'_>,
    output: Output,
    observer: &dyn Observer,
) -> Result<()> {
    let config = settings.resolve()?.config;
    let found = EvaluatedEmbeddings::evaluate(source, &config.evaluation_config(), observer)?;
    let evaluation = &found.evaluation;
    if output.json {
        return Ok(stdout::write_json(evaluation)?);
    }
    let name = source.embeddings.display().to_string();
    let rows = [(name.as_str(), &evaluation.metrics)];
    let table = metrics_table(&config.evaluation.k_values, rows);
    show_text!("{}", table.render(output.style()));
    if let Some(reason) = &evaluation.few_shot_undefined {
        say!("no few-shot test: {reason}");
    }
    print_details(
        &evaluation.metrics,
        &evaluation.analysis,
        &evaluation.class_names,
        output,
    );
    Ok(())
}

fn print_details(metrics: &Metrics, analysis: &Analysis, class_names: &[String], output: Output) {
    if output.markdown {
        show!("");
    } else {
        show_text!("\n{}", analysis_lines(metrics, analysis, class_names));
    }
    if output.classes {
        let table = class_table(metrics, analysis, class_names);
        show_text!("\n{}", table.render(output.style()));
    }
}

/// What one of several sources turned out to be.
enum Evaluated {
    Model(Box<EvaluatedModel>),
    Embeddings(Box<EvaluatedEmbeddings>),
}

fn compare(
    settings: &Settings,
    sources: &[PathBuf],
    output: Output,
    observer: &dyn Observer,
) -> Result<()> {
    let evaluation = settings.resolve()?.config.evaluation_config();
    let evaluated = sources
        .iter()
        .map(|path| {
            Ok(if holds_embeddings(path, evaluation.max_memory) {
                let source = EmbeddingsSource::file(path);
                Evaluated::Embeddings(Box::new(EvaluatedEmbeddings::evaluate(
                    source,
                    &evaluation,
                    observer,
                )?))
            } else {
                let model = ChosenModel::open(settings, Some(path), observer)?;
                Evaluated::Model(Box::new(model.evaluate(observer)?.evaluated))
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let models: Vec<_> = sources
        .iter()
        .zip(&evaluated)
        .map(|(path, evaluated)| {
            let name = path.display().to_string();
            match evaluated {
                Evaluated::Model(found) => ComparedModel::of_model(name, found),
                Evaluated::Embeddings(found) => ComparedModel::of_embeddings(name, found),
            }
        })
        .collect();
    let comparison = Comparison::of(&models, evaluation.bootstrap, observer)?;
    if output.json {
        return Ok(stdout::write_json(&comparison)?);
    }
    let rows = models
        .iter()
        .map(|model| (model.name.as_str(), model.metrics));
    let metrics = metrics_table(&evaluation.k_values, rows);
    show!("{}", metrics.render(output.style()));
    show_text!("{}", differences_table(&comparison).render(output.style()));
    Ok(())
}
