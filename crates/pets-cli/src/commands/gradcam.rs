//! `pets gradcam`: which parts of pictures speak for what a model makes of them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use pets::network::MapMethod;
use pets::trainer::{LockedResults, RunFolder};
use pets::{ExplainedImage, Explainer, ExplanationTarget, Prototypes, QueryImage};

use crate::args::ModelFile;
use crate::chosen_model::ChosenModel;
use crate::config::Settings;
use crate::output::terminal_observer::TerminalObserver;
use crate::prepared_dataset::prepare_dataset_for;

/// What to explain, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct GradcamArguments {
    /// Pictures to explain; without any, samples of the test images.
    pictures: Vec<PathBuf>,
    /// Stage whose activation is weighted; the last one unless given.
    #[arg(long, aliases = ["layer-name", "layer_name"], value_name = "NAME")]
    stage: Option<String>,
    /// How gradients weigh the activation.
    #[arg(long, value_enum, default_value_t = Method::GradCam)]
    method: Method,
    /// Explain the likeness to this picture, in both of them, instead of that to a breed.
    #[arg(long, value_name = "PICTURE", conflicts_with = "dimension")]
    target: Option<PathBuf>,
    /// Explain this value of the embedding, counted from 0.
    #[arg(long, value_name = "N")]
    dimension: Option<usize>,
    /// The sheet to write, a PNG, with what it says as JSON beside it; results/gradcam/ in the output folder unless given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    /// By the mean gradient of each channel (Selvaraju et al., 2017).
    GradCam,
    /// By each position's own gradient: finer in early stages (Jiang et al., 2021).
    LayerCam,
}

impl From<Method> for MapMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::GradCam => Self::GradCam,
            Method::LayerCam => Self::LayerCam,
        }
    }
}

/// What a dataset is wanted for.
const NEEDS_A_DATASET: &str = "samples of test images and the likeness to breeds need a dataset; \
                               a picture with --target PICTURE or --dimension N needs none";

pub(crate) fn run(
    settings: &Settings,
    model: &ModelFile,
    arguments: &GradcamArguments,
) -> Result<ExitCode> {
    let observer = TerminalObserver::default();
    let images = arguments.images()?;
    let other = arguments.target.as_deref().map(open).transpose()?;
    let mut chosen = ChosenModel::open(settings, model.load_model.as_deref(), &observer)?;
    let stage = arguments.stage.as_deref();
    let explainer = Explainer::new(&chosen.model, stage, arguments.method.into())?;
    let sheet = arguments.sheet(&chosen.folder())?;
    pets::check_writable(&sheet.path()?)?;

    let target = match (&other, arguments.dimension) {
        (Some(other), _) => Some(ExplanationTarget::Image(other)),
        (None, Some(index)) => Some(ExplanationTarget::Dimension(index)),
        (None, None) => None,
    };
    let explanation = match (images, target) {
        (Some(images), Some(target)) => explainer.explain(&images, &target)?,
        (images, target) => {
            let data = prepare_dataset_for(&chosen.model, &mut chosen.settings, &observer)
                .context(NEEDS_A_DATASET)?;
            let count = chosen.settings.config.visualization.num_samples;
            let images = match images {
                Some(images) => images,
                None => pets::images_to_explain(&data, count)?,
            };
            if let Some(target) = target {
                explainer.explain(&images, &target)?
            } else {
                let embeddings = chosen.embed_test_images(&data, &observer)?;
                let prototypes = Prototypes::of(&embeddings, data.class_names());
                explainer.explain(&images, &ExplanationTarget::Breed(&prototypes))?
            }
        }
    };
    if let Some(found) = explanation.record().on_the_animal {
        say!(
            "on the animal: {:.0} % of the maps' mass, where it covers {:.0} % of the pictures; \
             the maximum in {:.0} % of {} maps",
            100.0 * found.mass,
            100.0 * found.area,
            100.0 * found.maximum,
            found.maps
        );
    }
    let theme = chosen.settings.config.visualization.theme;
    let [sheet, _] = explanation.save(&sheet.path()?, theme)?;
    show!("{}", sheet.display());
    Ok(ExitCode::SUCCESS)
}

/// Where a sheet goes.
enum Sheet {
    /// Where its user said.
    Named(PathBuf),
    /// Among the results of the run.
    Result(LockedResults, PathBuf),
}

impl Sheet {
    /// Where it is to be written now.
    fn path(&self) -> Result<PathBuf> {
        Ok(match self {
            Self::Named(path) => path.clone(),
            Self::Result(results, name) => results.file(name)?,
        })
    }
}

impl GradcamArguments {
    /// The pictures that were named; none where samples of the test images are meant.
    fn images(&self) -> Result<Option<Vec<ExplainedImage>>> {
        (!self.pictures.is_empty())
            .then(|| self.pictures.iter().map(|path| open(path)).collect())
            .transpose()
    }

    /// Where the sheet goes. Other arguments give other names, so that one call does not replace what another has drawn.
    fn sheet(&self, run: &RunFolder) -> Result<Sheet> {
        if let Some(path) = &self.out {
            return Ok(Sheet::Named(path.clone()));
        }
        let name = Path::new("gradcam").join(self.name() + ".png");
        Ok(Sheet::Result(run.lock_results()?, name))
    }

    /// What the arguments amount to, such as `cat_like_dog_layer3`.
    fn name(&self) -> String {
        let stem = |path: &PathBuf| {
            let stem = path.file_stem().unwrap_or_default();
            stem.to_string_lossy().into_owned()
        };
        let mut words: Vec<_> = match &self.pictures[..] {
            [] => vec!["samples".to_owned()],
            [first, _, .., last] => vec![stem(first), "to".to_owned(), stem(last)],
            pictures => pictures.iter().map(stem).collect(),
        };
        words.extend(
            self.target
                .as_ref()
                .map(|path| format!("like_{}", stem(path))),
        );
        words.extend(self.dimension.map(|index| format!("dimension_{index}")));
        words.extend(self.stage.clone());
        words.extend((self.method == Method::LayerCam).then(|| "layer-cam".to_owned()));
        words.join("_")
    }
}

fn open(path: &Path) -> Result<ExplainedImage> {
    Ok(QueryImage::open(path)?.into())
}
