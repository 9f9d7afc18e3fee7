//! `pets weights`: pretrained weights, and weights for other programs.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use pets::network::{Architecture, PretrainedWeights, StateDict, WeightsSource};
use pets::trainer::RunFolder;
use pets::{Model, PublishedWeights};
use serde::Serialize;

use crate::args::{ModelFile, SettingsArguments, WeightsCommand};
use crate::config::Config;
use crate::interrupt;
use crate::output::stdout;
use crate::output::table;
use crate::output::terminal_observer::TerminalObserver;

pub(crate) fn run(command: &WeightsCommand) -> Result<ExitCode> {
    match command {
        WeightsCommand::List { settings, json } => list(&url_in(settings)?, *json),
        WeightsCommand::Fetch {
            settings,
            backbones,
        } => fetch(&settings.read()?.before_opening(), backbones),
        WeightsCommand::Verify { settings } => verify(&url_in(settings)?),
        WeightsCommand::Export {
            settings,
            model,
            out,
        } => export(&settings.read()?.before_opening(), model, out),
    }
}

/// Where published weights are.
fn url_in(settings: &SettingsArguments) -> Result<String> {
    Ok(settings.read()?.before_opening().model.weights_url)
}

/// Where weights are that this build was made without.
const LEFT_OUT: &str = "not in this build, which lacks the feature bundled-weights";

fn is_left_out(weights: PretrainedWeights) -> bool {
    matches!(weights.source, WeightsSource::Bundled(bundled) if !bundled.is_present())
}

/// Every known set of weights, with its backbone.
fn known() -> impl Iterator<Item = (Architecture, PretrainedWeights)> {
    Architecture::ALL.iter().flat_map(|&architecture| {
        let weights = architecture.pretrained().iter();
        weights.map(move |&weights| (architecture, weights))
    })
}

#[derive(Serialize)]
struct Listed {
    backbone: &'static str,
    weights: &'static str,
    file: Option<&'static str>,
    url: Option<String>,
    place: String,
}

fn list(url: &str, json: bool) -> Result<ExitCode> {
    let mut rows = Vec::new();
    for (architecture, weights) in known() {
        let published = PublishedWeights::of(weights, url)?;
        let place = match &published {
            None if is_left_out(weights) => LEFT_OUT.to_owned(),
            None => "in the program".to_owned(),
            Some(file) if file.cached.exists() => file.cached.display().to_string(),
            Some(_) => "not fetched".to_owned(),
        };
        rows.push(Listed {
            backbone: architecture.name(),
            weights: weights.name,
            file: published.as_ref().map(|published| published.file),
            url: published.map(|published| published.remote.url),
            place,
        });
    }
    if json {
        stdout::write_json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            vec![
                row.backbone.to_owned(),
                row.weights.to_owned(),
                row.file.unwrap_or("–").to_owned(),
                row.place,
            ]
        })
        .collect();
    show_text!(
        "{}",
        table::render(&["backbone", "weights", "file", "place"], &rows)
    );
    Ok(ExitCode::SUCCESS)
}

fn fetch(config: &Config, backbones: &[String]) -> Result<ExitCode> {
    let observer = TerminalObserver::default();
    let wanted: Vec<Architecture> = backbones
        .iter()
        .map(|name| Ok(name.parse()?))
        .collect::<Result<_>>()?;
    for (architecture, weights) in known() {
        if !wanted.is_empty() && !wanted.contains(&architecture) {
            continue;
        }
        if let Some(published) = PublishedWeights::of(weights, &config.model.weights_url)? {
            published.fetch(config.patience(), &observer)?;
            show!("{}", published.cached.display());
        } else if is_left_out(weights) {
            bail!("{architecture} {} is {LEFT_OUT}", weights.name);
        } else {
            say!("{architecture} {} is in the program", weights.name);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn verify(url: &str) -> Result<ExitCode> {
    let mut bad = Vec::new();
    for (architecture, weights) in known() {
        let name = format!("{architecture} {}", weights.name);
        let outcome = match (weights.source, PublishedWeights::of(weights, url)?) {
            (WeightsSource::Bundled(bundled), _) if !bundled.is_present() => LEFT_OUT.to_owned(),
            (WeightsSource::Bundled(bundled), _) => {
                StateDict::from_bytes(bundled.bytes()?, &name).map_err(anyhow::Error::from)?;
                "in the program, readable".to_owned()
            }
            (_, Some(file)) if !file.cached.exists() => "not fetched".to_owned(),
            (_, Some(file)) => match file
                .remote
                .checksum
                .verify(&file.cached, &mut || !interrupt::requested())
            {
                Ok(()) => format!("{} is what PyTorch published", file.cached.display()),
                Err(error) => {
                    bad.push(name.clone());
                    format!("BAD: {error}; fetch it anew with `pets weights fetch {architecture}`")
                }
            },
            (_, None) => continue,
        };
        show!("{name}: {outcome}");
    }
    if !bad.is_empty() {
        bail!("damaged: {}", bad.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

fn export(config: &Config, model: &ModelFile, out: &Path) -> Result<ExitCode> {
    let best = || RunFolder::new(&config.output_dir).best_model();
    let path = model.load_model.clone().unwrap_or_else(best);
    let model = Model::open_on(path, &pets::device(&config.device)?)?;
    model.network().export(out, model.architecture())?;
    show!("{}", out.display());
    Ok(ExitCode::SUCCESS)
}
