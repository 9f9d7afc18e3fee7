//! The losses as their formulas read, in float64, one pair at a time; gradients by finite differences.

use std::f64::consts::PI;

use pets_losses::{
    CircleConfig, Distance, LiftedStructureConfig, LossConfig, MultiSimilarityConfig, Reducer,
};

/// Embeddings, the anchors first, with their labels; prototypes, if the loss has them.
#[derive(Debug, Clone)]
pub(crate) struct Samples {
    pub(crate) rows: Vec<Vec<f64>>,
    pub(crate) labels: Vec<i64>,
    pub(crate) anchors: usize,
    pub(crate) prototypes: Vec<Vec<f64>>,
}

impl Samples {
    /// The loss of these samples. What the loss takes for constant (mined pairs, weights without gradient) is taken
    /// from `base`.
    pub(crate) fn loss(&self, config: &LossConfig, base: &Self) -> f64 {
        match config {
            LossConfig::Triplet(config) => {
                assert!(config.soft_margin, "hinges have a reference of their own");
                // All valid triplets.
                let terms = self
                    .anchors()
                    .flat_map(|a| self.soft_triplets(a, config.distance));
                reduce(config.reducer, terms.collect())
            }
            LossConfig::Contrastive(config) => {
                assert!(config.squared, "the plain form has a reference of its own");
                let distance = |i, j| self.distance(config.distance, i, j);
                let positive = self.pairs(true).map(|(i, j)| distance(i, j).powi(2));
                let negative = self
                    .pairs(false)
                    .map(|(i, j)| (config.margin - distance(i, j)).max(0.0).powi(2));
                0.5 * reduce(config.reducer, positive.collect())
                    + 0.5 * reduce(config.reducer, negative.collect())
            }
            LossConfig::MultiSimilarity(config) => {
                let terms = self
                    .anchors()
                    .map(|a| self.multi_similarity(a, config, base));
                reduce(config.reducer, terms.collect())
            }
            LossConfig::SupCon(config) => {
                let terms = self
                    .anchors()
                    .filter_map(|a| self.supcon(a, config.temperature));
                reduce(config.reducer, terms.collect())
            }
            LossConfig::Circle(config) => {
                let terms = self.anchors().filter_map(|a| self.circle(a, config, base));
                reduce(config.reducer, terms.collect())
            }
            LossConfig::LiftedStructure(config) => {
                let terms = self
                    .anchors()
                    .filter_map(|a| self.lifted_structure(a, config));
                reduce(config.reducer, terms.collect())
            }
            LossConfig::ArcFace(config) => {
                let margin = config.angular_margin;
                self.cross_entropy(config.scale, config.sub_centers, |cosine| {
                    if cosine > (PI - margin).cos() {
                        (cosine.acos() + margin).cos()
                    } else {
                        cosine - margin * margin.sin()
                    }
                })
            }
            LossConfig::CosFace(config) => {
                self.cross_entropy(config.scale, 1, |cosine| cosine - config.margin)
            }
            LossConfig::NormalizedSoftmax(config) => {
                self.cross_entropy(1.0 / config.temperature, 1, |cosine| cosine)
            }
            LossConfig::ProxyAnchor(config) => self.proxy_anchor(config.alpha, config.margin),
        }
    }

    /// The derivative of the loss by every number of the rows, then of the prototypes.
    pub(crate) fn gradient(&self, config: &LossConfig) -> Vec<f64> {
        const STEP: f64 = 1e-6;
        let places = |rows: &[Vec<f64>]| -> Vec<(usize, usize)> {
            let numbers =
                |(i, row): (usize, &Vec<f64>)| (0..row.len()).map(move |k| (i, k)).collect();
            rows.iter()
                .enumerate()
                .flat_map::<Vec<_>, _>(numbers)
                .collect()
        };
        let difference = |change: &dyn Fn(&mut Self, f64)| {
            let at = |step| {
                let mut moved = self.clone();
                change(&mut moved, step);
                moved.loss(config, self)
            };
            (at(STEP) - at(-STEP)) / (2.0 * STEP)
        };
        let of_rows = places(&self.rows)
            .into_iter()
            .map(|(i, k)| difference(&|samples, step| samples.rows[i][k] += step));
        let of_prototypes = places(&self.prototypes)
            .into_iter()
            .map(|(i, k)| difference(&|samples, step| samples.prototypes[i][k] += step));
        of_rows.chain(of_prototypes).collect()
    }

    /// Whether the mining of the multi-similarity loss hangs on less than float32 can tell.
    pub(crate) fn is_ambiguous(&self, config: &MultiSimilarityConfig) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() < 2e-6;
        self.anchors().any(|a| {
            let least = self.least_positive(a) - config.epsilon;
            let most = self.most_negative(a) + config.epsilon;
            self.others(a, true).any(|p| near(self.cosine(a, p), most))
                || self
                    .others(a, false)
                    .any(|n| near(self.cosine(a, n), least))
        })
    }

    fn anchors(&self) -> std::ops::Range<usize> {
        0..self.anchors
    }

    fn others(&self, anchor: usize, same: bool) -> impl Iterator<Item = usize> + '_ {
        (0..self.rows.len()).filter(move |&other| {
            other != anchor && (self.labels[anchor] == self.labels[other]) == same
        })
    }

    fn pairs(&self, same: bool) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.anchors()
            .flat_map(move |a| self.others(a, same).map(move |other| (a, other)))
    }

    fn cosine(&self, i: usize, j: usize) -> f64 {
        cosine(&self.rows[i], &self.rows[j])
    }

    fn distance(&self, distance: Distance, i: usize, j: usize) -> f64 {
        let differences = self.rows[i]
            .iter()
            .zip(&self.rows[j])
            .map(|(a, b)| (a - b).powi(2));
        let squared: f64 = differences.sum();
        match distance {
            Distance::Euclidean => (squared + 1e-8).sqrt(),
            Distance::SquaredEuclidean => squared,
            Distance::Cosine => 1.0 - self.cosine(i, j),
        }
    }

    fn soft_triplets(&self, a: usize, distance: Distance) -> Vec<f64> {
        let mut terms = Vec::new();
        for p in self.others(a, true) {
            for n in self.others(a, false) {
                let excess = self.distance(distance, a, p) - self.distance(distance, a, n);
                terms.push((1.0 + excess.exp()).ln());
            }
        }
        terms
    }

    fn least_positive(&self, a: usize) -> f64 {
        let cosines = self.others(a, true).map(|p| self.cosine(a, p));
        cosines.fold(f64::INFINITY, f64::min)
    }

    fn most_negative(&self, a: usize) -> f64 {
        let cosines = self.others(a, false).map(|n| self.cosine(a, n));
        cosines.fold(f64::NEG_INFINITY, f64::max)
    }

    fn multi_similarity(&self, a: usize, config: &MultiSimilarityConfig, base: &Self) -> f64 {
        let MultiSimilarityConfig {
            alpha,
            beta,
            lambda,
            epsilon,
            ..
        } = *config;
        let (least, most) = (base.least_positive(a), base.most_negative(a));
        let positives: f64 = self
            .others(a, true)
            .filter(|&p| base.cosine(a, p) < most + epsilon)
            .map(|p| (-alpha * (self.cosine(a, p) - lambda)).exp())
            .sum();
        let negatives: f64 = self
            .others(a, false)
            .filter(|&n| base.cosine(a, n) > least - epsilon)
            .map(|n| (beta * (self.cosine(a, n) - lambda)).exp())
            .sum();
        (1.0 + positives).ln() / alpha + (1.0 + negatives).ln() / beta
    }

    fn supcon(&self, a: usize, temperature: f64) -> Option<f64> {
        let positives: Vec<_> = self.others(a, true).collect();
        let all = self.others(a, true).chain(self.others(a, false));
        let sum: f64 = all
            .map(|other| (self.cosine(a, other) / temperature).exp())
            .sum();
        let logs = positives
            .iter()
            .map(|&p| ((self.cosine(a, p) / temperature).exp() / sum).ln());
        (!positives.is_empty()).then(|| -logs.sum::<f64>() / positives.len() as f64)
    }

    fn circle(&self, a: usize, config: &CircleConfig, base: &Self) -> Option<f64> {
        let (m, gamma) = (config.margin, config.gamma);
        let positives = self.others(a, true).map(|p| {
            let weight = (1.0 + m - base.cosine(a, p)).max(0.0);
            (-gamma * weight * (self.cosine(a, p) - (1.0 - m))).exp()
        });
        let negatives = self.others(a, false).map(|n| {
            let weight = (base.cosine(a, n) + m).max(0.0);
            (gamma * weight * (self.cosine(a, n) - m)).exp()
        });
        let has_both =
            self.others(a, true).next().is_some() && self.others(a, false).next().is_some();
        has_both.then(|| (positives.sum::<f64>() * negatives.sum::<f64>()).ln_1p())
    }

    fn lifted_structure(&self, a: usize, config: &LiftedStructureConfig) -> Option<f64> {
        let distance = |other| self.distance(config.distance, a, other);
        let positives: f64 = self.others(a, true).map(|p| distance(p).exp()).sum();
        let negatives = self
            .others(a, false)
            .map(|n| (config.margin - distance(n)).exp());
        let negatives: f64 = negatives.sum();
        (positives > 0.0 && negatives > 0.0).then(|| (positives.ln() + negatives.ln()).max(0.0))
    }

    /// The cosine of a sample with the nearest prototype of each class.
    fn cosines_with_classes(&self, sample: usize, per_class: usize) -> Vec<f64> {
        let nearest = |prototypes: &[Vec<f64>]| {
            let cosines = prototypes.iter().map(|row| cosine(&self.rows[sample], row));
            cosines.fold(f64::NEG_INFINITY, f64::max)
        };
        self.prototypes.chunks(per_class).map(nearest).collect()
    }

    fn cross_entropy(&self, scale: f64, per_class: usize, own: impl Fn(f64) -> f64) -> f64 {
        let term = |sample: usize| {
            let mut logits = self.cosines_with_classes(sample, per_class);
            let label = self.labels[sample] as usize;
            logits[label] = own(logits[label]);
            let sum: f64 = logits.iter().map(|logit| (scale * logit).exp()).sum();
            sum.ln() - scale * logits[label]
        };
        self.anchors().map(term).sum::<f64>() / self.anchors as f64
    }

    fn proxy_anchor(&self, alpha: f64, margin: f64) -> f64 {
        let classes = self.prototypes.len();
        let (mut pull, mut pulled, mut push) = (0.0, 0, 0.0);
        for class in 0..classes {
            let (mut own, mut others) = (0.0, 0.0);
            for sample in self.anchors() {
                let cosine = self.cosines_with_classes(sample, 1)[class];
                if self.labels[sample] == class as i64 {
                    own += (-alpha * (cosine - margin)).exp();
                } else {
                    others += (alpha * (cosine + margin)).exp();
                }
            }
            pulled += usize::from(own > 0.0);
            pull += (1.0 + own).ln();
            push += (1.0 + others).ln();
        }
        pull / pulled as f64 + push / classes as f64
    }
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| x * y).sum() };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn reduce(reducer: Reducer, terms: Vec<f64>) -> f64 {
    let active = terms.iter().filter(|&&term| term > 0.0).count();
    let divisor = match reducer {
        Reducer::Mean => terms.len(),
        Reducer::MeanActive => active,
        Reducer::Sum => 1,
    };
    terms.into_iter().sum::<f64>() / divisor.max(1) as f64
}
