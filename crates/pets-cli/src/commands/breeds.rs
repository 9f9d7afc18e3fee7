//! `pets breeds`: the classes of a dataset.

use std::process::ExitCode;

use anyhow::Result;
use pets::data::Species;
use serde::Serialize;

use crate::config::Settings;
use crate::output::stdout;
use crate::output::table;
use crate::output::terminal_observer::TerminalObserver;

#[derive(Serialize)]
struct Breed<'a> {
    name: &'a str,
    species: Option<&'static str>,
    images: usize,
}

pub(crate) fn run(settings: &Settings, json: bool) -> Result<ExitCode> {
    let dataset = pets::open_dataset(
        &settings.resolve()?.config.dataset_config()?,
        &TerminalObserver::default(),
    )?;
    let breeds: Vec<_> = dataset
        .classes()
        .iter()
        .zip(dataset.class_counts())
        .map(|(class, images)| Breed {
            name: &class.name,
            species: class.species.map(|species| match species {
                Species::Cat => "cat",
                Species::Dog => "dog",
            }),
            images,
        })
        .collect();
    if json {
        stdout::write_json(&breeds)?;
        return Ok(ExitCode::SUCCESS);
    }
    let row = |breed: &Breed<'_>| {
        vec![
            breed.name.to_owned(),
            breed.species.unwrap_or("–").to_owned(),
            breed.images.to_string(),
        ]
    };
    let mut rows: Vec<_> = breeds.iter().map(row).collect();
    let total = format!("{} breeds", breeds.len());
    rows.push(vec![
        total,
        String::new(),
        dataset.samples().len().to_string(),
    ]);
    show_text!("{}", table::render(&["breed", "species", "images"], &rows));
    Ok(ExitCode::SUCCESS)
}
