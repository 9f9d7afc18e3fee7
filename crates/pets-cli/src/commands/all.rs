//! `pets all`: train, evaluate and visualize in turn.

use std::process::ExitCode;

use anyhow::{Result, bail};
use pets::data::SplitKind;

use super::{evaluate, train, visualize};
use crate::args::Continuation;
use crate::config::Settings;
use crate::output::terminal_observer::TerminalObserver;

pub(crate) fn run(settings: Settings, continuation: &Continuation) -> Result<ExitCode> {
    let settings = &continuation.apply(settings);
    let config = settings.before_opening();
    if config.data.split == SplitKind::Random && config.data.train_test_split >= 1.0 {
        bail!(
            "data.train_test_split = {}: no image is left to evaluate on; allowed is below 1",
            config.data.train_test_split
        );
    }
    let observer = TerminalObserver::default();
    let (code, data) = train::train_model(settings, continuation, &observer)?;
    if code != ExitCode::SUCCESS {
        return Ok(code);
    }
    let (found, results) = train::evaluate_trained(settings, data, &observer)?;
    let evaluation = evaluate::report(&found, &results)?;
    let pictures = visualize::draw_all(&found, &results, &observer)?;
    show!("\nwritten:");
    for path in std::iter::once(evaluation).chain(pictures) {
        show!("  {}", path.display());
    }
    Ok(code)
}
