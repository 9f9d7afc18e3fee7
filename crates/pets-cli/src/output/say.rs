//! Words to people that nothing depends on.

use std::fmt;
use std::io::Write;

use super::harmless;

/// Prints a message to stderr. Where that fails, because the log is on a full disk or its reader is gone, the work goes
/// on.
macro_rules! say {
    ($($argument:tt)*) => {
        $crate::output::say::write(format_args!($($argument)*))
    };
}

/// Writes a message, made harmless for a terminal.
pub(crate) fn write(message: fmt::Arguments<'_>) {
    let message = message.to_string();
    let _ = writeln!(
        std::io::stderr(),
        "{}",
        in_one_piece(&harmless::text(&message))
    );
}

/// The most lines of a message.
const LINES: usize = 100;
/// The most characters of a line.
const LINE: usize = 2000;

/// A message whose further lines are set in, so that no name in it can pass for a message of its own; one without end is
/// cut.
fn in_one_piece(message: &str) -> String {
    let mut lines = message.split('\n').map(cut);
    let first = lines.next().unwrap_or_default();
    let text = lines.by_ref().take(LINES - 1).fold(first, |text, line| {
        let margin = if line.starts_with("  ") { "" } else { "  " };
        format!("{text}\n{margin}{line}")
    });
    match lines.count() {
        0 => text,
        more => format!("{text}\n  … and {more} more lines"),
    }
}

fn cut(line: &str) -> String {
    let mut chars = line.chars();
    let mut kept: String = chars.by_ref().take(LINE).collect();
    if chars.next().is_some() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_lines_are_set_in() {
        assert_eq!(
            in_one_piece("cannot read a\nerror: b\n  c"),
            "cannot read a\n  error: b\n  c"
        );
    }

    #[test]
    fn a_message_without_end_is_cut() {
        let message = "x".repeat(1 << 20) + &"\ny".repeat(1 << 20);
        let said = in_one_piece(&message);
        assert!(said.len() < 3000, "{}", said.len());
        assert_eq!(said.lines().count(), 101);
        assert!(said.ends_with("… and 1048477 more lines"), "{said}");
    }
}
