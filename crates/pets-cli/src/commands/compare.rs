//! `pets compare`: runs against each other on one page.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use pets::trainer::RunFolder;
use pets::viz::report::{ComparedRun, Difference, Report, save_comparison};
use pets::{ComparedModel, Comparison, Differences, run_history, run_summary};

use crate::chosen_model::{ChosenEvaluation, ChosenModel};
use crate::config::Settings;
use crate::output::metrics_tables::{differences_table, metrics_table};
use crate::output::stdout;
use crate::output::table::Style;
use crate::output::terminal_observer::TerminalObserver;

pub(crate) fn run(
    settings: &Settings,
    runs: &[PathBuf],
    out: Option<&Path>,
    json: bool,
) -> Result<ExitCode> {
    let observer = TerminalObserver::default();
    runs.iter().try_for_each(|run| check_run(run))?;
    let found = runs
        .iter()
        .map(|run| ChosenModel::open(settings, Some(run), &observer)?.evaluate(&observer))
        .collect::<Result<Vec<_>>>()?;
    let models: Vec<_> = runs
        .iter()
        .zip(&found)
        .map(|(run, found)| ComparedModel::of_model(run.display().to_string(), &found.evaluated))
        .collect();
    let evaluation = settings.resolve()?.config.evaluation_config();
    let tests: Vec<_> = models[1..]
        .iter()
        .map(|other| Differences::between(&models[0], other, evaluation.bootstrap, &observer))
        .collect();

    let mut pages = runs
        .iter()
        .zip(&found)
        .map(|(run, found)| compared_run(run, found))
        .collect::<Result<Vec<_>>>()?;
    for (page, test) in pages[1..].iter_mut().zip(&tests) {
        match test {
            Ok(found) => page.differences = intervals(found),
            Err(error) => {
                let error = chain(error);
                page.remark = Some(format!("no test of the differences: {error}"));
            }
        }
    }
    let path = out.unwrap_or(Path::new("compare.html"));
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    save_comparison("Runs side by side", &pages, path)?;

    for page in &pages {
        if let Some(remark) = &page.remark {
            say!("{}: {remark}", page.report.title);
        }
    }
    let comparison = Comparison::new(&models, tests.into_iter().flatten().collect());
    if json {
        stdout::write_json(&comparison)?;
        say!("{}", path.display());
        return Ok(ExitCode::SUCCESS);
    }
    let rows = models
        .iter()
        .map(|model| (model.name.as_str(), model.metrics));
    let metrics = metrics_table(&evaluation.k_values, rows);
    show!("{}", metrics.render(Style::Plain));
    show!("{}", differences_table(&comparison).render(Style::Plain));
    show!("{}", path.display());
    Ok(ExitCode::SUCCESS)
}

fn check_run(run: &Path) -> Result<()> {
    let model = RunFolder::new(run).best_model();
    if !model.is_file() {
        bail!(
            "{} is no run: there is no {}; `pets train --output-dir {}` makes one, and \
             `pets evaluate A B` compares model files and embeddings",
            run.display(),
            model.display(),
            run.display()
        );
    }
    Ok(())
}

fn compared_run(run: &Path, found: &ChosenEvaluation) -> Result<ComparedRun> {
    let history = run_history(&RunFolder::new(run))?;
    Ok(ComparedRun {
        report: Report {
            title: run.display().to_string(),
            ..run_summary(&found.evaluated, &history, &found.settings.run_settings())
        },
        ..ComparedRun::default()
    })
}

/// An error with its causes, in one line.
fn chain(error: &pets::Error) -> String {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| {
        error.source()
    });
    let texts: Vec<_> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}

/// The intervals under the names that the headlines have.
fn intervals(found: &Differences) -> Vec<Difference> {
    found
        .metrics()
        .into_iter()
        .map(|(name, difference)| Difference {
            name: name.to_owned(),
            interval: [difference.interval.low, difference.interval.high],
        })
        .collect()
}
