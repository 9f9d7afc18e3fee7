//! What was asked for, on stdout.
//!
//! A reader that has gone or a disk that is full does not end work that is under way: the first failure is kept, nothing
//! more is written, and the program ends with it.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::harmless;

static FAILURE: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a line.
macro_rules! show {
    ($($argument:tt)*) => {
        $crate::output::stdout::write(format_args!("{}\n", format_args!($($argument)*)))
    };
}

/// Prints text that has its line breaks.
macro_rules! show_text {
    ($($argument:tt)*) => {
        $crate::output::stdout::write(format_args!($($argument)*))
    };
}

/// Writes text, made harmless for a terminal.
pub(crate) fn write(text: fmt::Arguments<'_>) {
    write_bytes(harmless::text(&text.to_string()).as_bytes());
}

/// Writes a value as JSON for people.
pub(crate) fn write_json(value: &impl Serialize) -> serde_json::Result<()> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    write_bytes(harmless::json(&text).as_bytes());
    Ok(())
}

fn write_bytes(bytes: &[u8]) {
    let mut failure = FAILURE.lock().unwrap_or_else(PoisonError::into_inner);
    if failure.is_none() {
        let mut out = io::stdout().lock();
        *failure = out.write_all(bytes).and_then(|()| out.flush()).err();
    }
}

/// Whether all was written. A reader that wants no more, such as `head`, is no failure.
pub(crate) fn outcome() -> io::Result<()> {
    let mut failure = FAILURE.lock().unwrap_or_else(PoisonError::into_inner);
    match failure.take() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
