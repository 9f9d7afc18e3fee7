//! What a setting changes, and what it must not.

use pets_data::Sampler;
use pets_losses::LossKind;
use pets_model::StateDict;
use pets_train::{BatchPlan, EarlyStopping, EpochRecord, TrainConfig};

use crate::place::{Place, config};

fn values<'a>(weights: &'a StateDict, name: &str) -> &'a [f32] {
    weights.tensors[name].as_slice::<f32>().unwrap()
}

fn largest_difference(a: &StateDict, b: &StateDict, name: &str) -> f32 {
    let pairs = values(a, name).iter().zip(values(b, name));
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn two_half_batches_make_the_step_of_a_whole_one() {
    let place = Place::new();
    let whole = config("backbone");
    let halves = TrainConfig {
        batch_size: 4,
        accumulation: 2,
        ..whole.clone()
    };
    let (_, a) = place.train(&whole, LossKind::ArcFace);
    let (_, b) = place.train(&halves, LossKind::ArcFace);
    let moved = largest_difference(&a, &b, "head.fc2.weight");
    assert!(moved < 1e-4, "{moved}");
    let single = TrainConfig {
        accumulation: 1,
        ..halves
    };
    let (_, c) = place.train(&single, LossKind::ArcFace);
    assert!(largest_difference(&a, &c, "head.fc2.weight") > 1e-4);
}

#[test]
fn a_frozen_start_leaves_the_backbone_alone() {
    let place = Place::new();
    let start = place.starting_weights();
    for (freeze_epochs, moves) in [(2, false), (1, true)] {
        let config = TrainConfig {
            freeze_epochs,
            ..config("none")
        };
        let (_, end) = place.train(&config, LossKind::ArcFace);
        for name in ["_conv_stem.weight", "_bn0.running_mean"] {
            let before = values(&start, name);
            let after = values(&end, &format!("backbone.{name}"));
            assert_eq!(before != after, moves, "{name}, {freeze_epochs}");
        }
    }
}

#[test]
fn an_average_without_memory_is_the_model_itself() {
    let place = Place::new();
    let plain = config("backbone");
    let (_, model) = place.train(&plain, LossKind::ArcFace);
    let average_of = |decay| {
        let config = TrainConfig {
            ema_decay: Some(decay),
            ..plain.clone()
        };
        place.train(&config, LossKind::ArcFace).1
    };
    let name = "head.fc1.weight";
    assert!(values(&model, name) == values(&average_of(0.0), name));
    assert!(largest_difference(&model, &average_of(0.999), name) > 0.0);
}

#[test]
fn clipped_gradients_are_reported_as_they_were() {
    let place = Place::new();
    let plain = config("backbone");
    let clipped = TrainConfig {
        clip_norm: Some(1e-3),
        num_epochs: 1,
        ..plain.clone()
    };
    let (with_clipping, a) = place.train(&clipped, LossKind::ArcFace);
    let (without, b) = place.train(
        &TrainConfig {
            num_epochs: 1,
            ..plain
        },
        LossKind::ArcFace,
    );
    let norm = |history: &[EpochRecord]| history[0].gradient_norm.unwrap();
    assert!(norm(&without) > 1e-3);
    // Steps after the first start from other weights, but not far from them.
    assert!((norm(&with_clipping) / norm(&without) - 1.0).abs() < 0.5);
    assert!(largest_difference(&a, &b, "head.fc2.weight") > 0.0);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let place = Place::new();
    let good = config("backbone");
    let bad = [
        TrainConfig {
            accumulation: 0,
            ..good.clone()
        },
        TrainConfig {
            clip_norm: Some(0.0),
            ..good.clone()
        },
        TrainConfig {
            ema_decay: Some(1.0),
            ..good.clone()
        },
        TrainConfig {
            batch_plan: BatchPlan::HardNegatives {
                m: 2,
                group: 2,
                every: 0,
            },
            ..good.clone()
        },
        TrainConfig {
            batch_plan: BatchPlan::Fixed(Sampler::MPerClass { m: 3 }),
            ..good.clone()
        },
        TrainConfig {
            batch_size: 0,
            ..good.clone()
        },
        TrainConfig {
            num_epochs: 0,
            ..good.clone()
        },
        TrainConfig {
            early_stopping: Some(EarlyStopping {
                patience: 0,
                delta: 0.0,
            }),
            ..good
        },
    ];
    for config in bad {
        config.validate().unwrap_err();
        place.try_train(&config, LossKind::ArcFace).unwrap_err();
        assert!(!place.run_folder().history().exists());
    }
}
