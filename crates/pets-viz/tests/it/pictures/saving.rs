//! Writing pictures.

use pets_viz::{Figure, Picture, VizError, recall_bars};

fn picture() -> Picture {
    recall_bars(
        &Figure::new(320, 320).expect("an allowed size"),
        &[(1, 0.5)],
    )
    .expect("valid recall")
}

#[test]
fn a_saved_picture_reads_back_pixel_for_pixel() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("recall.png");
    std::fs::write(&path, "what stood there before").expect("the folder can be written to");
    picture().save(&path).expect("the folder can be written to");
    let read = image::open(&path).expect("a PNG file").into_rgb8();
    assert_eq!(&read, picture().image());
    assert_eq!(
        std::fs::read(&path).expect("the file exists"),
        picture().to_png().expect("encodes")
    );
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("the folder exists")
        .collect();
    assert_eq!(names.len(), 1, "no temporary file is left");
}

#[test]
fn a_missing_folder_is_named_and_not_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("missing").join("recall.png");
    let error = picture().save(&path).expect_err("the folder is missing");
    assert!(matches!(&error, VizError::Write { path: named, .. } if *named == path));
    assert!(error.to_string().contains("recall.png"), "{error}");
    assert!(!folder.path().join("missing").exists());
}

#[cfg(unix)]
#[test]
fn others_may_read_the_file_as_far_as_the_umask_allows() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (ours, plain) = (
        folder.path().join("recall.png"),
        folder.path().join("plain"),
    );
    picture().save(&ours).expect("the folder can be written to");
    std::fs::write(&plain, "").expect("the folder can be written to");
    let mode = |path| {
        std::fs::metadata(path)
            .expect("the file exists")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&ours), mode(&plain));
}
