//! Pipes, devices and folders in the place of files: an error at once.

use std::path::Path;
use std::process::Command;

use crate::program::pets_in;
use crate::workplace::Workplace;

fn pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[test]
fn a_named_pipe_blocks_no_command() {
    let workplace = Workplace::new(3, 8);
    let place = workplace.path();
    for name in [
        "pipe",
        "pipe.npz",
        "pipe.npy",
        "pipe.safetensors",
        "pipe.jpg",
        "pipe.toml",
    ] {
        pipe(&place.join(name));
    }
    std::os::unix::fs::symlink("/dev/zero", place.join("zero.npz")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", place.join("zero.safetensors")).unwrap();
    for (arguments, said) in [
        (&["evaluate", "pipe.npz"][..], "a named pipe"),
        (
            &["evaluate", "--embeddings=pipe.npy", "--labels=pipe.npy"],
            "a named pipe",
        ),
        (&["evaluate", "pipe.safetensors"], "a named pipe"),
        (&["evaluate", "zero.npz"], "a device"),
        (&["evaluate", "--load-model=zero.safetensors"], "a device"),
        (&["evaluate", "--load-model=pipe"], "a named pipe"),
        (&["breeds", "--config=pipe.toml"], "a named pipe"),
        (&["breeds", "--config=/dev/zero"], "a device"),
        (&["breeds", "--config=drawn"], "a folder"),
        (
            &[
                "train",
                "--data-dir=drawn",
                "--weights=pipe",
                "--img-size=32",
                "--holdout-breeds=none",
            ],
            "a named pipe",
        ),
    ] {
        let found = pets_in(place, arguments);
        assert!(
            matches!(found.code, 1 | 2),
            "{arguments:?}: {}",
            found.stderr
        );
        assert!(
            found.stderr.contains(said),
            "{arguments:?}: {}",
            found.stderr
        );
    }
}

#[test]
fn a_named_pipe_among_the_pictures_is_named() {
    let workplace = Workplace::new(3, 8);
    let place = workplace.path();
    let picture = workplace.pictures().remove(0);
    std::fs::remove_file(&picture).unwrap();
    pipe(&picture);
    let said = pets_in(place, &["dataset", "verify", "--data-dir=drawn"]);
    assert_eq!(said.code, 1);
    let name = picture.file_name().unwrap().to_str().unwrap();
    for part in [name, "a named pipe"] {
        assert!(said.stdout.contains(part), "{}", said.stdout);
    }
}
