//! The configuration: keys, layers, and the typed result.

mod key;
mod keys;
mod layers;
mod render;

use std::path::PathBuf;

use serde::Deserialize;

pub(crate) use key::{Key, Kind};
pub(crate) use keys::KEYS;
#[cfg(test)]
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

    /// Settings that are allowed one by one and cannot hold together.
    fn check(&self, layers: &Layers) -> Result<(), ConfigError> {
        let data = &self.data;
        if data.sampler == "m_per_class" && data.batch_size < 2 * data.samples_per_class {
            return Err(layers.contradiction(
                "data.batch_size",
                "data.samples_per_class",
                "a batch needs images of at least two breeds".to_owned(),
            ));
        }
        if self.scheduler.min_lr > self.train.learning_rate && uses_min_lr(&self.scheduler.r#type) {
            return Err(layers.contradiction(
                "scheduler.min_lr",
                "train.learning_rate",
                "the lowest rate is above the base rate".to_owned(),
            ));
        }
        if self.scheduler.r#type == "warmup_cosine"
            && self.scheduler.warmup_epochs > self.train.num_epochs
        {
            return Err(layers.contradiction(
                "scheduler.warmup_epochs",
                "train.num_epochs",
                "warm-up would outlast training".to_owned(),
            ));
        }
        if self.loss.memory > 0 && self.loss_kind().has_prototypes() {
            return Err(layers.contradiction(
                "loss.memory",
                "loss.type",
                "this loss compares with prototypes, not with other embeddings".to_owned(),
            ));
        }
        if self.train.freeze_epochs > self.train.num_epochs {
            return Err(layers.contradiction(
                "train.freeze_epochs",
                "train.num_epochs",
                "the backbone would never be trained; use --freeze backbone".to_owned(),
            ));
        }
        if self.model.embedding_size == 0 && self.model.freeze == "backbone" {
            return Err(layers.contradiction(
                "model.embedding_size",
                "model.freeze",
                "without a head, and with the backbone frozen, nothing would be trained".to_owned(),
            ));
        }
        let held_out = data.holdout_breeds.len();
        if held_out > 0 && self.evaluation.n_way > held_out {
            return Err(layers.contradiction(
                "evaluation.n_way",
                "data.holdout_breeds",
                format!("few-shot tasks draw their breeds from the {held_out} held out"),
            ));
        }
        Ok(())
    }
}

fn uses_min_lr(schedule: &str) -> bool {
    matches!(schedule, "plateau" | "cosine" | "warmup_cosine")
}

#[cfg(test)]
mod tests {
    use super::*;

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
        layers
            .add_toml("[train]\nnum_epochs = 7", &Origin::File("a.toml".into()))
            .unwrap();
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
            .add_toml("[data]\nimg_size = 5", &Origin::File("a.toml".into()))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "data.img_size = 5 (a.toml): allowed is a whole number from 32 to 1024"
        );
    }

    #[test]
    fn settings_that_contradict_each_other_are_both_named() {
        let mut layers = Layers::defaults();
        layers.add_set("evaluation.n_way=9").unwrap();
        let error = Config::from_layers(&layers).unwrap_err().to_string();
        assert!(
            error.starts_with("evaluation.n_way = 9 (--set) contradicts data.holdout_breeds = "),
            "{error}"
        );
    }
}
