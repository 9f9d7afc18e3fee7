//! The whole job on drawn pets, small.

use serde_json::Value;

use crate::workplace::Workplace;

const SMALL: [&str; 9] = [
    "--data-dir=drawn",
    "--img-size=32",
    "--batch-size=8",
    "--samples-per-class=2",
    "--embedding-size=16",
    "--seed=1",
    "--device=cpu",
    "--num-workers=1",
    "--no-augment",
];

fn with<'a>(command: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec![command];
    all.extend(SMALL);
    all.extend(arguments);
    all
}

#[test]
fn all_trains_evaluates_and_draws() {
    let workplace = Workplace::new(7, 12);
    let breeds = workplace.pets(&["breeds", "--data-dir=drawn", "--json"]);
    let breeds: Vec<Value> = serde_json::from_str(&breeds).unwrap();
    assert_eq!(breeds.len(), 7);
    let held_out: Vec<_> = breeds[..2]
        .iter()
        .map(|breed| breed["name"].as_str().unwrap())
        .collect();
    let held_out = held_out.join(",");

    let run = [
        "--backbone=efficientnet_lite0",
        "--freeze=backbone",
        "--num-epochs=2",
        "--train-test-split=0.6",
        "--holdout-breeds",
        &held_out,
        "--n-way=2",
        "--k-shot=2",
        "--num-few-shot-tasks=10",
        "--baseline",
        "--num-queries=2",
        "--num-samples=2",
    ];
    let printed = workplace.pets(&with("all", &run));
    assert!(
        printed.contains("before training") && printed.contains("Recall@1"),
        "{printed}"
    );

    let evaluation = workplace.json("outputs/results/evaluation.json");
    for pointer in [
        "/verification/roc_auc",
        "/verification/eer",
        "/retrieval/recall@1",
        "/retrieval/precision@10",
        "/few_shot/nearest_class_mean/mean",
        "/few_shot/nearest_neighbor/mean",
        "/baseline/retrieval/recall@5",
    ] {
        let value = evaluation
            .pointer(pointer)
            .and_then(Value::as_f64)
            .expect(pointer);
        assert!((0.0..=1.0).contains(&value), "{pointer} = {value}");
    }
    for picture in [
        "loss_curves.png",
        "learning_rate.png",
        "roc.png",
        "distances.png",
        "recall.png",
        "tsne.png",
        "umap.png",
        "retrieval/best.png",
        "retrieval/worst.png",
        "retrieval/random.png",
        "gradcam/samples.png",
    ] {
        let path = workplace.path().join("outputs/results").join(picture);
        let (width, height) = image::image_dimensions(&path).expect(picture);
        assert!(
            width >= 400 && height >= 200,
            "{picture}: {width} x {height}"
        );
    }

    let page = workplace.path().join("outputs/results/report.html");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("Recall@1") && page.contains("data:image/jpeg;base64,"));

    // A model file wherever it lies gives the same figures again where it is judged in the same way.
    std::fs::rename(
        workplace
            .path()
            .join("outputs/models/best_model.safetensors"),
        workplace.path().join("moved.safetensors"),
    )
    .unwrap();
    let again = workplace.pets(&[
        "evaluate",
        "--load_model",
        "moved.safetensors",
        "--data-dir=drawn",
        "--k-shot=2",
        "--num-few-shot-tasks=10",
        "--json",
    ]);
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(again["retrieval"], evaluation["retrieval"]);
    assert_eq!(again["few_shot"], evaluation["few_shot"]);

    let picture = workplace.pictures().remove(0);
    let printed = workplace.pets(&[
        "gradcam",
        "--load-model=moved.safetensors",
        "--data-dir=drawn",
        "--stage=stage5",
        picture.to_str().unwrap(),
    ]);
    assert!(workplace.path().join(printed.trim()).exists(), "{printed}");
}

#[test]
fn the_quickstart_draws_the_breeds_that_it_names() {
    let workplace = Workplace::new(2, 2);
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../configs/quickstart.toml");
    workplace.pets(&[
        "train",
        "--config",
        config,
        "--num-epochs=1",
        "--drawn-images=8",
        "--drawn-size=64",
        "--img-size=32",
        "--warmup-epochs=0",
    ]);
    assert_eq!(workplace.history("outputs/quickstart").len(), 1);
}

#[test]
fn one_seed_gives_one_model() {
    let workplace = Workplace::new(3, 8);
    let train = |output: &str, workers: &str, seed: &str| {
        let arguments = [
            "--backbone=resnet18",
            "--no-pretrained",
            "--holdout-breeds=none",
            "--num-epochs=1",
            "--augment",
            "--output-dir",
            output,
            "--num-workers",
            workers,
            "--seed",
            seed,
        ];
        let without: Vec<_> = with("train", &arguments)
            .into_iter()
            .filter(|argument| !["--seed=1", "--num-workers=1", "--no-augment"].contains(argument))
            .collect();
        workplace.pets(&without);
        std::fs::read(
            workplace
                .path()
                .join(output)
                .join("models/last_model.safetensors"),
        )
        .unwrap()
    };
    let model = train("a", "1", "5");
    assert!(
        model == train("b", "3", "5"),
        "the number of workers changed the model"
    );
    assert!(
        model != train("c", "1", "6"),
        "the seed did not change the model"
    );
}

#[test]
fn cached_frozen_stages_train_as_uncached_ones() {
    let workplace = Workplace::new(3, 8);
    let losses = |freeze: &str, cache: &str| -> Vec<f64> {
        let arguments = [
            "--backbone=efficientnet_lite0",
            "--holdout-breeds=none",
            "--num-epochs=2",
            "--restart",
            "--freeze",
            freeze,
            "--cache-mb",
            cache,
        ];
        workplace.pets(&with("train", &arguments));
        let loss = |record: &Value| record["train_loss"].as_f64().unwrap();
        workplace.history("outputs").iter().map(loss).collect()
    };
    for freeze in ["backbone", "stage5"] {
        for (cached, uncached) in losses(freeze, "64").into_iter().zip(losses(freeze, "0")) {
            assert!(
                (cached - uncached).abs() < 1e-3 * cached,
                "{freeze}: {cached} and {uncached}"
            );
        }
    }
}

/// Trains the whole network for three epochs and returns the mean loss of the first and last.
fn losses(arguments: &[&str]) -> (f64, f64) {
    let workplace = Workplace::new(3, 10);
    let mut all = with(
        "train",
        &[
            "--backbone=resnet18",
            "--no-pretrained",
            "--holdout-breeds=none",
        ],
    );
    all.extend([
        "--num-epochs=3",
        "--learning-rate=3e-4",
        "--train-val-split=1.0",
        "--min-lr=1e-5",
    ]);
    all.extend(arguments);
    workplace.pets(&all);
    let history = workplace.history("outputs");
    let loss = |record: &Value| record["train_loss"].as_f64().unwrap();
    (loss(&history[0]), loss(&history[history.len() - 1]))
}

fn assert_falls(arguments: &[&str]) {
    let (first, last) = losses(arguments);
    assert!(
        last < first,
        "{arguments:?}: the loss went from {first} to {last}"
    );
}

#[test]
fn arcface_learns() {
    assert_falls(&["--loss-type=arcface"]);
}

#[test]
fn contrastive_learns() {
    assert_falls(&["--loss-type=contrastive", "--margin=1.0"]);
}

#[test]
fn triplet_with_every_mining_learns() {
    for mining in ["batch_all", "batch_hard", "batch_semi_hard"] {
        assert_falls(&["--loss-type=triplet", "--mining", mining, "--margin=0.5"]);
    }
}

/// Trains a head on frozen features; the epochs' records.
fn head_history(workplace: &Workplace, arguments: &[&str]) -> Vec<Value> {
    let run = [
        "--restart",
        "--backbone=efficientnet_lite0",
        "--freeze=backbone",
        "--holdout-breeds=none",
        "--num-epochs=4",
        "--learning-rate=3e-3",
        "--warmup-epochs=0",
        "--train-val-split=1.0",
    ];
    let arguments: Vec<_> = run.iter().chain(arguments).copied().collect();
    workplace.pets(&with("train", &arguments));
    workplace.history("outputs")
}

fn assert_head_learns(workplace: &Workplace, arguments: &[&str]) -> Vec<Value> {
    let history = head_history(workplace, arguments);
    let loss = |record: &Value| record["train_loss"].as_f64().unwrap();
    let (first, last) = (loss(&history[0]), loss(&history[history.len() - 1]));
    assert!(
        last < first,
        "{arguments:?}: the loss went from {first} to {last}"
    );
    history
}

#[test]
fn every_loss_trains_a_head() {
    let workplace = Workplace::new(4, 10);
    for loss in [
        "arcface",
        "cosface",
        "normalized_softmax",
        "proxy_anchor",
        "contrastive",
        "multi_similarity",
        "supcon",
        "circle",
        "lifted_structure",
        "triplet",
    ] {
        let history = assert_head_learns(&workplace, &["--loss-type", loss]);
        for key in [
            "mean_positive_distance",
            "mean_negative_distance",
            "embedding_norm",
            "gradient_norm",
        ] {
            assert!(history[0][key].is_f64(), "{key} of {loss}");
        }
    }
}

#[test]
fn the_ways_of_metric_learning_train_a_head() {
    let workplace = Workplace::new(4, 10);
    let contrastive = ["--loss-type=contrastive", "--margin=1.0"];
    for ways in [
        &["--memory=16", "--memory-start-epoch=1"][..],
        &["--sampler=hard_negative", "--hard-negative-group=2"],
        &["--clip-norm=0.5", "--accumulation=2"],
        &["--loss-lr-factor=10", "--loss-weight-decay=0"],
    ] {
        let arguments: Vec<_> = contrastive.iter().chain(ways).copied().collect();
        assert_head_learns(&workplace, &arguments);
    }
    // The average of the weights is what is saved, and is as good a model.
    assert_head_learns(&workplace, &["--ema-decay=0.9"]);
    workplace.pets(&with("evaluate", &["--bootstrap-resamples=10"]));
}

#[test]
fn every_schedule_trains() {
    for schedule in ["none", "step", "plateau", "cosine", "warmup_cosine"] {
        assert_falls(&["--scheduler-type", schedule, "--step-size=1", "--gamma=0.5"]);
    }
}

#[test]
fn a_folder_per_class_trains_too() {
    let workplace = Workplace::new(3, 8);
    for entry in std::fs::read_dir(workplace.path().join("drawn/images")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (class, _) = name.rsplit_once('_').unwrap();
        let folder = workplace.path().join("folders").join(class);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(&path, folder.join(&name)).unwrap();
    }
    let arguments = [
        "--data-dir=folders",
        "--backbone=efficientnet_lite0",
        "--freeze=backbone",
        "--holdout-breeds=none",
        "--num-epochs=1",
        "--evaluate",
    ];
    let without: Vec<_> = with("train", &arguments)
        .into_iter()
        .filter(|argument| *argument != "--data-dir=drawn")
        .collect();
    assert!(workplace.pets(&without).contains("Recall@1"));
}
