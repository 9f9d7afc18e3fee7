//! From the configuration to what each crate takes.

use anyhow::Result;
use pets_data::{Augmentation, Normalization, Sampler, SplitConfig, SplitKind, Transform};
use pets_eval::FewShotConfig;
use pets_losses::{LossConfig, LossKind};
use pets_model::{Architecture, EmbeddingModelConfig, FrozenStages};
use pets_train::{BatchPlan, EarlyStopping, MemoryConfig, OnNan, Schedule, TrainConfig};
use pets_viz::{Theme, TsneConfig, TsneEngine, UmapConfig};

use crate::config::Config;

/// Images at a time in evaluation.
pub(crate) const EVAL_BATCH: usize = 32;

impl Config {
    pub(crate) fn split_spec(&self) -> SplitConfig {
        SplitConfig {
            kind: if self.data.split == "official" {
                SplitKind::Official
            } else {
                SplitKind::Random
            },
            train_val_split: self.data.train_val_split,
            train_test_split: self.data.train_test_split,
            holdout: self.data.holdout_breeds.clone(),
            seed: self.seed,
        }
    }

    pub(crate) fn architecture(&self) -> Result<Architecture> {
        Ok(self.model.backbone.parse()?)
    }

    pub(crate) fn model_config(&self) -> Result<EmbeddingModelConfig> {
        Ok(EmbeddingModelConfig {
            architecture: self.architecture()?,
            embedding_size: (self.model.embedding_size > 0).then_some(self.model.embedding_size),
            dropout_rate: self.model.dropout_rate,
        })
    }

    /// The loss with the parameters that were given and, for the rest, its own defaults.
    pub(crate) fn loss_config(&self) -> Result<LossConfig> {
        let mut table = self.default_loss_table()?;
        for (name, value) in &self.loss.parameters {
            if let Some(place) = table.get_mut(name) {
                place.clone_from(value);
            }
        }
        let config: LossConfig = table.try_into()?;
        config.validate()?;
        Ok(config)
    }

    /// The parameters that were given but are not this loss's.
    pub(crate) fn idle_loss_parameters(&self) -> Result<Vec<&str>> {
        let table = self.default_loss_table()?;
        let given = self.loss.parameters.keys().map(String::as_str);
        Ok(given.filter(|name| !table.contains_key(*name)).collect())
    }

    fn default_loss_table(&self) -> Result<toml::Table> {
        Ok(toml::Table::try_from(LossConfig::new(self.loss_kind()))?)
    }

    pub(crate) fn loss_kind(&self) -> LossKind {
        self.loss
            .r#type
            .parse()
            .expect("the configuration allows the names of losses alone: a test compares them")
    }

    pub(crate) fn train_config(&self) -> Result<TrainConfig> {
        let (data, train, stopping) = (&self.data, &self.train, &self.early_stopping);
        Ok(TrainConfig {
            num_epochs: train.num_epochs,
            batch_size: data.batch_size,
            accumulation: train.accumulation,
            batch_plan: match data.sampler.as_str() {
                "shuffle" => BatchPlan::Fixed(Sampler::Shuffle),
                "hard_negative" => BatchPlan::HardNegatives {
                    m: data.samples_per_class,
                    group: data.hard_negative_group,
                    every: data.hard_negative_every,
                },
                _ => BatchPlan::Fixed(Sampler::MPerClass {
                    m: data.samples_per_class,
                }),
            },
            optimizer: train.optimizer,
            learning_rate: train.learning_rate,
            backbone_lr_factor: train.backbone_lr_factor,
            loss_lr_factor: train.loss_lr_factor,
            weight_decay: train.weight_decay,
            loss_weight_decay: train.loss_weight_decay.unwrap_or(train.weight_decay),
            clip_norm: train.clip_norm,
            schedule: self.schedule(),
            monitor: stopping.monitor,
            early_stopping: stopping.enabled.then_some(EarlyStopping {
                patience: stopping.patience,
                delta: stopping.delta,
            }),
            frozen: Some(FrozenStages::parse(
                &self.model.freeze,
                self.architecture()?,
            )?),
            freeze_epochs: train.freeze_epochs,
            ema_decay: train.ema_decay,
            memory: (self.loss.memory > 0).then_some(MemoryConfig {
                capacity: self.loss.memory,
                start_epoch: self.loss.memory_start_epoch,
            }),
            cache_bytes: train.cache_mb << 20,
            checkpoint_every: train.checkpoint_every,
            on_nan: match train.on_nan.as_str() {
                "skip" => OnNan::Skip {
                    at_most: train.max_nan_steps,
                },
                _ => OnNan::Stop,
            },
            seed: self.seed,
        })
    }

    fn schedule(&self) -> Schedule {
        let scheduler = &self.scheduler;
        let (gamma, min_lr) = (scheduler.gamma, scheduler.min_lr);
        match scheduler.r#type.as_str() {
            "step" => Schedule::Step {
                step_size: scheduler.step_size,
                gamma,
            },
            "plateau" => Schedule::Plateau {
                gamma,
                patience: scheduler.patience,
                min_lr,
            },
            "cosine" => Schedule::Cosine { min_lr },
            "warmup_cosine" => Schedule::WarmupCosine {
                warmup_epochs: scheduler.warmup_epochs,
                min_lr,
            },
            _ => Schedule::None,
        }
    }

    pub(crate) fn eval_transform(&self) -> Result<Transform> {
        Ok(Transform::eval(
            self.data.img_size as u32,
            self.normalization()?,
        )?)
    }

    pub(crate) fn train_transform(&self) -> Result<Transform> {
        let data = &self.data;
        let augmentation = if data.augment {
            Augmentation {
                horizontal_flip: data.horizontal_flip,
                rotation_degrees: data.rotation,
                color_jitter: data.color_jitter,
                random_resized_crop: (data.crop_scale < 1.0).then_some((data.crop_scale, 1.0)),
            }
        } else {
            Augmentation::none()
        };
        Ok(Transform::train(
            data.img_size as u32,
            self.normalization()?,
            augmentation,
        )?)
    }

    fn normalization(&self) -> Result<Normalization> {
        let expected = self.architecture()?.normalization();
        Ok(Normalization {
            mean: expected.mean,
            std: expected.std,
        })
    }

    pub(crate) fn theme(&self) -> Theme {
        if self.visualization.theme == "dark" {
            Theme::Dark
        } else {
            Theme::Light
        }
    }

    pub(crate) fn tsne_config(&self) -> TsneConfig {
        TsneConfig {
            perplexity: self.visualization.tsne_perplexity,
            iterations: self.visualization.tsne_iterations,
            seed: self.seed,
            engine: if self.visualization.tsne_engine == "linfa" {
                TsneEngine::Linfa
            } else {
                TsneEngine::Manifolds
            },
        }
    }

    pub(crate) fn umap_config(&self) -> UmapConfig {
        UmapConfig {
            n_neighbors: self.visualization.umap_n_neighbors,
            min_dist: self.visualization.umap_min_dist,
            seed: self.seed,
        }
    }

    pub(crate) fn few_shot_config(&self) -> FewShotConfig {
        FewShotConfig {
            n_way: self.evaluation.n_way,
            k_shot: self.evaluation.k_shot,
            num_tasks: self.evaluation.num_few_shot_tasks,
            seed: self.seed,
            ..FewShotConfig::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Kind, Layers, find};

    #[test]
    fn the_configuration_allows_the_names_of_losses_and_of_their_parameters() {
        let Kind::Choice(names) = find("loss.type").unwrap().kind else {
            panic!("the type of a loss is a choice");
        };
        assert_eq!(names.len(), LossKind::ALL.len());
        for name in names {
            let mut layers = Layers::defaults();
            layers.add_set(&format!("loss.type={name}")).unwrap();
            let config = Config::from_layers(&layers).unwrap();
            assert_eq!(
                config.loss_config().unwrap(),
                LossConfig::new(name.parse().unwrap())
            );
            for parameter in config.default_loss_table().unwrap().keys() {
                assert!(find(&format!("loss.{parameter}")).is_some(), "{parameter}");
            }
        }
    }

    #[test]
    fn parameters_of_other_losses_are_left_out_and_named() {
        let mut layers = Layers::defaults();
        for assignment in [
            "loss.type=cosface",
            "loss.margin=0.2",
            "loss.temperature=0.5",
        ] {
            layers.add_set(assignment).unwrap();
        }
        let config = Config::from_layers(&layers).unwrap();
        let LossConfig::CosFace(cosface) = config.loss_config().unwrap() else {
            panic!("the loss is cosface");
        };
        assert_eq!((cosface.margin, cosface.scale), (0.2, 64.0));
        assert_eq!(config.idle_loss_parameters().unwrap(), ["temperature"]);
    }
}
