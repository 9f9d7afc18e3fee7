//! The set on disk: layout, lists, determinism, and what folders are refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};

use pets_draw::{
    DrawConfig, DrawError, DrawOutcome, LockError, Species, breeds, draw, draw_dataset,
    is_unfinished,
};
use tempfile::tempdir;

fn config(seed: u64) -> DrawConfig {
    DrawConfig::new(4, 5, 48, seed).unwrap()
}

fn draw_into(dir: &Path, config: &DrawConfig) -> Result<DrawOutcome, DrawError> {
    draw_dataset(config, dir, |_, _| true)
}

/// Every file below a folder with its bytes.
fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_path_buf();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// The lines of a list as (picture, class id, species, breed id), comments left out.
fn parse(dir: &Path, list: &str) -> Vec<(String, usize, u32, usize)> {
    let text = fs::read_to_string(dir.join("annotations").join(list)).unwrap();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            let [name, class, species, breed] = fields[..] else {
                panic!("{line}");
            };
            (
                name.to_string(),
                class.parse().unwrap(),
                species.parse().unwrap(),
                breed.parse().unwrap(),
            )
        })
        .collect()
}

#[test]
fn the_same_bytes_on_one_thread_and_on_several() {
    let sets = [1, 3].map(|threads| {
        let dir = tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| draw_into(dir.path(), &config(7))).unwrap();
        contents(dir.path())
    });
    assert_eq!(sets[0].len(), 2 * 20 + 3 + 2);
    assert_eq!(sets[0], sets[1]);
}

#[test]
fn another_seed_gives_another_set() {
    let names = [1, 2].map(|seed| {
        let dir = tempdir().unwrap();
        draw_into(dir.path(), &config(seed)).unwrap();
        contents(dir.path()).into_keys().collect::<BTreeSet<_>>()
    });
    assert_ne!(names[0], names[1]);
}

#[test]
fn lists_name_every_picture_with_its_ids() {
    let dir = tempdir().unwrap();
    let config = config(5);
    draw_into(dir.path(), &config).unwrap();
    let text = fs::read_to_string(dir.path().join("annotations/list.txt")).unwrap();
    assert!(text.lines().take(6).all(|line| line.starts_with('#')));
    let all = parse(dir.path(), "list.txt");
    let expected: Vec<_> = breeds(&config)
        .iter()
        .flat_map(|breed| {
            let species = if breed.species() == Species::Cat {
                1
            } else {
                2
            };
            (0..5).map(move |i| {
                (
                    breed.picture_name(i),
                    breed.class_id(),
                    species,
                    breed.breed_id(),
                )
            })
        })
        .collect();
    assert_eq!(all, expected);
}

#[test]
fn the_halves_part_every_breed() {
    let dir = tempdir().unwrap();
    draw_into(dir.path(), &config(5)).unwrap();
    let (trainval, test) = (
        parse(dir.path(), "trainval.txt"),
        parse(dir.path(), "test.txt"),
    );
    for class in 1..=4 {
        assert_eq!(trainval.iter().filter(|line| line.1 == class).count(), 3);
        assert_eq!(test.iter().filter(|line| line.1 == class).count(), 2);
    }
    let mut both: Vec<_> = trainval.into_iter().chain(test).collect();
    let mut all = parse(dir.path(), "list.txt");
    both.sort();
    all.sort();
    assert_eq!(both, all);
}

#[test]
fn files_hold_what_draw_returns() {
    let dir = tempdir().unwrap();
    let config = config(6);
    draw_into(dir.path(), &config).unwrap();
    for breed in breeds(&config) {
        let drawing = draw(&config, &breed, 3);
        let name = breed.picture_name(3);
        let trimap = dir.path().join(format!("annotations/trimaps/{name}.png"));
        let trimap = image::open(trimap).unwrap();
        assert_eq!(trimap.color(), image::ColorType::L8);
        assert_eq!(trimap.into_luma8(), drawing.trimap);
        let jpeg = image::open(dir.path().join(format!("images/{name}.jpg")))
            .unwrap()
            .into_rgb8();
        let error: f64 = jpeg
            .iter()
            .zip(drawing.image.iter())
            .map(|(&a, &b)| f64::from(a.abs_diff(b)))
            .sum();
        assert!(error / (jpeg.len() as f64) < 12.0, "{name}: {error}");
    }
}

#[test]
fn progress_hears_of_every_picture() {
    let dir = tempdir().unwrap();
    let heard = Mutex::new(Vec::new());
    draw_dataset(&config(7), dir.path(), |done, total| {
        heard.lock().unwrap().push((done, total));
        true
    })
    .unwrap();
    let mut heard = heard.into_inner().unwrap();
    assert_eq!(heard[0], (0, 20));
    heard.retain(|(done, _)| *done > 0);
    heard.sort_unstable();
    assert_eq!(heard, (1..=20).map(|done| (done, 20)).collect::<Vec<_>>());
}

#[test]
fn a_finished_set_is_left_alone() {
    let dir = tempdir().unwrap();
    let out = dir.path().join("a/new/folder");
    assert_eq!(draw_into(&out, &config(7)).unwrap(), DrawOutcome::Drawn);
    let before = contents(&out);
    assert_eq!(
        draw_into(&out, &config(7)).unwrap(),
        DrawOutcome::AlreadyThere
    );
    assert_eq!(contents(&out), before);
}

#[test]
fn a_set_of_other_parameters_is_refused() {
    let dir = tempdir().unwrap();
    draw_into(dir.path(), &config(7)).unwrap();
    let before = contents(dir.path());
    let error = draw_into(dir.path(), &config(8)).unwrap_err();
    assert!(matches!(error, DrawError::OtherSet { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("seed 7") && text.contains("seed 8"), "{text}");
    assert_eq!(contents(dir.path()), before);
}

#[test]
fn foreign_content_is_refused_and_kept() {
    for foreign in [
        "notes.txt",
        "images/Abyssinian_1.jpg",
        "annotations/list.txt",
    ] {
        let dir = tempdir().unwrap();
        let path = dir.path().join(foreign);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "mine").unwrap();
        let error = draw_into(dir.path(), &config(7)).unwrap_err();
        assert!(matches!(error, DrawError::Foreign { .. }), "{error}");
        assert!(
            error
                .to_string()
                .contains(&dir.path().display().to_string())
        );
        assert_eq!(
            contents(dir.path()).into_keys().collect::<Vec<_>>(),
            [Path::new(foreign)]
        );
    }
}

/// Turns a finished set into one that was cut off.
fn interrupt(dir: &Path) {
    fs::rename(dir.join("drawn.json"), dir.join("drawn.json.partial")).unwrap();
    let picture = fs::read_dir(dir.join("images"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    fs::write(picture.path(), "half a pict").unwrap();
}

#[test]
fn an_unfinished_set_is_drawn_anew() {
    let dir = tempdir().unwrap();
    draw_into(dir.path(), &config(7)).unwrap();
    let whole = contents(dir.path());
    interrupt(dir.path());
    assert_eq!(
        draw_into(dir.path(), &config(7)).unwrap(),
        DrawOutcome::Drawn
    );
    assert_eq!(contents(dir.path()), whole);
}

#[test]
fn an_unfinished_set_leaves_nothing_behind_in_another_one() {
    let (dir, fresh) = (tempdir().unwrap(), tempdir().unwrap());
    draw_into(dir.path(), &config(7)).unwrap();
    interrupt(dir.path());
    draw_into(dir.path(), &config(8)).unwrap();
    draw_into(fresh.path(), &config(8)).unwrap();
    assert_eq!(contents(dir.path()), contents(fresh.path()));
}

#[test]
fn foreign_content_beside_an_unfinished_set_is_refused() {
    let dir = tempdir().unwrap();
    draw_into(dir.path(), &config(7)).unwrap();
    interrupt(dir.path());
    fs::write(dir.path().join("images/mine.jpg"), "mine").unwrap();
    let before = contents(dir.path());
    let error = draw_into(dir.path(), &config(7)).unwrap_err();
    assert!(error.to_string().contains("mine.jpg"), "{error}");
    assert_eq!(contents(dir.path()), before);
}

#[test]
fn a_damaged_marker_is_an_error() {
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("drawn.json"), "{").unwrap();
    let error = draw_into(dir.path(), &config(7)).unwrap_err();
    assert!(matches!(error, DrawError::Marker { .. }), "{error}");
}

#[test]
fn a_file_in_the_folders_place_is_an_error() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "mine").unwrap();
    let error = draw_into(&path, &config(7)).unwrap_err();
    assert!(matches!(error, DrawError::Io { .. }), "{error}");
}

#[test]
fn a_second_drawing_into_the_folder_is_refused() {
    let dir = tempdir().unwrap();
    let fresh = tempdir().unwrap();
    let refused = Mutex::new(Vec::new());
    draw_dataset(&config(7), dir.path(), |done, _| {
        if done == 1 {
            let another = DrawConfig::new(4, 5, 96, 8).unwrap();
            let errors = [config(7), another].map(|config| draw_into(dir.path(), &config));
            refused.lock().unwrap().extend(errors);
        }
        true
    })
    .unwrap();
    for error in refused.into_inner().unwrap() {
        let error = error.unwrap_err();
        let process = std::process::id();
        assert!(
            matches!(error, DrawError::Lock(LockError::Locked { process: Some(number), .. }) if number == process),
            "{error}"
        );
    }
    draw_into(fresh.path(), &config(7)).unwrap();
    assert_eq!(contents(dir.path()), contents(fresh.path()));
}

#[test]
fn a_drawing_stops_when_it_is_told_to() {
    let (dir, fresh) = (tempdir().unwrap(), tempdir().unwrap());
    let threads = 2;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    let many = DrawConfig::new(4, 50, 48, 7).unwrap();
    let outcome = pool.install(|| draw_dataset(&many, dir.path(), |done, _| done < 3));
    let error = outcome.unwrap_err();
    assert!(matches!(error, DrawError::Interrupted), "{error}");
    let pictures = fs::read_dir(dir.path().join("images")).unwrap().count();
    assert!((3..=3 + threads).contains(&pictures), "{pictures}");
    assert!(is_unfinished(dir.path()));

    draw_into(dir.path(), &config(8)).unwrap();
    assert!(!is_unfinished(dir.path()));
    draw_into(fresh.path(), &config(8)).unwrap();
    assert_eq!(contents(dir.path()), contents(fresh.path()));
}

#[test]
fn the_largest_set_asks_before_it_plans_and_leaves_little() {
    let dir = tempdir().unwrap();
    let largest = DrawConfig::new(10_000, 100_000, 48, 7).unwrap();
    for wanted in [0, 2] {
        let asked = AtomicUsize::new(0);
        let outcome = draw_dataset(&largest, dir.path(), |_, _| {
            asked.fetch_add(1, Ordering::Relaxed) < wanted
        });
        assert!(matches!(outcome, Err(DrawError::Interrupted)));
    }
    // What was cut off is recognised by its names, of which there are thousands of millions.
    draw_into(dir.path(), &config(7)).unwrap();
}

#[test]
fn a_folder_that_is_moved_away_is_not_drawn_into() {
    let parent = tempdir().unwrap();
    let dir = parent.path().join("drawn");
    let moved = Once::new();
    let error = draw_dataset(&config(7), &dir, |done, _| {
        if done > 0 {
            moved.call_once(|| {
                fs::rename(&dir, parent.path().join("elsewhere")).unwrap();
                fs::create_dir(&dir).unwrap();
            });
        }
        true
    })
    .unwrap_err();
    assert!(
        matches!(error, DrawError::Lock(LockError::Replaced { .. })),
        "{error}"
    );
    assert_eq!(contents(&dir), BTreeMap::new());
}

#[cfg(unix)]
#[test]
fn links_in_an_unfinished_set_are_foreign() {
    let (dir, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    draw_into(dir.path(), &config(7)).unwrap();
    interrupt(dir.path());
    let images = elsewhere.path().join("images");
    fs::rename(dir.path().join("images"), &images).unwrap();
    std::os::unix::fs::symlink(&images, dir.path().join("images")).unwrap();
    let before = contents(&images);
    let error = draw_into(dir.path(), &config(7)).unwrap_err();
    assert!(matches!(error, DrawError::Foreign { .. }), "{error}");
    assert_eq!(contents(&images), before);
}

#[cfg(unix)]
#[test]
fn a_finished_set_needs_no_lock() {
    let dir = tempdir().unwrap();
    draw_into(dir.path(), &config(7)).unwrap();
    let lock = dir.path().join(".lock");
    fs::remove_file(&lock).unwrap();
    // Locking would fail.
    fs::create_dir(&lock).unwrap();
    let outcome = draw_into(dir.path(), &config(7)).unwrap();
    assert_eq!(outcome, DrawOutcome::AlreadyThere);
}

#[cfg(unix)]
#[test]
fn a_marker_is_a_small_regular_file() {
    let dir = tempdir().unwrap();
    let marker = dir.path().join("drawn.json");
    std::os::unix::fs::symlink("/dev/zero", &marker).unwrap();
    let error = draw_into(dir.path(), &config(7)).unwrap_err();
    assert!(matches!(error, DrawError::Io { .. }), "{error}");
    fs::remove_file(&marker).unwrap();
    fs::write(&marker, vec![b' '; 1 << 20]).unwrap();
    let error = draw_into(dir.path(), &config(7)).unwrap_err();
    assert!(matches!(error, DrawError::Io { .. }), "{error}");
}

#[test]
fn an_unfinished_set_is_told_from_others() {
    let dir = tempdir().unwrap();
    assert!(!is_unfinished(&dir.path().join("nowhere")));
    assert!(!is_unfinished(dir.path()));
    draw_into(dir.path(), &config(7)).unwrap();
    assert!(!is_unfinished(dir.path()));
    interrupt(dir.path());
    assert!(is_unfinished(dir.path()));
}
