//! Squared distances in float32 by inner products, for finding which rows are worth an exact distance.
//!
//! `‖q - g‖² - ‖q‖² = ‖g‖² - 2 q·g` ranks gallery rows `g` as the distances to the query `q` do, and is a matrix
//! product.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::error::EvalError;
use crate::progress::Steps;

/// Query rows in a tile of sums, which stays in registers.
const GROUP: usize = 6;
/// Vectors of gallery rows in a tile.
const VECTORS: usize = 2;
/// Query rows for which a panel of the gallery is read once.
const QUERIES: usize = 8 * GROUP;

/// Gallery rows, transposed in panels as wide as a tile.
pub(crate) struct Gallery {
    panels: Vec<f32>,
    width: usize,
    dim: usize,
    rows: usize,
    /// Infinite for the rows that fill up the last panel.
    squared_norms: Vec<f32>,
    largest_norm: f64,
}

impl Gallery {
    /// Packs row-major `data`.
    pub(crate) fn new(data: &[f32], dim: usize) -> Self {
        let width = Arch::new().dispatch(TileWidth);
        let rows = data.len() / dim;
        let padded = rows.next_multiple_of(width);
        let mut panels = vec![0.0; padded * dim];
        let mut squared_norms = vec![f32::INFINITY; padded];
        let largest = panels
            .par_chunks_exact_mut(width * dim)
            .zip(squared_norms.par_chunks_exact_mut(width))
            .zip(data.par_chunks(width * dim))
            .map(|((panel, squared_norms), block)| {
                let mut largest = 0.0_f64;
                for (lane, row) in block.chunks_exact(dim).enumerate() {
                    for (column, &value) in panel[lane..].iter_mut().step_by(width).zip(row) {
                        *column = value;
                    }
                    let squared_norm = squared_norm(row);
                    squared_norms[lane] = squared_norm as f32;
                    largest = largest.max(squared_norm);
                }
                largest
            })
            .reduce(|| 0.0, f64::max);
        Self {
            panels,
            width,
            dim,
            rows,
            squared_norms,
            largest_norm: largest.sqrt(),
        }
    }

    /// For each query row `q` and all gallery rows `g` in turn `‖g‖² - 2 q·g`: `visit(query, values, error)`, with a
    /// bound of the error of each value; a value may be NaN where the bound is infinite. A query is a step.
    pub(crate) fn map_rows<T: Send>(
        &self,
        queries: &[f32],
        steps: &Steps<'_>,
        visit: impl Fn(usize, &[f32], f64) -> T + Sync,
    ) -> Result<Vec<T>, EvalError> {
        let columns = self.squared_norms.len();
        let tiles: Result<Vec<Vec<T>>, EvalError> = queries
            .par_chunks(QUERIES * self.dim)
            .enumerate()
            .map_init(Tile::default, |tile, (number, queries)| {
                tile.measure(queries, self);
                queries
                    .chunks_exact(self.dim)
                    .zip(tile.values.chunks_exact(columns))
                    .zip(number * QUERIES..)
                    .map(|((query, values), position)| {
                        steps.advance(1)?;
                        Ok(visit(position, &values[..self.rows], self.error(query)))
                    })
                    .collect()
            })
            .collect();
        Ok(tiles?.into_iter().flatten().collect())
    }

    /// Bounds the error of a value for `query`, and of comparing it with a distance in float64.
    ///
    /// With `n` roundings of relative size `u`, `γ = n u / (1 - n u)` bounds an inner product's error by `γ ‖q‖ ‖g‖`,
    /// in whatever order it is summed (Higham, *Accuracy and Stability of Numerical Algorithms*, 2002, section 3.1).
    fn error(&self, query: &[f32]) -> f64 {
        let reach = (self.largest_norm + squared_norm(query).sqrt()).powi(2);
        let roundings = (self.dim + 4) as f64 * f64::from(f32::EPSILON) / 2.0;
        if reach > f64::from(f32::MAX) / 4.0 || roundings > 0.5 {
            return f64::INFINITY;
        }
        // What is lost to numbers too small for float32.
        let underflow = (self.dim + 4) as f64 * f64::from(f32::MIN_POSITIVE);
        2.0 * roundings / (1.0 - roundings) * reach + underflow
    }
}

pub(crate) fn squared_norm(row: &[f32]) -> f64 {
    row.iter().map(|&value| f64::from(value).powi(2)).sum()
}

/// Gallery rows in a tile on this machine.
struct TileWidth;

impl WithSimd for TileWidth {
    type Output = usize;

    #[expect(
        clippy::inline_always,
        reason = "compiled for the vector width that was found"
    )]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        VECTORS * S::F32_LANES
    }
}

/// The values of up to [`QUERIES`] query rows.
#[derive(Default)]
struct Tile {
    /// Groups of [`GROUP`] rows, column by column; the last one is filled up with zero rows.
    groups: Vec<f32>,
    values: Vec<f32>,
}

impl Tile {
    fn measure(&mut self, queries: &[f32], gallery: &Gallery) {
        let dim = gallery.dim;
        let rows = (queries.len() / dim).next_multiple_of(GROUP);
        self.groups.clear();
        self.groups.resize(rows * dim, 0.0);
        for (group, queries) in self
            .groups
            .chunks_exact_mut(GROUP * dim)
            .zip(queries.chunks(GROUP * dim))
        {
            for (row, query) in queries.chunks_exact(dim).enumerate() {
                for (column, &value) in group[row..].iter_mut().step_by(GROUP).zip(query) {
                    *column = value;
                }
            }
        }
        self.values.resize(rows * gallery.squared_norms.len(), 0.0);
        Arch::new().dispatch(Multiply {
            groups: &self.groups,
            gallery,
            values: &mut self.values,
        });
    }
}

/// The arithmetic of a tile, compiled for each vector width and chosen at run time.
struct Multiply<'a> {
    groups: &'a [f32],
    gallery: &'a Gallery,
    values: &'a mut [f32],
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    #[expect(
        clippy::inline_always,
        reason = "compiled for the vector width that was found"
    )]
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Gallery { dim, width, .. } = *self.gallery;
        let columns = self.gallery.squared_norms.len();
        let minus_two = simd.splat_f32s(-2.0);
        for (panel, first) in self
            .gallery
            .panels
            .chunks_exact(width * dim)
            .zip((0..).step_by(width))
        {
            let (norms, _) = S::as_simd_f32s(&self.gallery.squared_norms[first..first + width]);
            for (group, row) in self
                .groups
                .chunks_exact(GROUP * dim)
                .zip((0..).step_by(GROUP))
            {
                for (sums, row) in inner_products(simd, group, panel).iter().zip(row..) {
                    let start = row * columns + first;
                    let (values, _) = S::as_mut_simd_f32s(&mut self.values[start..start + width]);
                    for ((value, &sum), &norm) in values.iter_mut().zip(sums).zip(norms) {
                        *value = simd.mul_add_e_f32s(minus_two, sum, norm);
                    }
                }
            }
        }
    }
}

/// The inner products of a group's rows and a panel's rows.
#[expect(
    clippy::inline_always,
    reason = "compiled for the vector width that was found"
)]
#[inline(always)]
fn inner_products<S: Simd>(simd: S, group: &[f32], panel: &[f32]) -> [[S::f32s; VECTORS]; GROUP] {
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; GROUP];
    let (queries, _) = group.as_chunks::<GROUP>();
    let (vectors, _) = S::as_simd_f32s(panel);
    let (columns, _) = vectors.as_chunks::<VECTORS>();
    for (query, column) in queries.iter().zip(columns) {
        for (sums, &value) in sums.iter_mut().zip(query) {
            let value = simd.splat_f32s(value);
            for (sum, &gallery) in sums.iter_mut().zip(column) {
                *sum = simd.mul_add_e_f32s(value, gallery, *sum);
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::euclidean::euclidean;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn values_keep_to_their_bound(
            dim in 1..70_usize,
            gallery_rows in 1..40_usize,
            scale in prop::sample::select(vec![1e-30_f32, 1e-3, 1.0, 1e4, 1e15]),
            numbers in prop::collection::vec(-1.0_f32..1.0, 70 * 60),
        ) {
            let data: Vec<f32> = numbers.iter().map(|value| value * scale).collect();
            let (gallery, queries) = data.split_at(gallery_rows * dim);
            let queries = &queries[..9 * dim];
            let found = Gallery::new(gallery, dim)
                .map_rows(queries, &Steps::new(&(), 9), |query, values, error| {
                    (query, values.to_vec(), error)
                })
                .expect("not interrupted");
            prop_assert_eq!(found.len(), 9);
            for (position, (query, values, error)) in found.into_iter().enumerate() {
                prop_assert_eq!(position, query);
                prop_assert_eq!(values.len(), gallery_rows);
                let query = &queries[query * dim..(query + 1) * dim];
                for (value, row) in values.into_iter().zip(gallery.chunks_exact(dim)) {
                    let exact = euclidean(query, row).powi(2) - squared_norm(query);
                    prop_assert!((f64::from(value) - exact).abs() <= error);
                }
            }
        }
    }
}
