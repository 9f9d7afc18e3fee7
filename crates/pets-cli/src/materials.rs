//! The dataset of a run, opened, split, and ready to be loaded.

use anyhow::{Context, Result, bail};
use burn::tensor::Device;
use pets_data::{DataError, Dataset, Item, Loader, Split, Transform};
use pets_draw::{DrawSpec, Outcome, draw_dataset};

use crate::config::{Config, ConfigError, HeldOutBreed, Layers, OnBadImage};
use crate::device;
use crate::output::progress::Progress;
use crate::published_dataset::fetch_dataset;
use crate::skipped_images::SkippedImages;

/// The dataset, its split, and the device that batches go to.
pub(crate) struct Materials {
    pub(crate) dataset: Dataset,
    pub(crate) split: Split,
    pub(crate) device: Device,
    /// Pictures that are left out of the split; none unless the configuration says to skip them.
    pub(crate) skipped: SkippedImages,
    workers: usize,
}

impl Materials {
    /// Opens the dataset of `config`, drawing it first where the configuration says so, and settles which of its breeds
    /// are held out.
    pub(crate) fn open(config: &mut Config, layers: &Layers) -> Result<Self> {
        let device = device::resolve(&config.device)?;
        let dataset = open_dataset(config)?;
        config.settle_holdout(layers, &class_names(&dataset))?;
        let split = Split::new(&dataset, &config.split_spec()).with_context(|| {
            format!("cannot split the dataset in {}", config.data.dir.display())
        })?;
        let skipped = match config.data.on_bad_image {
            OnBadImage::Error => SkippedImages::default(),
            OnBadImage::Skip => SkippedImages::find(&dataset),
        };
        let split = split
            .without(&skipped.samples(), &dataset)
            .context("too many pictures cannot be used")?;
        let workers = match config.data.num_workers {
            0 => Loader::available_workers(),
            workers => workers,
        };
        Ok(Self {
            dataset,
            split,
            device,
            skipped,
            workers,
        })
    }

    /// Settles how large few-shot tasks are, so that it is known before training or embedding.
    pub(crate) fn settle_few_shot(
        &self,
        config: &mut Config,
        layers: &Layers,
    ) -> Result<(), ConfigError> {
        let held_out = self.split.holdout_classes.iter().map(|&label| {
            let of_class = |sample: &&usize| self.dataset.samples()[**sample].label == label;
            HeldOutBreed {
                name: self.class_name(label),
                images: self.split.few_shot.iter().filter(of_class).count(),
            }
        });
        config.settle_few_shot(layers, &held_out.collect::<Vec<_>>())
    }

    /// A loader of `items`.
    pub(crate) fn loader(&self, items: Vec<Item>, transform: Transform) -> Result<Loader> {
        Ok(Loader::new(
            items,
            transform,
            self.device.clone(),
            self.workers,
        )?)
    }

    /// Names of the classes that are trained, in the order of the training labels.
    pub(crate) fn train_class_names(&self) -> Vec<String> {
        self.split
            .train_classes
            .iter()
            .map(|label| self.class_name(*label).to_owned())
            .collect()
    }

    /// Names of the dataset's classes, in the order of its labels.
    pub(crate) fn class_names(&self) -> Vec<String> {
        class_names(&self.dataset)
    }

    /// Name of a class of the dataset.
    pub(crate) fn class_name(&self, label: usize) -> &str {
        &self.dataset.classes()[label].name
    }
}

fn class_names(dataset: &Dataset) -> Vec<String> {
    let classes = dataset.classes().iter();
    classes.map(|class| class.name.clone()).collect()
}

/// Opens the dataset of `config`, drawing or fetching it first where the configuration says so.
pub(crate) fn open_dataset(config: &Config) -> Result<Dataset> {
    let drawn = &config.drawn;
    if drawn.breeds > 0 {
        let spec = DrawSpec::new(drawn.breeds, drawn.images, drawn.size, drawn.seed)?;
        draw(&spec, &config.data.dir)?;
    }
    let mut opened = Dataset::open(&config.data.dir);
    if config.data.fetch && matches!(opened, Err(DataError::NotFound { .. })) {
        fetch_dataset(&config.data.url, &config.data.dir)?;
        opened = Dataset::open(&config.data.dir);
    }
    match opened {
        Err(DataError::NotFound { looked_for, .. }) => {
            let places: Vec<_> = looked_for
                .iter()
                .map(|path| format!("  {}\n", path.display()))
                .collect();
            bail!(
                "there is no dataset in {}; looked for\n{}\
                 Ways on:\n  \
                 fetch it     pets dataset fetch, or the same command with --fetch (800 MB)\n  \
                 your own     --data-dir DIR: a folder per class, or CLASS_NUMBER.jpg\n  \
                 quickstart   pets all --config configs/quickstart.toml   (draws its own pets, offline)",
                config.data.dir.display(),
                places.concat()
            )
        }
        opened => {
            let dataset = opened.with_context(|| {
                format!("cannot open the dataset in {}", config.data.dir.display())
            })?;
            for folder in dataset.empty_folders() {
                say!(
                    "warning: {} holds no image, and so makes no class",
                    folder.display()
                );
            }
            Ok(dataset)
        }
    }
}

/// Draws a dataset, unless it is there already.
pub(crate) fn draw(spec: &DrawSpec, folder: &std::path::Path) -> Result<()> {
    let progress = std::sync::Mutex::new(Progress::start("drawing", spec.total(), "pictures"));
    let outcome = draw_dataset(spec, folder, |done, _| {
        if let Ok(mut progress) = progress.lock() {
            progress.update(done, "");
        }
    })?;
    let remark = match outcome {
        Outcome::Drawn => format!("{} pictures in {}", spec.total(), folder.display()),
        Outcome::AlreadyThere => format!("{} is there already", folder.display()),
    };
    if let Ok(progress) = progress.into_inner() {
        progress.finish(&remark);
    }
    Ok(())
}
