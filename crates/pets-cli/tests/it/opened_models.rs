//! What commands do with models that they open, and what they leave alone.

use serde_json::Value;

use crate::program::pets_in;
use crate::workplace::{QUICK, Workplace};

/// Drawn pets, and a model of them in each of some folders, trained with the arguments beside its name.
fn trained(runs: &[(&str, &[&str])]) -> Workplace {
    let workplace = Workplace::new(4, 20);
    for (folder, more) in runs {
        let folder = format!("--output-dir={folder}");
        let mut arguments = vec!["train", "--data-dir=drawn", &folder];
        arguments.extend(QUICK.iter().chain(*more));
        workplace.pets(&arguments);
    }
    workplace
}

#[test]
fn comparing_runs_touches_no_other_run() {
    let workplace = trained(&[("a", &[]), ("b", &["--learning-rate=1e-3"])]);
    let theirs = workplace.path().join("outputs/results/skipped_images.json");
    std::fs::create_dir_all(theirs.parent().unwrap()).unwrap();
    std::fs::write(&theirs, "[]").unwrap();
    workplace.pets(&["compare", "a", "b", "--data-dir=drawn"]);
    assert!(theirs.exists());
    assert!(workplace.path().join("compare.html").exists());
    assert!(!workplace.path().join("outputs/compare.html").exists());
}

#[test]
fn a_picture_is_explained_without_a_dataset_where_none_is_needed() {
    let workplace = trained(&[("run", &[])]);
    let folder = workplace.path();
    for (name, picture) in ["one.jpg", "two.jpg"].iter().zip(workplace.pictures()) {
        std::fs::copy(picture, folder.join(name)).unwrap();
    }
    std::fs::rename(folder.join("drawn"), folder.join("elsewhere")).unwrap();

    let gradcam = |more: &[&str]| {
        let mut arguments = vec!["gradcam", "--load-model=run", "one.jpg"];
        arguments.extend(more);
        pets_in(folder, &arguments)
    };
    let target = gradcam(&["--target=two.jpg"]).succeeded().stdout;
    let dimension = gradcam(&["--dimension=3"]).succeeded().stdout;
    assert_ne!(target, dimension);
    for sheet in [&target, &dimension] {
        assert!(folder.join(sheet.trim()).exists(), "{sheet}");
    }
    let given = gradcam(&["--dimension=3", "--out=mine/sheet.png"]);
    assert_eq!(given.succeeded().stdout.trim(), "mine/sheet.png");
    assert!(folder.join("mine/sheet.json").exists());

    let said = gradcam(&[]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("--target PICTURE"), "{}", said.stderr);
    for (wrong, words) in [
        ("--stage=layer9", "layer9"),
        ("--target=none.jpg", "none.jpg"),
        ("--out=one.jpg/sheet.png", "cannot create one.jpg"),
    ] {
        let said = gradcam(&[wrong]);
        assert_eq!(said.code, 1);
        assert!(said.stderr.contains(words), "{}", said.stderr);
        assert!(!said.stderr.contains("embedding"), "{}", said.stderr);
    }
}

#[test]
fn the_report_has_the_settings_of_the_model_that_was_opened() {
    let workplace = trained(&[("run", &[])]);
    workplace.pets(&[
        "visualize",
        "--load-model=run",
        "--data-dir=drawn",
        "--output-dir=out",
    ]);
    let page = std::fs::read_to_string(workplace.path().join("out/results/report.html")).unwrap();
    assert!(page.contains("embedding_size = 8"));
    assert!(page.contains("img_size = 32"));
}

#[test]
fn a_file_of_another_program_settles_backbone_and_embedding_in_the_settings_shown() {
    let workplace = trained(&[("run", &[])]);
    workplace.pets(&[
        "weights",
        "export",
        "--load-model=run",
        "--out=foreign.safetensors",
    ]);
    workplace.pets(&[
        "visualize",
        "--load-model=foreign.safetensors",
        "--data-dir=drawn",
        "--img-size=32",
        "--output-dir=out",
    ]);
    let page = std::fs::read_to_string(workplace.path().join("out/results/report.html")).unwrap();
    assert!(
        page.contains("backbone = \\\"efficientnet_lite0\\\""),
        "the page has other settings"
    );
    assert!(page.contains("embedding_size = 8"));
}

#[test]
fn exporting_heeds_the_device() {
    let workplace = trained(&[("run", &[])]);
    let out = [
        "weights",
        "export",
        "--load-model=run",
        "--out=model.safetensors",
    ];
    let mut nowhere = out.to_vec();
    nowhere.push("--device=abacus");
    pets_in(workplace.path(), &nowhere).refused_with(&["unknown device `abacus`"]);
    pets_in(workplace.path(), &out).succeeded();
}

#[test]
fn an_interval_of_a_share_stays_a_share_and_an_absent_test_says_why() {
    let workplace = trained(&[("run", &["--holdout-breeds=none"])]);
    let said = pets_in(workplace.path(), &["evaluate", "run", "--data-dir=drawn"]).succeeded();
    assert!(
        workplace
            .path()
            .join("run/results/evaluation.json")
            .exists()
    );
    assert!(!workplace.path().join("outputs").exists());
    assert!(
        said.stderr.contains("no breeds are held out"),
        "{}",
        said.stderr
    );

    // Six tasks, of which all but one or none go wrong: the normal interval would end beyond 1.
    workplace.pets(&[
        "embed",
        "--load-model=run",
        "--data-dir=drawn",
        "--part=all",
        "--out=all.npz",
    ]);
    let arguments = [
        "evaluate",
        "all.npz",
        "--num-few-shot-tasks=6",
        "--n-way=2",
        "--k-shot=2",
    ];
    let table = workplace.pets(&arguments);
    let found: Value =
        serde_json::from_str(&workplace.pets(&[&arguments[..], &["--json"]].concat())).unwrap();
    let mean = found["few_shot"]["nearest_class_mean"]["mean"]
        .as_f64()
        .unwrap();
    let half = found["few_shot"]["nearest_class_mean"]["confidence_95"]
        .as_f64()
        .unwrap();
    let [low, high] = [mean - half, mean + half].map(|end| end.clamp(0.0, 1.0));
    let interval = format!("{mean:.4} ({low:.4}–{high:.4})");
    assert!(table.contains(&interval), "{interval}: {table}");
}
