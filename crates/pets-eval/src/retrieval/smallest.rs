//! The smallest of many values, without a jump for each.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// The `k`-th smallest value; infinite where there are fewer that are numbers.
pub(crate) fn kth_smallest(values: &[f32], k: usize, left_out: Option<usize>) -> f32 {
    let mut smallest: BinaryHeap<Value> = BinaryHeap::with_capacity(k.min(values.len()) + 1);
    let mut limit = f32::INFINITY;
    for (chunk, first) in values.chunks(CHUNK).zip((0..).step_by(CHUNK)) {
        if !any(chunk, |value| value < limit) {
            continue;
        }
        for (&value, index) in chunk.iter().zip(first..) {
            if value < limit && Some(index) != left_out {
                smallest.push(Value(value));
                if smallest.len() > k {
                    smallest.pop();
                }
                if let (true, Some(largest)) = (smallest.len() == k, smallest.peek()) {
                    limit = largest.0;
                }
            }
        }
    }
    limit
}

/// How many values lie below a limit.
pub(crate) fn count_below(values: &[f32], limit: f32) -> usize {
    values.iter().filter(|&&value| value < limit).count()
}

/// Where `holds`, which is to be cheap.
pub(crate) fn positions(
    values: &[f32],
    holds: impl Fn(f32) -> bool + Copy,
) -> impl Iterator<Item = usize> {
    values
        .chunks(CHUNK)
        .zip((0..).step_by(CHUNK))
        .filter(move |(chunk, _)| any(chunk, holds))
        .flat_map(move |(chunk, first)| {
            let values = chunk.iter().zip(first..);
            values.filter_map(move |(&value, index)| holds(value).then_some(index))
        })
}

/// Whether `holds` for one of the values, without a jump for each.
fn any(values: &[f32], holds: impl Fn(f32) -> bool) -> bool {
    values
        .iter()
        .fold(0, |any, &value| any | u32::from(holds(value)))
        != 0
}

/// Values that are compared at a time.
const CHUNK: usize = 32;

/// A value in its order; never NaN.
struct Value(f32);

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Value {}
