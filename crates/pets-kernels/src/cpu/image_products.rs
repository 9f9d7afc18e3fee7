//! Matrix products over a batch of images.

use std::borrow::Cow;

use super::image_tasks::{ImageTask, ImageTasks};
use super::implicit_product::{Column, Finish, ImplicitProduct, packing_len};
use super::packed_rows::PackedRows;
use super::phase_layout::PhaseLayout;
use super::scratch::with_scratch;
use crate::instruction_set::dispatch;

/// A product that fills a part of each output image.
#[derive(Debug)]
pub(crate) struct ProductPart {
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
    pub(crate) parts: &'a [ProductPart],
    pub(crate) finish: Finish<'a>,
}

impl ImageProducts<'_> {
    /// Fills `out`, whose planes have `out_plane` numbers.
    pub(crate) fn run(&self, source: &[f32], out: &mut [f32], out_plane: usize) {
        let rows = &self.parts[0].rows;
        ImageTasks {
            source_image: self.source_channels * self.source_plane,
            channels: rows.rows(),
            out_plane,
            columns: out_plane,
            channel_multiple: rows.panel_rows(),
        }
        .run(source, out, |task| self.run_task(task, out_plane));
    }

    fn run_task(&self, task: ImageTask<'_>, out_plane: usize) {
        let ImageTask {
            source,
            images,
            first_channel,
            channels,
            start,
            out,
        } = task;
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
            let finish = self.finish.of_part(start..start + out.len());
            for part in self.parts {
                dispatch(ImplicitProduct {
                    rows: &part.rows,
                    range: first_channel..first_channel + channels,
                    source,
                    summands: &part.summands,
                    columns: &repeated(
                        &part.columns,
                        images,
                        source.len() / images,
                        channels * out_plane,
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
