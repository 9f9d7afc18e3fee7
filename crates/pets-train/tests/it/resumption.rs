//! A run that is stopped and goes on is the run that was never stopped, to the last bit.

use std::path::Path;

use pets_data::Sampler;
use pets_losses::{ContrastiveConfig, LossConfig, LossKind, Mining, TripletConfig};
use pets_train::{
    BatchPlan, EarlyStopping, EpochRecord, MemoryConfig, OptimizerKind, Schedule, StopReason,
    TrainConfig, TrainError, TrainEvent,
};

use crate::place::{Place, Setup, config};

/// The files that a run leaves, and its history without the clock's part in it.
fn left_by(folder: &Path) -> (Vec<Vec<u8>>, Vec<EpochRecord>) {
    let models = [
        "models/best_model.safetensors",
        "models/last_model.safetensors",
    ];
    let models = models.map(|name| std::fs::read(folder.join(name)).unwrap());
    let mut history = pets_train::read_history(&folder.join("logs/history.jsonl")).unwrap();
    for record in &mut history {
        (record.seconds, record.images_per_second, record.wait_share) = (0.0, 0.0, 0.0);
    }
    (models.to_vec(), history)
}

/// Trains without a stop, then again with a stop behind every step and every epoch.
fn assert_stops_change_nothing(setup: &Setup, config: &TrainConfig) -> Vec<EpochRecord> {
    let whole = Place::new();
    whole.run(setup, config, false, &mut |_| true).unwrap();
    let expected = left_by(whole.run_folder().root());

    let parts = Place::new();
    let mut starts = 0;
    loop {
        // The weights that a resumed run is given first must not matter.
        let setup = Setup {
            model_seed: setup.model_seed + starts,
            ..setup.clone()
        };
        let outcome = parts
            .run(&setup, config, starts > 0, &mut |event| {
                matches!(
                    event,
                    TrainEvent::Caching { .. } | TrainEvent::Checkpoint { .. }
                )
            })
            .unwrap();
        starts += 1;
        if outcome.stop_reason != StopReason::Interrupted {
            break;
        }
    }
    assert!(starts > 4, "only {starts} starts");
    let found = left_by(parts.run_folder().root());
    assert_eq!(found.1, expected.1);
    assert!(found.0 == expected.0, "the models differ");
    found.1
}

#[test]
fn with_prototypes_accumulation_dropout_augmentation_and_an_average() {
    let setup = Setup {
        loss: LossConfig::new(LossKind::ProxyAnchor),
        dropout_rate: 0.5,
        augment: true,
        validate: true,
        ..Setup::default()
    };
    let config = TrainConfig {
        num_epochs: 2,
        batch_size: 2,
        accumulation: 2,
        optimizer: OptimizerKind::AdamW,
        weight_decay: 1e-3,
        clip_norm: Some(0.5),
        schedule: Schedule::WarmupCosine {
            warmup_epochs: 1,
            min_lr: 1e-6,
        },
        freeze_epochs: 1,
        ema_decay: Some(0.9),
        ..config("none")
    };
    assert_stops_change_nothing(&setup, &config);
}

#[test]
fn with_a_memory_mined_batches_cached_stages_and_early_stopping() {
    let setup = Setup {
        loss: LossConfig::Contrastive(ContrastiveConfig {
            margin: 1.0,
            ..ContrastiveConfig::default()
        }),
        dropout_rate: 0.2,
        validate: true,
        ..Setup::default()
    };
    let config = TrainConfig {
        num_epochs: 9,
        batch_size: 4,
        batch_plan: BatchPlan::HardNegatives {
            m: 2,
            group: 2,
            every: 2,
        },
        memory: Some(MemoryConfig {
            capacity: 6,
            start_epoch: 1,
        }),
        schedule: Schedule::Plateau {
            gamma: 0.5,
            patience: 0,
            min_lr: 1e-6,
        },
        // What an epoch must gain is out of reach, so that patience runs out.
        early_stopping: Some(EarlyStopping {
            patience: 3,
            delta: 10.0,
        }),
        ..config("backbone")
    };
    let history = assert_stops_change_nothing(&setup, &config);
    assert_eq!(history.len(), 4);
}

#[test]
fn with_negatives_drawn_by_distance_and_half_a_backbone() {
    let setup = Setup {
        loss: LossConfig::Triplet(TripletConfig {
            mining: Mining::DistanceWeighted,
            ..TripletConfig::default()
        }),
        validate: true,
        ..Setup::default()
    };
    let config = TrainConfig {
        num_epochs: 2,
        batch_plan: BatchPlan::Fixed(Sampler::MPerClass { m: 2 }),
        batch_size: 4,
        ..config("stage5")
    };
    assert_stops_change_nothing(&setup, &config);
}

#[test]
fn more_epochs_can_be_added_to_a_finished_run() {
    let (setup, longer) = (Setup::default(), config("backbone"));
    let shorter = TrainConfig {
        num_epochs: 1,
        ..longer.clone()
    };
    let (whole, parts) = (Place::new(), Place::new());
    whole.run(&setup, &longer, false, &mut |_| true).unwrap();
    parts.run(&setup, &shorter, false, &mut |_| true).unwrap();
    parts.run(&setup, &longer, true, &mut |_| true).unwrap();
    let (expected, found) = (
        left_by(whole.run_folder().root()),
        left_by(parts.run_folder().root()),
    );
    assert_eq!(found.1, expected.1);
    assert!(found.0 == expected.0, "the models differ");
}

#[test]
fn other_data_another_model_and_a_lost_best_model_are_refused() {
    let (setup, config) = (Setup::default(), config("backbone"));
    let place = Place::new();
    place.run(&setup, &config, false, &mut |_| true).unwrap();
    let resume = |setup: &Setup| place.run(setup, &config, true, &mut |_| true).unwrap_err();

    let with_validation = Setup {
        validate: true,
        ..setup.clone()
    };
    let error = resume(&with_validation);
    assert!(
        error.to_string().contains("other images, labels or splits"),
        "{error}"
    );
    let wider = Setup {
        embedding_size: 16,
        ..setup.clone()
    };
    let error = resume(&wider);
    assert!(error.to_string().contains("head.fc2"), "{error}");

    std::fs::remove_file(place.run_folder().best_model()).unwrap();
    assert!(matches!(
        resume(&setup),
        TrainError::LostBestModel { epoch: 2, .. }
    ));
}

#[test]
fn numbers_that_run_away_end_training_and_leave_the_last_checkpoint() {
    let place = Place::new();
    let config = TrainConfig {
        learning_rate: 1e30,
        checkpoint_every: "1 step".parse().unwrap(),
        ..config("none")
    };
    let error = place
        .run(&Setup::default(), &config, false, &mut |_| true)
        .unwrap_err();
    let TrainError::NotFinite(found) = &error else {
        panic!("{error}");
    };
    assert_eq!((found.epoch, found.in_a_row), (1, 1));
    assert_eq!(found.files.len(), config.batch_size);
    assert!(error.to_string().contains(".png"), "{error}");
    let kept = place.run_folder().checkpoints().find().unwrap();
    let (_, checkpoint) = kept.newest.unwrap();
    assert_eq!(checkpoint.steps(), found.step as u64 - 1);
    assert!(!checkpoint.finished());
}
