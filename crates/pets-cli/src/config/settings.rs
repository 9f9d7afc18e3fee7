//! The settings of a process: what was given, and what is in force.

use std::path::{Path, PathBuf};

use pets::trainer::RunFolder;
use toml::Value;

use super::kind::Kind;
use super::{Config, ConfigError, Layers, Origin, Provenance, Section};

/// The settings that were given, by a file and by flags, read once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    given: Layers,
    /// The run that goes on, whose folder no text need hold.
    run: Option<PathBuf>,
}

/// The settings in force.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedSettings {
    pub(crate) config: Config,
    pub(crate) layers: Layers,
    /// The settings of the run that made the model that is opened, where it tells them.
    pub(crate) provenance: Option<Provenance>,
}

impl ResolvedSettings {
    /// Lays what is certain, whatever was given, over what is in force.
    pub(crate) fn settle<const N: usize>(
        &mut self,
        settled: [(&'static str, Value); N],
        origin: &Origin,
    ) {
        for (path, value) in settled {
            self.layers.settle(path, value, origin);
        }
        let output_dir = std::mem::take(&mut self.config.output_dir);
        self.config = Config {
            output_dir,
            ..Config::of(&self.layers)
        };
    }

    /// These settings of a run as they were when it began: as its checkpoint in `folder` tells them, apart from paths,
    /// which depend on where the run was begun, and from what no checkpoint knows.
    ///
    /// # Errors
    ///
    /// What is wrong with the settings in the checkpoint, or the first contradiction.
    pub(crate) fn as_begun(&self, text: &str, folder: &Path) -> Result<Self, ConfigError> {
        let mut begun = Layers::default();
        begun.add_toml(text, |line| Origin::File(folder.to_owned(), line))?;
        let begun = begun.filtered(|key| !matches!(key.kind, Kind::Path));
        let layers = self.layers.clone().overlaid(&begun);
        let config = Config::of(&layers);
        config.check(&layers)?;
        Ok(Self {
            config,
            layers,
            provenance: None,
        })
    }
}

impl Settings {
    /// What was given.
    pub(crate) const fn new(given: Layers) -> Self {
        Self { given, run: None }
    }

    /// The same for the run in a folder.
    pub(crate) fn of_run(mut self, folder: &Path) -> Self {
        self.run = Some(folder.to_owned());
        self
    }

    /// The settings in force where nothing is opened: what was given over the defaults.
    ///
    /// # Errors
    ///
    /// The first contradiction among them.
    pub(crate) fn resolve(&self) -> Result<ResolvedSettings, ConfigError> {
        self.over(&Layers::default())
    }

    /// The settings in force where a model is opened: what was given over what the model holds, over the defaults.
    ///
    /// # Errors
    ///
    /// What is wrong with a setting of the model, or the first contradiction.
    pub(crate) fn resolve_over_model(
        &self,
        text: &str,
        file: &Path,
    ) -> Result<ResolvedSettings, ConfigError> {
        let origin = Origin::Model(file.to_owned());
        let provenance = Provenance::parse(text).map_err(|source| ConfigError::InvalidToml {
            origin: origin.clone(),
            source: Box::new(source),
        })?;
        let mut of_model = Layers::default();
        of_model.add_held(&provenance, &origin)?;
        Ok(ResolvedSettings {
            provenance: Some(provenance),
            ..self.over(&of_model)?
        })
    }

    /// The settings in force where a run goes on: what was given over what the run began with, over the defaults.
    ///
    /// # Errors
    ///
    /// What is wrong with a setting of the run, or the first contradiction.
    pub(crate) fn resolve_over_run(
        &self,
        run: &RunFolder,
    ) -> Result<ResolvedSettings, ConfigError> {
        self.over(&settings_in(run)?)
    }

    /// The settings in force as far as they are known before a run or a model is opened, contradictions and all.
    pub(crate) fn before_opening(&self) -> Config {
        self.typed(&Layers::defaults().overlaid(&self.given))
    }

    fn over(&self, opened: &Layers) -> Result<ResolvedSettings, ConfigError> {
        let mut layers = Layers::defaults()
            .overlaid(&opened.without_defaults())
            .overlaid(&self.given);
        if let Some(run) = &self.run {
            layers.name_run(run);
        }
        let config = self.typed(&layers);
        config.check(&layers)?;
        Ok(ResolvedSettings {
            config,
            layers,
            provenance: None,
        })
    }

    fn typed(&self, layers: &Layers) -> Config {
        let mut config = Config::of(layers);
        if let Some(run) = &self.run {
            config.output_dir.clone_from(run);
        }
        config
    }
}

/// The settings that a run began with.
fn settings_in(run: &RunFolder) -> Result<Layers, ConfigError> {
    let mut layers = Layers::default();
    layers.add_file(&run.config())?;
    Ok(layers)
}
