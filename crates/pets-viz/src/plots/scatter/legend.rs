//! The legend: a column or more of markers and names, a section for each kind.

use super::group::{Group, GroupStyle};
use crate::VizError;
use crate::drawing::canvas::{Align, Canvas, size};
use crate::drawing::font;
use crate::drawing::geometry::{Point, Rect};

const ROW: f32 = 19.0;
const MARKER_WIDTH: f32 = 22.0;
const COLUMN_GAP: f32 = 12.0;
const MARKER_RADIUS: f32 = 5.0;
/// Names longer than this are shortened.
const LONGEST_NAME: f32 = 180.0;
/// The plot keeps at least this share of the width.
const PLOT_SHARE: f32 = 0.45;

/// A line of the legend.
enum Entry<'a> {
    Heading(&'a str),
    Group { index: usize, name: String },
}

/// The legend, laid out in columns.
pub(super) struct Legend<'a> {
    columns: Vec<Vec<Entry<'a>>>,
    column_width: f32,
}

impl<'a> Legend<'a> {
    /// A legend of the groups `present` beside a plot, both within `room`.
    pub(super) fn new(
        groups: &'a [Group],
        present: &[usize],
        room: Rect,
    ) -> Result<Self, VizError> {
        let entries = entries(groups, present);
        let widest = entries.iter().map(Entry::width).fold(0.0, f32::max);
        let rows = ((room.height / ROW) as usize).max(2);
        let columns = columns(entries, rows);
        let legend = Self {
            columns,
            column_width: widest,
        };
        if room.width - legend.width() < room.width * PLOT_SHARE {
            return Err(VizError::InvalidValue {
                name: "figure size",
                value: format!(
                    "{:.0} × {:.0} for the plot and its legend",
                    room.width, room.height
                ),
                allowed: format!(
                    "a wider or higher figure: the legend of {} groups is {:.0} pixels wide",
                    present.len(),
                    legend.width()
                ),
            });
        }
        Ok(legend)
    }

    pub(super) fn width(&self) -> f32 {
        let count = self.columns.len() as f32;
        count * self.column_width + (count - 1.0) * COLUMN_GAP
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, styles: &[GroupStyle], corner: Point) {
        let palette = canvas.palette();
        for (column, entries) in self.columns.iter().enumerate() {
            let x = corner.0 + column as f32 * (self.column_width + COLUMN_GAP);
            for (row, entry) in entries.iter().enumerate() {
                let middle = corner.1 + (row as f32 + 0.5) * ROW;
                match entry {
                    Entry::Heading(kind) => {
                        canvas.text(kind, (x, middle), Align::Left, size::AXIS, palette.muted);
                    }
                    Entry::Group { index, name } => {
                        styles[*index].draw(
                            canvas,
                            (x + MARKER_WIDTH / 2.0 - 2.0, middle),
                            MARKER_RADIUS,
                        );
                        canvas.text(
                            name,
                            (x + MARKER_WIDTH, middle),
                            Align::Left,
                            size::NOTE,
                            palette.ink,
                        );
                    }
                }
            }
        }
    }
}

impl Entry<'_> {
    fn width(&self) -> f32 {
        match self {
            Self::Heading(kind) => font::text_width(kind, size::AXIS),
            Self::Group { name, .. } => MARKER_WIDTH + font::text_width(name, size::NOTE),
        }
    }
}

/// The groups by kind, kinds in the order of their first group.
fn entries<'a>(groups: &'a [Group], present: &[usize]) -> Vec<Entry<'a>> {
    let mut kinds: Vec<Option<&str>> = Vec::new();
    for &index in present {
        let kind = groups[index].kind.as_deref();
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let mut entries = Vec::new();
    for kind in kinds {
        entries.extend(kind.map(Entry::Heading));
        entries.extend(
            present
                .iter()
                .filter(|index| groups[**index].kind.as_deref() == kind)
                .map(|&index| Entry::Group {
                    index,
                    name: font::shorten(&groups[index].name, size::NOTE, LONGEST_NAME).into_owned(),
                }),
        );
    }
    entries
}

/// As few columns of at most `rows` lines as will do, about equally long, none of which ends in a
/// heading.
fn columns(entries: Vec<Entry<'_>>, rows: usize) -> Vec<Vec<Entry<'_>>> {
    let count = entries.len().div_ceil(rows).max(1);
    let rows = if count == 1 {
        rows
    } else {
        (entries.len().div_ceil(count) + 1).min(rows)
    };
    let mut columns = vec![Vec::new()];
    let mut entries = entries.into_iter().peekable();
    while let Some(entry) = entries.next() {
        let last = columns.last().map_or(0, Vec::len);
        let heading_would_end_it =
            last + 1 == rows && matches!(entry, Entry::Heading(_)) && entries.peek().is_some();
        if last == rows || heading_would_end_it {
            columns.push(Vec::new());
        }
        columns
            .last_mut()
            .expect("there is always a column")
            .push(entry);
    }
    columns
}
