//! A ROC curve thinned to few points.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A polyline's points that are kept.
pub(crate) struct Thinned {
    /// Positions of the kept points, ascending.
    pub(crate) kept: Vec<usize>,
    /// Largest distance of a left-out point to the line through the kept ones.
    pub(crate) max_deviation: f64,
}

/// Thins a polyline that rises in both coordinates: keeps the ends, then again and again the point farthest from the
/// line through the kept ones (Ramer 1972, Douglas and Peucker 1973), until all lie within `tolerance` or `limit`
/// points are kept.
pub(crate) fn thin(points: &[[f64; 2]], limit: usize, tolerance: f64) -> Thinned {
    let Some(last) = points.len().checked_sub(1) else {
        return Thinned {
            kept: Vec::new(),
            max_deviation: 0.0,
        };
    };
    let mut kept = vec![0, last];
    kept.dedup();
    let mut stretches = BinaryHeap::from([Stretch::new(points, 0, last)]);
    while let Some(worst) = stretches.peek() {
        if worst.deviation <= tolerance || kept.len() >= limit {
            break;
        }
        let (start, farthest, end) = (worst.start, worst.farthest, worst.end);
        stretches.pop();
        kept.push(farthest);
        stretches.push(Stretch::new(points, start, farthest));
        stretches.push(Stretch::new(points, farthest, end));
    }
    kept.sort_unstable();
    Thinned {
        kept,
        max_deviation: stretches.peek().map_or(0.0, |worst| worst.deviation),
    }
}

/// The points between two kept ones, ordered by how far they stray.
struct Stretch {
    start: usize,
    end: usize,
    farthest: usize,
    deviation: f64,
}

impl Stretch {
    fn new(points: &[[f64; 2]], start: usize, end: usize) -> Self {
        let [x, y] = points[start];
        let (width, height) = (points[end][0] - x, points[end][1] - y);
        let mut stretch = Self {
            start,
            end,
            farthest: start,
            deviation: 0.0,
        };
        let length = width.hypot(height);
        if length == 0.0 {
            return stretch;
        }
        let mut largest = 0.0;
        for (position, point) in points.iter().enumerate().take(end).skip(start + 1) {
            let area = ((point[0] - x) * height - (point[1] - y) * width).abs();
            if area > largest {
                largest = area;
                stretch.farthest = position;
            }
        }
        // A rising polyline lies in the box of its ends, so the foot of the perpendicular is between them.
        stretch.deviation = largest / length;
        stretch
    }
}

impl Ord for Stretch {
    fn cmp(&self, other: &Self) -> Ordering {
        self.deviation
            .total_cmp(&other.deviation)
            .then(other.start.cmp(&self.start))
    }
}

impl PartialOrd for Stretch {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Stretch {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Stretch {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_keeps_its_ends_only() {
        let points: Vec<[f64; 2]> = (0..=100)
            .map(|step| [f64::from(step), f64::from(step) * 2.0])
            .collect();
        let thinned = thin(&points, 50, 1e-9);
        assert_eq!(thinned.kept, [0, 100]);
        assert!(thinned.max_deviation <= 1e-9);
    }

    #[test]
    fn a_corner_is_kept() {
        let points = [[0.0, 0.0], [0.0, 0.5], [0.0, 1.0], [0.5, 1.0], [1.0, 1.0]];
        let thinned = thin(&points, 50, 1e-9);
        assert_eq!(thinned.kept, [0, 2, 4]);
        assert_eq!(thin(&points, 2, 1e-9).kept, [0, 4]);
        assert!((thin(&points, 2, 1e-9).max_deviation - 0.5_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn few_points_are_all_ends() {
        assert_eq!(thin(&[], 10, 0.1).kept, [0usize; 0]);
        assert_eq!(thin(&[[1.0, 1.0]], 10, 0.1).kept, [0]);
    }
}
