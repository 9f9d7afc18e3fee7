//! Whether a run begins, goes on, or begins anew.

use std::path::PathBuf;

use clap::Args;

use crate::config::Settings;

/// Whether a run begins or goes on.
#[derive(Debug, Clone, Args)]
pub(crate) struct Continuation {
    /// Go on with an interrupted run, with its own settings: the one in the folder RUN, or in the output folder.
    #[arg(long, value_name = "RUN", num_args = 0..=1, conflicts_with = "restart")]
    #[allow(
        clippy::option_option,
        reason = "clap's way to write a flag that may do without its value"
    )]
    pub(crate) resume: Option<Option<PathBuf>>,
    /// Begin anew in a folder with a run: its checkpoints, models, history and results are deleted.
    #[arg(long)]
    pub(crate) restart: bool,
}

impl Continuation {
    /// The settings, for the run to be resumed where its folder is named.
    pub(crate) fn apply(&self, settings: Settings) -> Settings {
        match &self.resume {
            Some(Some(run)) => settings.of_run(run),
            Some(None) | None => settings,
        }
    }
}
