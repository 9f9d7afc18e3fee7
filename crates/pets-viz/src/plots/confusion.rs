//! Which classes are taken for which.

use crate::drawing::canvas::{Align, Canvas, size};
use crate::drawing::chart::{MARGIN, draw_title};
use crate::drawing::figure::Figure;
use crate::drawing::font;
use crate::drawing::geometry::Rect;
use crate::plots::seriation::by_similarity;
use crate::{Picture, VizError, check};

/// Height kept for the words along an edge.
const EDGE: f32 = 24.0;
/// Names are shortened to this width.
const LONGEST_NAME: f32 = 150.0;
/// Cells smaller than this leave no room for the names of their rows.
const SMALLEST_CELL: f32 = 9.0;
/// Cells of few classes do not grow beyond this.
const LARGEST_CELL: f32 = 90.0;
/// Cells from this size on hold their number.
const CELL_WITH_NUMBER: f32 = 17.0;

/// How often images of each class are taken for each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confusion<'a> {
    /// Names of the classes.
    pub names: &'a [String],
    /// Counts, `[classes, classes]`, row by row: row is the true class, column the predicted one.
    pub counts: &'a [u64],
    /// What the columns are, for instance `class of the nearest image`.
    pub predicted: &'a str,
}

/// The confusion matrix, classes that are taken for each other side by side. A cell holds the share
/// of its row in per cent; right answers and wrong ones have colours of their own.
///
/// ```
/// use pets_viz::{Confusion, Figure, confusion_matrix};
///
/// let names = ["Bengal", "pug", "Sphynx"].map(String::from);
/// let confusion = Confusion {
///     names: &names,
///     counts: &[8, 0, 2, 0, 10, 0, 3, 1, 6],
///     predicted: "class of the nearest image",
/// };
/// confusion_matrix(&Figure::new(500, 500)?, &confusion)?;
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without classes, [`VizError::LengthMismatch`] where counts and names do not
/// fit, [`VizError::InvalidValue`] where the figure is too small for so many classes.
pub fn confusion_matrix(figure: &Figure, confusion: &Confusion<'_>) -> Result<Picture, VizError> {
    let Confusion {
        names,
        counts,
        predicted,
    } = *confusion;
    check::not_empty("classes of the confusion matrix", names)?;
    check::same_length(
        "confusion matrix (classes × classes)",
        names.len() * names.len(),
        counts.len(),
    )?;
    let shares = row_shares(counts, names.len());
    let order = by_similarity(&shares, names.len());

    let mut canvas = Canvas::new(figure.width(), figure.height(), figure.theme())?;
    let top = draw_title(&mut canvas, figure.title(), figure.width()) + MARGIN;
    let layout = Layout::new(figure, names, top)?;
    layout.draw_names(&mut canvas, names, &order, predicted);
    for (row, class) in order.iter().enumerate() {
        for (column, taken_for) in order.iter().enumerate() {
            let share = shares[class * names.len() + taken_for];
            layout.draw_cell(&mut canvas, (row, column), share);
        }
    }
    canvas.stroke_rect(layout.matrix(), canvas.palette().muted, 1.0);
    Ok(canvas.finish())
}

/// Each row divided by its sum; a row without counts stays 0.
fn row_shares(counts: &[u64], classes: usize) -> Vec<f64> {
    counts
        .chunks_exact(classes)
        .flat_map(|row| {
            let sum = row.iter().sum::<u64>().max(1) as f64;
            row.iter().map(move |count| *count as f64 / sum)
        })
        .collect()
}

/// Where the matrix is, and how large its cells and letters are.
struct Layout {
    x: f32,
    y: f32,
    cell: f32,
    classes: usize,
    letters: f32,
    names: f32,
}

impl Layout {
    fn new(figure: &Figure, names: &[String], top: f32) -> Result<Self, VizError> {
        let classes = names.len();
        let room = (
            figure.width() as f32 - 2.0 * MARGIN - EDGE,
            figure.height() as f32 - top - MARGIN - EDGE,
        );
        let widest = |letters: f32| {
            names
                .iter()
                .map(|name| font::text_width(name, letters).min(LONGEST_NAME))
                .fold(0.0, f32::max)
        };
        let room = room.0.min(room.1);
        // Small cells ask for small letters, which leave more room for the cells.
        let estimate = (room - widest(size::LABEL)) / classes as f32;
        let letters = size::LABEL.min(estimate * 0.82);
        let names = widest(letters) + 8.0;
        let cell = ((room - names) / classes as f32).min(LARGEST_CELL);
        if cell < SMALLEST_CELL {
            return Err(VizError::InvalidValue {
                name: "figure size",
                value: format!("{} × {}", figure.width(), figure.height()),
                allowed: format!(
                    "{:.0} pixels or more each way for {classes} classes",
                    SMALLEST_CELL * classes as f32 + LONGEST_NAME + top + 2.0 * (MARGIN + EDGE)
                ),
            });
        }
        let width = EDGE + names + cell * classes as f32;
        Ok(Self {
            x: (figure.width() as f32 - width) / 2.0 + EDGE + names,
            y: top + EDGE + names,
            cell,
            classes,
            letters,
            names,
        })
    }

    fn matrix(&self) -> Rect {
        let side = self.cell * self.classes as f32;
        Rect::new(self.x, self.y, side, side)
    }

    fn draw_names(&self, canvas: &mut Canvas, names: &[String], order: &[usize], predicted: &str) {
        let palette = canvas.palette();
        let matrix = self.matrix();
        let (across, down) = (matrix.centre().0, matrix.centre().1);
        let above = self.y - self.names - EDGE / 2.0;
        canvas.text(
            predicted,
            (across, above),
            Align::Centre,
            size::AXIS,
            palette.muted,
        );
        let aside = (self.x - self.names - EDGE / 2.0, down);
        canvas.turned_text(
            "true class",
            aside,
            Align::Centre,
            size::AXIS,
            palette.muted,
            270.0,
        );
        for (place, class) in order.iter().enumerate() {
            let name = font::shorten(&names[*class], self.letters, LONGEST_NAME);
            let middle = (place as f32 + 0.5) * self.cell;
            let left = (self.x - 6.0, self.y + middle);
            canvas.text(&name, left, Align::Right, self.letters, palette.ink);
            let over = (self.x + middle, self.y - 6.0);
            canvas.turned_text(&name, over, Align::Left, self.letters, palette.ink, 270.0);
        }
    }

    /// Colour by the square root of the share, so that a rare mistake is seen.
    fn draw_cell(&self, canvas: &mut Canvas, (row, column): (usize, usize), share: f64) {
        let palette = canvas.palette();
        let (x, y) = (
            self.x + column as f32 * self.cell,
            self.y + row as f32 * self.cell,
        );
        let cell = Rect::new(x, y, self.cell, self.cell);
        let colour = if row == column {
            palette.first
        } else {
            palette.wrong
        };
        let strength = share.sqrt() as f32;
        canvas.fill_rect(cell, colour, strength);
        canvas.stroke_rect(cell, palette.grid, 0.5);
        if self.cell >= CELL_WITH_NUMBER && share >= 0.005 {
            let letters = (self.cell * 0.46).min(size::AXIS);
            let ink = if strength > 0.62 {
                palette.paper
            } else {
                palette.ink
            };
            let number = format!("{:.0}", share * 100.0);
            canvas.text(&number, cell.centre(), Align::Centre, letters, ink);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_divided_by_their_sums() {
        assert_eq!(row_shares(&[3, 1, 0, 0], 2), [0.75, 0.25, 0.0, 0.0]);
    }
}
