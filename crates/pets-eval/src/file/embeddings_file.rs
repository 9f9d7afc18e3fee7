//! Labelled embeddings with what a file may say about them.

use crate::embeddings::Embeddings;
use crate::error::EvalError;

/// Labelled embeddings with what a file may say about them.
///
/// | | safetensors | npz |
/// |---|---|---|
/// | `embeddings` | tensor `[n, dim]`; f32, f16, bf16 or f64 | array, likewise without bf16 |
/// | `labels` | tensor `[n]` of any integer type, values from 0 to 2³² − 1 | array, likewise |
/// | `paths`, optional | tensor of u8: the bytes of a JSON list of n strings | array `[n]` of unicode strings |
/// | `class_names`, optional | tensor of u8: the bytes of a JSON list, the name of label i at place i | array of unicode strings |
///
/// Written are f32 and i64. In Python:
///
/// ```python
/// file = safetensors.numpy.load_file("test.safetensors")
/// embeddings, labels, paths = file["embeddings"], file["labels"], json.loads(bytes(file["paths"]))
/// class_names = np.frombuffer(json.dumps(["cat", "dog"]).encode(), np.uint8)
/// safetensors.numpy.save_file(file | {"class_names": class_names}, "named.safetensors")
/// ```
///
/// # Example
/// ```
/// use pets_eval::{Embeddings, EmbeddingsFile};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("test.safetensors");
/// let embeddings = Embeddings::new(vec![0.0, 1.0, 1.0, 0.0], 2, vec![1, 0])?;
/// let file = EmbeddingsFile::new(embeddings)
///     .with_paths(vec!["rex.jpg".into(), "tom.jpg".into()])?
///     .with_class_names(vec!["cat".into(), "dog".into()])?;
/// file.write(&path)?;
/// assert_eq!(EmbeddingsFile::read(&path, EmbeddingsFile::DEFAULT_MAX_MEMORY)?, file);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EmbeddingsFile {
    pub(super) embeddings: Embeddings,
    pub(super) paths: Option<Vec<String>>,
    pub(super) class_names: Option<Vec<String>>,
}

impl EmbeddingsFile {
    /// Embeddings without paths and class names.
    pub fn new(embeddings: Embeddings) -> Self {
        Self {
            embeddings,
            paths: None,
            class_names: None,
        }
    }

    /// Adds the path that each row was computed from.
    ///
    /// # Errors
    /// When there is not one path per row.
    pub fn with_paths(self, paths: Vec<String>) -> Result<Self, EvalError> {
        if paths.len() != self.embeddings.len() {
            return Err(EvalError::PathCount {
                rows: self.embeddings.len(),
                paths: paths.len(),
            });
        }
        Ok(Self {
            paths: Some(paths),
            ..self
        })
    }

    /// Adds the names of the classes, that of label i at place i.
    ///
    /// # Errors
    /// When a label has no name.
    pub fn with_class_names(self, class_names: Vec<String>) -> Result<Self, EvalError> {
        let names = class_names.len();
        let labels = self.embeddings.labels();
        if let Some(row) = labels.iter().position(|&label| label as usize >= names) {
            return Err(EvalError::NoClassName {
                row,
                label: labels[row],
                names,
            });
        }
        Ok(Self {
            class_names: Some(class_names),
            ..self
        })
    }

    /// The embeddings.
    pub fn embeddings(&self) -> &Embeddings {
        &self.embeddings
    }

    /// The embeddings, without the rest.
    pub fn into_embeddings(self) -> Embeddings {
        self.embeddings
    }

    /// The path that each row was computed from.
    pub fn paths(&self) -> Option<&[String]> {
        self.paths.as_deref()
    }

    /// The names of the classes, that of label i at place i.
    pub fn class_names(&self) -> Option<&[String]> {
        self.class_names.as_deref()
    }
}
