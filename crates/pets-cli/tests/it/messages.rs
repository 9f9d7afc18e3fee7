//! What `pets` says, word for word.

use assert_cmd::Command;
use pets::InstructionSet;

/// Runs `pets` in an empty folder; exit code, stdout and stderr as one text.
fn pets(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::cargo_bin("pets")
        .unwrap()
        .args(arguments)
        .current_dir(folder.path())
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    format!(
        "exit {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap()
    )
}

#[test]
fn help() {
    insta::assert_snapshot!(pets(&["--help"]));
}

#[test]
fn help_of_train() {
    insta::assert_snapshot!(pets(&["train", "--help"]));
}

/// Up to the settings, which are the same for every command.
#[test]
fn help_of_compare() {
    let said = pets(&["compare", "--help"]);
    let own = said.split("\nSettings:").next().unwrap();
    let examples = said.split("\nExamples:").nth(1).unwrap();
    insta::assert_snapshot!(format!("{own}\n…\nExamples:{examples}"));
}

#[test]
fn comparing_what_is_no_run() {
    insta::assert_snapshot!(pets(&["compare", "here", "there"]));
}

#[test]
fn comparing_one_run() {
    insta::assert_snapshot!(pets(&["compare", "here"]));
}

#[test]
fn no_dataset() {
    insta::assert_snapshot!(pets(&["train"]));
}

#[test]
fn no_model() {
    insta::assert_snapshot!(pets(&["evaluate"]));
}

#[test]
fn unknown_key() {
    insta::assert_snapshot!(pets(&["config", "--set", "model.embeding_size=3"]));
}

#[test]
fn value_out_of_range() {
    insta::assert_snapshot!(pets(&["config", "--img-size", "7"]));
}

#[test]
fn contradiction() {
    insta::assert_snapshot!(pets(&["config", "--batch_size", "6"]));
}

#[test]
fn unknown_device() {
    insta::assert_snapshot!(pets(&["train", "--device", "gpu"]));
}

#[cfg(not(feature = "cuda"))]
#[test]
fn device_that_is_not_compiled_in() {
    let said = pets(&["train", "--device", "cuda:1"]);
    assert!(said.starts_with("exit 2\n"), "{said}");
    assert!(said.contains("--features cuda"), "{said}");
}

#[test]
fn drawing_nothing() {
    insta::assert_snapshot!(pets(&[
        "dataset", "draw", "--out", "drawn", "--breeds", "0"
    ]));
}

#[test]
fn the_origin_of_each_setting() {
    let said = pets(&["config", "--num_epochs", "7", "--set", "loss.margin=0.5"]);
    assert!(said.contains("num_epochs = 7  # --num-epochs"), "{said}");
    assert!(said.contains("margin = 0.5  # --set"), "{said}");
    assert!(said.contains("batch_size = 64  # default"), "{said}");
}

#[test]
fn every_flag_of_the_original_is_known() {
    let said = pets(&[
        "config",
        "--data_dir=d",
        "--img_size=96",
        "--batch_size=32",
        "--num_workers=2",
        "--embedding_size=128",
        "--num_epochs=2",
        "--learning_rate=0.01",
        "--weight_decay=0.0",
        "--loss_type=triplet",
        "--margin=0.2",
        "--mining_type=batch_all",
        "--scheduler_type=plateau",
        "--save_dir=runs",
        "--k_shot=3",
        "--n_way=4",
        "--seed=1",
    ]);
    assert!(said.starts_with("exit 0\n"), "{said}");
    assert!(
        said.contains("output_dir = \"runs\"  # --output-dir"),
        "{said}"
    );
}

#[test]
fn instructions_that_nobody_has() {
    let output = Command::cargo_bin("pets")
        .unwrap()
        .args(["config", "--defaults"])
        .env("PETS_KERNELS", "mmx")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = "error: PETS_KERNELS: unknown instructions `mmx`; this machine has scalar";
    assert!(said.starts_with(expected), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn each_set_of_instructions_is_taken_or_refused() {
    for set in InstructionSet::ALL {
        let output = Command::cargo_bin("pets")
            .unwrap()
            .args(["config", "--defaults"])
            .env("PETS_KERNELS", set.name())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        if set.is_available() {
            assert!(output.status.success(), "{said}");
        } else {
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(
                said.contains("this machine lacks the instructions"),
                "{said}"
            );
        }
    }
}
