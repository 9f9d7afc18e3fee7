//! Schedules against the rates that PyTorch's schedulers give at each epoch's start.

use approx::assert_relative_eq;
use pets_train::{LearningRate, Schedule};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    learning_rate: f64,
    num_epochs: usize,
    lr: Vec<f64>,
    val_loss: Option<Vec<f64>>,
    #[serde(flatten)]
    schedule: Schedule,
}

#[test]
fn rates_at_epoch_starts_equal_pytorchs() {
    let cases: Vec<Golden> =
        serde_json::from_str(include_str!("../golden/schedules.json")).unwrap();
    assert!(cases.len() >= 4);
    for case in cases {
        let mut rate =
            LearningRate::new(case.schedule, case.learning_rate, case.num_epochs).unwrap();
        for (epoch, expected) in case.lr.iter().enumerate() {
            assert_relative_eq!(rate.at(epoch as f64), *expected, max_relative = 1e-9);
            if let Some(val_loss) = &case.val_loss {
                rate.observe(val_loss[epoch]);
            }
        }
    }
}

#[test]
fn the_rate_is_positive_and_finite_at_every_moment() {
    let schedules = [
        Schedule::None,
        Schedule::Step {
            step_size: 1,
            gamma: 0.5,
        },
        Schedule::Plateau {
            gamma: 0.5,
            patience: 0,
            min_lr: 1e-6,
        },
        Schedule::Cosine { min_lr: 1e-6 },
        Schedule::WarmupCosine {
            warmup_epochs: 0,
            min_lr: 1e-6,
        },
        Schedule::WarmupCosine {
            warmup_epochs: 3,
            min_lr: 1e-6,
        },
        Schedule::WarmupCosine {
            warmup_epochs: 7,
            min_lr: 1e-6,
        },
    ];
    for schedule in schedules {
        let rate = LearningRate::new(schedule, 1e-3, 3).unwrap();
        for step in 0..=300 {
            let value = rate.at(f64::from(step) / 100.0);
            assert!(
                value > 0.0 && value <= 1e-3,
                "{schedule:?} at {step}: {value}"
            );
        }
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    for (schedule, learning_rate) in [
        (Schedule::None, 0.0),
        (Schedule::None, f64::NAN),
        (
            Schedule::Step {
                step_size: 0,
                gamma: 0.1,
            },
            1e-3,
        ),
        (
            Schedule::Step {
                step_size: 1,
                gamma: 1.5,
            },
            1e-3,
        ),
        (Schedule::Cosine { min_lr: 1e-2 }, 1e-3),
        (
            Schedule::Plateau {
                gamma: 0.0,
                patience: 1,
                min_lr: 0.0,
            },
            1e-3,
        ),
    ] {
        assert!(
            LearningRate::new(schedule, learning_rate, 3).is_err(),
            "{schedule:?} {learning_rate}"
        );
    }
}
