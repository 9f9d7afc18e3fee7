//! Squared distances and the nearest by them, as both measures of a map's quality need them.

use std::array;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Rows whose distances are measured by one thread at a time, so that all others pass through memory once for them.
const QUERIES: usize = 32;

/// Rows whose distances to another are measured at once.
const GROUP: usize = 4;

/// Numbers in a block of the other rows, which the second cache holds.
const BLOCK: usize = 1 << 15;

/// Sums of each distance, to keep the units busy.
const SUMS: usize = 2;

/// For every row `visit(its number, its squared Euclidean distance to each row)`, in the order of the rows.
///
/// `dim` must be above 0.
pub(super) fn map_distances<T: Send>(
    rows: &[f32],
    dim: usize,
    visit: impl Fn(usize, &[f32]) -> T + Sync,
) -> Vec<T> {
    let n = rows.len() / dim;
    let visited: Vec<Vec<T>> = rows
        .par_chunks(QUERIES * dim)
        .enumerate()
        .map_init(
            || vec![0.0; QUERIES * n],
            |distances, (number, queries)| {
                Arch::new().dispatch(Distances {
                    queries,
                    rows,
                    dim,
                    out: distances,
                });
                let numbers = number * QUERIES..n;
                numbers
                    .zip(distances.chunks_exact(n))
                    .map(|(row, distances)| visit(row, distances))
                    .collect()
            },
        )
        .collect();
    visited.into_iter().flatten().collect()
}

/// The `k` rows nearest to row `i`, which is so far from each, nearest first, ties by their order; `k` must be within
/// `1..distances.len()`.
pub(super) fn nearest(distances: &[f32], i: usize, k: usize) -> Vec<usize> {
    let by_distance = |a: &usize, b: &usize| distances[*a].total_cmp(&distances[*b]).then(a.cmp(b));
    let mut nearest: Vec<usize> = (0..distances.len()).filter(|j| *j != i).collect();
    nearest.select_nth_unstable_by(k - 1, by_distance);
    nearest.truncate(k);
    nearest.sort_unstable_by(by_distance);
    nearest
}

/// The distances of up to [`QUERIES`] rows to all rows; those of a row behind one another.
struct Distances<'a> {
    queries: &'a [f32],
    rows: &'a [f32],
    dim: usize,
    out: &'a mut [f32],
}

impl WithSimd for Distances<'_> {
    type Output = ();

    #[expect(
        clippy::inline_always,
        reason = "compiled for the vector width that was found"
    )]
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            queries,
            rows,
            dim,
            out,
        } = self;
        let n = rows.len() / dim;
        let block_rows = (BLOCK / dim).max(1);
        for (block, rows) in rows.chunks(block_rows * dim).enumerate() {
            for (group, out) in queries.chunks(GROUP * dim).zip(out.chunks_mut(GROUP * n)) {
                // A group that is not full repeats its last row.
                let last = group.len() / dim - 1;
                let group = array::from_fn(|place| &group[place.min(last) * dim..][..dim]);
                for (row, column) in rows.chunks_exact(dim).zip(block * block_rows..) {
                    let found = squared_distances(simd, group, row);
                    for (place, distance) in found.into_iter().enumerate() {
                        out[place * n + column] = distance;
                    }
                }
            }
        }
    }
}

#[expect(
    clippy::inline_always,
    reason = "compiled for the vector width that was found"
)]
#[inline(always)]
fn squared_distances<S: Simd>(simd: S, group: [&[f32]; GROUP], row: &[f32]) -> [f32; GROUP] {
    let mut sums = [[simd.splat_f32s(0.0); SUMS]; GROUP];
    let (row, row_rest) = S::as_simd_f32s(row);
    let (row_blocks, row_tail) = row.as_chunks::<SUMS>();
    let parts = group.map(|other| {
        let (other, rest) = S::as_simd_f32s(other);
        let (blocks, tail) = other.as_chunks::<SUMS>();
        (&blocks[..row_blocks.len()], tail, rest)
    });
    for (number, block) in row_blocks.iter().enumerate() {
        for (sums, (blocks, _, _)) in sums.iter_mut().zip(&parts) {
            let other = &blocks[number];
            for (sum, (&a, &b)) in sums.iter_mut().zip(block.iter().zip(other)) {
                let apart = simd.sub_f32s(a, b);
                *sum = simd.mul_add_e_f32s(apart, apart, *sum);
            }
        }
    }
    let mut distances = [0.0; GROUP];
    for ((distance, mut sums), (_, tail, rest)) in distances.iter_mut().zip(sums).zip(parts) {
        for (sum, (&a, &b)) in sums.iter_mut().zip(row_tail.iter().zip(tail)) {
            let apart = simd.sub_f32s(a, b);
            *sum = simd.mul_add_e_f32s(apart, apart, *sum);
        }
        let [mut sum, others @ ..] = sums;
        for other in others {
            sum = simd.add_f32s(sum, other);
        }
        *distance = simd.reduce_sum_f32s(sum);
        for (a, b) in row_rest.iter().zip(rest) {
            *distance += (a - b) * (a - b);
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Small whole coordinates, so that sums are exact in any order.
        #[test]
        fn they_are_those_of_all_pairs(
            n in 1..80_usize,
            dim in 1..70_usize,
            values in prop::collection::vec(-9_i8..10, 80 * 70),
        ) {
            let rows: Vec<f32> = values[..n * dim].iter().copied().map(f32::from).collect();
            let found = map_distances(&rows, dim, |row, distances| (row, distances.to_vec()));
            let expected: Vec<(usize, Vec<f32>)> = rows
                .chunks_exact(dim)
                .map(|a| {
                    let squared = |b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
                    rows.chunks_exact(dim).map(squared).collect()
                })
                .enumerate()
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
