//! What holds where a run is opened again: what it was trained with, with what is given now over it.

use serde_json::Value;

use crate::program::pets_in;
use crate::workplace::Workplace;

fn trained(breeds: usize, more: &[&str]) -> Workplace {
    let workplace = Workplace::new(breeds, 8);
    let run = [
        "train",
        "--data-dir=drawn",
        "--output-dir=run",
        "--backbone=efficientnet_lite0",
        "--freeze=backbone",
        "--img-size=32",
        "--batch-size=8",
        "--embedding-size=8",
        "--num-epochs=2",
        "--train-test-split=0.6",
        "--scheduler-type=none",
        "--no-augment",
        "--no-early-stopping",
    ];
    let arguments: Vec<_> = run.iter().chain(more).copied().collect();
    pets_in(workplace.path(), &arguments).succeeded();
    workplace
}

/// The names of the first breeds, with commas between them.
fn names(workplace: &Workplace, count: usize) -> String {
    let listed = workplace.pets(&["breeds", "--data-dir=drawn", "--json"]);
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    let names = listed.iter().map(|breed| breed["name"].as_str().unwrap());
    names.take(count).collect::<Vec<_>>().join(",")
}

#[test]
fn settings_are_checked_against_the_run_and_not_against_the_defaults() {
    let workplace = Workplace::new(9, 8);
    let held_out = names(&workplace, 7);
    let train = [
        "train",
        "--data-dir=drawn",
        "--output-dir=run",
        "--holdout-breeds",
        &held_out,
        "--backbone=efficientnet_lite0",
        "--freeze=backbone",
        "--img-size=32",
        "--batch-size=8",
        "--num-epochs=1",
        "--train-test-split=0.6",
    ];
    pets_in(workplace.path(), &train).succeeded();
    let evaluate = |n_way: &str| {
        let words = [
            "evaluate",
            "--output-dir=run",
            "--data-dir=drawn",
            "--json",
            "--num-few-shot-tasks=5",
            "--n-way",
        ];
        let words: Vec<_> = words.into_iter().chain([n_way]).collect();
        pets_in(workplace.path(), &words)
    };
    let found: Value = serde_json::from_str(&evaluate("6").succeeded().stdout).unwrap();
    assert_eq!(found["few_shot"]["n_way"], 6);
    evaluate("8").refused_with(&["evaluation.n_way = 8 (--n-way)", "7 held out"]);
}

#[test]
fn defaults_that_a_run_wrote_down_are_no_settings_given() {
    let workplace = trained(3, &["--holdout-breeds=none"]);
    let more = ["train", "--resume", "run", "--num-epochs=3"];
    let said = pets_in(workplace.path(), &more).succeeded().stderr;
    assert!(!said.contains("warning:"), "{said}");
    let given = [
        "train",
        "--resume",
        "run",
        "--num-epochs=4",
        "--max-nan-steps=3",
    ];
    let said = pets_in(workplace.path(), &given).succeeded().stderr;
    assert!(
        said.contains("train.max_nan_steps = 3 (--max-nan-steps) has no effect with train.on_nan"),
        "{said}"
    );
}

#[test]
fn a_run_finds_its_dataset_from_any_folder() {
    let workplace = trained(3, &["--holdout-breeds=none"]);
    let elsewhere = workplace.path().join("some/where");
    std::fs::create_dir_all(&elsewhere).unwrap();
    let more = ["train", "--resume", "../../run", "--num-epochs=3"];
    let said = pets_in(&elsewhere, &more).succeeded().stderr;
    assert!(!said.contains("data.dir"), "{said}");
    // Where a model is used, the command line names its pictures.
    let evaluate = ["evaluate", "--output-dir=../../run", "--data-dir"];
    let pictures = workplace.path().join("drawn");
    let pictures = pictures.to_str().unwrap();
    pets_in(&elsewhere, &[&evaluate[..], &[pictures]].concat()).succeeded();
    let said = pets_in(&elsewhere, &evaluate[..2]);
    assert_eq!(said.code, 1);
    assert!(
        said.stderr.contains("the model's run had data.dir = "),
        "{}",
        said.stderr
    );
}

#[test]
fn a_run_of_the_version_before_goes_on() {
    let workplace = trained(3, &["--holdout-breeds=none"]);
    // It wrote every setting with its value, paths as they were given.
    let path = workplace.path().join("run/config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let relative: Vec<_> = text
        .lines()
        .map(|line| match line {
            line if line.starts_with("dir = ") => "dir = \"drawn\"  # --data-dir",
            line => line,
        })
        .collect();
    std::fs::write(&path, relative.join("\n")).unwrap();
    let more = ["train", "--resume", "run", "--num-epochs=3"];
    pets_in(workplace.path(), &more).succeeded();
    assert_eq!(workplace.history("run").len(), 3);
}
