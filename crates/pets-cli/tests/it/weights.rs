//! Pretrained weights from the cache, exported weights, and weights that cannot be had.

use assert_cmd::Command;

use crate::workplace::Workplace;

/// A port that nobody listens on.
const NOBODY: &str = "http://127.0.0.1:1/models";

const SMALL_RUN: [&str; 8] = [
    "--data-dir=drawn",
    "--holdout-breeds=none",
    "--img-size=32",
    "--batch-size=4",
    "--samples-per-class=2",
    "--num-epochs=1",
    "--embedding-size=8",
    "--no-augment",
];

fn pets(workplace: &Workplace, arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("pets")
        .unwrap()
        .args(arguments)
        .current_dir(workplace.path())
        .env("PETS_CACHE", workplace.path().join("cache"))
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap()
    );
    (output.status.code().unwrap(), said)
}

#[test]
fn an_exported_model_serves_as_cached_weights_and_as_a_model() {
    let workplace = Workplace::new(2, 6);
    let train = |arguments: &[&str]| {
        let all: Vec<_> = ["train", "--restart", "--backbone=resnet18"]
            .into_iter()
            .chain(SMALL_RUN)
            .chain(arguments.iter().copied())
            .collect();
        pets(&workplace, &all)
    };
    let (code, said) = train(&["--no-pretrained"]);
    assert_eq!(code, 0, "{said}");

    // Nobody can be asked, but what is in the cache need not be asked for.
    std::fs::create_dir(workplace.path().join("cache")).unwrap();
    let cached = "cache/resnet18-f37072fd.pth";
    let (code, said) = pets(&workplace, &["weights", "export", "--out", cached]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = train(&["--weights-url", NOBODY]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("weights: 100 tensors from"), "{said}");
    assert!(said.contains(cached), "{said}");

    let (code, said) = pets(&workplace, &["weights", "list"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(cached), "{said}");
    let (code, said) = pets(&workplace, &["weights", "verify"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("BAD"), "{said}");

    let evaluate: Vec<_> = ["evaluate", "--json", "--load-model", cached]
        .into_iter()
        .chain(SMALL_RUN)
        .collect();
    let (code, said) = pets(&workplace, &evaluate);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("\"backbone\": \"resnet18\""), "{said}");
}

#[test]
fn weights_that_cannot_be_had_say_how_to_go_on() {
    let workplace = Workplace::new(2, 6);
    let arguments: Vec<_> = ["train", "--backbone=resnet34", "--weights-url", NOBODY]
        .into_iter()
        .chain(SMALL_RUN)
        .collect();
    let (code, said) = pets(&workplace, &arguments);
    assert_eq!(code, 1, "{said}");
    for part in [
        "http://127.0.0.1:1/models/resnet34-b627a593.pth",
        "cache/resnet34-b627a593.pth",
        "--weights FILE",
        "--no-pretrained",
        "--backbone efficientnet_lite0",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
}

#[test]
fn a_damaged_picture_is_found() {
    let workplace = Workplace::new(2, 6);
    let (code, said) = pets(&workplace, &["dataset", "verify", "--data-dir=drawn"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("2 breeds, 12 pictures, 12 of them usable"),
        "{said}"
    );

    let images = workplace.path().join("drawn/images");
    let picture = std::fs::read_dir(images).unwrap().next().unwrap().unwrap();
    std::fs::write(picture.path(), "no picture").unwrap();
    let (code, said) = pets(&workplace, &["dataset", "verify", "--data-dir=drawn"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("1 cannot be used"), "{said}");
}
