//! Embeddings of anyone, out of a file, and what can be said of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use pets_eval::{EmbeddingsFile, QueryResult, evaluate_few_shot};
use serde::Serialize;

use crate::config::Config;
use crate::figures::{Analysis, Figures, Subject};

/// Files of embeddings, as the command line names them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'a> {
    pub(crate) embeddings: &'a Path,
    /// For npy, which holds one array.
    pub(crate) labels: Option<&'a Path>,
    pub(crate) gallery: Option<&'a Path>,
}

/// The embeddings of a file with their figures.
pub(crate) struct JudgedFile {
    pub(crate) file: EmbeddingsFile,
    pub(crate) per_query: Vec<QueryResult>,
    pub(crate) evaluation: FileEvaluation,
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct FileEvaluation {
    format: u32,
    embeddings: PathBuf,
    gallery: Option<PathBuf>,
    samples: usize,
    dim: usize,
    labels: usize,
    class_names: Vec<String>,
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// Why there is no few-shot test.
    few_shot_undefined: Option<String>,
    #[serde(flatten)]
    pub(crate) analysis: Analysis,
    evaluate_seconds: f64,
}

impl JudgedFile {
    pub(crate) fn class_names(&self) -> &[String] {
        &self.evaluation.class_names
    }
}

/// Whether a file holds embeddings, rather than a model.
pub(crate) fn holds_embeddings(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("npz" | "npy")) || EmbeddingsFile::read(path).is_ok()
}

fn read(embeddings: &Path, labels: Option<&Path>, normalize: bool) -> Result<EmbeddingsFile> {
    let file = match labels {
        Some(labels) => EmbeddingsFile::read_npy(embeddings, labels)?,
        None => EmbeddingsFile::read(embeddings)?,
    };
    if !normalize {
        return Ok(file);
    }
    let unit = file
        .embeddings()
        .normalized()
        .with_context(|| format!("cannot normalise {}", embeddings.display()))?;
    let mut normalized = EmbeddingsFile::new(unit);
    if let Some(paths) = file.paths() {
        normalized = normalized.with_paths(paths.to_vec())?;
    }
    if let Some(names) = file.class_names() {
        normalized = normalized.with_class_names(names.to_vec())?;
    }
    Ok(normalized)
}

/// Reads and judges the embeddings of `files`.
pub(crate) fn judge_file(config: &Config, files: Files<'_>) -> Result<JudgedFile> {
    let normalize = config.evaluation.normalize;
    let file = read(files.embeddings, files.labels, normalize)?;
    let gallery = files
        .gallery
        .map(|gallery| read(gallery, None, normalize))
        .transpose()?;
    let embeddings = file.embeddings();
    if let Some(gallery) = &gallery
        && gallery.embeddings().dim() != embeddings.dim()
    {
        bail!(
            "the gallery's embeddings have {} values, the queries' {}",
            gallery.embeddings().dim(),
            embeddings.dim()
        );
    }
    let started = Instant::now();
    let subject = Subject {
        queries: embeddings,
        gallery: gallery.as_ref().map(EmbeddingsFile::embeddings),
        held_out: None,
    };
    let (mut figures, per_query) = Figures::of(config, subject)?;
    let few_shot_undefined = match evaluate_few_shot(embeddings, config.few_shot_config()) {
        Ok(few_shot) => {
            figures.few_shot = Some(few_shot);
            None
        }
        Err(error) => Some(error.to_string()),
    };
    let analysis = Analysis::of(config, subject, &figures, &per_query)?;
    let labels: BTreeSet<_> = embeddings.labels().iter().collect();
    let evaluation = FileEvaluation {
        format: 1,
        embeddings: files.embeddings.to_owned(),
        gallery: files.gallery.map(Path::to_owned),
        samples: embeddings.len(),
        dim: embeddings.dim(),
        labels: labels.len(),
        class_names: file.class_names().unwrap_or_default().to_vec(),
        figures,
        few_shot_undefined,
        analysis,
        evaluate_seconds: started.elapsed().as_secs_f64(),
    };
    Ok(JudgedFile {
        file,
        per_query,
        evaluation,
    })
}
