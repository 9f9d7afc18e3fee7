//! Checkpoints that another version of the program wrote.

use std::fs;

use pets_train::RunFolder;

#[test]
fn the_first_version_of_the_format_is_still_read() {
    let place = tempfile::tempdir().unwrap();
    let folder = RunFolder::new(place.path());
    folder.create().unwrap();
    let path = folder
        .checkpoints()
        .path()
        .join("step-0000000009.safetensors");
    fs::write(
        &path,
        include_bytes!("../golden/checkpoint_format_1.safetensors"),
    )
    .unwrap();
    let found = folder.checkpoints().find().unwrap();
    assert!(found.unusable.is_empty(), "{:?}", found.unusable);
    let (file, checkpoint) = found.newest.unwrap();
    assert_eq!(file, path);
    assert_eq!((checkpoint.epochs(), checkpoint.steps()), (1, 9));
    assert!(!checkpoint.finished());
}
