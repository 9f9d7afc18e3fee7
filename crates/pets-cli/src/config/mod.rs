//! The configuration: what settings there are, the layers of their values, and the typed result.

#[macro_use]
mod section;

mod choice;
mod contradictions;
mod for_dataset;
#[cfg(test)]
mod fuzz;
mod holdout_breeds;
mod key;
mod kind;
mod layers;
mod loss_parameters;
mod provenance;
mod render;
mod sections;
mod setting;
mod settings;

pub(crate) use choice::Choice;
pub(crate) use for_dataset::HeldOutBreed;
pub(crate) use holdout_breeds::HoldoutBreeds;
pub(crate) use key::{InModel, Key, OnResume, Topic};
pub(crate) use kind::Kind;
pub(crate) use layers::{ConfigError, Layers, Origin};
pub(crate) use loss_parameters::default_parameters;
pub(crate) use provenance::Provenance;
pub(crate) use render::{default_toml, effective_toml};
pub(crate) use section::Section;
pub(crate) use sections::Config;
#[cfg(test)]
pub(crate) use sections::{LossSection, SchedulerSection};
pub(crate) use setting::Setting;
pub(crate) use settings::{ResolvedSettings, Settings};

/// Every setting, in the order of `configs/default.toml`.
pub(crate) fn keys() -> impl Iterator<Item = &'static Key> {
    Config::ALL_KEYS.iter().copied().flatten()
}

/// The setting of a name: its path, or one of its other names.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    keys()
        .find(|key| key.path == name)
        .or_else(|| keys().find(|key| key.is_called(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(line: usize) -> Origin {
        Origin::File("a.toml".into(), line)
    }

    #[test]
    fn defaults_are_in_range_and_make_a_configuration() {
        for key in keys() {
            if let Some(value) = (key.default)() {
                let allowed = key.kind.check(value.clone());
                assert_eq!(allowed, Some(value), "the default of {key:?}");
            }
        }
        Settings::default().resolve().unwrap();
    }

    #[test]
    fn names_are_unique_and_each_finds_its_setting() {
        let mut names = Vec::new();
        for key in keys() {
            assert!(!key.help().is_empty(), "{key:?}");
            let others = key.aliases.iter().map(|alias| (*alias).to_owned());
            for name in others.chain([key.flag(), key.path.to_owned()]) {
                assert_eq!(find(&name).map(|key| key.path), Some(key.path), "{name}");
                names.push(name);
            }
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        // Settings at the top whose path is their flag count twice.
        assert_eq!(names.len() + 2, count);
    }

    #[test]
    fn what_settings_need_is_a_setting_that_can_be_so() {
        for (key, need) in keys().filter_map(|key| Some((key, key.needs?))) {
            let needed = find(need.of()).expect(key.path);
            if let key::Need::OneOf(_, names) = need {
                for name in names {
                    assert!(needed.kind.parse(name).is_some(), "{key:?}: {name}");
                }
            }
        }
    }

    #[test]
    fn the_original_projects_names_are_names_of_settings() {
        for (name, path) in [
            ("scheduler_step_size", "scheduler.step_size"),
            ("scheduler.scheduler_gamma", "scheduler.gamma"),
            ("scheduler_min_lr", "scheduler.min_lr"),
            ("few_shot_holdout_breeds", "data.holdout_breeds"),
            ("evaluation.retrieval_k_values", "evaluation.k_values"),
            ("retrieval_k_values", "evaluation.k_values"),
            ("batch_size", "data.batch_size"),
            ("early_stopping_min_delta", "early_stopping.delta"),
        ] {
            assert_eq!(find(name).map(|key| key.path), Some(path), "{name}");
        }
        for unknown in ["type", "patienc", "scheduler.batch_size", ""] {
            assert!(find(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn the_later_layer_wins_and_is_named() {
        let mut given = Layers::default();
        given.add_toml("[train]\nnum_epochs = 7", in_file).unwrap();
        given.add_set("train.num_epochs=9").unwrap();
        let settings = Settings::new(given).resolve().unwrap();
        assert_eq!(settings.config.train.num_epochs, 9);
        let (_, origin) = settings
            .layers
            .get(find("train.num_epochs").unwrap())
            .unwrap();
        assert_eq!(*origin, Origin::Flag("--set".to_owned()));
    }

    /// A value that a setting may have, other than by default.
    fn another_value(key: &Key) -> toml::Value {
        let names = match key.kind {
            Kind::Choice(names) => names(),
            _ => Vec::new(),
        };
        let texts = names
            .into_iter()
            .chain(["7 minutes", "/elsewhere"].map(str::to_owned));
        [true, false]
            .map(toml::Value::from)
            .into_iter()
            .chain([64, 3].map(toml::Value::from))
            .chain([0.25, 0.5].map(toml::Value::from))
            .chain(texts.map(toml::Value::from))
            .chain([toml::Value::from(vec![3]), toml::Value::from(vec!["a"])])
            .filter_map(|value| key.kind.check(value))
            .find(|value| Some(value) != (key.default)().as_ref())
            .expect(key.path)
    }

    #[test]
    fn a_model_file_brings_what_the_model_is_and_nothing_else() {
        let defaults = Settings::default().resolve().unwrap();
        for key in keys() {
            let value = another_value(key);
            let text = match key.section() {
                "" => format!("{} = {value}", key.name()),
                section => format!("[{section}]\n{} = {value}", key.name()),
            };
            let opened = Settings::default()
                .resolve_over_model(&text, std::path::Path::new("a.safetensors"))
                .unwrap();
            let found = opened.layers.get(key).map(|(value, _)| value);
            if key.in_model == InModel::Holds {
                assert_eq!(found, Some(&value), "{key:?}");
            } else {
                let default = (key.default)();
                assert_eq!(found, default.as_ref(), "{key:?}");
                assert_eq!(opened.config, defaults.config, "{key:?}");
                assert!(!opened.layers.is_given(key.path), "{key:?}");
            }
        }
    }

    #[test]
    fn what_may_not_be_another_when_a_run_goes_on_is_told_to_its_checkpoints() {
        // They have the settings that model files have.
        for key in keys().filter(|key| key.on_resume == OnResume::Fixed) {
            assert_ne!(key.in_model, InModel::Absent, "{key:?}");
        }
    }

    #[test]
    fn what_a_model_holds_is_checked_and_what_it_shows_is_not_followed() {
        let resolve = |text| {
            let file = std::path::Path::new("a.safetensors");
            Settings::default().resolve_over_model(text, file)
        };
        let text = "seed = 42\nfuture = 3\n[data]\nimg_size = 64\nbatch_size = -5\n[other]\na = 1";
        let opened = resolve(text).unwrap();
        assert_eq!(opened.config.data.img_size, 64);
        assert_eq!(opened.config.data.batch_size, 64);
        // What it had by default was not given.
        assert!(!opened.layers.is_given("seed"));
        assert_eq!(
            resolve("[data]\nimg_size = 5").unwrap_err().to_string(),
            "data.img_size = 5 (a.safetensors): allowed is a whole number from 32 to 1024"
        );
        assert_eq!(
            resolve("data").unwrap_err().to_string(),
            "a.safetensors is not valid TOML"
        );
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let error = Layers::defaults()
            .add_set("train.num_epoch=3")
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "unknown key `train.num_epoch` in --set; did you mean `train.num_epochs`?"
        );
    }

    #[test]
    fn a_value_out_of_range_names_key_value_origin_and_range() {
        let error = Layers::defaults()
            .add_toml("[data]\nimg_size = 5", in_file)
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "data.img_size = 5 (a.toml:2): allowed is a whole number from 32 to 1024"
        );
    }

    #[test]
    fn what_is_wrong_in_a_file_is_told_with_its_line() {
        for (text, said) in [
            (
                "seed = 1\n\n[data]\nimg_sise = 64",
                "unknown key `data.img_sise` in a.toml:4; did you mean `data.img_size`?",
            ),
            (
                "seed = 1\n[trian]\n",
                "unknown section `[trian]` in a.toml:2; did you mean `train`?",
            ),
            (
                "[train.optimizer]\nname = 1",
                "train.optimizer = { name = 1 } (a.toml:1): allowed is adam, adamw",
            ),
            (
                "train.optimizer = \"adma\"",
                "train.optimizer = \"adma\" (a.toml:1): allowed is adam, adamw; did you mean `adam`?",
            ),
            (
                "[data]\n# the size\nimg_size = \"64\"",
                "data.img_size = \"64\" (a.toml:3): allowed is a whole number from 32 to 1024",
            ),
            (
                "[data]\ntrain_val_split = 0",
                "data.train_val_split = 0 (a.toml:2): allowed is a number from 0.001 to 1",
            ),
            (
                "train.learning_rate = nan",
                "train.learning_rate = nan (a.toml:1): allowed is a number from 0.000000000001",
            ),
            ("seed = 1\nseed = 2", "a.toml:2 is not valid TOML"),
            ("seed = 1\n[data", "a.toml:2 is not valid TOML"),
            ("seed = 99999999999999999999", "a.toml:1 is not valid TOML"),
            (
                "train = 3",
                "unknown key `train` in a.toml:1; `[train]` is a section",
            ),
        ] {
            let error = Layers::defaults().add_toml(text, in_file).unwrap_err();
            assert_eq!(error.to_string(), said, "{text}");
        }
    }
}
