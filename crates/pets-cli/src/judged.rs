//! A model and what it makes of images it has not seen: embeddings and figures.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use pets_data::Dataset;
use pets_eval::{
    Embeddings, FewShot, QueryResult, Retrieval, Verification, VerificationPairs,
    evaluate_few_shot, evaluate_retrieval, evaluate_verification,
};
use pets_model::{EmbeddingModel, OpenedModel};
use pets_train::{Representation, RunFolder, TrainError, embed};
use serde::Serialize;

use crate::arguments::Settings;
use crate::config::Config;
use crate::interrupt;
use crate::materials::Materials;
use crate::progress::Progress;
use crate::specs::EVAL_BATCH;
use crate::starting_model::starting_model;

/// A model with the embeddings of the test images.
pub(crate) struct Judged {
    pub(crate) config: Config,
    pub(crate) materials: Materials,
    pub(crate) model: EmbeddingModel,
    pub(crate) embeddings: Embeddings,
    pub(crate) per_query: Vec<QueryResult>,
    pub(crate) evaluation: Evaluation,
}

/// Everything that `evaluation.json` holds.
#[derive(Debug, Serialize)]
pub(crate) struct Evaluation {
    format: u32,
    pub(crate) model: EvaluatedModel,
    data: DataCounts,
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// The untrained backbone's features on the same images, where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<Figures>,
    timing: Timing,
}

#[derive(Debug, Serialize)]
pub(crate) struct EvaluatedModel {
    pub(crate) file: Option<PathBuf>,
    pub(crate) backbone: String,
    pub(crate) representation: String,
    pub(crate) epoch: Option<usize>,
}

#[derive(Debug, Serialize)]
struct DataCounts {
    dataset: PathBuf,
    split: String,
    seed: u64,
    test_images: usize,
    test_breeds: usize,
    few_shot_images: usize,
    few_shot_breeds: usize,
}

/// The figures of one set of embeddings.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) verification: Verification,
    pub(crate) retrieval: Retrieval,
    /// Absent where no breeds are held out.
    pub(crate) few_shot: Option<FewShot>,
}

#[derive(Debug, Serialize)]
struct Timing {
    embed_seconds: f64,
    evaluate_seconds: f64,
}

/// Opens the model that the command line means and judges it on the test images.
pub(crate) fn judge(settings: &Settings, load_model: Option<&Path>) -> Result<Judged> {
    let plain = settings.config()?;
    if load_model.is_none() && plain.evaluation.representation == "features" {
        let materials = Materials::open(&plain)?;
        let model = starting_model(&plain, &materials.device)?;
        return judge_model(plain, materials, model, None);
    }
    let file = load_model.map_or_else(
        || RunFolder::new(&plain.output_dir).best_model(),
        Path::to_owned,
    );
    if !file.exists() {
        bail!(
            "there is no model in {}; train one with `pets train`, or name a file with --load-model",
            file.display()
        );
    }
    let device = crate::device::resolve(&plain.device)?;
    let opened = EmbeddingModel::open(&file, &device)?;
    let layers = settings.layers(
        opened
            .description
            .as_ref()
            .map(|description| (description.config.as_str(), file.clone())),
    )?;
    let mut config = Config::from_layers(&layers)?;
    config.adopt(&opened);
    let materials = Materials::open(&config)?;
    let epoch = opened.description.map(|description| description.epoch);
    judge_model(config, materials, opened.model, Some((file, epoch)))
}

impl Config {
    /// What the model is settles what it is fed, whatever the flags say.
    fn adopt(&mut self, opened: &OpenedModel) {
        opened
            .config
            .architecture
            .name()
            .clone_into(&mut self.model.backbone);
        self.model.embedding_size = opened.config.embedding_size.unwrap_or(0);
        if let Some(description) = &opened.description {
            self.data.img_size = description.img_size;
        }
    }
}

fn judge_model(
    config: Config,
    materials: Materials,
    model: EmbeddingModel,
    file_and_epoch: Option<(PathBuf, Option<usize>)>,
) -> Result<Judged> {
    let representation = match config.evaluation.representation.as_str() {
        "features" => Representation::Features,
        _ => Representation::Embedding,
    };
    let (test, few_shot_set) = (&materials.split.test, &materials.split.few_shot);
    if test.is_empty() {
        bail!(
            "the split has no test images; lower data.train_test_split ({})",
            config.data.train_test_split
        );
    }
    let started = Instant::now();
    let embeddings = embed_samples(
        &config,
        &materials,
        &model,
        test,
        representation,
        "embedding test images",
    )?;
    let held_out = (!few_shot_set.is_empty())
        .then(|| {
            embed_samples(
                &config,
                &materials,
                &model,
                few_shot_set,
                representation,
                "embedding held-out breeds",
            )
        })
        .transpose()?;
    let embed_seconds = started.elapsed().as_secs_f64();

    let started = Instant::now();
    let (figures, per_query) = figures(&config, &embeddings, held_out.as_ref())?;
    let evaluate_seconds = started.elapsed().as_secs_f64();
    let baseline = config
        .evaluation
        .baseline
        .then(|| baseline(&config, &materials))
        .transpose()?;
    let (file, epoch) = file_and_epoch.unzip();
    let evaluation = Evaluation {
        format: 1,
        model: EvaluatedModel {
            file,
            backbone: config.model.backbone.clone(),
            representation: config.evaluation.representation.clone(),
            epoch: epoch.flatten(),
        },
        data: DataCounts {
            dataset: config.data.dir.clone(),
            split: config.data.split.clone(),
            seed: config.seed,
            test_images: test.len(),
            test_breeds: distinct_labels(&materials.dataset, test),
            few_shot_images: few_shot_set.len(),
            few_shot_breeds: materials.split.holdout_classes.len(),
        },
        figures,
        baseline,
        timing: Timing {
            embed_seconds,
            evaluate_seconds,
        },
    };
    Ok(Judged {
        config,
        materials,
        model,
        embeddings,
        per_query,
        evaluation,
    })
}

/// The figures of the backbone as it was before training.
fn baseline(config: &Config, materials: &Materials) -> Result<Figures> {
    let model = starting_model(config, &materials.device)?;
    let embed = |samples: &[usize], label| {
        embed_samples(
            config,
            materials,
            &model,
            samples,
            Representation::Features,
            label,
        )
    };
    let test = embed(&materials.split.test, "baseline, test images")?;
    let few_shot_set = &materials.split.few_shot;
    let held_out = (!few_shot_set.is_empty())
        .then(|| embed(few_shot_set, "baseline, held-out breeds"))
        .transpose()?;
    Ok(figures(config, &test, held_out.as_ref())?.0)
}

/// The figures, and how each query fared.
fn figures(
    config: &Config,
    test: &Embeddings,
    held_out: Option<&Embeddings>,
) -> Result<(Figures, Vec<QueryResult>)> {
    let retrieval = evaluate_retrieval(test, &config.evaluation.k_values)?;
    let figures = Figures {
        verification: evaluate_verification(test, VerificationPairs::All)?,
        retrieval: retrieval.summary,
        few_shot: held_out
            .map(|held_out| evaluate_few_shot(held_out, config.few_shot_config()))
            .transpose()
            .context("cannot run the few-shot test on the held-out breeds")?,
    };
    Ok((figures, retrieval.per_query))
}

fn embed_samples(
    config: &Config,
    materials: &Materials,
    model: &EmbeddingModel,
    samples: &[usize],
    representation: Representation,
    label: &str,
) -> Result<Embeddings> {
    let loader = materials.loader(materials.dataset.items(samples), config.eval_transform()?)?;
    let labels = loader.labels().iter().map(|label| *label as u32).collect();
    let mut progress = Progress::start(label, samples.len(), "images");
    let started = Instant::now();
    let rows = embed(model, &loader, representation, EVAL_BATCH, &mut |done| {
        progress.update(done, "");
        !interrupt::requested()
    });
    let rows = match rows {
        Err(TrainError::Interrupted) => return Err(interrupt::Interrupted.into()),
        rows => rows?,
    };
    let rate = samples.len() as f64 / started.elapsed().as_secs_f64();
    progress.finish(&format!("{} images, {rate:.0} images/s", samples.len()));
    let dim = rows.len() / samples.len();
    Ok(Embeddings::new(rows, dim, labels)?)
}

fn distinct_labels(dataset: &Dataset, samples: &[usize]) -> usize {
    let labels: std::collections::BTreeSet<_> = samples
        .iter()
        .map(|sample| dataset.samples()[*sample].label)
        .collect();
    labels.len()
}
