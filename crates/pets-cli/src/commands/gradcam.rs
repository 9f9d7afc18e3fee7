//! `pets gradcam`: which parts of pictures speak for what a model makes of them.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use pets_model::MapMethod;
use pets_train::RunFolder;

use crate::args::ModelFile;
use crate::attention::{Aim, Attention, Lens, Subject, explain, samples};
use crate::config::Config;
use crate::config::Settings;
use crate::files::write_atomically;
use crate::judged::{Judged, judge};
use crate::outside_picture::NamedPicture;

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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    /// By the mean gradient of each channel (Selvaraju et al., 2017).
    GradCam,
    /// By each position's own gradient: finer in early stages (Jiang et al., 2021).
    LayerCam,
}

pub(crate) fn run(
    settings: &Settings,
    model: &ModelFile,
    arguments: &GradcamArguments,
) -> Result<ExitCode> {
    let judged = judge(settings, model.load_model.as_deref())?;
    let config = &judged.candidate.config;
    let method = match arguments.method {
        Method::GradCam => MapMethod::GradCam,
        Method::LayerCam => MapMethod::LayerCam,
    };
    let lens = Lens::at(config, arguments.stage.as_deref(), method)?;
    let open = |path: &PathBuf| Ok::<_, anyhow::Error>(Subject::unknown(NamedPicture::open(path)?));
    let aim = match (&arguments.target, arguments.dimension) {
        (Some(path), _) => Aim::Picture(open(path)?),
        (None, Some(index)) => Aim::Dimension(index),
        (None, None) => Aim::Breed,
    };
    let (name, subjects) = if arguments.pictures.is_empty() {
        ("samples", samples(&judged)?)
    } else {
        let opened = arguments.pictures.iter().map(open).collect::<Result<_>>()?;
        ("pictures", opened)
    };
    let attention = explain(&judged, &subjects, &aim, lens)?;
    if let Some(found) = attention.record(config).on_the_animal {
        say!(
            "on the animal: {:.0} % of the maps' mass, where it covers {:.0} % of the pictures; \
             the maximum in {:.0} % of {} maps",
            100.0 * found.mass,
            100.0 * found.area,
            100.0 * found.maximum,
            found.maps
        );
    }
    println!("{}", save(config, &attention, name)?[0].display());
    Ok(ExitCode::SUCCESS)
}

/// Attention at the last stage for samples of the test images.
pub(crate) fn sample_attention(judged: &Judged) -> Result<Attention> {
    let lens = Lens::at(&judged.candidate.config, None, MapMethod::GradCam)?;
    explain(judged, &samples(judged)?, &Aim::Breed, lens)
}

/// Writes the sheet and, beside it, what it says as JSON; returns both paths.
pub(crate) fn save(config: &Config, attention: &Attention, name: &str) -> Result<[PathBuf; 2]> {
    let folder = RunFolder::new(&config.output_dir).results().join("gradcam");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let [sheet, record] = ["png", "json"].map(|end| folder.join(name).with_extension(end));
    attention.sheet(config)?.save(&sheet)?;
    let text = serde_json::to_string_pretty(&attention.record(config))?;
    write_atomically(&record, text.as_bytes())
        .with_context(|| format!("cannot write {}", record.display()))?;
    Ok([sheet, record])
}
