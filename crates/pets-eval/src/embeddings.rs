//! Labelled embeddings, checked once.

use crate::error::EvalError;

/// Labelled embeddings, checked once: whole rows, one label per row, every value finite.
///
/// Rows are kept as given. Distances elsewhere in this crate are Euclidean distances between rows; for unit rows they
/// order pairs as cosine similarity does, so call [`normalized`](Self::normalized) first where cosine is meant.
///
/// # Shapes
/// Data is row-major `[len, dim]`, labels `[len]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    data: Vec<f32>,
    dim: usize,
    labels: Vec<u32>,
}

impl Embeddings {
    /// Takes row-major `data` with `dim` values per row and one label per row.
    ///
    /// # Errors
    /// When `dim` is 0, there is no row, the data do not fill whole rows, the number of labels differs from the number
    /// of rows, or a value is NaN or infinite.
    pub fn new(data: Vec<f32>, dim: usize, labels: Vec<u32>) -> Result<Self, EvalError> {
        check_rows(&data, dim)?;
        if data.is_empty() {
            return Err(EvalError::Empty);
        }
        let rows = data.len() / dim;
        if rows != labels.len() {
            return Err(EvalError::LabelCount {
                rows,
                labels: labels.len(),
            });
        }
        Ok(Self { data, dim, labels })
    }

    /// Number of rows; never 0.
    #[expect(
        clippy::len_without_is_empty,
        reason = "embeddings are never empty, so `is_empty` could only say false"
    )]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Values per row.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The label of each row.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Row `index`.
    ///
    /// # Panics
    /// When `index` is not below [`len`](Self::len), as slice indexing does.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.data[index * self.dim..(index + 1) * self.dim]
    }

    /// All rows, row-major.
    pub fn as_slice(&self) -> &[f32] {
        &self.data
    }

    /// The rows at `indices`, in that order; a row may be asked for more than once.
    ///
    /// # Errors
    /// When `indices` is empty or names a row that does not exist.
    pub fn select(&self, indices: &[usize]) -> Result<Self, EvalError> {
        if indices.is_empty() {
            return Err(EvalError::Empty);
        }
        self.check_indices(indices)?;
        Ok(Self {
            data: self.rows(indices),
            dim: self.dim,
            labels: indices.iter().map(|&index| self.labels[index]).collect(),
        })
    }

    /// Every row scaled to Euclidean length 1.
    ///
    /// # Errors
    /// When a row is all zeros.
    pub fn normalized(&self) -> Result<Self, EvalError> {
        let mut data = Vec::with_capacity(self.data.len());
        for (index, row) in self.data.chunks_exact(self.dim).enumerate() {
            let length = norm(row);
            if length == 0.0 {
                return Err(EvalError::ZeroRow { row: index });
            }
            data.extend(row.iter().map(|&value| (f64::from(value) / length) as f32));
        }
        Ok(Self {
            data,
            dim: self.dim,
            labels: self.labels.clone(),
        })
    }

    /// Checks that every row of `indices` exists.
    pub(crate) fn check_indices(&self, indices: &[usize]) -> Result<(), EvalError> {
        match indices.iter().find(|&&index| index >= self.len()) {
            Some(&index) => Err(EvalError::RowOutOfRange {
                index,
                rows: self.len(),
            }),
            None => Ok(()),
        }
    }

    /// Copies the rows at `indices`, row-major.
    ///
    /// # Panics
    /// When a row does not exist, as slice indexing does.
    pub(crate) fn rows(&self, indices: &[usize]) -> Vec<f32> {
        let mut data = Vec::with_capacity(indices.len() * self.dim);
        for &index in indices {
            data.extend_from_slice(self.row(index));
        }
        data
    }

    /// The mean of the rows at `indices`, of which there is at least one.
    pub(crate) fn mean_row(&self, indices: &[usize]) -> Vec<f64> {
        let mut mean = vec![0.0; self.dim];
        for &index in indices {
            for (sum, &value) in mean.iter_mut().zip(self.row(index)) {
                *sum += f64::from(value);
            }
        }
        for sum in &mut mean {
            *sum /= indices.len() as f64;
        }
        mean
    }

    /// Length of the longest row.
    pub(crate) fn largest_norm(&self) -> f64 {
        self.data
            .chunks_exact(self.dim)
            .map(norm)
            .fold(0.0, f64::max)
    }
}

/// Checks that `data` fills rows of `dim` finite values.
pub(crate) fn check_rows(data: &[f32], dim: usize) -> Result<(), EvalError> {
    if dim == 0 {
        return Err(EvalError::ZeroDimension);
    }
    if !data.len().is_multiple_of(dim) {
        return Err(EvalError::RaggedRows {
            values: data.len(),
            dim,
        });
    }
    match data.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(EvalError::NotFinite {
            row: at / dim,
            column: at % dim,
            value: data[at],
        }),
        None => Ok(()),
    }
}

fn norm(row: &[f32]) -> f64 {
    row.iter()
        .map(|&value| f64::from(value) * f64::from(value))
        .sum::<f64>()
        .sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_what_is_no_set_of_labelled_rows() {
        let new = |data: &[f32], dim, labels: &[u32]| {
            Embeddings::new(data.to_vec(), dim, labels.to_vec()).unwrap_err()
        };
        assert_eq!(new(&[1.0], 0, &[0]), EvalError::ZeroDimension);
        assert_eq!(new(&[], 3, &[]), EvalError::Empty);
        assert_eq!(
            new(&[1.0; 5], 3, &[0]),
            EvalError::RaggedRows { values: 5, dim: 3 }
        );
        assert_eq!(
            new(&[1.0; 6], 3, &[0]),
            EvalError::LabelCount { rows: 2, labels: 1 }
        );
        assert_eq!(
            new(&[1.0, 2.0, 3.0, f32::INFINITY], 2, &[0, 1]),
            EvalError::NotFinite {
                row: 1,
                column: 1,
                value: f32::INFINITY
            }
        );
        assert!(
            new(&[f32::NAN], 1, &[0])
                .to_string()
                .contains("row 0, column 0 holds NaN")
        );
    }

    #[test]
    fn selects_rows_in_the_order_asked() {
        let all =
            Embeddings::new(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, vec![7, 8, 9]).expect("valid");
        let some = all.select(&[2, 0, 2]).expect("rows exist");
        assert_eq!(some.as_slice(), [5.0, 6.0, 1.0, 2.0, 5.0, 6.0]);
        assert_eq!(some.labels(), [9, 7, 9]);
        assert_eq!(
            all.select(&[3]),
            Err(EvalError::RowOutOfRange { index: 3, rows: 3 })
        );
        assert_eq!(all.select(&[]), Err(EvalError::Empty));
    }

    #[test]
    fn normalizes_rows_and_refuses_a_zero_row() {
        let rows = Embeddings::new(vec![3.0, 4.0, 0.0, -2.0], 2, vec![0, 1]).expect("valid");
        assert_eq!(
            rows.normalized().expect("no zero row").as_slice(),
            [0.6, 0.8, 0.0, -1.0]
        );
        let zero = Embeddings::new(vec![1.0, 0.0, 0.0, 0.0], 2, vec![0, 1]).expect("valid");
        assert_eq!(zero.normalized(), Err(EvalError::ZeroRow { row: 1 }));
    }
}
