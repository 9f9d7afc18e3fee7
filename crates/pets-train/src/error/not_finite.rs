//! Numbers that are no longer numbers: what was found, and where.

use std::fmt;
use std::path::PathBuf;

use pets_losses::Diagnostics;

/// What was not finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NotFiniteValue {
    /// The loss, with this value.
    Loss(f64),
    /// The gradients; the loss was this.
    Gradients {
        /// The loss of the step's last batch.
        loss: f64,
    },
}

/// A batch whose loss is not finite, or a step whose gradients are not.
#[derive(Debug, Clone, PartialEq)]
pub struct NotFinite {
    /// What was not finite.
    pub value: NotFiniteValue,
    /// Epoch, counted from 1.
    pub epoch: usize,
    /// Batch within the epoch, counted from 1; of a step its last.
    pub step: usize,
    /// Batches of the epoch.
    pub steps: usize,
    /// The learning rate.
    pub learning_rate: f64,
    /// Euclidean length of all gradients together.
    pub gradient_norm: f64,
    /// What the loss said of the batch.
    pub diagnostics: Diagnostics,
    /// The batch's images whose embeddings are not finite or, where that is none of them, all of the batch; all of the
    /// step where its gradients are not finite.
    pub files: Vec<PathBuf>,
    /// How many batches or steps in a row this was, with this one.
    pub in_a_row: usize,
}

/// Files named in a message.
const FILES_NAMED: usize = 8;

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            NotFiniteValue::Loss(loss) => write!(f, "the loss became {loss}")?,
            NotFiniteValue::Gradients { loss } => {
                write!(f, "the gradients are not finite (the loss is {loss})")?;
            }
        }
        writeln!(
            f,
            " in epoch {}, step {} of {}, at learning rate {:e}",
            self.epoch, self.step, self.steps, self.learning_rate
        )?;
        writeln!(f, "  length of the gradients: {}", self.gradient_norm)?;
        let said = &self.diagnostics;
        let parts = [
            ("active share", said.active_share),
            ("distance of positives", said.mean_positive_distance),
            ("of negatives", said.mean_negative_distance),
            ("length of embeddings", said.embedding_norm),
        ];
        let parts: Vec<_> = parts
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", value?)))
            .collect();
        writeln!(f, "  the loss's parts: {}", parts.join(", "))?;
        write!(f, "  images:")?;
        for file in self.files.iter().take(FILES_NAMED) {
            write!(f, " {}", file.display())?;
        }
        match self.files.len().saturating_sub(FILES_NAMED) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
