//! Draws of pairs without repetition.

use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;

use crate::classes::{Classes, unordered_pairs};
use crate::error::EvalError;

/// A sample of the unordered pairs, each pair at most once.
pub(crate) struct SampledPairs {
    pub(crate) positive: Vec<(usize, usize)>,
    pub(crate) negative: Vec<(usize, usize)>,
}

impl SampledPairs {
    /// Draws `pairs` pairs, half of them positive where there are enough of both kinds, each kind uniformly.
    pub(crate) fn draw(classes: &Classes, pairs: u64, seed: u64) -> Result<Self, EvalError> {
        let order = PairOrder::new(classes);
        let (all_positive, all_negative) = (order.positive_pairs(), order.negative_pairs());
        let negative = all_negative.min(pairs - all_positive.min(pairs / 2));
        let positive = all_positive.min(pairs - negative);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut draw = |all: u64, amount: u64| -> Result<index::IndexVec, EvalError> {
            let count =
                |pairs| usize::try_from(pairs).map_err(|_| EvalError::TooManyPairs { pairs });
            Ok(index::sample(&mut rng, count(all)?, count(amount)?))
        };
        let (positive, negative) = (draw(all_positive, positive)?, draw(all_negative, negative)?);
        Ok(Self {
            positive: positive.iter().map(|pair| order.positive(pair)).collect(),
            negative: negative.iter().map(|pair| order.negative(pair)).collect(),
        })
    }
}

/// Numbers the positive pairs and the negative pairs, with the samples in order of their class.
pub(crate) struct PairOrder<'a> {
    classes: &'a Classes,
    samples: Vec<usize>,
    /// Per class, the positive pairs of the classes before it; one more entry for the end.
    positive_start: Vec<u64>,
    /// Per sample in class order, the negative pairs of the samples before it with samples of later classes; one more
    /// entry for the end.
    negative_start: Vec<u64>,
    /// Per sample in class order, where the next class begins.
    next_class: Vec<usize>,
}

impl<'a> PairOrder<'a> {
    pub(crate) fn new(classes: &'a Classes) -> Self {
        let mut order = Self {
            classes,
            samples: Vec::new(),
            positive_start: vec![0],
            negative_start: vec![0],
            next_class: Vec::new(),
        };
        let total = classes.class_of().len();
        let (mut positive, mut negative) = (0, 0);
        for class in classes.groups() {
            order.samples.extend(&class.members);
            positive += unordered_pairs(class.members.len());
            order.positive_start.push(positive);
            let next_class = order.samples.len();
            for _ in &class.members {
                negative += (total - next_class) as u64;
                order.negative_start.push(negative);
                order.next_class.push(next_class);
            }
        }
        order
    }

    pub(crate) fn positive_pairs(&self) -> u64 {
        self.positive_start.last().copied().unwrap_or(0)
    }

    pub(crate) fn negative_pairs(&self) -> u64 {
        self.negative_start.last().copied().unwrap_or(0)
    }

    pub(crate) fn positive(&self, pair: usize) -> (usize, usize) {
        let (class, within) = locate(&self.positive_start, pair as u64);
        let (first, second) = triangle(within);
        let members = &self.classes.groups()[class].members;
        (members[first], members[second])
    }

    pub(crate) fn negative(&self, pair: usize) -> (usize, usize) {
        let (first, within) = locate(&self.negative_start, pair as u64);
        let second = self.next_class[first] + within as usize;
        (self.samples[first], self.samples[second])
    }
}

/// The interval of ascending `starts` that holds `number`, and the place within it.
fn locate(starts: &[u64], number: u64) -> (usize, u64) {
    let interval = starts.partition_point(|&start| start <= number) - 1;
    (interval, number - starts[interval])
}

/// The pair at place `number` of (0, 1), (0, 2), (1, 2), (0, 3), …
fn triangle(number: u64) -> (usize, usize) {
    let guess = f64::midpoint(1.0, (8.0 * number as f64 + 1.0).sqrt()) as u64;
    let below = |second: u64| second * (second - 1) / 2;
    let mut second = guess.max(1);
    while below(second) > number {
        second -= 1;
    }
    while below(second + 1) <= number {
        second += 1;
    }
    ((number - below(second)) as usize, second as usize)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_name_every_pair_once() {
        let labels = [3, 1, 3, 3, 2, 1, 9];
        let classes = Classes::new(&labels);
        let order = PairOrder::new(&classes);
        let sorted = |(a, b): (usize, usize)| (a.min(b), a.max(b));
        let pairs = |count: u64, pair: &dyn Fn(usize) -> (usize, usize)| -> BTreeSet<_> {
            (0..count as usize).map(|p| sorted(pair(p))).collect()
        };
        let (positive, negative): (BTreeSet<_>, BTreeSet<_>) = (0..labels.len())
            .flat_map(|a| (a + 1..labels.len()).map(move |b| (a, b)))
            .partition(|&(a, b)| labels[a] == labels[b]);
        assert_eq!(positive.len() as u64, order.positive_pairs());
        assert_eq!(negative.len() as u64, order.negative_pairs());
        assert_eq!(positive, pairs(4, &|p| order.positive(p)));
        assert_eq!(negative, pairs(17, &|p| order.negative(p)));
    }

    #[test]
    fn triangle_is_exact_for_large_numbers() {
        for second in [2_u64, 3, 94_906_266, 3_000_000_000] {
            let first_of_row = second * (second - 1) / 2;
            assert_eq!(triangle(first_of_row), (0, second as usize));
            assert_eq!(
                triangle(first_of_row - 1),
                (second as usize - 2, second as usize - 1)
            );
        }
    }

    #[test]
    fn a_draw_holds_both_kinds_and_repeats_for_a_seed() {
        let labels: Vec<u32> = (0..100).map(|sample| sample % 20).collect();
        let classes = Classes::new(&labels);
        let drawn = SampledPairs::draw(&classes, 301, 5).expect("small");
        assert_eq!((drawn.positive.len(), drawn.negative.len()), (150, 151));
        assert!(
            drawn
                .positive
                .iter()
                .all(|&(a, b)| a != b && labels[a] == labels[b])
        );
        assert!(drawn.negative.iter().all(|&(a, b)| labels[a] != labels[b]));
        let again = SampledPairs::draw(&classes, 301, 5).expect("small");
        assert_eq!(drawn.positive, again.positive);
        assert_eq!(drawn.negative, again.negative);
        let more = SampledPairs::draw(&classes, 1000, 5).expect("small");
        assert_eq!((more.positive.len(), more.negative.len()), (200, 800));
    }
}
