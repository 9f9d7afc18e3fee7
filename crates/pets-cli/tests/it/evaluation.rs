//! Models and files of embeddings, judged alone and against each other.

use serde_json::Value;

use crate::workplace::Workplace;

const RUN: [&str; 9] = [
    "--data-dir=drawn",
    "--backbone=efficientnet_lite0",
    "--freeze=backbone",
    "--holdout-breeds=none",
    "--img-size=32",
    "--batch-size=8",
    "--samples-per-class=2",
    "--train-test-split=0.5",
    "--bootstrap-resamples=50",
];

fn with_run<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    arguments.iter().copied().chain(RUN).collect()
}

fn trained(epochs: &str, output: &str) -> Workplace {
    let workplace = Workplace::new(4, 12);
    train(&workplace, epochs, output);
    workplace
}

fn train(workplace: &Workplace, epochs: &str, output: &str) {
    workplace.pets(&with_run(&[
        "train",
        "--embedding-size=8",
        "--num-epochs",
        epochs,
        "--output-dir",
        output,
        "--warmup-epochs=0",
    ]));
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn embeddings_of_a_model_give_its_figures() {
    let workplace = trained("1", "outputs");
    let of_model = json(&workplace.pets(&with_run(&["evaluate", "--json"])));
    for file in ["test.safetensors", "test.npz"] {
        workplace.pets(&with_run(&["embed", "--out", file]));
        let of_file =
            json(&workplace.pets(&with_run(&["evaluate", "--embeddings", file, "--json"])));
        assert_eq!(of_file["samples"], 24);
        for part in [
            "verification",
            "retrieval",
            "knn",
            "clustering",
            "intervals",
        ] {
            assert!(of_model[part].is_object(), "{part}");
            assert_eq!(of_file[part], of_model[part], "{part} of {file}");
        }
        // Few-shot tasks need five classes; the reason says so.
        assert!(of_file["few_shot"].is_null());
        assert!(of_file["few_shot_undefined"].is_string());
    }
    for key in ["roc_auc", "eer"] {
        assert!(of_model["verification"][key].is_f64(), "{key}");
    }
    for key in ["recall@1", "precision@5", "r_precision", "map@r", "mrr"] {
        assert!(of_model["retrieval"][key].is_f64(), "{key}");
    }

    let against_itself = json(&workplace.pets(&with_run(&[
        "evaluate",
        "--embeddings=test.npz",
        "--gallery=test.npz",
        "--json",
    ])));
    // Every query finds its own copy first.
    assert_eq!(against_itself["retrieval"]["recall@1"], 1.0);
}

#[test]
fn models_side_by_side() {
    let workplace = trained("1", "short");
    train(&workplace, "6", "long");
    let models = [
        "short/models/best_model.safetensors",
        "long/models/last_model.safetensors",
        "short/models/best_model.safetensors",
    ];
    let compare = |extra: &[&str]| {
        let arguments: Vec<_> = ["evaluate"]
            .iter()
            .chain(&models)
            .chain(extra)
            .copied()
            .collect();
        workplace.pets(&with_run(&arguments))
    };
    let found = json(&compare(&["--json"]));
    assert_eq!(found["models"].as_array().unwrap().len(), 3);
    let [of_long, of_itself] = &found["differences"].as_array().unwrap()[..] else {
        panic!("each model but the first is compared with the first");
    };
    let metric = |differences: &Value| differences["retrieval"]["map@r"]["difference"].as_f64();
    let values = [&found["models"][0], &found["models"][1]]
        .map(|model| model["retrieval"]["map@r"].as_f64().unwrap());
    assert!((metric(of_long).unwrap() - (values[1] - values[0])).abs() < 1e-12);
    assert_eq!(metric(of_itself), Some(0.0));

    let markdown = compare(&["--markdown"]);
    assert!(markdown.contains("|---|---:|"), "{markdown}");
    assert!(markdown.contains("95 % interval"), "{markdown}");

    // Another split is another set of samples.
    workplace.pets(&with_run(&[
        "embed",
        "--part=train",
        "--out=other.npz",
        "--load-model",
        models[0],
    ]));
    let said = workplace.error(&with_run(&["evaluate", models[0], "other.npz"]));
    assert!(said.contains("cannot compare"), "{said}");
}

#[test]
fn files_that_are_no_embeddings() {
    let workplace = Workplace::new(2, 2);
    std::fs::write(workplace.path().join("empty.npz"), "").unwrap();
    std::fs::write(workplace.path().join("text.npz"), "embeddings").unwrap();
    for file in ["empty.npz", "text.npz", "absent.npz"] {
        let said = workplace.error(&["evaluate", "--embeddings", file]);
        assert!(said.contains(file), "{said}");
    }
}
