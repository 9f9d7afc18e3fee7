//! The configuration as TOML: the documented defaults, and what is in force.

use std::fmt::Write;

use super::key::Key;
use super::keys;
use super::layers::Layers;

const HEADER: &str = "\
# Every setting, its default and its meaning. Made by `cargo xtask docs`; a test keeps it fresh.
# Give a file like this with --config FILE, a single value with its flag or --set section.key=value.
";

/// `configs/default.toml`: every key with its default, meaning and range.
pub(crate) fn default_toml() -> String {
    render(HEADER, |key| {
        let comment = format!("# {} ({}).\n", key.help(), key.kind);
        match key.default_text() {
            Some(default) => format!("{comment}{} = {default}\n", key.name()),
            None => format!("{comment}# {} = …\n", key.name()),
        }
    })
}

/// The values in force, each with where it came from.
pub(crate) fn effective_toml(layers: &Layers) -> String {
    render("", |key| match layers.get(key) {
        Some((value, origin)) => format!("{} = {value}  # {origin}\n", key.name()),
        None => String::new(),
    })
}

fn render(header: &str, line: impl Fn(&Key) -> String) -> String {
    let mut text = header.to_owned();
    let mut section = "";
    for key in keys() {
        if key.section() != section {
            section = key.section();
            write!(text, "\n[{section}]\n").expect("writing to a string succeeds");
        }
        text += &line(key);
    }
    text
}
