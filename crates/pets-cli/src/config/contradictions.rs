//! Settings that are allowed one by one and cannot hold together, and such as are of no use.

use std::collections::BTreeSet;

use pets_model::FrozenStages;

use super::{Config, ConfigError, Layers};

impl Config {
    /// The first contradiction among the settings of `layers`, which this is the typed form of.
    pub(super) fn check(&self, layers: &Layers) -> Result<(), ConfigError> {
        for (holds, first, second, reason) in self.contradictions() {
            if holds {
                return Err(layers.contradiction(first, second, reason.to_owned()));
            }
        }
        let held_out: BTreeSet<_> = self.data.holdout_breeds.iter().collect();
        let held_out = held_out.len();
        if held_out > 0 && self.evaluation.n_way > held_out {
            return Err(layers.contradiction(
                "evaluation.n_way",
                "data.holdout_breeds",
                format!("few-shot tasks draw their breeds from the {held_out} held out"),
            ));
        }
        self.architecture()
            .and_then(|architecture| Ok(FrozenStages::parse(&self.model.freeze, architecture)?))
            .map_err(|error| layers.unusable("model.freeze", error.to_string()))?;
        self.loss_config()
            .map_err(|error| layers.unusable("loss.type", error.to_string()))?;
        Ok(())
    }

    /// Whether a contradiction holds, the two settings, and the reason.
    fn contradictions(&self) -> [(bool, &'static str, &'static str, &'static str); 7] {
        let (data, train, scheduler) = (&self.data, &self.train, &self.scheduler);
        [
            (
                data.sampler != "shuffle" && data.batch_size < 2 * data.samples_per_class,
                "data.batch_size",
                "data.samples_per_class",
                "a batch needs images of at least two breeds",
            ),
            (
                scheduler.min_lr > train.learning_rate && uses_min_lr(&scheduler.r#type),
                "scheduler.min_lr",
                "train.learning_rate",
                "the lowest rate is above the base rate",
            ),
            (
                scheduler.r#type == "warmup_cosine" && scheduler.warmup_epochs > train.num_epochs,
                "scheduler.warmup_epochs",
                "train.num_epochs",
                "warm-up would outlast training",
            ),
            (
                self.loss.memory > 0 && self.loss_kind().has_prototypes(),
                "loss.memory",
                "loss.type",
                "this loss compares with prototypes, not with other embeddings",
            ),
            (
                self.loss.memory > 0 && self.loss.memory_start_epoch >= train.num_epochs,
                "loss.memory_start_epoch",
                "train.num_epochs",
                "training would end before the memory is used",
            ),
            (
                train.freeze_epochs > train.num_epochs,
                "train.freeze_epochs",
                "train.num_epochs",
                "the backbone would never be trained; use --freeze backbone",
            ),
            (
                self.model.embedding_size == 0 && self.model.freeze == "backbone",
                "model.embedding_size",
                "model.freeze",
                "without a head, and with the backbone frozen, nothing would be trained",
            ),
        ]
    }
}

fn uses_min_lr(schedule: &str) -> bool {
    matches!(schedule, "plateau" | "cosine" | "warmup_cosine")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(assignments: &str) -> String {
        let mut layers = Layers::defaults();
        for assignment in assignments.split_whitespace() {
            layers.add_set(assignment).unwrap();
        }
        Config::from_layers(&layers).unwrap_err().to_string()
    }

    #[test]
    fn both_settings_are_named_with_values_and_origins() {
        for (assignments, said) in [
            (
                "evaluation.n_way=9",
                "evaluation.n_way = 9 (--set) contradicts data.holdout_breeds = ",
            ),
            (
                "data.holdout_breeds=pug,pug,pug,pug,pug",
                "few-shot tasks draw their breeds from the 1 held out",
            ),
            (
                "data.batch_size=7 data.samples_per_class=4",
                "data.batch_size = 7 (--set) contradicts data.samples_per_class = 4 (--set): ",
            ),
            (
                "data.batch_size=7 data.sampler=hard_negative",
                "data.batch_size = 7 (--set) contradicts data.samples_per_class = 4 (default): ",
            ),
            (
                "scheduler.warmup_epochs=5",
                "scheduler.warmup_epochs = 5 (--set) contradicts train.num_epochs = 4 (default): ",
            ),
            (
                "scheduler.min_lr=0.1",
                "scheduler.min_lr = 0.1 (--set) contradicts train.learning_rate = 0.0001 (default): ",
            ),
            (
                "loss.type=arcface loss.memory=8",
                "loss.memory = 8 (--set) contradicts loss.type = \"arcface\" (--set): ",
            ),
            (
                "loss.memory=8 loss.memory_start_epoch=4",
                "loss.memory_start_epoch = 4 (--set) contradicts train.num_epochs = 4 (default): ",
            ),
            (
                "train.freeze_epochs=5",
                "train.freeze_epochs = 5 (--set) contradicts train.num_epochs = 4 (default): ",
            ),
            (
                "model.embedding_size=0 model.freeze=backbone",
                "model.embedding_size = 0 (--set) contradicts model.freeze = \"backbone\" (--set): ",
            ),
            ("model.freeze=layer9", "model.freeze = \"layer9\" (--set): "),
            (
                "loss.type=circle loss.margin=3",
                "loss.type = \"circle\" (--set): ",
            ),
        ] {
            let error = error_of(assignments);
            assert!(error.contains(said), "{assignments}: {error}");
        }
    }
}
