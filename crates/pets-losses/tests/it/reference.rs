//! The losses as their definitions read, in float64, over explicit pairs and triplets.

use pets_losses::{Mining, Reducer};

use crate::evaluation::Batch;

/// A loss as a sum of `weight · d(i, j)` and a constant, from which value and gradient follow.
pub(crate) struct Reference<'a> {
    batch: &'a Batch,
    terms: Vec<(usize, usize, f64)>,
    constant: f64,
    /// The smallest amount by which a decision was taken, equality left out.
    closest_decision: f64,
}

impl<'a> Reference<'a> {
    fn new(batch: &'a Batch) -> Self {
        Self {
            batch,
            terms: Vec::new(),
            constant: 0.0,
            closest_decision: f64::INFINITY,
        }
    }

    /// The triplet loss with the Euclidean distance.
    pub(crate) fn triplet(batch: &'a Batch, mining: Mining, margin: f64, reducer: Reducer) -> Self {
        let mut reference = Self::new(batch);
        let valid = reference.valid().len();
        let (mut chosen, mut candidates) = match mining {
            Mining::BatchAll => (reference.all(margin), valid),
            Mining::BatchHard => reference.hard(margin),
            Mining::BatchSemiHard => (reference.semi_hard(margin), valid),
            Mining::MultiSimilarity => (reference.multi_similarity(margin), valid),
            Mining::DistanceWeighted => panic!("this mining is random"),
        };
        if mining == Mining::BatchSemiHard && chosen.is_empty() {
            (chosen, candidates) = reference.hard(margin);
        }
        // Triplets that share an anchor's place by a tie have a weight below 1.
        let active: f64 = chosen.iter().map(|&(.., weight)| weight).sum();
        let divisor = divisor(reducer, active, candidates);
        for (a, p, n, weight) in chosen {
            reference.terms.push((a, p, weight / divisor));
            reference.terms.push((a, n, -weight / divisor));
            reference.constant += margin * weight / divisor;
        }
        reference
    }

    /// The contrastive loss.
    pub(crate) fn contrastive(batch: &'a Batch, margin: f64, reducer: Reducer) -> Self {
        let mut reference = Self::new(batch);
        let n = batch.labels.len();
        let pairs: Vec<_> = (0..n)
            .flat_map(|i| (0..n).map(move |j| (i, j)))
            .filter(|(i, j)| i != j)
            .collect();
        let (positive, negative): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .partition(|&(i, j)| batch.labels[i] == batch.labels[j]);
        let share = 0.5 / divisor(reducer, positive.len() as f64, positive.len());
        for &(i, j) in &positive {
            reference.terms.push((i, j, share));
        }
        let mut active = negative.clone();
        active.retain(|&(i, j)| reference.is_less(reference.distance(i, j), margin));
        let share = 0.5 / divisor(reducer, active.len() as f64, negative.len());
        for (i, j) in active {
            reference.terms.push((i, j, -share));
            reference.constant += share * margin;
        }
        reference
    }

    /// Whether some decision hangs on less than float32 can tell.
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.closest_decision < 2e-6
    }

    /// Distances hold about five digits, which is what is left where two of them cancel: 5e-6, or as much for every
    /// two units of weight, since a sum over many pairs cancels down from so many distances.
    pub(crate) fn allowed_error(&self) -> f64 {
        let weight: f64 = self.terms.iter().map(|(.., weight)| weight.abs()).sum();
        5e-6 * (weight / 2.0).max(1.0)
    }

    pub(crate) fn value(&self) -> f64 {
        let distances = self
            .terms
            .iter()
            .map(|&(i, j, weight)| weight * self.distance(i, j));
        distances.sum::<f64>() + self.constant
    }

    pub(crate) fn gradient(&self) -> Vec<f64> {
        let embeddings = &self.batch.embeddings;
        let dim = embeddings[0].len();
        let mut gradient = vec![0.0; embeddings.len() * dim];
        for &(i, j, weight) in &self.terms {
            let distance = self.distance(i, j);
            for k in 0..dim {
                let slope = f64::from(embeddings[i][k]) - f64::from(embeddings[j][k]);
                gradient[i * dim + k] += weight * slope / distance;
                gradient[j * dim + k] -= weight * slope / distance;
            }
        }
        gradient
    }

    fn distance(&self, i: usize, j: usize) -> f64 {
        let [a, b] = [i, j].map(|row| &self.batch.embeddings[row]);
        let squares = a
            .iter()
            .zip(b)
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
        (squares.sum::<f64>() + 1e-8).sqrt()
    }

    fn is_less(&mut self, a: f64, b: f64) -> bool {
        let gap = (a - b).abs();
        // Sums of equal parts differ in the last digits of float64.
        if gap < 1e-14 {
            return false;
        }
        self.closest_decision = self.closest_decision.min(gap);
        a < b
    }

    fn valid(&self) -> Vec<(usize, usize, usize)> {
        let labels = &self.batch.labels;
        let samples = || 0..labels.len();
        samples()
            .flat_map(|a| samples().map(move |p| (a, p)))
            .filter(|&(a, p)| a != p && labels[a] == labels[p])
            .flat_map(|(a, p)| samples().map(move |n| (a, p, n)))
            .filter(|&(a, _, n)| labels[a] != labels[n])
            .collect()
    }

    fn is_active(&mut self, (a, p, n): (usize, usize, usize), margin: f64) -> bool {
        self.is_less(self.distance(a, n), self.distance(a, p) + margin)
    }

    fn all(&mut self, margin: f64) -> Vec<(usize, usize, usize, f64)> {
        let mut chosen = self.valid();
        chosen.retain(|&triplet| self.is_active(triplet, margin));
        chosen.into_iter().map(|(a, p, n)| (a, p, n, 1.0)).collect()
    }

    fn semi_hard(&mut self, margin: f64) -> Vec<(usize, usize, usize, f64)> {
        let mut chosen = self.valid();
        chosen.retain(|&(a, p, n)| {
            self.is_less(self.distance(a, p), self.distance(a, n))
                && self.is_active((a, p, n), margin)
        });
        chosen.into_iter().map(|(a, p, n)| (a, p, n, 1.0)).collect()
    }

    fn multi_similarity(&mut self, margin: f64) -> Vec<(usize, usize, usize, f64)> {
        let valid = self.valid();
        let mut chosen = self.all(margin);
        chosen.retain(|&(a, p, n, _)| {
            let of_anchor = || valid.iter().filter(|&&(other, ..)| other == a);
            let farthest = of_anchor()
                .map(|&(a, p, _)| self.distance(a, p))
                .fold(0.0, f64::max);
            let nearest = of_anchor()
                .map(|&(a, _, n)| self.distance(a, n))
                .fold(f64::INFINITY, f64::min);
            self.is_less(nearest - 0.1, self.distance(a, p))
                && self.is_less(self.distance(a, n), farthest + 0.1)
        });
        chosen
    }

    /// The hardest triplets that are active, and the number of anchors that have a triplet.
    ///
    /// A triplet is hardest if no valid triplet of its anchor has a farther positive or a nearer negative.
    fn hard(&mut self, margin: f64) -> (Vec<(usize, usize, usize, f64)>, usize) {
        let valid = self.valid();
        let (mut chosen, mut anchors) = (Vec::new(), 0);
        for anchor in 0..self.batch.labels.len() {
            let of_anchor: Vec<_> = valid
                .iter()
                .filter(|&&(a, ..)| a == anchor)
                .copied()
                .collect();
            anchors += usize::from(!of_anchor.is_empty());
            let mut hardest = of_anchor.clone();
            for &(_, p, n) in &of_anchor {
                let farther = self.distance(anchor, p);
                let nearer = self.distance(anchor, n);
                hardest
                    .retain(|&(_, other, _)| !self.is_less(self.distance(anchor, other), farther));
                hardest
                    .retain(|&(_, _, other)| !self.is_less(nearer, self.distance(anchor, other)));
            }
            hardest.retain(|&triplet| self.is_active(triplet, margin));
            let share = 1.0 / hardest.len() as f64;
            chosen.extend(hardest.into_iter().map(|(a, p, n)| (a, p, n, share)));
        }
        (chosen, anchors)
    }
}

/// What a sum is divided by, at least 1.
fn divisor(reducer: Reducer, active: f64, candidates: usize) -> f64 {
    let divisor = match reducer {
        Reducer::Mean => candidates as f64,
        Reducer::MeanActive => active,
        Reducer::Sum => 1.0,
    };
    divisor.max(1.0)
}
