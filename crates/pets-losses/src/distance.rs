//! Distances between embeddings.

use burn::tensor::{Bool, IndexingUpdateOp, Int, Tensor};

use crate::names::choices;
use crate::unit_rows::unit_rows;

/// Keeps the square root differentiable where two rows are equal.
const SQRT_EPSILON: f64 = 1e-8;

/// Rows whose squared distance is at most this share of the sum of their squared norms are *near*: there the
/// cancellation in `|a|² + |b|² − 2ab` would cost more than four of an `f32`'s seven digits.
const NEAR_SHARE: f64 = 0.01;

/// How many numbers the differences of near pairs may hold at a time.
const NEAR_BLOCK: usize = 1 << 22;

choices! {
    /// How far two embeddings are from each other.
    #[derive(Default)]
    "distance": pub enum Distance {
        /// `sqrt(Σ (a − b)² + 1e-8)`: 1e-4, with gradient 0, between equal rows.
        #[default]
        Euclidean = "euclidean",
        /// `Σ (a − b)²`.
        SquaredEuclidean = "squared_euclidean",
        /// `1 − cos(a, b)`. A row shorter than 1e-6 has no direction: its cosine with any row is 0.
        Cosine = "cosine",
    }
}

impl Distance {
    /// The distance of every row of `a` to every row of `b`, differentiable in both.
    ///
    /// All distances come from one matrix product. The (squared) Euclidean ones of rows that are nearly equal,
    /// where that form loses its precision, are computed again from the rows' differences, so values and
    /// gradients hold about five digits everywhere.
    ///
    /// # Shapes
    ///
    /// - a: `[n, dim]`
    /// - b: `[m, dim]`
    /// - output: `[n, m]`
    ///
    /// # Panics
    ///
    /// If the rows of `a` and `b` differ in length.
    ///
    /// # Example
    ///
    /// ```
    /// use burn::tensor::{Device, Tensor};
    /// use pets_losses::Distance;
    ///
    /// let device = Device::flex();
    /// let a = Tensor::<2>::from_floats([[0.0, 0.0]], &device);
    /// let b = Tensor::<2>::from_floats([[3.0, 4.0], [0.0, 1.0]], &device);
    /// let squared = Distance::SquaredEuclidean.pairwise(a, b).into_data();
    /// assert_eq!(squared.iter::<f32>().collect::<Vec<_>>(), [25.0, 1.0]);
    /// ```
    #[must_use]
    pub fn pairwise(self, a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Euclidean => squared_euclidean(&a, &b).add_scalar(SQRT_EPSILON).sqrt(),
            Self::SquaredEuclidean => squared_euclidean(&a, &b),
            Self::Cosine => unit_rows(a)
                .matmul(unit_rows(b).transpose())
                .neg()
                .add_scalar(1.0),
        }
    }
}

/// `Σ (a − b)²` of every pair of rows: by the matrix product, and by differences where rows are near.
fn squared_euclidean(a: &Tensor<2>, b: &Tensor<2>) -> Tensor<2> {
    // Distances do not change with the origin, and rounding errors are least with it among the points.
    let origin = b.clone().inner().mean_dim(0);
    let centred_a = a.clone() - origin.clone();
    let centred_b = b.clone() - origin;
    let squared_norms =
        centred_a.clone().square().sum_dim(1) + centred_b.clone().square().sum_dim(1).transpose();
    let squared = squared_norms.clone() - centred_a.matmul(centred_b.transpose()).mul_scalar(2.0);

    let near = squared
        .clone()
        .inner()
        .lower_equal(squared_norms.inner().mul_scalar(NEAR_SHARE));
    replace_near(squared, near, a, b)
}

/// Puts `Σ (a − b)²`, computed from differences, in the places of `squared` where `near` holds.
fn replace_near(
    squared: Tensor<2>,
    near: Tensor<2, Bool>,
    a: &Tensor<2>,
    b: &Tensor<2>,
) -> Tensor<2> {
    let [n, m] = squared.dims();
    let places = near.clone().reshape([n * m]).argwhere().squeeze_dim::<1>(1);
    let [count] = places.dims();
    if count == 0 {
        return squared;
    }
    let exact = Tensor::zeros([n * m], (&squared.device(), squared.dtype())).select_assign(
        0,
        places.clone(),
        squared_differences(a, b, &places),
        IndexingUpdateOp::Add,
    );
    squared.mask_fill(near, 0.0) + exact.reshape([n, m])
}

/// `Σ (a − b)²` of the pairs at `places` of the flattened `[n, m]` matrix.
fn squared_differences(a: &Tensor<2>, b: &Tensor<2>, places: &Tensor<1, Int>) -> Tensor<1> {
    let [m, dim] = b.dims();
    let columns = m as i64;
    let blocks = places
        .clone()
        .split((NEAR_BLOCK / dim.max(1)).max(1), 0)
        .into_iter()
        .map(|block| {
            let rows_of_a = a.clone().select(0, block.clone().div_scalar(columns));
            let rows_of_b = b.clone().select(0, block.remainder_scalar(columns));
            (rows_of_a - rows_of_b)
                .square()
                .sum_dim(1)
                .squeeze_dim::<1>(1)
        })
        .collect();
    Tensor::cat(blocks, 0)
}
