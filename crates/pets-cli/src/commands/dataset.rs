//! `pets dataset`: make, fetch and check datasets.

use std::process::ExitCode;

use anyhow::Result;
use pets::data::Dataset;
use pets::draw::DrawConfig;
use pets::{draw_dataset, fetch_dataset, open_dataset};

use crate::args::DatasetCommand;
use crate::output::harmless;
use crate::output::terminal_observer::TerminalObserver;

/// How many files of a kind a report names.
const SHOWN: usize = 20;

pub(crate) fn run(command: &DatasetCommand) -> Result<ExitCode> {
    let observer = TerminalObserver::default();
    match command {
        DatasetCommand::Draw {
            out,
            breeds,
            images,
            size,
            seed,
        } => {
            let spec = DrawConfig::new(*breeds, *images, *size, *seed)?;
            draw_dataset(&spec, out, &observer)?;
            show!("{}", out.display());
            Ok(ExitCode::SUCCESS)
        }
        DatasetCommand::Fetch { settings } => {
            let config = settings.read()?.resolve()?.config;
            fetch_dataset(
                &config.data.url,
                &config.data.dir,
                config.patience(),
                &observer,
            )?;
            let dataset = open_dataset(&config.dataset_config()?, &observer)?;
            verify(&dataset, &observer)
        }
        DatasetCommand::Verify { settings } => {
            let config = settings.read()?.resolve()?.config;
            let dataset = open_dataset(&config.dataset_config()?, &observer)?;
            verify(&dataset, &observer)
        }
    }
}

/// Reads every picture; the exit code tells whether all can be used.
fn verify(dataset: &Dataset, observer: &TerminalObserver) -> Result<ExitCode> {
    let total = dataset.samples().len();
    let found = pets::check_pictures(dataset, observer)?;
    show!(
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
    show!("{count} {kind}:");
    for line in lines.take(SHOWN) {
        show!("  {}", harmless::line(&line));
    }
    if count > SHOWN {
        show!("  … and {} more", count - SHOWN);
    }
}
