//! Who queries whom, and which rows are relevant.

use crate::classes::Classes;
use crate::embeddings::Embeddings;
use crate::error::EvalError;

/// Who queries whom: every row all other rows ([`leave_one_out`](Self::leave_one_out), which `&Embeddings` converts
/// into), or the rows of one set all rows of another ([`against`](Self::against)).
#[derive(Debug, Clone, Copy)]
pub struct Queries<'a> {
    rows: &'a Embeddings,
    gallery: &'a Embeddings,
    leave_one_out: bool,
}

impl<'a> Queries<'a> {
    /// Every row queries all others.
    pub fn leave_one_out(embeddings: &'a Embeddings) -> Self {
        Self {
            rows: embeddings,
            gallery: embeddings,
            leave_one_out: true,
        }
    }

    /// Every row of `queries` queries all rows of `gallery`. Equal labels mean the same class in both.
    ///
    /// # Errors
    /// When the two differ in dimension.
    pub fn against(queries: &'a Embeddings, gallery: &'a Embeddings) -> Result<Self, EvalError> {
        if queries.dim() != gallery.dim() {
            return Err(EvalError::DifferentDimensions {
                queries: queries.dim(),
                gallery: gallery.dim(),
            });
        }
        Ok(Self {
            rows: queries,
            gallery,
            leave_one_out: false,
        })
    }

    /// The rows that query.
    pub fn queries(&self) -> &'a Embeddings {
        self.rows
    }

    /// The rows that are found.
    pub fn gallery(&self) -> &'a Embeddings {
        self.gallery
    }

    /// The row of the gallery that is the query itself.
    pub(crate) fn left_out(&self, query: usize) -> Option<usize> {
        self.leave_one_out.then_some(query)
    }
}

impl<'a> From<&'a Embeddings> for Queries<'a> {
    fn from(embeddings: &'a Embeddings) -> Self {
        Self::leave_one_out(embeddings)
    }
}

/// The gallery rows of a query's class.
pub(crate) struct RelevantRows<'a> {
    classes: &'a Classes,
    /// The query's class in the gallery.
    class: Option<usize>,
    pub(crate) left_out: Option<usize>,
}

impl<'a> RelevantRows<'a> {
    pub(crate) fn new(classes: &'a Classes, label: u32, left_out: Option<usize>) -> Self {
        Self {
            classes,
            class: classes.find(label),
            left_out,
        }
    }

    pub(crate) fn count(&self) -> usize {
        let members = self
            .class
            .map_or(0, |class| self.classes.groups()[class].members.len());
        members - usize::from(self.left_out.is_some())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.class
            .map_or(&[][..], |class| &self.classes.groups()[class].members)
            .iter()
            .copied()
            .filter(|&row| Some(row) != self.left_out)
    }

    /// Whether a gallery row is neither relevant nor the query itself.
    pub(crate) fn is_irrelevant(&self, row: usize) -> bool {
        Some(self.classes.class_of()[row]) != self.class
    }
}
