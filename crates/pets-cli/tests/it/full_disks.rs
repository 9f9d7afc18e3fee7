//! Disks that are full, read-only or gone.

use crate::interruption::{RARELY, checkpoints, left_by, wait_until, with};
use crate::workplace::Workplace;

#[test]
fn a_limit_of_file_sizes_leaves_the_last_checkpoint() {
    let workplace = Workplace::new(3, 8);
    let run = with(&["--num-epochs=10"]);
    workplace.pets(&with(&["--num-epochs=10", "--output-dir=whole", RARELY]));
    let mut child = workplace.start(&run, "log.txt");
    assert!(wait_until(&mut child, || {
        !checkpoints(&workplace, "outputs").is_empty()
    }));
    child.kill().unwrap();
    child.wait().unwrap();
    let kept = checkpoints(&workplace, "outputs");

    // Half of a checkpoint, in blocks of 512 bytes.
    let blocks = std::fs::metadata(&kept[0]).unwrap().len() / 1024;
    let script = format!("ulimit -f {blocks}; exec \"$0\" train --resume");
    let (code, said) = workplace.script_fails(&script);
    assert_eq!(code, 1, "{said}");
    for part in [
        "cannot write",
        "File too large",
        "pets train --resume outputs",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(checkpoints(&workplace, "outputs"), kept);

    workplace.pets(&["train", "--resume", RARELY]);
    let (whole, parts) = (left_by(&workplace, "whole"), left_by(&workplace, "outputs"));
    assert_eq!(parts.1, whole.1);
    assert!(parts.0 == whole.0, "the models differ");
}

#[test]
fn a_folder_that_is_moved_away_ends_the_run_and_keeps_its_checkpoints() {
    let workplace = Workplace::new(3, 8);
    let mut child = workplace.start(&with(&["--num-epochs=100000"]), "log.txt");
    assert!(wait_until(&mut child, || {
        checkpoints(&workplace, "outputs").len() == 2
    }));
    let (here, away) = (
        workplace.path().join("outputs"),
        workplace.path().join("away"),
    );
    std::fs::rename(&here, &away).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let said = workplace.text("log.txt");
    assert!(said.contains("outputs is no longer the folder"), "{said}");
    assert!(!here.exists());
    workplace.fails(&["train", "--resume", "away", "--num-epochs=1"]);
    let kept = checkpoints(&workplace, "away");
    let mut child = workplace.start(&["train", "--resume", "away"], "log.txt");
    assert!(wait_until(&mut child, || {
        checkpoints(&workplace, "away")[0] > kept[0]
    }));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Fills a small file system, makes it larger, then read-only.
const SMALL_DISK: &str = r#"
mkdir small
mount -t tmpfs -o size=$SIZE tmpfs small || exit 77
"$PETS" "$@" --output-dir small/run
echo "full: $?"
mount -o remount,size=400m small
"$PETS" train --resume small/run
echo "larger: $?"
cp -r small/run from_small_disk
mount -o remount,ro small
"$PETS" train --resume small/run
echo "read-only: $?"
"#;

#[test]
fn a_full_disk_and_a_read_only_one_lose_nothing() {
    let workplace = Workplace::new(3, 8);
    let run = with(&["--num-epochs=3"]);
    workplace.pets(&with(&["--num-epochs=3", "--output-dir=whole", RARELY]));
    let checkpoint = std::fs::metadata(&checkpoints(&workplace, "whole")[0]).unwrap();
    // Room for one checkpoint and a half, and both models.
    let size = checkpoint.len() * 3 / 2 + 2 * 16_000_000;
    let output = std::process::Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            SMALL_DISK,
            "sh",
        ])
        .args(&run)
        .env("SIZE", size.to_string())
        .env("PETS", assert_cmd::cargo::cargo_bin("pets"))
        .current_dir(workplace.path())
        .output();
    let output = match output {
        Ok(output) if output.status.success() => output,
        other => {
            eprintln!("skipped: a file system cannot be mounted here ({other:?})");
            return;
        }
    };
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "full: 1\nlarger: 0\nread-only: 1\n");
    let said = String::from_utf8(output.stderr).unwrap();
    for part in ["No space left on device", "Read-only file system"] {
        assert!(said.contains(part), "{said}");
    }
    let (whole, parts) = (
        left_by(&workplace, "whole"),
        left_by(&workplace, "from_small_disk"),
    );
    assert_eq!(parts.1, whole.1);
    assert!(parts.0 == whole.0, "the models differ");
}
