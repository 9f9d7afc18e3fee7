//! `pets config`: the settings in force.

use std::process::ExitCode;

use anyhow::Result;

use crate::config::Settings;
use crate::config::{default_toml, effective_toml};

pub(crate) fn run(settings: &Settings, defaults: bool) -> Result<ExitCode> {
    if defaults {
        show_text!("{}", default_toml());
    } else {
        show_text!("{}", effective_toml(&settings.resolve()?.layers));
    }
    Ok(ExitCode::SUCCESS)
}
