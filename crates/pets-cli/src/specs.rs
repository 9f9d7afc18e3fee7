//! From the configuration to what each crate takes.

use anyhow::Result;
use pets_data::{Augmentation, Normalization, Sampler, SplitSpec, Transform};
use pets_eval::FewShotConfig;
use pets_losses::LossConfig;
use pets_model::{EmbeddingModelConfig, FrozenStages};
use pets_train::{BatchPlan, EarlyStopping, MemorySpec, OnNan, Schedule, TrainSpec};
use pets_viz::{TsneConfig, UmapConfig};

use crate::config::{
    Config, HoldoutBreeds, OnNanKind, SamplerKind, ScheduleKind, default_parameters,
};

/// Images at a time in evaluation.
pub(crate) const EVAL_BATCH: usize = 32;

impl Config {
    /// How the dataset is divided, once it is settled which breeds are held out.
    pub(crate) fn split_spec(&self) -> SplitSpec {
        SplitSpec {
            kind: self.data.split,
            train_val_split: self.data.train_val_split,
            train_test_split: self.data.train_test_split,
            holdout: match &self.data.holdout_breeds {
                HoldoutBreeds::Auto => Vec::new(),
                HoldoutBreeds::These(names) => names.clone(),
            },
            seed: self.seed,
        }
    }

    pub(crate) fn model_config(&self) -> EmbeddingModelConfig {
        EmbeddingModelConfig {
            architecture: self.model.backbone,
            embedding_size: (self.model.embedding_size > 0).then_some(self.model.embedding_size),
            dropout_rate: self.model.dropout_rate,
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

    pub(crate) fn train_spec(&self) -> Result<TrainSpec> {
        let (data, train, stopping) = (&self.data, &self.train, &self.early_stopping);
        Ok(TrainSpec {
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
            frozen: FrozenStages::parse(&self.model.freeze, self.model.backbone)?,
            freeze_epochs: train.freeze_epochs,
            ema_decay: train.ema_decay,
            memory: (self.loss.memory > 0).then_some(MemorySpec {
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

    pub(crate) fn eval_transform(&self) -> Result<Transform> {
        Ok(Transform::eval(
            self.data.img_size as u32,
            self.normalization(),
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
            self.normalization(),
            augmentation,
        )?)
    }

    fn normalization(&self) -> Normalization {
        let expected = self.model.backbone.normalization();
        Normalization {
            mean: expected.mean,
            std: expected.std,
        }
    }

    pub(crate) fn tsne_config(&self) -> TsneConfig {
        TsneConfig {
            perplexity: self.visualization.tsne_perplexity,
            iterations: self.visualization.tsne_iterations,
            seed: self.seed,
            engine: self.visualization.tsne_engine,
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
        for name in pets_losses::LossKind::names() {
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
