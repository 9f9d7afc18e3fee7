//! Two processes and one folder.

use std::fs;

use crate::interruption::{checkpoints, wait_until, with};
use crate::workplace::Workplace;

fn training(workplace: &Workplace) -> std::process::Child {
    let mut child = workplace.start(&with(&["--num-epochs=100000"]), "first.txt");
    assert!(wait_until(&mut child, || {
        checkpoints(workplace, "outputs").len() == 2
    }));
    child
}

#[test]
fn removing_the_lock_file_lets_no_second_run_in() {
    let workplace = Workplace::new(3, 8);
    let mut first = training(&workplace);
    fs::remove_file(workplace.path().join("outputs/run.lock")).unwrap();
    let said = workplace.error(&with(&["--num-epochs=1", "--restart"]));
    assert!(said.contains("is writing into outputs"), "{said}");
    assert!(first.try_wait().unwrap().is_none());
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn a_run_whose_folder_was_moved_away_writes_nothing_into_the_newcomers() {
    let workplace = Workplace::new(3, 8);
    let mut first = training(&workplace);
    let place = workplace.path();
    fs::rename(place.join("outputs"), place.join("away")).unwrap();
    let second = with(&["--num-epochs=2", "--learning-rate=0.25"]);
    workplace.pets(&second);
    assert_eq!(first.wait().unwrap().code(), Some(1));
    let said = workplace.text("first.txt");
    assert!(said.contains("no longer the folder"), "{said}");
    assert_eq!(workplace.history("outputs").len(), 2);
    let config = workplace.text("outputs/config.toml");
    assert!(config.contains("learning_rate = 0.25"), "{config}");
}

#[test]
fn two_drawings_do_not_mix() {
    let workplace = Workplace::new(3, 8);
    let draw = |size, images| {
        let size = format!("--size={size}");
        let images = format!("--images={images}");
        [
            "dataset",
            "draw",
            "--out=set",
            "--breeds=20",
            &size,
            &images,
        ]
        .map(str::to_owned)
    };
    let first = draw(128, 100);
    let first: Vec<_> = first.iter().map(String::as_str).collect();
    let mut child = workplace.start(&first, "first.txt");
    let unfinished = workplace.path().join("set/drawn.json.partial");
    assert!(wait_until(&mut child, || unfinished.exists()));
    let second = draw(96, 2);
    let second: Vec<_> = second.iter().map(String::as_str).collect();
    let said = workplace.error(&second);
    assert!(
        said.contains(&format!("process {} is writing into set", child.id())),
        "{said}"
    );
    assert!(child.try_wait().unwrap().is_none(), "the first is done");
    child.kill().unwrap();
    child.wait().unwrap();
    // What it left is no dataset, and says so; the next drawing clears it away.
    let said = workplace.error(&["breeds", "--data-dir=set"]);
    assert!(said.contains("draw"), "{said}");
    assert!(!said.contains("extract"), "{said}");
    workplace.pets(&second);
    assert_eq!(
        fs::read_dir(workplace.path().join("set/images"))
            .unwrap()
            .count(),
        40
    );
}

#[test]
fn results_of_a_run_are_written_by_one() {
    let workplace = Workplace::new(3, 8);
    workplace.pets(&with(&["--num-epochs=1", "--output-dir=run"]));
    let results = workplace.path().join("run/results");
    fs::create_dir_all(&results).unwrap();
    let held = fs::File::create(results.join(".lock")).unwrap();
    held.lock().unwrap();
    for command in ["evaluate", "visualize", "gradcam"] {
        let said = workplace.error(&[command, "--load-model=run", "--data-dir=drawn"]);
        assert!(said.contains("is writing into run/results"), "{said}");
    }
    drop(held);
    workplace.pets(&["evaluate", "run", "--data-dir=drawn"]);
}
