//! Settings that are allowed one by one and cannot hold together, and such as are of no use.

use std::collections::BTreeSet;

use pets::network::FrozenStages;

use pets::trainer::ScheduleKind;

use super::{Config, ConfigError, HoldoutBreeds, Layers};

impl Config {
    /// The first contradiction among the settings of `layers`, which this is the typed form of.
    pub(super) fn check(&self, layers: &Layers) -> Result<(), ConfigError> {
        for (holds, first, second, reason) in self.contradictions() {
            if holds {
                return Err(layers.contradiction(first, second, reason.to_owned()));
            }
        }
        if let HoldoutBreeds::These(names) = &self.data.holdout_breeds {
            let held_out = names.iter().collect::<BTreeSet<_>>().len();
            let too_many = held_out > 0 && self.evaluation.n_way > held_out;
            if too_many && layers.is_given("evaluation.n_way") {
                return Err(layers.contradiction(
                    "evaluation.n_way",
                    "data.holdout_breeds",
                    format!("few-shot tasks draw their breeds from the {held_out} held out"),
                ));
            }
        }
        FrozenStages::parse(&self.model.freeze, self.model.backbone)
            .map_err(|error| layers.unusable("model.freeze", error.to_string()))?;
        self.loss_config()
            .map_err(|error| layers.unusable("loss.type", error.to_string()))?;
        Ok(())
    }

    /// Whether a contradiction holds, the two settings, and the reason.
    fn contradictions(&self) -> [(bool, &'static str, &'static str, &'static str); 8] {
        let (data, train, scheduler) = (&self.data, &self.train, &self.scheduler);
        let by_class = data.sampler.is_by_class();
        [
            (
                by_class && data.batch_size < 2 * data.samples_per_class,
                "data.batch_size",
                "data.samples_per_class",
                "a batch needs images of at least two breeds",
            ),
            (
                by_class && !data.batch_size.is_multiple_of(data.samples_per_class),
                "data.batch_size",
                "data.samples_per_class",
                "a batch holds as many images of each of its breeds, so the second must divide the first",
            ),
            (
                scheduler.kind.has_lowest_rate() && scheduler.min_lr > train.learning_rate,
                "scheduler.min_lr",
                "train.learning_rate",
                "the lowest rate is above the base rate",
            ),
            (
                scheduler.kind == ScheduleKind::WarmupCosine
                    && scheduler.warmup_epochs > train.num_epochs,
                "scheduler.warmup_epochs",
                "train.num_epochs",
                "warm-up would outlast training",
            ),
            (
                self.loss.memory > 0 && self.loss.kind.has_prototypes(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn error_of(assignments: &str) -> String {
        let mut given = Layers::default();
        for assignment in assignments.split_whitespace() {
            given.add_set(assignment).unwrap();
        }
        Settings::new(given).resolve().unwrap_err().to_string()
    }

    #[test]
    fn both_settings_are_named_with_values_and_origins() {
        for (assignments, said) in [
            (
                "evaluation.n_way=9 data.holdout_breeds=pug,boxer",
                "evaluation.n_way = 9 (--set) contradicts data.holdout_breeds = ",
            ),
            (
                "data.holdout_breeds=pug,pug,pug,pug,pug evaluation.n_way=5",
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
                "data.batch_size=10",
                "data.batch_size = 10 (--set) contradicts data.samples_per_class = 4 (default): ",
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
