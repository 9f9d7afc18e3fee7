//! `pets embed`: the embeddings of a dataset's images, as a file.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use pets_eval::EmbeddingsFile;
use pets_train::RunFolder;

use crate::args::ModelFile;
use crate::candidate::Candidate;
use crate::config::Settings;

/// Which images are embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
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
    part: Part,
    out: &Path,
) -> Result<ExitCode> {
    let candidate = Candidate::open(settings, model.load_model.as_deref())?;
    let materials = &candidate.materials;
    let (dataset, split) = (&materials.dataset, &materials.split);
    let samples = match part {
        Part::Test => split.test.clone(),
        Part::Train => split.train.clone(),
        Part::Val => split.val.clone(),
        Part::FewShot => split.few_shot.clone(),
        Part::All => {
            let skipped = materials.skipped.samples();
            let all = 0..dataset.samples().len();
            all.filter(|sample| !skipped.contains(sample)).collect()
        }
    };
    if samples.is_empty() {
        bail!("the split has no images for this part");
    }
    materials
        .skipped
        .write(&RunFolder::new(&candidate.config.output_dir))?;
    let embeddings = candidate.embedder().embed(&samples, "embedding")?;
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
    EmbeddingsFile::new(embeddings)
        .with_paths(paths)?
        .with_class_names(materials.class_names())?
        .write(out)?;
    println!("{}", out.display());
    Ok(ExitCode::SUCCESS)
}
