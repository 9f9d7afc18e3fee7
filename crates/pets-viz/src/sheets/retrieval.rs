//! Retrieval sheets: queries and what was found for them.

use image::RgbImage;

use crate::drawing::canvas::Canvas;
use crate::drawing::chart::{MARGIN, draw_title};
use crate::drawing::geometry::{Point, Rect};
use crate::drawing::palette::Colour;
use crate::sheets::tile::{
    CAPTION_HEIGHT, Tile, check_image, draw_caption, draw_heading, draw_image,
};
use crate::{Picture, Theme, VizError, check};

const SIDE: f32 = 132.0;
const GAP: f32 = 14.0;
/// Extra space between the query and its results.
const QUERY_GAP: f32 = 18.0;
const HEADING_HEIGHT: f32 = 28.0;
const FRAME: f32 = 4.0;
const ROW_HEIGHT: f32 = SIDE + 2.0 * CAPTION_HEIGHT + 16.0;
/// Fewest columns the sheet is made wide enough for, so that a title has room.
const MIN_COLUMNS: usize = 4;

/// An image that was found for a query.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultTile {
    /// The image, of any size.
    pub image: RgbImage,
    /// A few words, usually the name of its class.
    pub caption: String,
    /// Similarity to the query, for instance the cosine of the embeddings.
    pub similarity: f32,
    /// Whether it is of the query's class; `None` where that is not known.
    pub correct: Option<bool>,
}

/// A query and its results, the most similar first.
#[derive(Debug, Clone, PartialEq)]
pub struct RetrievalRow {
    /// The query.
    pub query: Tile,
    /// What was found.
    pub results: Vec<ResultTile>,
}

/// A sheet with a row for each query: the query on the left, then its results with rank, name and
/// similarity. A right result has a green frame and a tick, a wrong one a vermilion frame and a
/// cross, one of which neither is known a gray frame.
///
/// ```
/// use image::RgbImage;
/// use pets_viz::{ResultTile, RetrievalRow, Theme, Tile, retrieval_sheet};
///
/// let image = RgbImage::new(64, 48);
/// let query = Tile { image: image.clone(), caption: "pug".into() };
/// let result = ResultTile { image, caption: "pug".into(), similarity: 0.93, correct: Some(true) };
/// let row = RetrievalRow { query, results: vec![result] };
/// retrieval_sheet(Some("Nearest images"), Theme::Light, &[row])?;
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without rows or for an image without pixels, [`VizError::NotFinite`] for a
/// similarity that is not finite, [`VizError::InvalidValue`] where the sheet would be too large to
/// draw.
pub fn retrieval_sheet(
    title: Option<&str>,
    theme: Theme,
    rows: &[RetrievalRow],
) -> Result<Picture, VizError> {
    check::not_empty("retrieval rows", rows)?;
    for row in rows {
        check_image(&row.query.image)?;
        row.results
            .iter()
            .try_for_each(|result| check_image(&result.image))?;
        check::finite(
            "similarities",
            row.results
                .iter()
                .map(|result| f64::from(result.similarity)),
        )?;
    }
    let most = rows.iter().map(|row| row.results.len()).max().unwrap_or(0);
    let columns = most.max(MIN_COLUMNS - 1);
    let width = (column_x(columns) + SIDE + MARGIN).ceil() as u32;
    let top = title.map_or(0.0, |_| crate::drawing::chart::TITLE_HEIGHT) + MARGIN;
    let height =
        (top + HEADING_HEIGHT + rows.len() as f32 * ROW_HEIGHT + MARGIN - 8.0).ceil() as u32;

    let mut canvas = Canvas::new(width, height, theme)?;
    draw_title(&mut canvas, title, width);
    draw_heading(
        &mut canvas,
        "query",
        (MARGIN, top + HEADING_HEIGHT / 2.0 - 4.0),
        SIDE,
    );
    for rank in 1..=most {
        draw_heading(
            &mut canvas,
            &format!("rank {rank}"),
            (column_x(rank), top + HEADING_HEIGHT / 2.0 - 4.0),
            SIDE,
        );
    }
    let divider = f32::midpoint(MARGIN + SIDE, column_x(1));
    canvas.line(
        &[(divider, top), (divider, height as f32 - MARGIN)],
        canvas.palette().grid,
        1.0,
        1.0,
    );
    for (index, row) in rows.iter().enumerate() {
        draw_row(
            &mut canvas,
            row,
            top + HEADING_HEIGHT + index as f32 * ROW_HEIGHT,
        );
    }
    Ok(canvas.finish())
}

/// Left edge of column `rank`; 0 is the query.
fn column_x(rank: usize) -> f32 {
    MARGIN + rank as f32 * (SIDE + GAP) + if rank > 0 { QUERY_GAP } else { 0.0 }
}

fn draw_row(canvas: &mut Canvas, row: &RetrievalRow, y: f32) {
    let palette = canvas.palette();
    let first_line = y + SIDE + FRAME + CAPTION_HEIGHT / 2.0 + 1.0;
    draw_image(canvas, &row.query.image, (MARGIN, y), SIDE);
    canvas.stroke_rect(Rect::new(MARGIN, y, SIDE, SIDE), palette.muted, 1.5);
    draw_caption(
        canvas,
        &row.query.caption,
        (MARGIN, first_line),
        SIDE,
        palette.ink,
    );
    for (index, result) in row.results.iter().enumerate() {
        let x = column_x(index + 1);
        let colour = match result.correct {
            Some(true) => palette.right,
            Some(false) => palette.wrong,
            None => palette.muted,
        };
        draw_image(canvas, &result.image, (x, y), SIDE);
        canvas.stroke_rect(Rect::new(x, y, SIDE, SIDE), colour, FRAME);
        if let Some(correct) = result.correct {
            draw_verdict(canvas, (x + SIDE - 13.0, y + 13.0), correct, colour);
        }
        draw_caption(canvas, &result.caption, (x, first_line), SIDE, palette.ink);
        let similarity = format!("{:.3}", result.similarity);
        draw_caption(
            canvas,
            &similarity,
            (x, first_line + CAPTION_HEIGHT - 1.0),
            SIDE,
            palette.muted,
        );
    }
}

/// A tick or a cross on a disc.
fn draw_verdict(canvas: &mut Canvas, (x, y): Point, correct: bool, colour: Colour) {
    let paper = canvas.palette().paper;
    canvas.fill_circle((x, y), 11.0, paper);
    canvas.fill_circle((x, y), 9.5, colour);
    if correct {
        canvas.line(
            &[(x - 4.6, y + 0.2), (x - 1.3, y + 3.6), (x + 4.8, y - 3.6)],
            paper,
            1.0,
            2.4,
        );
    } else {
        canvas.line(&[(x - 3.7, y - 3.7), (x + 3.7, y + 3.7)], paper, 1.0, 2.4);
        canvas.line(&[(x - 3.7, y + 3.7), (x + 3.7, y - 3.7)], paper, 1.0, 2.4);
    }
}
