//! The browser of this machine.

use std::path::PathBuf;

/// What a browser may be called.
const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// The browser on this machine; `None`, said on stderr, where there is none. With
/// `PETS_REQUIRE_BROWSER=1` that is a failure.
pub fn installed() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        let required = std::env::var_os("PETS_REQUIRE_BROWSER").is_some_and(|value| value == "1");
        assert!(
            !required,
            "PETS_REQUIRE_BROWSER=1, but none of {NAMES:?} is on the PATH"
        );
        eprintln!("NOT RUN in a browser: none of {NAMES:?} is on the PATH");
    }
    found
}
