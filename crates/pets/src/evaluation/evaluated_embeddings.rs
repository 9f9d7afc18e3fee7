//! Embeddings of anyone, out of a file, and what can be said of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use pets_eval::{EmbeddingsFile, EvalError, QueryResult};
use serde::Serialize;

use super::metrics::few_shot;
use super::{Analysis, EvaluationConfig, EvaluationSets, Metrics};
use crate::error::Error;
use crate::observer::Observer;

/// Files of embeddings.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddingsSource<'a> {
    /// safetensors or npz with embeddings and labels; or npy, with `labels`.
    pub embeddings: &'a Path,
    /// For npy, which holds one array.
    pub labels: Option<&'a Path>,
    /// Another set, in which the embeddings are sought.
    pub gallery: Option<&'a Path>,
}

impl<'a> EmbeddingsSource<'a> {
    /// A file that holds its labels, whose embeddings are sought among each other.
    pub fn file(embeddings: &'a Path) -> Self {
        Self {
            embeddings,
            labels: None,
            gallery: None,
        }
    }
}

/// The embeddings of a file with their metrics.
#[derive(Debug, Clone)]
pub struct EvaluatedEmbeddings {
    /// The embeddings, divided by their length where the configuration says so.
    pub file: EmbeddingsFile,
    /// How each of them fared as a query.
    pub per_query: Vec<QueryResult>,
    /// What was found.
    pub evaluation: EmbeddingsEvaluation,
}

/// What was found of embeddings out of a file.
#[derive(Debug, Clone, Serialize)]
pub struct EmbeddingsEvaluation {
    format: u32,
    embeddings: PathBuf,
    gallery: Option<PathBuf>,
    samples: usize,
    dim: usize,
    labels: usize,
    /// Names of the labels, where the file has them.
    pub class_names: Vec<String>,
    /// The headline metrics.
    #[serde(flatten)]
    pub metrics: Metrics,
    /// Why there is no few-shot test.
    pub few_shot_undefined: Option<String>,
    /// What stands behind the metrics.
    #[serde(flatten)]
    pub analysis: Analysis,
    evaluate_seconds: f64,
}

/// Whether a file holds embeddings, rather than a model; reading it may take `max_memory` bytes.
pub fn holds_embeddings(path: &Path, max_memory: u64) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("npz" | "npy")) || EmbeddingsFile::read(path, max_memory).is_ok()
}

impl EvaluatedEmbeddings {
    /// Reads embeddings and evaluates them.
    ///
    /// # Errors
    ///
    /// [`Error::Eval`] for a file that cannot be read and for sets that a metric is not defined for,
    /// [`Error::Normalize`] for an embedding without a direction, [`Error::OtherDimension`] for a gallery of other
    /// embeddings.
    pub fn evaluate(
        source: EmbeddingsSource<'_>,
        config: &EvaluationConfig,
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        let file = read(source.embeddings, source.labels, config)?;
        let gallery = source
            .gallery
            .map(|gallery| read(gallery, None, config))
            .transpose()?;
        let embeddings = file.embeddings();
        if let Some(gallery) = &gallery
            && gallery.embeddings().dim() != embeddings.dim()
        {
            return Err(Error::OtherDimension {
                gallery: gallery.embeddings().dim(),
                queries: embeddings.dim(),
            });
        }
        let started = Instant::now();
        let sets = EvaluationSets {
            queries: embeddings,
            gallery: gallery.as_ref().map(EmbeddingsFile::embeddings),
            held_out: None,
        };
        let (mut metrics, per_query) = Metrics::of(config, sets, observer)?;
        let few_shot_undefined = match few_shot(embeddings, config, observer) {
            Ok(few_shot) => {
                metrics.few_shot = Some(few_shot);
                None
            }
            Err(EvalError::Interrupted) => return Err(Error::Interrupted),
            Err(error) => Some(error.to_string()),
        };
        let analysis = Analysis::of(config, sets, &metrics, &per_query, observer)?;
        let labels: BTreeSet<_> = embeddings.labels().iter().collect();
        let evaluation = EmbeddingsEvaluation {
            format: 1,
            embeddings: source.embeddings.to_owned(),
            gallery: source.gallery.map(Path::to_owned),
            samples: embeddings.len(),
            dim: embeddings.dim(),
            labels: labels.len(),
            class_names: file.class_names().unwrap_or_default().to_vec(),
            metrics,
            few_shot_undefined,
            analysis,
            evaluate_seconds: started.elapsed().as_secs_f64(),
        };
        Ok(Self {
            file,
            per_query,
            evaluation,
        })
    }
}

fn read(
    embeddings: &Path,
    labels: Option<&Path>,
    config: &EvaluationConfig,
) -> Result<EmbeddingsFile, Error> {
    let file = match labels {
        Some(labels) => EmbeddingsFile::read_npy(embeddings, labels, config.max_memory)?,
        None => EmbeddingsFile::read(embeddings, config.max_memory)?,
    };
    if !config.normalize {
        return Ok(file);
    }
    let normalized = file.embeddings().normalized();
    let unit = normalized.map_err(|source| Error::Normalize {
        path: embeddings.to_owned(),
        source: Box::new(source),
    })?;
    let mut normalized = EmbeddingsFile::new(unit);
    if let Some(paths) = file.paths() {
        normalized = normalized.with_paths(paths.to_vec())?;
    }
    if let Some(names) = file.class_names() {
        normalized = normalized.with_class_names(names.to_vec())?;
    }
    Ok(normalized)
}
