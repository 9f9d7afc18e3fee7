//! `pets config`: the settings in force.

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::Settings;
use crate::config::{Config, default_toml, effective_toml};

pub(crate) fn run(settings: &Settings, defaults: bool) -> Result<ExitCode> {
    if defaults {
        print!("{}", default_toml());
    } else {
        let layers = settings.layers(None)?;
        Config::from_layers(&layers)?;
        print!("{}", effective_toml(&layers));
    }
    Ok(ExitCode::SUCCESS)
}
