//! Numbers in pieces.

use std::ops::Range;

/// `0..len` in pieces; the last one may be shorter.
pub(super) fn ranges(len: usize, piece: usize) -> impl Iterator<Item = Range<usize>> {
    (0..len)
        .step_by(piece)
        .map(move |start| start..(start + piece).min(len))
}
