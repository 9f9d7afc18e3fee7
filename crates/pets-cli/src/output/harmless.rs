//! Text out of files, made harmless for a terminal: names may hold escape sequences, line breaks and marks that turn the
//! direction of writing.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The most columns of a name.
const NAME_WIDTH: usize = 48;

/// Text of several lines, with what would steer the terminal written out.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    escaped(
        text,
        |char| char != '\n' && steers(char),
        |text, char| write!(text, "{}", char.escape_unicode()),
    )
}

/// As [`text`], in one line.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    escaped(text, steers, |text, char| {
        write!(text, "{}", char.escape_default())
    })
}

/// As [`line`], cut to the columns that a name may take.
pub(crate) fn name(text: &str) -> String {
    let text = line(text);
    if text.width() <= NAME_WIDTH {
        return text.into_owned();
    }
    let mut left = NAME_WIDTH - 1;
    let kept = text.chars().take_while(|char| {
        let fits = char.width().unwrap_or(0) <= left;
        left -= if fits { char.width().unwrap_or(0) } else { 0 };
        fits
    });
    kept.chain(['…']).collect()
}

/// JSON, which stays the same value.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    escaped(
        text,
        |char| char != '\n' && steers(char),
        |text, char| write!(text, "\\u{:04x}", u32::from(char)),
    )
}

/// Whether a character does something to a terminal other than to be seen.
fn steers(char: char) -> bool {
    let turns_direction = matches!(
        char,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let breaks_lines = matches!(char, '\u{2028}' | '\u{2029}');
    (char.is_control() && char != '\t') || turns_direction || breaks_lines
}

fn escaped(
    text: &str,
    is_harmful: impl Fn(char) -> bool,
    escape: impl Fn(&mut String, char) -> std::fmt::Result,
) -> Cow<'_, str> {
    if !text.contains(&is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut harmless = String::with_capacity(text.len());
    for char in text.chars() {
        if is_harmful(char) {
            escape(&mut harmless, char).expect("a string takes all that is written");
        } else {
            harmless.push(char);
        }
    }
    Cow::Owned(harmless)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}[2J\nb\u{202e}c\u{9b}d";

    #[test]
    fn what_steers_a_terminal_is_written_out() {
        assert_eq!(text(HOSTILE), "a\\u{1b}[2J\nb\\u{202e}c\\u{9b}d");
        assert_eq!(line(HOSTILE), "a\\u{1b}[2J\\nb\\u{202e}c\\u{9b}d");
        for fine in ["British Shorthair", "Český fousek", "三毛猫", "a\tb", "🐕‍🦺"] {
            assert_eq!(line(fine), fine);
        }
    }

    #[test]
    fn json_keeps_its_value() {
        let written = serde_json::to_string(HOSTILE).unwrap();
        assert!(written.contains('\u{202e}'));
        let harmless = json(&written);
        assert!(!harmless.contains(|char: char| steers(char)), "{harmless}");
        assert_eq!(serde_json::from_str::<String>(&harmless).unwrap(), HOSTILE);
    }

    #[test]
    fn a_long_name_is_cut_to_columns_and_not_to_characters() {
        assert_eq!(name(&"x".repeat(48)), "x".repeat(48));
        assert_eq!(name(&"x".repeat(49)), format!("{}…", "x".repeat(47)));
        let wide = name(&"猫".repeat(40));
        assert_eq!(wide, format!("{}…", "猫".repeat(23)));
        assert!(wide.width() <= NAME_WIDTH);
    }
}
