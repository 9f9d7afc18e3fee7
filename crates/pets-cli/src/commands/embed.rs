//! `pets embed`: the embeddings of a dataset's images, as a file.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use pets::eval::EmbeddingsFile;

use crate::args::ModelFile;
use crate::chosen_model::ChosenModel;
use crate::config::Settings;
use crate::output::terminal_observer::TerminalObserver;

/// Which images are embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DatasetPart {
    /// The test images.
    Test,
    /// The images that are trained on.
    Train,
    /// The images that validate.
    Val,
    /// The images of the held-out breeds.
    FewShot,
    /// Every image of the dataset.
    All,
}

pub(crate) fn run(
    settings: &Settings,
    model: &ModelFile,
    part: DatasetPart,
    out: &Path,
) -> Result<ExitCode> {
    EmbeddingsFile::check_name(out)?;
    pets::check_writable(out)?;
    let observer = TerminalObserver::default();
    let mut chosen = ChosenModel::open(settings, model.load_model.as_deref(), &observer)?;
    let data = chosen.dataset(&observer)?;
    let (dataset, split) = (&data.dataset, &data.split);
    let samples = match part {
        DatasetPart::Test => split.test.clone(),
        DatasetPart::Train => split.train.clone(),
        DatasetPart::Val => split.val.clone(),
        DatasetPart::FewShot => split.few_shot.clone(),
        DatasetPart::All => data.usable_samples(),
    };
    if samples.is_empty() {
        bail!("the split has no images for this part");
    }
    let paths = samples
        .iter()
        .map(|&sample| {
            let path = &dataset.samples()[sample].path;
            let path = path.strip_prefix(dataset.root()).unwrap_or(path);
            path.to_str()
                .map(str::to_owned)
                .with_context(|| format!("{} is not Unicode, which the file needs", path.display()))
        })
        .collect::<Result<_>>()?;
    let embeddings = chosen
        .model
        .embed_samples(dataset, &samples, "embedding", &observer)?;
    EmbeddingsFile::new(embeddings)
        .with_paths(paths)?
        .with_class_names(data.class_names())?
        .write(out)?;
    let run = chosen.folder();
    if !data.skipped.images().is_empty() || run.results().is_dir() {
        data.skipped.write(&run.lock_results()?)?;
    }
    show!("{}", out.display());
    Ok(ExitCode::SUCCESS)
}
