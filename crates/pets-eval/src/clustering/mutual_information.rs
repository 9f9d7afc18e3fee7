//! Mutual information of two labellings, normalised and adjusted for chance.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::classes::Classes;
use crate::error::EvalError;

/// Smallest difference that adjusted mutual information tells from none, so that it never divides by 0.
const LEAST: f64 = f64::EPSILON;

/// Normalised mutual information of two labelings of the same samples: mutual information over the mean of their entropies
/// (Strehl and Ghosh 2002, with the arithmetic mean). 1 when both put all samples into one class. Equal to scikit-learn's
/// `normalized_mutual_info_score`.
///
/// # Errors
/// When the labelings differ in length, or are empty.
pub fn normalized_mutual_information(a: &[u32], b: &[u32]) -> Result<f64, EvalError> {
    let table = Contingency::new(a, b)?;
    if table.is_trivial() {
        return Ok(1.0);
    }
    let information = table.mutual_information();
    if information == 0.0 {
        return Ok(0.0);
    }
    Ok(information / table.mean_entropy())
}

/// Adjusted mutual information of two labelings of the same samples: mutual information above what random labelings with
/// the same class sizes are expected to have, over the most it could be above (Vinh et al. 2010, with the arithmetic
/// mean). 1 when both put all samples into one class, 0 when one does. Equal to scikit-learn's
/// `adjusted_mutual_info_score`.
///
/// # Errors
/// When the labelings differ in length, or are empty.
pub fn adjusted_mutual_information(a: &[u32], b: &[u32]) -> Result<f64, EvalError> {
    let table = Contingency::new(a, b)?;
    if table.is_trivial() {
        return Ok(1.0);
    }
    if table.rows.len() == 1 || table.columns.len() == 1 {
        return Ok(0.0);
    }
    let expected = table.expected_mutual_information();
    let at_least = |value: f64| value.signum() * value.abs().max(LEAST);
    let (above, most) = (
        table.mutual_information() - expected,
        table.mean_entropy() - expected,
    );
    Ok(at_least(above) / at_least(most))
}

/// How two labelings of the same samples overlap.
struct Contingency {
    /// Samples with each pair of labels that occurs, and their class sizes.
    cells: Vec<Cell>,
    /// Class sizes of the two labelings.
    rows: Vec<usize>,
    columns: Vec<usize>,
    samples: usize,
}

struct Cell {
    both: usize,
    row: usize,
    column: usize,
}

impl Contingency {
    fn new(a: &[u32], b: &[u32]) -> Result<Self, EvalError> {
        if a.len() != b.len() {
            return Err(EvalError::LabelCount {
                rows: a.len(),
                labels: b.len(),
            });
        }
        if a.is_empty() {
            return Err(EvalError::Empty);
        }
        let (a, b) = (Classes::new(a), Classes::new(b));
        let sizes = |classes: &Classes| -> Vec<usize> {
            classes
                .groups()
                .iter()
                .map(|class| class.members.len())
                .collect()
        };
        let (rows, columns) = (sizes(&a), sizes(&b));
        let mut both: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (&row, &column) in a.class_of().iter().zip(b.class_of()) {
            *both.entry((row, column)).or_default() += 1;
        }
        Ok(Self {
            cells: both
                .into_iter()
                .map(|((row, column), both)| Cell {
                    both,
                    row: rows[row],
                    column: columns[column],
                })
                .collect(),
            rows,
            columns,
            samples: a.class_of().len(),
        })
    }

    fn is_trivial(&self) -> bool {
        self.rows.len() == 1 && self.columns.len() == 1
    }

    fn mutual_information(&self) -> f64 {
        let samples = self.samples as f64;
        let information: f64 = self
            .cells
            .iter()
            .map(|cell| {
                let both = cell.both as f64;
                both / samples * (both * samples / (cell.row as f64 * cell.column as f64)).ln()
            })
            .sum();
        // Independent labelings have none, but for rounding.
        if information.abs() < f64::EPSILON {
            0.0
        } else {
            information.max(0.0)
        }
    }

    fn mean_entropy(&self) -> f64 {
        let entropy = |sizes: &[usize]| -> f64 {
            sizes
                .iter()
                .map(|&size| size as f64 / self.samples as f64)
                .map(|share| -share * share.ln())
                .sum()
        };
        f64::midpoint(entropy(&self.rows), entropy(&self.columns))
    }

    /// Mean mutual information over all ways to deal out the samples to classes of these sizes: by the hypergeometric
    /// distribution of every cell.
    fn expected_mutual_information(&self) -> f64 {
        let log_factorials = log_factorials(self.samples);
        let (rows, columns) = (
            sizes_with_counts(&self.rows),
            sizes_with_counts(&self.columns),
        );
        let by_row: Vec<f64> = rows
            .par_iter()
            .map(|&(row, rows)| {
                columns
                    .iter()
                    .map(|&(column, columns)| {
                        (rows * columns) as f64 * self.expected_cell(row, column, &log_factorials)
                    })
                    .sum()
            })
            .collect();
        by_row.iter().sum()
    }

    fn expected_cell(&self, row: usize, column: usize, log_factorial: &[f64]) -> f64 {
        let samples = self.samples;
        let sizes = log_factorial[row]
            + log_factorial[column]
            + log_factorial[samples - row]
            + log_factorial[samples - column]
            - log_factorial[samples];
        let least = (row + column).saturating_sub(samples).max(1);
        (least..=row.min(column))
            .map(|both| {
                let log_chance = sizes
                    - log_factorial[both]
                    - log_factorial[row - both]
                    - log_factorial[column - both]
                    - log_factorial[samples + both - row - column];
                let (both, samples) = (both as f64, samples as f64);
                let information = (both * samples / (row as f64 * column as f64)).ln();
                both / samples * information * log_chance.exp()
            })
            .sum()
    }
}

/// Each class size that occurs, and how often: cells of equal sizes have equal expectations.
fn sizes_with_counts(sizes: &[usize]) -> Vec<(usize, usize)> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for &size in sizes {
        *counts.entry(size).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// `ln(n!)` for n from 0.
fn log_factorials(largest: usize) -> Vec<f64> {
    let mut logs = vec![0.0; largest + 1];
    for n in 1..=largest {
        logs[n] = logs[n - 1] + (n as f64).ln();
    }
    logs
}
