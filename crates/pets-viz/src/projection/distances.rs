//! Squared distances, as both measures of a map's quality need them.

/// Squared Euclidean distance of row `i` to every row.
pub(super) fn squared_distances(rows: &[f32], dim: usize, i: usize) -> Vec<f32> {
    let from = &rows[i * dim..(i + 1) * dim];
    rows.chunks_exact(dim)
        .map(|row| squared_distance(from, row))
        .collect()
}

/// Sums in eight lanes, which the compiler turns into vector instructions.
fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0f32; 8];
    let (a_blocks, b_blocks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_blocks
        .remainder()
        .iter()
        .zip(b_blocks.remainder())
        .map(|(x, y)| (x - y) * (x - y))
        .sum();
    for (x, y) in a_blocks.zip(b_blocks) {
        for lane in 0..8 {
            lanes[lane] += (x[lane] - y[lane]) * (x[lane] - y[lane]);
        }
    }
    lanes.iter().sum::<f32>() + rest
}
