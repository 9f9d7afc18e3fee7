//! Matrix products over a batch of images, divided among threads.

use std::borrow::Cow;

use pulp::Arch;
use rayon::prelude::*;

use super::implicit_product::{Column, Finish, ImplicitProduct, packing_len};
use super::packed_rows::PackedRows;
use super::phase_layout::PhaseLayout;
use super::scratch::with_scratch;

/// Images are taken together until a task has about this many columns.
const COLUMNS_IN_TASK: usize = 192;

/// An image is divided where there are fewer than this many for each thread, so that none waits long for the others.
const TASKS_PER_THREAD: usize = 4;

/// A part of an image has at least this many rows, to make up for packing the image's pixels again.
const ROWS_IN_TASK: usize = 32;

/// A product that fills a part of each output image.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) rows: PackedRows,
    pub(crate) summands: Vec<usize>,
    pub(crate) columns: Vec<Column>,
}

/// The same products on each image of a batch.
pub(crate) struct ImageProducts<'a> {
    /// The layout that the offsets of the parts mean; none for the images as they are.
    pub(crate) layout: Option<PhaseLayout>,
    pub(crate) source_channels: usize,
    pub(crate) source_plane: usize,
    /// All with the same number of rows, which is that of the output's channels.
    pub(crate) parts: &'a [Part],
    pub(crate) finish: Finish<'a>,
}

impl ImageProducts<'_> {
    /// Fills `out`, whose planes have `out_plane` numbers.
    pub(crate) fn run(&self, source: &[f32], out: &mut [f32], out_plane: usize) {
        let rows = self.parts[0].rows.rows();
        let image = rows * out_plane;
        let images = out.len() / image;
        if images == 0 {
            return;
        }
        let threads = rayon::current_num_threads();
        let together = COLUMNS_IN_TASK
            .div_ceil(out_plane)
            .min(images.div_ceil(threads));
        let row_parts = (threads * TASKS_PER_THREAD).div_ceil(images);
        let rows_in_task = if together == 1 && images < threads * TASKS_PER_THREAD {
            rows.div_ceil(row_parts)
                .max(ROWS_IN_TASK)
                .next_multiple_of(self.parts[0].rows.panel_rows())
        } else {
            rows
        };
        let source_image = self.source_channels * self.source_plane;
        out.par_chunks_mut(together * image)
            .zip(source.par_chunks(together * source_image))
            .enumerate()
            .for_each(|(group, (out, source))| {
                let start = group * together * image;
                if rows_in_task >= rows {
                    self.run_task(source, 0, start, out, out_plane);
                    return;
                }
                out.par_chunks_mut(rows_in_task * out_plane)
                    .enumerate()
                    .for_each(|(part, out)| {
                        let first_row = part * rows_in_task;
                        self.run_task(
                            source,
                            first_row,
                            start + first_row * out_plane,
                            out,
                            out_plane,
                        );
                    });
            });
    }

    /// Computes the rows from `first_row` on, as many as `out` holds; `start` is where `out` lies in the whole output.
    fn run_task(
        &self,
        source: &[f32],
        first_row: usize,
        start: usize,
        out: &mut [f32],
        out_plane: usize,
    ) {
        let images = source.len() / (self.source_channels * self.source_plane);
        let rows = out.len() / out_plane / images;
        let padded = self
            .layout
            .map_or(0, |layout| images * self.source_channels * layout.plane());
        with_scratch([padded, packing_len()], |[padded, packing]| {
            let source = match self.layout {
                Some(layout) => {
                    for (plane, out) in source
                        .chunks_exact(self.source_plane)
                        .zip(padded.chunks_exact_mut(layout.plane()))
                    {
                        layout.fill(plane, out);
                    }
                    &*padded
                }
                None => source,
            };
            let finish = Finish {
                residual: self
                    .finish
                    .residual
                    .map(|residual| &residual[start..start + out.len()]),
                ..self.finish
            };
            for part in self.parts {
                Arch::new().dispatch(ImplicitProduct {
                    rows: &part.rows,
                    range: first_row..first_row + rows,
                    source,
                    summands: &part.summands,
                    columns: &repeated(
                        &part.columns,
                        images,
                        source.len() / images,
                        rows * out_plane,
                    ),
                    out,
                    row_stride: out_plane,
                    finish,
                    packing,
                });
            }
        });
    }
}

/// The columns of `images` images in a row.
fn repeated(
    columns: &[Column],
    images: usize,
    source_image: usize,
    target_image: usize,
) -> Cow<'_, [Column]> {
    if images == 1 {
        return Cow::Borrowed(columns);
    }
    (0..images)
        .flat_map(|image| {
            columns.iter().map(move |column| Column {
                source: column.source + image * source_image,
                target: column.target + image * target_image,
            })
        })
        .collect()
}
