//! `pets dataset`: make datasets.

use std::process::ExitCode;

use anyhow::Result;
use pets_draw::DrawSpec;

use crate::arguments::DatasetCommand;
use crate::materials;

pub(crate) fn run(command: &DatasetCommand) -> Result<ExitCode> {
    let DatasetCommand::Draw {
        out,
        breeds,
        images,
        size,
        seed,
    } = command;
    let spec = DrawSpec::new(*breeds, *images, *size, *seed)?;
    materials::draw(&spec, out)?;
    println!("{}", out.display());
    Ok(ExitCode::SUCCESS)
}
