//! Writes a report about made-up embeddings into the file given (default: `report.html`).
//!
//! `cargo run -p pets-viz --example report -- FILE`

mod made_up;

use std::path::PathBuf;

use pets_viz::report::{
    Attention, Class, ConfusedPair, Fact, Headline, Histogram, Jpeg, Neighbour, Report, RocStep,
    Sample, Verification,
};
use pets_viz::{CamRow, EpochPoint, HeatMap, TsneConfig, UmapConfig, VizError, tsne, umap};

use made_up::{BREEDS, animal, clusters, kind_of};

const PER_BREED: usize = 50;
const DIM: usize = 32;
const NEIGHBOURS: usize = 20;
const BINS: usize = 80;
const BIN_WIDTH: f64 = 2.0 / BINS as f64;

fn main() -> Result<(), VizError> {
    let path = PathBuf::from(
        std::env::args()
            .nth(1)
            .unwrap_or_else(|| "report.html".into()),
    );
    let (values, labels) = clusters(BREEDS.len(), PER_BREED, DIM, 1.05);
    let n = labels.len();
    let pairs = Pairs::of(&values, &labels);
    let samples = samples(&values, &labels)?;
    Report {
        title: "Made-up pets".into(),
        subtitle: "No model was trained: random vectors around a centre for each breed".into(),
        class_word: "breed".into(),
        classes_word: "breeds".into(),
        facts: facts(n),
        headlines: headlines(&samples, &pairs),
        configuration: "seed = 42\n\n[model]\nbackbone = \"none\"\nembedding_size = 32\n".into(),
        history: history(),
        best_epoch: Some(9),
        verification: Some(pairs.verification()),
        classes: classes(&samples),
        confused: pairs.most_confused(10),
        maps: vec![
            tsne(&values, n, DIM, &TsneConfig::default())?,
            umap(&values, n, DIM, &UmapConfig::default())?,
        ],
        attention: attention()?,
        samples,
    }
    .save(path)
}

fn facts(n: usize) -> Vec<Fact> {
    [("images", n), ("breeds", BREEDS.len()), ("dimensions", DIM)]
        .map(|(name, value)| Fact {
            name: name.into(),
            value: value.to_string(),
        })
        .into()
}

fn similarity(values: &[f32], a: usize, b: usize) -> f32 {
    let row = |index: usize| &values[index * DIM..(index + 1) * DIM];
    row(a).iter().zip(row(b)).map(|(x, y)| x * y).sum()
}

/// The samples, each with its nearest neighbours and its average precision at R.
fn samples(values: &[f32], labels: &[usize]) -> Result<Vec<Sample>, VizError> {
    (0..labels.len())
        .map(|query| {
            let mut found: Vec<_> = (0..labels.len())
                .filter(|other| *other != query)
                .map(|sample| Neighbour {
                    sample,
                    similarity: similarity(values, query, sample),
                })
                .collect();
            found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
            let relevant = PER_BREED - 1;
            let (mut hits, mut precision) = (0.0, 0.0);
            for (rank, neighbour) in found[..relevant].iter().enumerate() {
                if labels[neighbour.sample] == labels[query] {
                    hits += 1.0;
                    precision += hits / (rank + 1) as f64;
                }
            }
            let (class, number) = (labels[query], query % PER_BREED);
            Ok(Sample {
                name: format!("{}_{}", BREEDS[class].replace(' ', "_"), number + 1),
                class,
                photo: Jpeg::thumbnail(&animal(class, number, 180, 160))?,
                neighbours: found[..NEIGHBOURS].to_vec(),
                average_precision: Some(precision / relevant as f64),
            })
        })
        .collect()
}

fn is_hit(samples: &[Sample], sample: &Sample) -> bool {
    samples[sample.neighbours[0].sample].class == sample.class
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    values.sum::<f64>() / count
}

fn headlines(samples: &[Sample], pairs: &Pairs) -> Vec<Headline> {
    let recall = mean(
        samples
            .iter()
            .map(|s| f64::from(u8::from(is_hit(samples, s)))),
    );
    let map_at_r = mean(samples.iter().map(|s| s.average_precision.unwrap_or(0.0)));
    let spread = 1.96 * (recall * (1.0 - recall) / samples.len() as f64).sqrt();
    vec![
        Headline {
            meaning: "The nearest image is of the same breed.".into(),
            interval: Some([recall - spread, recall + spread]),
            baseline: Some(1.0 / BREEDS.len() as f64),
            ..Headline::new("Recall@1", recall)
        },
        Headline {
            meaning: "How many of the nearest images are of the same breed, the first most.".into(),
            ..Headline::new("MAP@R", map_at_r)
        },
        Headline {
            meaning: "Pairs wrongly judged where both errors are as frequent.".into(),
            baseline: Some(0.5),
            lower_is_better: true,
            ..Headline::new("Equal error rate", pairs.equal_error().1)
        },
    ]
}

fn classes(samples: &[Sample]) -> Vec<Class> {
    BREEDS
        .iter()
        .enumerate()
        .map(|(class, name)| {
            let own: Vec<&Sample> = samples.iter().filter(|s| s.class == class).collect();
            let hits = own.iter().map(|s| f64::from(u8::from(is_hit(samples, s))));
            let precision = own.iter().map(|s| s.average_precision.unwrap_or(0.0));
            Class {
                kind: Some(kind_of(name).into()),
                recall_at_1: Some(mean(hits)),
                map_at_r: Some(mean(precision)),
                ..Class::named(*name)
            }
        })
        .collect()
}

fn history() -> Vec<EpochPoint> {
    (1..=12)
        .map(|epoch| {
            let done = epoch as f64 / 12.0;
            EpochPoint {
                epoch,
                train_loss: 11.0 * (-3.0 * done).exp() + 0.4,
                val_loss: Some(11.5 * (-3.2 * done).exp() + 0.9 + 1.5 * (done - 0.7).max(0.0)),
                learning_rate: 1e-4
                    * (0.01 + f64::midpoint(1.0, (std::f64::consts::PI * done).cos())),
            }
        })
        .collect()
}

fn attention() -> Result<Vec<Attention>, VizError> {
    (0..8)
        .map(|index| {
            let (x, y) = ((index % 3) as f32 * 2.0 + 1.0, (index % 4) as f32 + 1.5);
            let value = |cell: usize| {
                let (dx, dy) = ((cell % 7) as f32 - x, (cell / 7) as f32 - y);
                (1.0 - dx.hypot(dy) / 3.0).max(0.0)
            };
            Attention::new(&CamRow {
                image: animal(index * 4, 0, 400, 360),
                map: HeatMap::new((0..49).map(value).collect(), 7, 7)?,
                caption: format!("{}: 0.8{index} like its breed", BREEDS[index * 4]),
            })
        })
        .collect()
}

/// How many pairs of one breed and of two lie in each bin of distance, and of which breeds.
struct Pairs {
    positive: Vec<u64>,
    negative: Vec<u64>,
    by_breeds: Vec<[Vec<u64>; 2]>,
}

impl Pairs {
    fn of(values: &[f32], labels: &[usize]) -> Self {
        let mut pairs = Self {
            positive: vec![0; BINS],
            negative: vec![0; BINS],
            by_breeds: vec![[vec![0; BREEDS.len()], vec![0; BREEDS.len()]]; BREEDS.len()],
        };
        for a in 0..labels.len() {
            for b in 0..a {
                let distance = (2.0 - 2.0 * f64::from(similarity(values, a, b)))
                    .max(0.0)
                    .sqrt();
                let bin = ((distance / BIN_WIDTH) as usize).min(BINS - 1);
                let same = labels[a] == labels[b];
                let counts = if same {
                    &mut pairs.positive
                } else {
                    &mut pairs.negative
                };
                counts[bin] += 1;
                let [near, all] = &mut pairs.by_breeds[labels[b]];
                all[labels[a]] += 1;
                near[labels[a]] += u64::from(distance < 0.9);
            }
        }
        pairs
    }

    fn roc(&self) -> Vec<RocStep> {
        let share = |counts: &[u64], bins: usize| {
            counts[..bins].iter().sum::<u64>() as f64 / counts.iter().sum::<u64>() as f64
        };
        (0..=BINS)
            .map(|bins| RocStep {
                false_accept_rate: share(&self.negative, bins),
                true_accept_rate: share(&self.positive, bins),
                threshold: (bins > 0).then_some(bins as f64 * BIN_WIDTH),
            })
            .collect()
    }

    /// The threshold where both errors are nearest to each other, and their mean there.
    fn equal_error(&self) -> (f64, f64) {
        let errors = |step: &RocStep| (step.false_accept_rate, 1.0 - step.true_accept_rate);
        let roc = self.roc();
        let gap = |step: &RocStep| (errors(step).0 - errors(step).1).abs();
        let equal = roc
            .iter()
            .min_by(|a, b| gap(a).total_cmp(&gap(b)))
            .expect("the curve has a point for each bin");
        let (accepted, rejected) = errors(equal);
        (
            equal.threshold.unwrap_or(0.0),
            f64::midpoint(accepted, rejected),
        )
    }

    fn verification(&self) -> Verification {
        let density = |counts: &[u64]| {
            let total = counts.iter().sum::<u64>() as f64;
            counts
                .iter()
                .map(|count| *count as f64 / total / BIN_WIDTH)
                .collect()
        };
        let (threshold, eer) = self.equal_error();
        Verification {
            roc: self.roc(),
            auc: None,
            eer: Some(eer),
            eer_threshold: Some(threshold),
            measure: "Euclidean distance".into(),
            histogram: Some(Histogram {
                edges: (0..=BINS).map(|bin| bin as f64 * BIN_WIDTH).collect(),
                positive: density(&self.positive),
                negative: density(&self.negative),
            }),
        }
    }

    fn most_confused(&self, count: usize) -> Vec<ConfusedPair> {
        let mut confused: Vec<ConfusedPair> = (0..BREEDS.len())
            .flat_map(|a| (0..a).map(move |b| [b, a]))
            .map(|classes| ConfusedPair {
                classes,
                accepted: self.by_breeds[classes[0]][0][classes[1]],
                pairs: self.by_breeds[classes[0]][1][classes[1]],
            })
            .collect();
        confused.sort_by_key(|pair| std::cmp::Reverse(pair.accepted));
        confused.truncate(count);
        confused
    }
}
