//! Exact Euclidean distances, streamed: a tile holds the distances of a few query rows to the gallery, so the whole
//! matrix never exists.
//!
//! Differences are squared and added up in float64 by fused multiply-add, in the order of the columns. There is no
//! expansion into norms and inner products: equal rows are at distance exactly 0, equal pairs of rows at exactly equal
//! distances wherever they stand, and results do not depend on the machine's vector width or thread count.

use rayon::prelude::*;

use crate::error::EvalError;
use crate::progress::Steps;

/// Gallery rows measured at once, one per vector lane.
const LANES: usize = 8;
/// Query rows measured at once; with [`LANES`] it fills the vector registers.
const GROUP: usize = 4;
/// Query rows of a tile.
const TILE_ROWS: usize = 16;

/// Euclidean distance of two rows of equal length.
pub(crate) fn euclidean<A, B>(a: &[A], b: &[B]) -> f64
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    debug_assert_eq!(a.len(), b.len());
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || inlined_euclidean(a, b),
    )
}

#[expect(
    clippy::inline_always,
    reason = "must be compiled for the caller's instructions"
)]
#[inline(always)]
fn inlined_euclidean<A, B>(a: &[A], b: &[B]) -> f64
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    a.iter()
        .zip(b)
        .fold(0.0, |sum, (&a, &b)| {
            let difference: f64 = b.into() - a.into();
            difference.mul_add(difference, sum)
        })
        .sqrt()
}

/// Lowers each of `squared` to the squared distance of its row to `centre`, where that is smaller.
///
/// # Shapes
/// `rows` is row-major `[squared.len(), centre.len()]`.
pub(crate) fn lower_to_squared_distances(squared: &mut [f64], rows: &[f32], centre: &[f32]) {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || {
            for (squared, row) in squared.iter_mut().zip(rows.chunks_exact(centre.len())) {
                *squared = squared.min(inlined_euclidean(row, centre).powi(2));
            }
        },
    );
}

/// Gallery rows, transposed in panels of [`LANES`] rows so that one vector holds a column of a panel.
pub(crate) struct PackedRows {
    panels: Vec<[f32; LANES]>,
    dim: usize,
    rows: usize,
}

impl PackedRows {
    /// Packs row-major `data`; the last panel is filled up with zero rows.
    pub(crate) fn new(data: &[f32], dim: usize) -> Self {
        let rows = data.len() / dim;
        let mut panels = vec![[0.0; LANES]; rows.div_ceil(LANES) * dim];
        panels
            .par_chunks_exact_mut(dim)
            .zip(data.par_chunks(LANES * dim))
            .for_each(|(panel, block)| {
                for (lane, row) in block.chunks_exact(dim).enumerate() {
                    for (column, &value) in panel.iter_mut().zip(row) {
                        column[lane] = value;
                    }
                }
            });
        Self { panels, dim, rows }
    }
}

/// The distances of every unordered pair of rows, a row at a time: `add(state, index, distances)` receives the
/// distances of row `index` to the rows `index + 1..`. Returns the states, whose number depends on the thread count. A pair
/// is a step.
///
/// # Shapes
/// `data` is row-major `[n, dim]`.
pub(crate) fn fold_pairs<T, I, F>(
    data: &[f32],
    dim: usize,
    steps: &Steps<'_>,
    init: I,
    add: F,
) -> Result<Vec<T>, EvalError>
where
    T: Send,
    I: Fn() -> T + Sync,
    F: Fn(&mut T, usize, &[f64]) + Sync,
{
    let gallery = PackedRows::new(data, dim);
    data.par_chunks(TILE_ROWS * dim)
        .enumerate()
        .try_fold(
            || (Tile::default(), init()),
            |(mut tile, mut state), (number, chunk)| {
                let first = number * TILE_ROWS;
                tile.measure(chunk, &gallery, first);
                let rows = first..first + chunk.len() / dim;
                for index in rows.clone() {
                    add(&mut state, index, tile.row(index - first, index + 1));
                }
                steps.advance(rows.map(|row| gallery.rows - 1 - row).sum())?;
                Ok((tile, state))
            },
        )
        .map(|folded| folded.map(|(_, state)| state))
        .collect()
}

/// The distances of every query row to the gallery rows `from..`, a row at a time: `add(state, query, distances)`. Returns
/// the states, whose number depends on the thread count. A distance is a step.
pub(crate) fn fold_rows<T, I, F>(
    queries: &[f32],
    gallery: &PackedRows,
    from: usize,
    steps: &Steps<'_>,
    init: I,
    add: F,
) -> Result<Vec<T>, EvalError>
where
    T: Send,
    I: Fn() -> T + Sync,
    F: Fn(&mut T, usize, &[f64]) + Sync,
{
    queries
        .par_chunks(TILE_ROWS * gallery.dim)
        .enumerate()
        .try_fold(
            || (Tile::default(), init()),
            |(mut tile, mut state), (number, chunk)| {
                tile.measure(chunk, gallery, from);
                let rows = chunk.len() / gallery.dim;
                for row in 0..rows {
                    add(&mut state, number * TILE_ROWS + row, tile.row(row, from));
                }
                steps.advance(rows * (gallery.rows - from))?;
                Ok((tile, state))
            },
        )
        .map(|folded| folded.map(|(_, state)| state))
        .collect()
}

/// The distances of every unordered pair of rows, written to `distances`: those of row 0 to the rows after it, then
/// those of row 1, and so on. A pair is a step.
///
/// # Shapes
/// `data` is row-major `[n, dim]`, `distances` `[n (n - 1) / 2]`.
pub(crate) fn write_pairs(
    data: &[f32],
    dim: usize,
    steps: &Steps<'_>,
    mut distances: &mut [f64],
) -> Result<(), EvalError> {
    let gallery = PackedRows::new(data, dim);
    let mut parts = Vec::new();
    for (number, chunk) in data.chunks(TILE_ROWS * dim).enumerate() {
        let first = number * TILE_ROWS;
        let pairs = (first..first + chunk.len() / dim)
            .map(|row| gallery.rows - 1 - row)
            .sum();
        let (part, rest) = distances.split_at_mut(pairs);
        parts.push((first, chunk, part));
        distances = rest;
    }
    parts
        .into_par_iter()
        .try_for_each_init(Tile::default, |tile, (first, chunk, mut part)| {
            let pairs = part.len();
            tile.measure(chunk, &gallery, first);
            for row in 0..chunk.len() / dim {
                let found = tile.row(row, first + row + 1);
                let (own, rest) = part.split_at_mut(found.len());
                own.copy_from_slice(found);
                part = rest;
            }
            steps.advance(pairs)
        })
}

/// Distances of up to [`TILE_ROWS`] query rows to the gallery rows from a first column on.
#[derive(Default)]
struct Tile {
    /// Query rows in float64, padded with zero rows to whole groups.
    queries: Vec<f64>,
    distances: Vec<f64>,
    first_column: usize,
    columns: usize,
    gallery_rows: usize,
}

impl Tile {
    fn measure(&mut self, queries: &[f32], gallery: &PackedRows, from: usize) {
        let dim = gallery.dim;
        let rows = (queries.len() / dim).next_multiple_of(GROUP);
        self.queries.clear();
        self.queries
            .extend(queries.iter().map(|&value| f64::from(value)));
        self.queries.resize(rows * dim, 0.0);

        let first_panel = from / LANES;
        let panels = &gallery.panels[first_panel * dim..];
        self.first_column = first_panel * LANES;
        self.columns = panels.len() / dim * LANES;
        self.gallery_rows = gallery.rows;
        self.distances.resize(rows * self.columns, 0.0);
        pulp::Arch::new().dispatch(MeasurePanels {
            queries: &self.queries,
            panels,
            dim,
            columns: self.columns,
            distances: &mut self.distances,
        });
    }

    /// Distances of query `row` of the tile to the gallery rows `from..`.
    fn row(&self, row: usize, from: usize) -> &[f64] {
        let start = row * self.columns;
        &self.distances
            [start + from - self.first_column..start + self.gallery_rows - self.first_column]
    }
}

/// The arithmetic of a tile, compiled for each vector width and chosen at run time.
struct MeasurePanels<'a> {
    queries: &'a [f64],
    panels: &'a [[f32; LANES]],
    dim: usize,
    columns: usize,
    distances: &'a mut [f64],
}

impl pulp::WithSimd for MeasurePanels<'_> {
    type Output = ();

    // Only what is inlined here is compiled for the vector width that was found.
    #[expect(clippy::inline_always, reason = "see above")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _simd: S) {
        for (panel, columns) in self.panels.chunks_exact(self.dim).enumerate() {
            for (group, queries) in self.queries.chunks_exact(GROUP * self.dim).enumerate() {
                let squared = squared_distances(queries, columns);
                for (row, squared) in squared.iter().enumerate() {
                    let at = (group * GROUP + row) * self.columns + panel * LANES;
                    for (distance, squared) in
                        self.distances[at..at + LANES].iter_mut().zip(squared)
                    {
                        *distance = squared.sqrt();
                    }
                }
            }
        }
    }
}

/// Squared distances of [`GROUP`] query rows to the [`LANES`] rows of a panel.
#[expect(
    clippy::inline_always,
    reason = "must be compiled for the caller's vector width"
)]
#[inline(always)]
fn squared_distances(queries: &[f64], panel: &[[f32; LANES]]) -> [[f64; LANES]; GROUP] {
    let (a, rest) = queries.split_at(panel.len());
    let (b, rest) = rest.split_at(panel.len());
    let (c, d) = rest.split_at(panel.len());
    let mut sums = [[0.0; LANES]; GROUP];
    for ((((column, &a), &b), &c), &d) in panel.iter().zip(a).zip(b).zip(c).zip(d) {
        let mut gallery = [0.0; LANES];
        for (wide, &value) in gallery.iter_mut().zip(column) {
            *wide = f64::from(value);
        }
        for (sums, query) in sums.iter_mut().zip([a, b, c, d]) {
            for (sum, gallery) in sums.iter_mut().zip(&gallery) {
                let difference = gallery - query;
                *sum = difference.mul_add(difference, *sum);
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize, dim: usize, seed: u64) -> Vec<f32> {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        (0..count * dim)
            .map(|_| rng.random_range(-1.0..1.0))
            .collect()
    }

    #[test]
    fn streamed_rows_equal_the_plain_sum_bit_for_bit() {
        for (n, queries, dim) in [(1, 1, 1), (7, 3, 5), (40, 33, 17), (65, 16, 64)] {
            let (gallery, queries) = (rows(n, dim, 1), rows(queries, dim, 2));
            let packed = PackedRows::new(&gallery, dim);
            let steps = Steps::new(&(), 1);
            let add = |rows: &mut Vec<_>, query, row: &[f64]| rows.push((query, row.to_vec()));
            let measured = fold_rows(&queries, &packed, 0, &steps, Vec::new, add);
            let mut measured = measured.expect("not interrupted").concat();
            measured.sort_by_key(|&(query, _)| query);
            for (position, (query, row)) in measured.iter().enumerate() {
                let a = &queries[query * dim..(query + 1) * dim];
                let expected: Vec<f64> =
                    gallery.chunks_exact(dim).map(|b| euclidean(a, b)).collect();
                assert_eq!((position, &expected), (*query, row));
            }
        }
    }

    #[test]
    fn every_unordered_pair_is_visited_once() {
        let (n, dim) = (61, 3);
        let data = rows(n, dim, 3);
        let steps = Steps::new(&(), 1);
        let folded = fold_pairs(&data, dim, &steps, Vec::new, |state, i, distances| {
            state.extend(distances.iter().zip(i + 1..).map(|(&d, j)| (i, j, d)));
        });
        let mut pairs: Vec<(usize, usize, f64)> = folded.expect("not interrupted").concat();
        pairs.sort_by_key(|&(i, j, _)| (i, j));
        let row = |i: usize| &data[i * dim..(i + 1) * dim];
        let expected: Vec<(usize, usize, f64)> = (0..n)
            .flat_map(|i| (i + 1..n).map(move |j| (i, j)))
            .map(|(i, j)| (i, j, euclidean(row(i), row(j))))
            .collect();
        assert_eq!(pairs, expected);
        let mut written = vec![f64::NAN; pairs.len()];
        write_pairs(&data, dim, &steps, &mut written).expect("not interrupted");
        let distances: Vec<f64> = pairs.iter().map(|&(_, _, distance)| distance).collect();
        assert_eq!(written, distances);
    }
}
