//! The configuration: keys, layers, and the typed result.

mod contradictions;
#[cfg(test)]
mod fuzz;
mod key;
mod keys;
mod layers;
mod render;

use std::path::PathBuf;

use serde::Deserialize;

pub(crate) use key::{Key, Kind};
pub(crate) use keys::KEYS;
pub(crate) use keys::find;
pub(crate) use layers::{ConfigError, Layers, Origin};
pub(crate) use render::{default_toml, effective_toml};

/// A configuration whose every value is in range and none contradicts another.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) seed: u64,
    pub(crate) device: String,
    pub(crate) output_dir: PathBuf,
    pub(crate) data: DataSection,
    pub(crate) drawn: DrawnSection,
    pub(crate) model: ModelSection,
    pub(crate) train: TrainSection,
    pub(crate) loss: LossSection,
    pub(crate) scheduler: SchedulerSection,
    pub(crate) early_stopping: EarlyStoppingSection,
    pub(crate) evaluation: EvaluationSection,
    pub(crate) visualization: VisualizationSection,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DataSection {
    pub(crate) dir: PathBuf,
    pub(crate) fetch: bool,
    pub(crate) url: String,
    pub(crate) img_size: usize,
    pub(crate) split: String,
    pub(crate) train_val_split: f64,
    pub(crate) train_test_split: f64,
    pub(crate) holdout_breeds: Vec<String>,
    pub(crate) batch_size: usize,
    pub(crate) num_workers: usize,
    pub(crate) sampler: String,
    pub(crate) samples_per_class: usize,
    pub(crate) hard_negative_every: usize,
    pub(crate) hard_negative_group: usize,
    pub(crate) augment: bool,
    pub(crate) horizontal_flip: bool,
    pub(crate) rotation: f32,
    pub(crate) color_jitter: f32,
    pub(crate) crop_scale: f32,
    pub(crate) on_bad_image: OnBadImage,
}

/// What becomes of a picture that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnBadImage {
    /// It ends the run, which names it.
    Error,
    /// It is left out of its part before anything is read from it, and listed among the results.
    Skip,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrawnSection {
    pub(crate) breeds: usize,
    pub(crate) images: usize,
    pub(crate) size: u32,
    pub(crate) seed: u64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelSection {
    pub(crate) backbone: String,
    pub(crate) pretrained: bool,
    pub(crate) weights: Option<PathBuf>,
    pub(crate) weights_url: String,
    pub(crate) allow_partial: bool,
    pub(crate) embedding_size: usize,
    pub(crate) dropout_rate: f64,
    pub(crate) freeze: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrainSection {
    pub(crate) num_epochs: usize,
    pub(crate) optimizer: pets_train::OptimizerKind,
    pub(crate) learning_rate: f64,
    pub(crate) backbone_lr_factor: f64,
    pub(crate) weight_decay: f64,
    pub(crate) loss_lr_factor: f64,
    pub(crate) loss_weight_decay: Option<f64>,
    pub(crate) clip_norm: Option<f64>,
    pub(crate) accumulation: usize,
    pub(crate) freeze_epochs: usize,
    pub(crate) ema_decay: Option<f64>,
    pub(crate) checkpoint_every: pets_train::CheckpointEvery,
    pub(crate) on_nan: String,
    pub(crate) max_nan_steps: usize,
    pub(crate) cache_mb: usize,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct LossSection {
    pub(crate) r#type: String,
    pub(crate) memory: usize,
    pub(crate) memory_start_epoch: usize,
    /// Parameters that were given; the others have the loss's defaults.
    #[serde(flatten)]
    pub(crate) parameters: toml::Table,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SchedulerSection {
    pub(crate) r#type: String,
    pub(crate) step_size: usize,
    pub(crate) gamma: f64,
    pub(crate) patience: usize,
    pub(crate) min_lr: f64,
    pub(crate) warmup_epochs: usize,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EarlyStoppingSection {
    pub(crate) enabled: bool,
    pub(crate) patience: usize,
    pub(crate) delta: f64,
    pub(crate) monitor: pets_train::Monitor,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvaluationSection {
    pub(crate) k_values: Vec<usize>,
    pub(crate) n_way: usize,
    pub(crate) k_shot: usize,
    pub(crate) num_few_shot_tasks: usize,
    pub(crate) verification_pairs: u64,
    pub(crate) knn_k: usize,
    pub(crate) bootstrap_resamples: usize,
    pub(crate) normalize: bool,
    pub(crate) representation: String,
    pub(crate) baseline: bool,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VisualizationSection {
    pub(crate) theme: String,
    pub(crate) tsne_perplexity: f64,
    pub(crate) tsne_engine: String,
    pub(crate) tsne_iterations: usize,
    pub(crate) umap_n_neighbors: usize,
    pub(crate) umap_min_dist: f64,
    pub(crate) num_queries: usize,
    pub(crate) num_samples: usize,
}

impl Config {
    /// The typed configuration of `layers`.
    pub(crate) fn from_layers(layers: &Layers) -> Result<Self, ConfigError> {
        let config: Self = layers.table().try_into().expect(
            "each value was checked against its key, and a test holds keys and fields together",
        );
        config.check(layers)?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(line: usize) -> Origin {
        Origin::File("a.toml".into(), line)
    }

    #[test]
    fn defaults_are_in_range_and_make_a_configuration() {
        for key in KEYS {
            if let Some(value) = key.default_value() {
                assert!(
                    key.kind.check(value).is_some(),
                    "the default of {} is not allowed",
                    key.path
                );
            }
        }
        Config::from_layers(&Layers::defaults()).unwrap();
    }

    #[test]
    fn flags_and_paths_are_unique() {
        let mut names: Vec<_> = KEYS
            .iter()
            .flat_map(|key| key.aliases.iter().copied().chain([key.flag]))
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(
            KEYS.iter()
                .all(|key| std::ptr::eq(find(key.path).unwrap(), key))
        );
    }

    #[test]
    fn the_later_layer_wins_and_is_named() {
        let mut layers = Layers::defaults();
        layers.add_toml("[train]\nnum_epochs = 7", in_file).unwrap();
        layers.add_set("train.num_epochs=9").unwrap();
        assert_eq!(Config::from_layers(&layers).unwrap().train.num_epochs, 9);
        let (_, origin) = layers.get(find("train.num_epochs").unwrap()).unwrap();
        assert_eq!(*origin, Origin::Flag("--set".to_owned()));
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
