//! `pets evaluate`: judge models or embeddings, alone or against each other.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use pets_train::RunFolder;
use serde::Serialize;

use crate::args::EvaluateArguments;
use crate::comparison::{Comparison, Contender};
use crate::config::Settings;
use crate::figures::{Analysis, Figures};
use crate::files::write_atomically;
use crate::judged::{Evaluation, Judged, judge, judge_with_baseline};
use crate::judged_file::{Files, JudgedFile, holds_embeddings, judge_file};
use crate::output::figures_report::{analysis_lines, class_table, figures_table};
use crate::output::table::Style;

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
    if let Some(embeddings) = &arguments.embeddings {
        if !sources.is_empty() {
            bail!("--embeddings names one file; name several as arguments: pets evaluate A B …");
        }
        let files = Files {
            embeddings,
            labels: arguments.labels.as_deref(),
            gallery: arguments.gallery.as_deref(),
        };
        report_file(settings, files, output)?;
        return Ok(ExitCode::SUCCESS);
    }
    match &sources[..] {
        [] => report_model(&judge_with_baseline(settings, None)?, output).map(drop)?,
        [file] if holds_embeddings(file) => report_file(settings, alone(file), output)?,
        [file] => report_model(&judge_with_baseline(settings, Some(file))?, output).map(drop)?,
        several => compare(settings, several, output)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Evaluates the best model of the run that `settings` describe.
pub(crate) fn run_after_training(settings: &Settings) -> Result<ExitCode> {
    report(&judge_with_baseline(settings, None)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes `evaluation.json` and prints the figures; returns the file written.
pub(crate) fn report(judged: &Judged) -> Result<PathBuf> {
    report_model(judged, Output::default())
}

fn alone(embeddings: &Path) -> Files<'_> {
    Files {
        embeddings,
        labels: None,
        gallery: None,
    }
}

fn report_model(judged: &Judged, output: Output) -> Result<PathBuf> {
    let config = &judged.candidate.config;
    let folder = RunFolder::new(&config.output_dir);
    folder.create()?;
    let path = folder.results().join("evaluation.json");
    let evaluation = &judged.evaluation;
    let text = serde_json::to_string_pretty(evaluation)?;
    write_atomically(&path, text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?;
    if output.json {
        println!("{text}");
        return Ok(path);
    }
    let name = name_of(evaluation);
    let mut rows = vec![(name.as_str(), &evaluation.figures)];
    if let Some(baseline) = &evaluation.baseline {
        rows.insert(0, ("before training", baseline));
    }
    let table = figures_table(&config.evaluation.k_values, rows);
    print!("{}", table.render(output.style()));
    print_details(
        &evaluation.figures,
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

fn report_file(settings: &Settings, files: Files<'_>, output: Output) -> Result<()> {
    let config = settings.resolve()?.config;
    let judged = judge_file(&config, files)?;
    if output.json {
        return print_json(&judged.evaluation);
    }
    let name = files.embeddings.display().to_string();
    let figures = &judged.evaluation.figures;
    let table = figures_table(&config.evaluation.k_values, [(name.as_str(), figures)]);
    print!("{}", table.render(output.style()));
    print_details(
        figures,
        &judged.evaluation.analysis,
        judged.class_names(),
        output,
    );
    Ok(())
}

fn print_details(figures: &Figures, analysis: &Analysis, class_names: &[String], output: Output) {
    if output.markdown {
        println!();
    } else {
        print!("\n{}", analysis_lines(figures, analysis, class_names));
    }
    if output.classes {
        let table = class_table(figures, analysis, class_names);
        print!("\n{}", table.render(output.style()));
    }
}

/// What a source of a comparison turned out to be.
enum Source {
    Model(Box<Judged>),
    File(Box<JudgedFile>),
}

fn compare(settings: &Settings, sources: &[PathBuf], output: Output) -> Result<()> {
    let config = settings.resolve()?.config;
    let opened = sources
        .iter()
        .map(|path| {
            Ok(if holds_embeddings(path) {
                Source::File(Box::new(judge_file(&config, alone(path))?))
            } else {
                Source::Model(Box::new(judge(settings, Some(path))?))
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let contenders: Vec<_> = sources
        .iter()
        .zip(&opened)
        .map(|(path, source)| {
            let name = path.display().to_string();
            match source {
                Source::Model(judged) => Contender::of_model(name, judged),
                Source::File(judged) => Contender {
                    name,
                    embeddings: judged.file.embeddings(),
                    per_query: &judged.per_query,
                    figures: &judged.evaluation.figures,
                    images: None,
                },
            }
        })
        .collect();
    let comparison = Comparison::of(&config, &contenders)?;
    if output.json {
        return print_json(&comparison);
    }
    let rows = contenders.iter().map(Contender::row);
    let figures = figures_table(&config.evaluation.k_values, rows);
    println!("{}", figures.render(output.style()));
    print!("{}", comparison.table().render(output.style()));
    Ok(())
}

fn print_json(value: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
