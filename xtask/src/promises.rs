//! SECURITY.md names the tests that hold each promise; a test here holds it to that.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The tests that the last column of the table of promises names.
fn named(text: &str) -> BTreeSet<&str> {
    let rows = text.lines().filter(|line| line.starts_with("| "));
    let columns = rows.filter_map(|row| row.trim_end_matches(" |").rsplit_once(" | "));
    columns
        .flat_map(|(_, tests)| tests.split('`').skip(1).step_by(2))
        .collect()
}

/// The functions that are declared below a folder.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names = text.lines().filter_map(|line| {
                let (name, _) = line.trim().strip_prefix("fn ")?.split_once('(')?;
                Some(name.to_owned())
            });
            found.extend(names);
        }
    }
}

#[test]
fn every_promise_names_tests_that_there_are() {
    let root = Path::new(WORKSPACE);
    let text = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let named = named(&text);
    assert!(named.len() > 30, "{named:?}");
    let mut there = BTreeSet::new();
    functions(&root.join("crates"), &mut there);
    let missing: Vec<_> = named
        .into_iter()
        .filter(|name| !there.contains(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
