//! What a run trains, and how.

use anyhow::Result;
use pets::data::{Augmentation, Sampler};
use pets::losses::LossConfig;
use pets::network::{Completeness, EmbeddingModelConfig, FrozenStages};
use pets::trainer::{
    BatchPlan, EarlyStopping, MemoryConfig, OnNan, OnNanKind, SamplerKind, Schedule, ScheduleKind,
    TrainConfig,
};
use pets::{StartingModelConfig, StartingWeights, TrainingConfig};

use crate::config::{Config, default_parameters};

impl Config {
    /// What a run trains; `settings` go into its model files.
    pub(crate) fn training_config(&self, settings: String) -> Result<TrainingConfig> {
        Ok(TrainingConfig {
            start: self.starting_model_config(),
            loss: self.loss_config()?,
            train: self.train_config()?,
            img_size: self.data.img_size as u32,
            augmentation: self.augmentation(),
            settings,
        })
    }

    /// The model that training starts from.
    pub(crate) fn starting_model_config(&self) -> StartingModelConfig {
        let model = &self.model;
        StartingModelConfig {
            model: EmbeddingModelConfig {
                architecture: model.backbone,
                embedding_size: (model.embedding_size > 0).then_some(model.embedding_size),
                dropout_rate: model.dropout_rate,
            },
            weights: match &model.weights {
                Some(name) => StartingWeights::Named(name.clone()),
                None if model.pretrained => StartingWeights::Pretrained,
                None => StartingWeights::Random,
            },
            weights_url: model.weights_url.clone(),
            patience: self.patience(),
            completeness: if model.allow_partial {
                Completeness::AllowPartial
            } else {
                Completeness::Complete
            },
            seed: self.seed,
        }
    }

    /// The loss with the parameters that were given and, for the rest, its own defaults.
    pub(crate) fn loss_config(&self) -> Result<LossConfig> {
        let mut table = default_parameters(self.loss.kind);
        for (name, given) in self.loss.given_parameters() {
            if let Some(value) = table.get_mut(name) {
                *value = given;
            }
        }
        table.insert("type".to_owned(), self.loss.kind.to_string().into());
        let config: LossConfig = table.try_into()?;
        config.validate()?;
        Ok(config)
    }

    /// The parameters that were given but are not this loss's.
    pub(crate) fn idle_loss_parameters(&self) -> Vec<&'static str> {
        let of_loss = default_parameters(self.loss.kind);
        let given = self.loss.given_parameters().map(|(name, _)| name);
        given.filter(|name| !of_loss.contains_key(*name)).collect()
    }

    /// The course of training.
    pub(crate) fn train_config(&self) -> Result<TrainConfig> {
        let (data, train, stopping) = (&self.data, &self.train, &self.early_stopping);
        Ok(TrainConfig {
            num_epochs: train.num_epochs,
            batch_size: data.batch_size,
            accumulation: train.accumulation,
            batch_plan: match data.sampler {
                SamplerKind::Shuffle => BatchPlan::Fixed(Sampler::Shuffle),
                SamplerKind::MPerClass => BatchPlan::Fixed(Sampler::MPerClass {
                    m: data.samples_per_class,
                }),
                SamplerKind::HardNegative => BatchPlan::HardNegatives {
                    m: data.samples_per_class,
                    group: data.hard_negative_group,
                    every: data.hard_negative_every,
                },
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
                self.model.backbone,
            )?),
            freeze_epochs: train.freeze_epochs,
            ema_decay: train.ema_decay,
            memory: (self.loss.memory > 0).then_some(MemoryConfig {
                capacity: self.loss.memory,
                start_epoch: self.loss.memory_start_epoch,
            }),
            cache_bytes: train.cache_mb << 20,
            checkpoint_every: train.checkpoint_every,
            on_nan: match train.on_nan {
                OnNanKind::Stop => OnNan::Stop,
                OnNanKind::Skip => OnNan::Skip {
                    at_most: train.max_nan_steps,
                },
            },
            seed: self.seed,
        })
    }

    fn schedule(&self) -> Schedule {
        let scheduler = &self.scheduler;
        let (gamma, min_lr) = (scheduler.gamma, scheduler.min_lr);
        match scheduler.kind {
            ScheduleKind::None => Schedule::None,
            ScheduleKind::Step => Schedule::Step {
                step_size: scheduler.step_size,
                gamma,
            },
            ScheduleKind::Plateau => Schedule::Plateau {
                gamma,
                patience: scheduler.patience,
                min_lr,
            },
            ScheduleKind::Cosine => Schedule::Cosine { min_lr },
            ScheduleKind::WarmupCosine => Schedule::WarmupCosine {
                warmup_epochs: scheduler.warmup_epochs,
                min_lr,
            },
        }
    }

    fn augmentation(&self) -> Augmentation {
        let data = &self.data;
        if !data.augment {
            return Augmentation::none();
        }
        Augmentation {
            horizontal_flip: data.horizontal_flip,
            rotation_degrees: data.rotation,
            color_jitter: data.color_jitter,
            random_resized_crop: (data.crop_scale < 1.0).then_some((data.crop_scale, 1.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::{Choice, Key, Layers, SchedulerSection, Section, Settings};

    fn config(assignments: &[&str]) -> Config {
        let mut given = Layers::default();
        for assignment in assignments {
            given.add_set(assignment).unwrap();
        }
        Settings::new(given).resolve().unwrap().config
    }

    #[test]
    fn a_loss_without_parameters_given_has_its_own_defaults() {
        for name in pets::losses::LossKind::names() {
            let config = config(&[&format!("loss.type={name}")]);
            assert_eq!(
                config.loss_config().unwrap(),
                LossConfig::new(name.parse().unwrap())
            );
        }
    }

    #[test]
    fn parameters_of_other_losses_are_left_out_and_named() {
        let config = config(&[
            "loss.type=cosface",
            "loss.margin=0.2",
            "loss.temperature=0.5",
        ]);
        let LossConfig::CosFace(cosface) = config.loss_config().unwrap() else {
            panic!("the loss is cosface");
        };
        assert_eq!((cosface.margin, cosface.scale), (0.2, 64.0));
        assert_eq!(config.idle_loss_parameters(), ["temperature"]);
    }

    #[test]
    fn a_schedule_has_the_parameters_that_need_it() {
        for kind in ScheduleKind::all() {
            let schedule = config(&[&format!("scheduler.type={}", kind.name())]).schedule();
            let mut has = toml::Table::try_from(schedule).unwrap();
            assert_eq!(
                has.remove("type").unwrap().as_str(),
                Some(kind.name().as_str())
            );
            let name = kind.name().into();
            let needing = SchedulerSection::KEYS.iter().filter(|key| {
                key.needs.is_some_and(|need| {
                    need.of() == "scheduler.type" && need.is_met_by(Some(&name))
                })
            });
            let needing: BTreeSet<_> = needing.map(Key::name).collect();
            assert_eq!(needing, has.keys().map(String::as_str).collect());
        }
    }
}
