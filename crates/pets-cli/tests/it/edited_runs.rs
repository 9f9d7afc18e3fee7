//! Runs whose settings or pictures are no longer those that they began with.

use std::fs;

use crate::interruption::{checkpoints, wait_until, with};
use crate::workplace::Workplace;

/// A run that was killed behind its first checkpoints.
fn killed() -> Workplace {
    let workplace = Workplace::new(3, 8);
    let mut child = workplace.start(&with(&["--num-epochs=100000"]), "log.txt");
    assert!(wait_until(&mut child, || {
        checkpoints(&workplace, "outputs").len() == 2
    }));
    child.kill().unwrap();
    child.wait().unwrap();
    workplace
}

/// What the run says when it goes on, up to its next checkpoint.
fn said_going_on(workplace: &Workplace) -> String {
    let kept = checkpoints(workplace, "outputs");
    let mut child = workplace.start(&["train", "--resume"], "log.txt");
    assert!(wait_until(&mut child, || {
        checkpoints(workplace, "outputs")[0] > kept[0]
    }));
    child.kill().unwrap();
    child.wait().unwrap();
    workplace.text("log.txt")
}

#[test]
fn edited_settings_are_found_and_the_earlier_ones_named() {
    let workplace = killed();
    let path = workplace.path().join("outputs/config.toml");
    let whole = fs::read_to_string(&path).unwrap();
    for (line, edited, said) in [
        (
            "learning_rate = 0.0001",
            "learning_rate = 0.5",
            "train.learning_rate = 0.5 (outputs/config.toml:",
        ),
        ("img_size = 32", "img_size = 64", "the run began with 32"),
        ("batch_size = 8", "batch_size = 4", "the run began with 8"),
        (
            "augment = false",
            "augment = true",
            "the run began with false",
        ),
        (
            "num_epochs = 100000",
            "num_epochs = 90000",
            "more epochs may be added, not taken away",
        ),
    ] {
        assert_eq!(whole.matches(line).count(), 1, "{line}: {whole}");
        fs::write(&path, whole.replace(line, edited)).unwrap();
        let (code, found) = workplace.fails(&["train", "--resume"]);
        assert_eq!(code, 2, "{found}");
        assert!(found.contains(said), "{said}: {found}");
    }
    // What does not change the run may be edited, and is told.
    fs::write(&path, whole.replace("knn_k = 5", "knn_k = 3")).unwrap();
    let said = said_going_on(&workplace);
    assert!(said.contains("evaluation.knn_k = 3"), "{said}");
    assert!(said.contains("the run began with 5"), "{said}");
}

#[test]
fn other_pictures_under_the_same_names_are_found() {
    let workplace = killed();
    let pictures = workplace.pictures();
    // Every picture is another one of its breed: same names, same number.
    let contents: Vec<_> = pictures
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    for (number, path) in pictures.iter().enumerate() {
        let other = number - number % 8 + (number + 1) % 8;
        fs::write(path, &contents[other]).unwrap();
    }
    let said = workplace.error(&["train", "--resume"]);
    assert!(
        said.contains("the pictures are not those that the run began with"),
        "{said}"
    );
    for (path, content) in pictures.iter().zip(&contents) {
        fs::write(path, content).unwrap();
    }
    said_going_on(&workplace);
}
