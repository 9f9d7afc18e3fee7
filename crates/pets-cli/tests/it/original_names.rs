//! The names of the Python project: each works, or says what took its place.

use crate::program::pets_in;

#[test]
fn its_flags_and_keys_are_settings() {
    let folder = tempfile::tempdir().unwrap();
    let in_force = [
        "step_size = 3",
        "gamma = 0.5",
        "min_lr = 0.00001",
        "holdout_breeds = []",
        "k_values = [1, 2]",
    ];
    let flags = [
        "config",
        "--scheduler_step_size=3",
        "--scheduler_gamma=0.5",
        "--scheduler_min_lr=1e-5",
        "--few_shot_holdout_breeds=none",
        "--retrieval_k_values=1,2",
    ];
    let file = "scheduler_step_size = 3\nscheduler_gamma = 0.5\nscheduler_min_lr = 1e-5\n\
                few_shot_holdout_breeds = []\nretrieval_k_values = [1, 2]\n";
    std::fs::write(folder.path().join("original.toml"), file).unwrap();
    let assignments = [
        "config",
        "--set=scheduler_step_size=3",
        "--set=scheduler.scheduler_gamma=0.5",
        "--set=scheduler_min_lr=1e-5",
        "--set=few_shot_holdout_breeds=none",
        "--set=retrieval_k_values=1,2",
    ];
    for arguments in [
        &flags[..],
        &["config", "--config=original.toml"],
        &assignments,
    ] {
        let said = pets_in(folder.path(), arguments).succeeded().stdout;
        for line in in_force {
            assert!(said.contains(line), "{line}: {said}");
        }
    }
}

#[test]
fn its_modes_are_commands() {
    let folder = tempfile::tempdir().unwrap();
    let said = pets_in(folder.path(), &["--mode", "evaluate", "--seed=1"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("there is no model"), "{}", said.stderr);
}

#[test]
fn what_has_no_place_here_says_what_took_it() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (["train", "--load_model=a.pth"], "--resume RUN"),
        (["visualize", "--layer_name=layer4"], "pets gradcam --stage"),
    ] {
        pets_in(folder.path(), &arguments).refused_with(&[words]);
    }
    let said = pets_in(folder.path(), &["gradcam", "--layer_name=layer4"]);
    assert!(said.stderr.contains("there is no model"), "{}", said.stderr);
}
