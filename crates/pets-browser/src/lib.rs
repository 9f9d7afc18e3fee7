#![doc = include_str!("../README.md")]
#![expect(
    clippy::missing_panics_doc,
    reason = "a browser that does not do as it is told fails the test"
)]

mod browser;
mod complaint;
mod installed;

use std::path::Path;

pub use browser::Browser;
pub use installed::installed;

/// Opens the file `page` in a window of 1200 × 900 pixels and runs `test` on it, where there is a browser; fails
/// where the browser complained.
pub fn with_page(page: &Path, test: impl FnOnce(&mut Browser)) {
    let Some(program) = installed() else {
        return;
    };
    let mut browser = Browser::open(&program, page, 1200, 900);
    test(&mut browser);
    // Any answer brings the events before it.
    browser.evaluate("0");
    assert!(
        browser.complaints().is_empty(),
        "{:?}",
        browser.complaints()
    );
}
