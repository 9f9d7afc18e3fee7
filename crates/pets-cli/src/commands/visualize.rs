//! `pets visualize`: pictures of a run.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use pets::trainer::LockedResults;
use pets::viz::Picture;
use pets::{Gallery, Observer, QueryImage, draw_report, query_sheet};

use crate::args::ModelFile;
use crate::chosen_model::{ChosenEvaluation, ChosenModel};
use crate::config::Settings;
use crate::output::terminal_observer::TerminalObserver;

pub(crate) fn run(
    settings: &Settings,
    model: &ModelFile,
    queries: &[PathBuf],
    query_breed: Option<&str>,
) -> Result<ExitCode> {
    let observer = TerminalObserver::default();
    let mut chosen = ChosenModel::open(settings, model.load_model.as_deref(), &observer)?;
    let results = chosen.folder().lock_results()?;
    let written = if queries.is_empty() {
        let found = chosen.evaluate(&observer)?.with_baseline(&observer)?;
        draw_all(&found, &results, &observer)?
    } else {
        let sheet = draw_queries(&mut chosen, queries, query_breed, &observer)?;
        let path = results.file("retrieval/queries.png")?;
        pets::save_picture(&sheet, &path)?;
        vec![path]
    };
    for path in written {
        show!("{}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Draws every picture of a run; returns the files written.
pub(crate) fn draw_all(
    found: &ChosenEvaluation,
    results: &LockedResults,
    observer: &dyn Observer,
) -> Result<Vec<PathBuf>> {
    found.evaluated.data.skipped.write(results)?;
    let config = found.settings.report_config();
    Ok(draw_report(&found.evaluated, results, &config, observer)?)
}

/// Draws what is found for pictures from anywhere.
fn draw_queries(
    chosen: &mut ChosenModel,
    queries: &[PathBuf],
    breed: Option<&str>,
    observer: &dyn Observer,
) -> Result<Picture> {
    let queries = queries
        .iter()
        .map(|path| QueryImage::open(path))
        .collect::<Result<_, _>>()?;
    let data = chosen.dataset(observer)?;
    let label = breed
        .map(|name| data.dataset.label_of(name))
        .transpose()?
        .map(|label| label as u32);
    let embeddings = chosen.embed_test_images(&data, observer)?;
    let gallery = Gallery {
        data: &data,
        embeddings: &embeddings,
    };
    Ok(query_sheet(
        &chosen.model,
        gallery,
        queries,
        label,
        chosen.settings.config.visualization.theme,
    )?)
}
