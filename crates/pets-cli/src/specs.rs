//! From the configuration to what each crate takes.

use anyhow::Result;
use pets_data::{Augmentation, Normalization, Sampler, SplitKind, SplitSpec, Transform};
use pets_eval::FewShotConfig;
use pets_losses::{ArcFaceConfig, ContrastiveConfig, LossConfig, TripletConfig};
use pets_model::{Architecture, EmbeddingModelConfig, FrozenStages};
use pets_train::{EarlyStopping, Schedule, TrainSpec};

use crate::config::Config;

/// Images at a time in evaluation.
pub(crate) const EVAL_BATCH: usize = 32;

impl Config {
    pub(crate) fn split_spec(&self) -> SplitSpec {
        SplitSpec {
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

    pub(crate) fn loss_config(&self) -> Result<LossConfig> {
        let loss = &self.loss;
        Ok(match loss.r#type.as_str() {
            "triplet" => LossConfig::Triplet(TripletConfig {
                margin: loss.margin,
                mining: loss.mining.parse()?,
                ..TripletConfig::default()
            }),
            "contrastive" => LossConfig::Contrastive(ContrastiveConfig {
                margin: loss.margin,
                ..ContrastiveConfig::default()
            }),
            _ => LossConfig::ArcFace(ArcFaceConfig {
                scale: loss.scale,
                angular_margin: loss.angular_margin,
                ..ArcFaceConfig::default()
            }),
        })
    }

    pub(crate) fn train_spec(&self) -> Result<TrainSpec> {
        let (data, train, stopping) = (&self.data, &self.train, &self.early_stopping);
        Ok(TrainSpec {
            num_epochs: train.num_epochs,
            batch_size: data.batch_size,
            sampler: match data.sampler.as_str() {
                "shuffle" => Sampler::Shuffle,
                _ => Sampler::MPerClass {
                    m: data.samples_per_class,
                },
            },
            optimizer: train.optimizer,
            learning_rate: train.learning_rate,
            backbone_lr_factor: train.backbone_lr_factor,
            weight_decay: train.weight_decay,
            schedule: self.schedule(),
            monitor: stopping.monitor,
            early_stopping: stopping.enabled.then_some(EarlyStopping {
                patience: stopping.patience,
                delta: stopping.delta,
            }),
            frozen: FrozenStages::parse(&self.model.freeze, self.architecture()?)?,
            cache_bytes: train.cache_mb << 20,
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
