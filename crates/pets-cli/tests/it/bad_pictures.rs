//! Pictures that cannot be used: an error that names them, or left out and listed, as the configuration says.

use std::fs;
use std::path::PathBuf;

use crate::workplace::Workplace;

/// Four breeds of sixteen pictures, of which two are held out; five pictures are damaged, each in another way.
struct Damaged {
    workplace: Workplace,
    held_out: String,
    /// Path, content before the damage, and the name of the sample.
    bad: Vec<(PathBuf, Vec<u8>, String)>,
}

const DAMAGES: usize = 5;

fn damaged() -> Damaged {
    let workplace = Workplace::new(4, 16);
    let paths = workplace.pictures();
    let mut breeds: Vec<String> = paths.iter().map(|path| breed_of(path)).collect();
    breeds.dedup();
    let bad = (0..DAMAGES)
        .map(|damage| {
            let path = paths[damage * 13 + 1].clone();
            let content = fs::read(&path).unwrap();
            match damage {
                0 => fs::write(&path, "").unwrap(),
                1 => fs::write(&path, &content[..content.len() / 2]).unwrap(),
                2 => fs::write(&path, "this is no picture").unwrap(),
                3 => fs::write(&path, [0; 400]).unwrap(),
                _ => fs::write(&path, bomb()).unwrap(),
            }
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (path, content, name)
        })
        .collect();
    Damaged {
        workplace,
        held_out: breeds[..2].join(","),
        bad,
    }
}

fn breed_of(path: &std::path::Path) -> String {
    let name = path.file_stem().unwrap().to_str().unwrap();
    name.rsplit_once('_').unwrap().0.to_owned()
}

/// The header of a bitmap of 20,000 × 20,000 pixels, and nothing else.
fn bomb() -> Vec<u8> {
    let mut bytes = b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bytes.extend(20_000_u32.to_le_bytes());
    bytes.extend(20_000_u32.to_le_bytes());
    bytes.extend([1, 0, 24, 0]);
    bytes.resize(54, 0);
    bytes
}

impl Damaged {
    fn with<'a>(&'a self, command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec![
            command,
            "--data-dir=drawn",
            "--img-size=32",
            "--batch-size=4",
            "--samples-per-class=2",
            "--embedding-size=8",
            "--backbone=efficientnet_lite0",
            "--freeze=backbone",
            "--num-epochs=1",
            "--train-test-split=0.5",
            "--n-way=2",
            "--k-shot=2",
            "--num-few-shot-tasks=5",
            "--num-queries=2",
            "--num-samples=2",
            "--device=cpu",
            "--holdout-breeds",
            &self.held_out,
        ];
        all.extend(more);
        all
    }
}

#[test]
fn by_default_a_bad_picture_ends_every_command_and_is_named() {
    let damaged = damaged();
    for command in ["train", "all", "evaluate", "embed", "visualize"] {
        let mut more = vec![];
        if matches!(command, "evaluate" | "embed" | "visualize") {
            more.push("--representation=features");
        }
        if command == "embed" {
            more.extend(["--part=all", "--out=out.npz"]);
        }
        let said = damaged.workplace.failure(&damaged.with(command, &more));
        let named = damaged
            .bad
            .iter()
            .filter(|(_, _, name)| said.contains(name.as_str()));
        assert_eq!(named.count(), 1, "{command}: {said}");
        assert!(said.contains("cannot decode image"), "{command}: {said}");
    }
}

#[test]
fn skipped_pictures_are_listed_and_change_nothing_else() {
    let damaged = damaged();
    let workplace = &damaged.workplace;
    let skip = ["--on-bad-image=skip", "--output-dir=first"];
    workplace.pets(&damaged.with("all", &skip));

    let listed = workplace.json("first/results/skipped_images.json");
    let mut names: Vec<_> = damaged
        .bad
        .iter()
        .map(|(_, _, name)| name.as_str())
        .collect();
    names.sort_unstable();
    let listed: Vec<_> = listed.as_array().unwrap().clone();
    for (image, name) in listed.iter().zip(&names) {
        assert_eq!(image["name"], *name);
        assert!(image["reason"].as_str().unwrap().contains(name));
    }
    assert_eq!(listed.len(), DAMAGES);
    let evaluation = workplace.json("first/results/evaluation.json");
    assert_eq!(
        evaluation["data"]["skipped_images"].as_array().unwrap(),
        &listed
    );
    assert!(workplace.path().join("first/results/report.html").exists());

    // The same seed makes the same model again.
    workplace.pets(&damaged.with("train", &["--on-bad-image=skip", "--output-dir=second"]));
    let model = |run: &str| {
        let text = workplace.history(run);
        (text[0]["train_loss"].clone(), text[0]["val_loss"].clone())
    };
    assert_eq!(model("first"), model("second"));

    // Its model remembers to skip; every part together is the dataset without the bad pictures.
    let embed = |out: &str| {
        let model = "--load-model=first/models/best_model.safetensors";
        workplace.pets(&[
            "embed",
            model,
            "--data-dir=drawn",
            "--on-bad-image=skip",
            "--part=all",
            "--out",
            out,
        ]);
        let limit = pets::eval::EmbeddingsFile::DEFAULT_MAX_MEMORY;
        let file = pets::eval::EmbeddingsFile::read(&workplace.path().join(out), limit).unwrap();
        file.embeddings().len()
    };
    assert_eq!(embed("damaged.npz"), 64 - DAMAGES);
    for (path, content, _) in &damaged.bad {
        fs::write(path, content).unwrap();
    }
    assert_eq!(embed("repaired.npz"), 64);
}

#[test]
fn too_few_usable_pictures_are_told_before_training() {
    let damaged = damaged();
    let said = damaged.workplace.failure(&damaged.with(
        "train",
        &["--on-bad-image=skip", "--set=evaluation.k_shot=14"],
    ));
    assert!(said.contains("evaluation.k_shot = 14"), "{said}");
    assert!(said.contains("allowed is at most 13"), "{said}");
    assert!(!said.contains("training efficientnet_lite0"), "{said}");
}
