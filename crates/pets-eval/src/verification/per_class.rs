//! Verification within each class: its false accepts and rejects, and the class it is taken for most often.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::classes::{Classes, unordered_pairs};
use crate::distance::euclidean::{PackedRows, fold_rows};
use crate::embeddings::Embeddings;
use crate::error::EvalError;
use crate::progress::{Progress, Steps};

/// Which classes a verifier with one threshold gets wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassVerification {
    /// Pairs at most this far apart are accepted as one class.
    pub threshold: f64,
    /// Each class by itself, labels ascending.
    pub classes: Vec<ClassErrors>,
    /// The pairs of classes most often taken for one, the worst first.
    pub most_confused: Vec<ConfusedClasses>,
}

/// How a verifier fares with the pairs that a class has part in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassErrors {
    /// Label of the class.
    pub label: u32,
    /// Samples of the class.
    pub samples: usize,
    /// Share of the pairs within the class that are accepted; `None` for a class of one sample.
    pub true_accept_rate: Option<f64>,
    /// Share of the pairs of one sample of the class and one of another class that are accepted; `None` where there is no
    /// other class.
    pub false_accept_rate: Option<f64>,
}

/// Two classes and how often they are taken for one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfusedClasses {
    /// The labels of the two, ascending.
    pub labels: [u32; 2],
    /// Share of the pairs of a sample of one and a sample of the other that are accepted.
    pub accepted_share: f64,
    /// Number of such pairs accepted.
    pub accepted: u64,
    /// Number of such pairs.
    pub pairs: u64,
}

/// Judges every class, and finds up to `most_confused` pairs of classes of which the largest share of pairs is accepted
/// (of equal shares those with more pairs accepted, then by label), among all pairs of samples at most `threshold` apart.
///
/// Meant for the equal-error threshold that [`evaluate_verification`](crate::evaluate_verification) finds. Takes about as
/// long as that, and memory linear in samples and classes.
///
/// # Errors
/// When the threshold is not a number from 0 up, or `progress` ends it.
///
/// # Example
/// ```
/// use pets_eval::{Embeddings, evaluate_class_verification};
///
/// let embeddings = Embeddings::new(vec![0.0, 0.1, 0.3, 0.4, 9.0, 9.1], 1, vec![0, 0, 1, 1, 2, 2])?;
/// let found = evaluate_class_verification(&embeddings, 0.25, 10, &())?;
/// assert_eq!(found.most_confused.len(), 1);
/// assert_eq!(found.most_confused[0].labels, [0, 1]);
/// assert_eq!(found.most_confused[0].accepted_share, 0.25);
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn evaluate_class_verification(
    embeddings: &Embeddings,
    threshold: f64,
    most_confused: usize,
    progress: &dyn Progress,
) -> Result<ClassVerification, EvalError> {
    if threshold.is_nan() || threshold < 0.0 {
        return Err(EvalError::setting(
            "threshold",
            &threshold,
            "it must be a distance, 0 or more",
        ));
    }
    let classes = Classes::new(embeddings.labels());
    let rows = ClassOrder::new(embeddings, &classes);
    let accepted_with_others: Vec<AtomicU64> = classes
        .groups()
        .iter()
        .map(|_| AtomicU64::default())
        .collect();
    let steps = Steps::new(progress, rows.pairs());
    let judged: Result<Vec<(u64, Vec<ConfusedClasses>)>, EvalError> = (0..classes.groups().len())
        .into_par_iter()
        .map(|class| {
            let accepted = rows.accepted(class, threshold, &steps)?;
            for (other, &pairs) in accepted.iter().enumerate().skip(1) {
                accepted_with_others[class].fetch_add(pairs, Ordering::Relaxed);
                accepted_with_others[class + other].fetch_add(pairs, Ordering::Relaxed);
            }
            Ok((
                accepted[0],
                confused_with_later(&classes, class, &accepted, most_confused),
            ))
        })
        .collect();
    let (accepted_within, confused): (Vec<u64>, Vec<Vec<ConfusedClasses>>) =
        judged?.into_iter().unzip();
    Ok(ClassVerification {
        threshold,
        classes: classes
            .groups()
            .iter()
            .zip(accepted_within)
            .zip(accepted_with_others)
            .map(|((class, within), with_others)| {
                let samples = class.members.len();
                let others = (embeddings.len() - samples) as u64;
                ClassErrors {
                    label: class.label,
                    samples,
                    true_accept_rate: share(within, unordered_pairs(samples)),
                    false_accept_rate: share(with_others.into_inner(), samples as u64 * others),
                }
            })
            .collect(),
        most_confused: worst(confused.into_iter().flatten().collect(), most_confused),
    })
}

fn share(accepted: u64, pairs: u64) -> Option<f64> {
    (pairs > 0).then(|| accepted as f64 / pairs as f64)
}

/// Pairs of a class and a later one that have a pair accepted, the worst `most` of them; `accepted` starts with the
/// class itself.
fn confused_with_later(
    classes: &Classes,
    class: usize,
    accepted: &[u64],
    most: usize,
) -> Vec<ConfusedClasses> {
    let groups = &classes.groups()[class..];
    let confused = groups
        .iter()
        .zip(accepted)
        .skip(1)
        .filter(|&(_, &accepted)| accepted > 0)
        .map(|(other, &accepted)| {
            let pairs = groups[0].members.len() as u64 * other.members.len() as u64;
            ConfusedClasses {
                labels: [groups[0].label, other.label],
                accepted_share: accepted as f64 / pairs as f64,
                accepted,
                pairs,
            }
        })
        .collect();
    worst(confused, most)
}

fn worst(mut confused: Vec<ConfusedClasses>, most: usize) -> Vec<ConfusedClasses> {
    let worst_first = |a: &ConfusedClasses, b: &ConfusedClasses| {
        b.accepted_share
            .total_cmp(&a.accepted_share)
            .then(b.accepted.cmp(&a.accepted))
            .then(a.labels.cmp(&b.labels))
    };
    if most < confused.len() {
        confused.select_nth_unstable_by(most, worst_first);
        confused.truncate(most);
    }
    confused.sort_by(worst_first);
    // There is a list for each class.
    confused.shrink_to_fit();
    confused
}

/// The rows in order of their class.
struct ClassOrder {
    data: Vec<f32>,
    packed: PackedRows,
    dim: usize,
    /// First row of each class; one more entry for the end.
    starts: Vec<usize>,
}

impl ClassOrder {
    fn new(embeddings: &Embeddings, classes: &Classes) -> Self {
        let mut order = Vec::with_capacity(embeddings.len());
        let mut starts = vec![0];
        for class in classes.groups() {
            order.extend_from_slice(&class.members);
            starts.push(order.len());
        }
        let data = embeddings.rows(&order);
        Self {
            packed: PackedRows::new(&data, embeddings.dim()),
            data,
            dim: embeddings.dim(),
            starts,
        }
    }

    /// Pairs that are measured: of each row with those of its class and of later ones.
    fn pairs(&self) -> u64 {
        let rows = self.data.len() / self.dim;
        let pairs = |ends: &[usize]| (ends[1] - ends[0]) as u64 * (rows - ends[0]) as u64;
        self.starts.windows(2).map(pairs).sum()
    }

    /// Pairs accepted of a sample of `class` and, for that class and each later one, another sample of it.
    fn accepted(
        &self,
        class: usize,
        threshold: f64,
        steps: &Steps<'_>,
    ) -> Result<Vec<u64>, EvalError> {
        let (start, end) = (self.starts[class], self.starts[class + 1]);
        let later = &self.starts[class + 1..];
        let count = |distances: &[f64]| {
            distances
                .iter()
                .filter(|&&distance| distance <= threshold)
                .count() as u64
        };
        let none = || vec![0; later.len()];
        let counted = fold_rows(
            &self.data[start * self.dim..end * self.dim],
            &self.packed,
            start,
            steps,
            none,
            |accepted, row, distances| {
                accepted[0] += count(&distances[row + 1..end - start]);
                for (accepted, ends) in accepted[1..].iter_mut().zip(later.windows(2)) {
                    *accepted += count(&distances[ends[0] - start..ends[1] - start]);
                }
            },
        )?;
        Ok(counted.into_iter().fold(none(), |mut sums, counts| {
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
            sums
        }))
    }
}
