//! `pets compare`: runs against each other on one page.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use pets_train::RunFolder;
use pets_viz::report::{ComparedRun, Difference, Report, save_comparison};

use crate::comparison::{Comparison, Contender, Differences};
use crate::config::Settings;
use crate::judged::{Judged, judge};
use crate::output::figures_report::figures_table;
use crate::output::table::Style;
use crate::report::{history_of, summary};

pub(crate) fn run(
    settings: &Settings,
    runs: &[PathBuf],
    out: Option<&Path>,
    json: bool,
) -> Result<ExitCode> {
    let config = settings.resolve()?.config;
    let models = runs
        .iter()
        .map(|run| model_of(run))
        .collect::<Result<Vec<_>>>()?;
    let judged = models
        .iter()
        .map(|model| judge(settings, Some(model)))
        .collect::<Result<Vec<_>>>()?;
    let contenders: Vec<_> = runs
        .iter()
        .zip(&judged)
        .map(|(run, judged)| Contender::of_model(run.display().to_string(), judged))
        .collect();
    let tests: Vec<_> = contenders[1..]
        .iter()
        .map(|other| Differences::between(&config, &contenders[0], other))
        .collect();

    let mut pages = runs
        .iter()
        .zip(&judged)
        .map(|(run, judged)| compared_run(run, judged))
        .collect::<Result<Vec<_>>>()?;
    for (page, test) in pages[1..].iter_mut().zip(&tests) {
        match test {
            Ok(found) => page.differences = intervals(found),
            Err(error) => page.remark = Some(format!("no test of the differences: {error:#}")),
        }
    }
    let path = out.map_or_else(|| config.output_dir.join("compare.html"), Path::to_owned);
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    save_comparison("Runs side by side", &pages, &path)?;

    for page in &pages {
        if let Some(remark) = &page.remark {
            say!("{}: {remark}", page.report.title);
        }
    }
    let comparison = Comparison::new(&contenders, tests.into_iter().flatten().collect());
    if json {
        println!("{}", serde_json::to_string_pretty(&comparison)?);
        say!("{}", path.display());
        return Ok(ExitCode::SUCCESS);
    }
    // Runs may have been judged at different K; what all have is in the table.
    let figures = figures_table(
        &common_k(&contenders),
        contenders.iter().map(Contender::row),
    );
    println!("{}", figures.render(Style::Plain));
    println!("{}", comparison.table().render(Style::Plain));
    println!("{}", path.display());
    Ok(ExitCode::SUCCESS)
}

fn model_of(run: &Path) -> Result<PathBuf> {
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
    Ok(model)
}

fn compared_run(run: &Path, judged: &Judged) -> Result<ComparedRun> {
    Ok(ComparedRun {
        report: Report {
            title: run.display().to_string(),
            ..summary(judged, &history_of(&RunFolder::new(run))?)
        },
        ..ComparedRun::default()
    })
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

fn common_k(contenders: &[Contender<'_>]) -> Vec<usize> {
    let mut counts = BTreeMap::new();
    for contender in contenders {
        for k in contender.figures.retrieval.at_k.keys() {
            *counts.entry(*k).or_insert(0) += 1;
        }
    }
    counts.retain(|_, count| *count == contenders.len());
    counts.into_keys().collect()
}
