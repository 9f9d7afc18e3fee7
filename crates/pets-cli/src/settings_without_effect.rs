//! Settings that are other than by default and change nothing.

use pets::trainer::ScheduleKind;

use crate::config::{Config, Layers, ResolvedSettings, find, keys};

/// A remark on each.
pub(crate) fn settings_without_effect(settings: &ResolvedSettings) -> Vec<String> {
    let ResolvedSettings { config, layers, .. } = settings;
    let mut remarks = Vec::new();
    patience_that_never_fires(config, layers, &mut remarks);
    for parameter in config.idle_loss_parameters() {
        remarks.push(format!(
            "loss.{parameter} has no effect on the {} loss",
            config.loss.kind
        ));
    }
    for key in keys().filter(|key| layers.is_changed(key)) {
        if let Some(need) = key.needs.filter(|need| !layers.meet(*need)) {
            remarks.push(format!(
                "{} has no effect with {}",
                layers.assignment(key.path),
                layers.assignment(need.of())
            ));
        }
    }
    remarks
}

fn patience_that_never_fires(config: &Config, layers: &Layers, remarks: &mut Vec<String>) {
    let (scheduler, stopping) = (&config.scheduler, &config.early_stopping);
    let epochs = config.train.num_epochs;
    let mut never = |setting: &str, because: String| {
        remarks.push(format!(
            "{} never comes to bear: {because}",
            layers.assignment(setting)
        ));
    };
    let training = format!("training has {epochs} epochs");
    if scheduler.kind == ScheduleKind::Plateau {
        if stopping.enabled && scheduler.patience >= stopping.patience {
            let before = layers.assignment("early_stopping.patience");
            never(
                "scheduler.patience",
                format!("{before} ends training before"),
            );
        } else if scheduler.patience + 1 >= epochs {
            never("scheduler.patience", training.clone());
        }
    }
    if scheduler.kind == ScheduleKind::Step && scheduler.step_size >= epochs {
        never("scheduler.step_size", training.clone());
    }
    let changed = find("early_stopping.patience").is_some_and(|key| layers.is_changed(key));
    if stopping.enabled && changed {
        if stopping.patience + 1 >= epochs {
            never("early_stopping.patience", training);
        } else if config.data.train_val_split >= 1.0 {
            never(
                "early_stopping.patience",
                format!(
                    "{} leaves no image to validate on",
                    layers.assignment("data.train_val_split")
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Origin, Settings, default_toml};

    fn remarks(assignments: &str) -> Vec<String> {
        let mut given = Layers::default();
        for assignment in assignments.split_whitespace() {
            given.add_set(assignment).unwrap();
        }
        settings_without_effect(&Settings::new(given).resolve().unwrap())
    }

    #[test]
    fn what_never_comes_to_bear_is_told() {
        for (assignments, said) in [
            (
                "scheduler.type=plateau",
                "scheduler.patience = 5 (default) never comes to bear: early_stopping.patience = 3 (default) ends",
            ),
            (
                "scheduler.type=plateau early_stopping.enabled=false",
                "scheduler.patience = 5 (default) never comes to bear: training has 4 epochs",
            ),
            (
                "scheduler.type=step",
                "scheduler.step_size = 10 (default) never comes to bear: training has 4 epochs",
            ),
            (
                "early_stopping.patience=7",
                "early_stopping.patience = 7 (--set) never comes to bear: training has 4 epochs",
            ),
            (
                "early_stopping.patience=1 data.train_val_split=1",
                "data.train_val_split = 1.0 (--set) leaves no image to validate on",
            ),
            (
                "scheduler.step_size=2",
                "scheduler.step_size = 2 (--set) has no effect with scheduler.type = \"warmup_cosine\" (default)",
            ),
            (
                "data.augment=false data.rotation=5",
                "data.rotation = 5.0 (--set) has no effect with data.augment = false (--set)",
            ),
            (
                "loss.memory_start_epoch=2",
                "loss.memory_start_epoch = 2 (--set) has no effect with loss.memory = 0 (default)",
            ),
            (
                "loss.temperature=0.5",
                "loss.temperature has no effect on the triplet loss",
            ),
        ] {
            let remarks = remarks(assignments);
            assert!(
                remarks.len() == 1 && remarks[0].contains(said),
                "{assignments}: {remarks:?}"
            );
        }
    }

    #[test]
    fn defaults_are_not_remarked_on() {
        assert_eq!(remarks(""), Vec::<String>::new());
        let mut written_out = Layers::default();
        let origin = |line| Origin::File("default.toml".into(), line);
        written_out.add_toml(&default_toml(), origin).unwrap();
        let settings = Settings::new(written_out).resolve().unwrap();
        assert_eq!(settings_without_effect(&settings), Vec::<String>::new());
        assert_eq!(
            remarks("scheduler.type=plateau scheduler.patience=1"),
            Vec::<String>::new()
        );
    }
}
