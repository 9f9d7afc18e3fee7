//! `pets dataset`: make, fetch and check datasets.

use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::Result;
use pets_data::Dataset;
use pets_draw::DrawSpec;

use crate::args::DatasetCommand;
use crate::materials::{self, open_dataset};
use crate::output::progress::Progress;
use crate::published_dataset::fetch_dataset;

/// How many files of a kind a report names.
const SHOWN: usize = 20;

pub(crate) fn run(command: &DatasetCommand) -> Result<ExitCode> {
    match command {
        DatasetCommand::Draw {
            out,
            breeds,
            images,
            size,
            seed,
        } => {
            let spec = DrawSpec::new(*breeds, *images, *size, *seed)?;
            materials::draw(&spec, out)?;
            println!("{}", out.display());
            Ok(ExitCode::SUCCESS)
        }
        DatasetCommand::Fetch { settings } => {
            let config = settings.read()?.resolve()?.config;
            fetch_dataset(&config.data.url, &config.data.dir)?;
            verify(&open_dataset(&config)?)
        }
        DatasetCommand::Verify { settings } => {
            verify(&open_dataset(&settings.read()?.resolve()?.config)?)
        }
    }
}

/// Reads every picture; the exit code tells whether all can be used.
fn verify(dataset: &Dataset) -> Result<ExitCode> {
    let total = dataset.samples().len();
    let progress = Mutex::new(Progress::start("reading", total, "pictures"));
    let found = dataset.check_pictures(|done| {
        if let Ok(mut progress) = progress.lock() {
            progress.update(done, "");
        }
    })?;
    if let Ok(progress) = progress.into_inner() {
        progress.finish(&format!("{total} pictures"));
    }
    println!(
        "{}: {} breeds, {total} pictures, {} of them usable",
        dataset.root().display(),
        dataset.classes().len(),
        total - found.unusable.len()
    );
    print_some(
        "cannot be used",
        found
            .unusable
            .iter()
            .map(|picture| picture.reason.to_string()),
    );
    print_some(
        "in another format than the extension says (read all the same)",
        found
            .misnamed
            .iter()
            .map(|(path, format)| format!("{}: {format}", path.display())),
    );
    print_some(
        "in no list (left alone)",
        found.unlisted.iter().map(|path| path.display().to_string()),
    );
    Ok(if found.unusable.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn print_some(kind: &str, lines: impl ExactSizeIterator<Item = String>) {
    let count = lines.len();
    if count == 0 {
        return;
    }
    println!("{count} {kind}:");
    for line in lines.take(SHOWN) {
        println!("  {line}");
    }
    if count > SHOWN {
        println!("  … and {} more", count - SHOWN);
    }
}
