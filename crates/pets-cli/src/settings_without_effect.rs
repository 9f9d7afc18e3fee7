//! Settings that were given and change nothing.

use anyhow::Result;

use crate::config::{Config, Layers};

/// A remark on each.
pub(crate) fn settings_without_effect(config: &Config, layers: &Layers) -> Result<Vec<String>> {
    let mut remarks = Vec::new();
    patience_that_never_fires(config, layers, &mut remarks);
    for parameter in config.idle_loss_parameters()? {
        remarks.push(format!(
            "loss.{parameter} has no effect on the {} loss",
            config.loss.r#type
        ));
    }
    let (data, scheduler) = (&config.data, &config.scheduler);
    let schedule = scheduler.r#type.as_str();
    let idle = [
        (schedule != "step", "scheduler.step_size", "scheduler.type"),
        (
            schedule != "plateau",
            "scheduler.patience",
            "scheduler.type",
        ),
        (
            !matches!(schedule, "step" | "plateau"),
            "scheduler.gamma",
            "scheduler.type",
        ),
        (
            data.sampler != "hard_negative",
            "data.hard_negative_every",
            "data.sampler",
        ),
        (
            data.sampler != "hard_negative",
            "data.hard_negative_group",
            "data.sampler",
        ),
        (
            data.split == "official",
            "data.train_test_split",
            "data.split",
        ),
    ];
    for (is_idle, setting, because) in idle {
        if is_idle && layers.is_given(setting) {
            remarks.push(format!(
                "{} has no effect with {}",
                layers.assignment(setting),
                layers.assignment(because)
            ));
        }
    }
    Ok(remarks)
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
    if scheduler.r#type == "plateau" {
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
    if scheduler.r#type == "step" && scheduler.step_size >= epochs {
        never("scheduler.step_size", training.clone());
    }
    if stopping.enabled && layers.is_given("early_stopping.patience") {
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

    fn remarks(assignments: &str) -> Vec<String> {
        let mut layers = Layers::defaults();
        for assignment in assignments.split_whitespace() {
            layers.add_set(assignment).unwrap();
        }
        settings_without_effect(&Config::from_layers(&layers).unwrap(), &layers).unwrap()
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
        assert_eq!(
            remarks("scheduler.type=plateau scheduler.patience=1"),
            Vec::<String>::new()
        );
    }
}
