//! Every loss on the same terms: a head trained on the features of the frozen bundled backbone.
//!
//! `cargo xtask bench losses --data-dir DIR` runs it. The features are computed once. For each loss a small grid of
//! parameter and learning rate is trained with one seed, the best by MAP@R on the validation part is trained with
//! several, and these are judged on the test images and, few-shot, on the held-out breeds.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use burn::tensor::Device;
use clap::Parser;
use pets_data::{
    Dataset, Item, Loader, Normalization, Sampler, Split, SplitConfig, SplitKind, Transform,
};
use pets_eval::{
    Embeddings, FewShotConfig, VerificationPairs, evaluate_few_shot, evaluate_retrieval,
    evaluate_verification,
};
use pets_losses::LossConfig;
use pets_model::{
    Architecture, Completeness, EmbeddingModel, EmbeddingModelConfig, FrozenStages,
    ModelDescription, StateDict, WeightsSource,
};
use pets_train::{Activations, BatchPlan, Monitor, RunFolder, TrainConfig, Trainer, TrainingData};
use serde::Serialize;

const ARCHITECTURE: Architecture = Architecture::EfficientnetLite0;
const EMBEDDING_SIZE: usize = 256;
const NETWORK: EmbeddingModelConfig = EmbeddingModelConfig {
    architecture: ARCHITECTURE,
    embedding_size: Some(EMBEDDING_SIZE),
    dropout_rate: 0.2,
};
const IMG_SIZE: u32 = 224;
const BATCH_SIZE: usize = 64;
const RATES: [f64; 3] = [3e-4, 1e-3, 3e-3];
const HOLDOUT: [&str; 5] = [
    "american_bulldog",
    "Egyptian_Mau",
    "samoyed",
    "Siamese",
    "wheaten_terrier",
];

type Failure = Box<dyn std::error::Error>;

/// Compares every loss on the features of the frozen bundled backbone.
#[derive(Parser)]
struct Arguments {
    /// Oxford-IIIT Pet in its official layout.
    #[arg(long)]
    data_dir: PathBuf,
    /// Epochs of every run.
    #[arg(long, default_value_t = 20)]
    epochs: usize,
    /// Seeds of the final runs, from 1.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// Where to write the results as JSON.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// A loss with the values of one parameter that are tried.
struct Entry {
    name: &'static str,
    /// The loss and its other parameters, as TOML.
    base: &'static str,
    parameter: &'static str,
    values: [f64; 3],
}

const fn entry(
    name: &'static str,
    base: &'static str,
    parameter: &'static str,
    values: [f64; 3],
) -> Entry {
    Entry {
        name,
        base,
        parameter,
        values,
    }
}

const ANGLES: [f64; 3] = [0.3, 0.5, 0.7];
const TRIPLET_MARGINS: [f64; 3] = [0.1, 0.3, 0.5];
const PAIR_MARGINS: [f64; 3] = [0.5, 1.0, 1.4];

const ENTRIES: [Entry; 16] = [
    entry("arcface", "type = 'arcface'", "angular_margin", ANGLES),
    entry(
        "arcface, 3 sub-centres",
        "type = 'arcface'\nsub_centers = 3",
        "angular_margin",
        ANGLES,
    ),
    entry(
        "cosface",
        "type = 'cosface'\nscale = 30.0",
        "margin",
        [0.2, 0.35, 0.5],
    ),
    entry(
        "normalized_softmax",
        "type = 'normalized_softmax'",
        "temperature",
        [0.03, 0.05, 0.1],
    ),
    entry(
        "proxy_anchor",
        "type = 'proxy_anchor'",
        "margin",
        [0.05, 0.1, 0.2],
    ),
    entry(
        "contrastive",
        "type = 'contrastive'\nreducer = 'mean_active'",
        "margin",
        PAIR_MARGINS,
    ),
    entry(
        "contrastive, squared",
        "type = 'contrastive'\nreducer = 'mean_active'\nsquared = true",
        "margin",
        PAIR_MARGINS,
    ),
    entry(
        "multi_similarity",
        "type = 'multi_similarity'",
        "lambda",
        [0.5, 0.75, 1.0],
    ),
    entry("supcon", "type = 'supcon'", "temperature", [0.05, 0.1, 0.2]),
    entry("circle", "type = 'circle'", "margin", [0.25, 0.4, 0.5]),
    entry(
        "lifted_structure",
        "type = 'lifted_structure'",
        "margin",
        [0.5, 1.0, 1.5],
    ),
    entry(
        "triplet, batch_all",
        "type = 'triplet'\nmining = 'batch_all'",
        "margin",
        TRIPLET_MARGINS,
    ),
    entry(
        "triplet, batch_hard",
        "type = 'triplet'\nmining = 'batch_hard'",
        "margin",
        TRIPLET_MARGINS,
    ),
    entry(
        "triplet, batch_semi_hard",
        "type = 'triplet'\nmining = 'batch_semi_hard'",
        "margin",
        TRIPLET_MARGINS,
    ),
    entry(
        "triplet, distance_weighted",
        "type = 'triplet'\nmining = 'distance_weighted'",
        "margin",
        TRIPLET_MARGINS,
    ),
    entry(
        "triplet, multi_similarity",
        "type = 'triplet'\nmining = 'multi_similarity'",
        "margin",
        TRIPLET_MARGINS,
    ),
];

impl Entry {
    fn loss(&self, value: f64) -> Result<LossConfig, Failure> {
        let mut table: toml::Table = self.base.parse()?;
        table.insert(self.parameter.to_owned(), value.into());
        Ok(table.try_into()?)
    }
}

/// What every run starts from.
struct Bench {
    model: EmbeddingModel,
    frozen: FrozenStages,
    device: Device,
    classes: usize,
    train: Activations,
    val: Activations,
    test: Activations,
    few_shot: Activations,
    epochs: usize,
    folder: tempfile::TempDir,
}

/// The metrics of one run.
#[derive(Debug, Clone, Copy, Serialize)]
struct Metrics {
    recall_at_1: f64,
    map_at_r: f64,
    roc_auc: f64,
    eer: f64,
    few_shot: f64,
}

/// A loss at its best.
#[derive(Serialize)]
struct Line {
    name: &'static str,
    loss: LossConfig,
    learning_rate: f64,
    /// What the grid gave.
    chosen: String,
    runs: Vec<Metrics>,
}

impl Bench {
    fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let device = Device::flex();
        device.seed(1);
        let WeightsSource::Bundled(bundled) = ARCHITECTURE.pretrained()[0].source else {
            return Err("the weights of the backbone are not bundled".into());
        };
        let weights = StateDict::from_bytes(bundled.bytes()?, "bundled")?;
        let (model, _) =
            NETWORK
                .init(&device)?
                .load_backbone(ARCHITECTURE, weights, Completeness::Complete)?;
        let frozen = FrozenStages::parse("backbone", ARCHITECTURE)?;

        let dataset = Dataset::open(&arguments.data_dir)?;
        let split = Split::new(
            &dataset,
            &SplitConfig {
                kind: SplitKind::Official,
                train_val_split: 0.8,
                train_test_split: 0.9,
                holdout: HOLDOUT.map(str::to_owned).to_vec(),
                seed: 42,
            },
        )?;
        let normalization = ARCHITECTURE.normalization();
        let features = |name: &str, items: Vec<Item>| -> Result<Activations, Failure> {
            let transform = Transform::eval(
                IMG_SIZE,
                Normalization {
                    mean: normalization.mean,
                    std: normalization.std,
                },
            )?;
            let loader = Loader::new(
                items,
                transform,
                device.clone(),
                Loader::available_workers(),
            )?;
            eprintln!("{name}: {} images", loader.items().len());
            Activations::compute(&loader, &model, frozen, usize::MAX, &mut |_, _| true)?
                .ok_or_else(|| "features of a fixed transform can be kept".into())
        };
        Ok(Self {
            classes: split.train_classes.len(),
            train: features("train", split.train_items(&dataset))?,
            val: features("val", split.val_items(&dataset))?,
            test: features("test", dataset.items(&split.test))?,
            few_shot: features("held-out breeds", dataset.items(&split.few_shot))?,
            model,
            frozen,
            device,
            epochs: arguments.epochs,
            folder: tempfile::tempdir()?,
        })
    }

    /// Trains a head and returns the model of the best epoch with its MAP@R on the validation part.
    fn run(
        &self,
        loss: LossConfig,
        learning_rate: f64,
        seed: u64,
    ) -> Result<(EmbeddingModel, f64), Failure> {
        let sampler = if loss.kind().has_prototypes() {
            Sampler::Shuffle
        } else {
            Sampler::MPerClass { m: 4 }
        };
        let config = TrainConfig {
            num_epochs: self.epochs,
            batch_size: BATCH_SIZE,
            batch_plan: BatchPlan::Fixed(sampler),
            learning_rate,
            monitor: Monitor::MapAtR,
            early_stopping: None,
            frozen: Some(self.frozen),
            checkpoint_every: "1 hour".parse()?,
            seed,
            ..TrainConfig::default()
        };
        self.device.seed(seed);
        let mut model = NETWORK.init(&self.device)?;
        model.backbone = self.model.backbone.clone();
        let description = ModelDescription::untrained(&NETWORK, IMG_SIZE as usize, Vec::new());
        let folder = RunFolder::new(self.folder.path()).lock()?;
        let data = TrainingData {
            train: self.train.clone().into(),
            val: Some(self.val.clone().into()),
        };
        let loss = loss.init(EMBEDDING_SIZE, self.classes, &self.device)?;
        let outcome = Trainer::new(config, description).train(model, loss, data, &folder)?;
        let best = outcome.best_epoch.ok_or("no epoch was trained")?;
        let validated = outcome.history[best - 1].map_at_r.unwrap_or(0.0);
        let opened = EmbeddingModel::open(&folder.best_model(), &self.device)?;
        Ok((opened.model, validated))
    }

    fn judge(&self, model: &EmbeddingModel) -> Result<Metrics, Failure> {
        let embed = |part: &Activations| {
            let rows = part.embed(model, self.frozen);
            let labels = part.labels().iter().map(|label| *label as u32).collect();
            Embeddings::new(rows, EMBEDDING_SIZE, labels)
        };
        let test = embed(&self.test)?;
        let retrieval = evaluate_retrieval(&test, &[1], &())?.summary;
        let verification = evaluate_verification(&test, VerificationPairs::All, &())?;
        let few_shot = evaluate_few_shot(&embed(&self.few_shot)?, FewShotConfig::default(), &())?;
        let defined = |value: Option<f64>| value.ok_or("a metric is undefined");
        Ok(Metrics {
            recall_at_1: defined(retrieval.at_k[&1].recall)?,
            map_at_r: defined(retrieval.map_at_r)?,
            roc_auc: defined(verification.roc_auc)?,
            eer: defined(verification.eer)?,
            few_shot: few_shot.nearest_class_mean.mean,
        })
    }

    fn compare(&self, entry: &Entry, seeds: u64) -> Result<Line, Failure> {
        let mut best: Option<(f64, f64, f64)> = None;
        for value in entry.values {
            let loss = entry.loss(value)?;
            for rate in RATES {
                // A run that diverges is no candidate.
                let Ok((_, validated)) = self.run(loss, rate, 42) else {
                    continue;
                };
                if best.is_none_or(|(highest, ..)| validated > highest) {
                    best = Some((validated, value, rate));
                }
            }
        }
        let (_, value, learning_rate) = best.ok_or("every run of the grid diverged")?;
        let loss = entry.loss(value)?;
        let runs = (1..=seeds)
            .map(|seed| self.judge(&self.run(loss, learning_rate, seed)?.0))
            .collect::<Result<_, _>>()?;
        Ok(Line {
            name: entry.name,
            loss,
            chosen: format!("{} {value}, rate {learning_rate:e}", entry.parameter),
            learning_rate,
            runs,
        })
    }
}

impl Line {
    fn markdown(&self) -> String {
        let mut text = format!("| {} | `{}` |", self.name, self.chosen);
        let columns: [fn(&Metrics) -> f64; 5] = [
            |metrics| metrics.recall_at_1,
            |metrics| metrics.map_at_r,
            |metrics| metrics.roc_auc,
            |metrics| metrics.eer,
            |metrics| metrics.few_shot,
        ];
        for column in columns {
            let values: Vec<f64> = self.runs.iter().map(column).collect();
            let count = values.len() as f64;
            let mean = values.iter().sum::<f64>() / count;
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            let deviation = (squares / (count - 1.0).max(1.0)).sqrt();
            write!(text, " {mean:.4} ± {deviation:.4} |")
                .expect("a string takes all that is written");
        }
        text
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let bench = Bench::new(arguments)?;
    println!("| loss | chosen on validation | Recall@1 | MAP@R | ROC-AUC | EER | 5-way 5-shot |");
    println!("|---|---|---|---|---|---|---|");
    let mut lines = Vec::new();
    for entry in &ENTRIES {
        let line = bench.compare(entry, arguments.seeds)?;
        println!("{}", line.markdown());
        lines.push(line);
    }
    if let Some(out) = &arguments.out {
        std::fs::write(out, serde_json::to_string_pretty(&lines)?)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
