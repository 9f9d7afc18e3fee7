//! The tiles of planes, and their transforms.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::transforms::{Transform, along_both_axes};
use super::{NUMBERS, PATCH, TILE};
use crate::cpu::conv_shape::ConvShape;
use crate::cpu::lanes::MAX_LANES;
use crate::cpu::phase_layout::PhaseLayout;

/// The tiles of planes of one size, in rows from the first pixel on; those of a batch are numbered image by image.
#[derive(Debug, Clone, Copy)]
pub(super) struct TileGrid {
    /// Where the planes' pixels are read.
    pub(super) layout: PhaseLayout,
    /// Tiles in a column and in a row of a plane.
    tiles: [usize; 2],
}

/// Neighbouring tiles of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// The first tile's position among those asked for.
    pub(super) first: usize,
    pub(super) image: usize,
    /// Row and column of the first tile.
    pub(super) tile: [usize; 2],
    pub(super) len: usize,
}

impl TileGrid {
    /// The patches of the input.
    pub(super) fn of_input(shape: &ConvShape) -> Self {
        let tiles = shape.output.map(|size| size.div_ceil(TILE));
        let padding = shape.padding.map(|(before, _)| before);
        let layout =
            PhaseLayout::of_tiles(shape.input, padding, TILE, tiles.map(|tiles| tiles + 1));
        Self { layout, tiles }
    }

    /// The tiles of the output.
    pub(super) fn of_output(shape: &ConvShape) -> Self {
        let tiles = shape.output.map(|size| size.div_ceil(TILE));
        let layout = PhaseLayout::of_tiles(shape.output, [0, 0], TILE, tiles);
        Self { layout, tiles }
    }

    /// Tiles in a plane.
    pub(super) fn in_plane(&self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    /// Numbers that a transform of the patches of as many images needs to work in: a vector's more than the planes have
    /// are read, but not used.
    pub(super) fn planes_len(&self, images: usize) -> usize {
        images * self.layout.plane() + MAX_LANES
    }

    /// The images of some runs, and the rows of each that their patches, `SIDE` pixels wide, reach.
    fn parts<const SIDE: usize>(&self, runs: &[Run]) -> Vec<(usize, Range<usize>)> {
        runs.chunk_by(|run, next| run.image == next.image)
            .map(|runs| {
                let (first, last) = (runs[0], runs[runs.len() - 1]);
                let rows = first.tile[0] * TILE..last.tile[0] * TILE + SIDE;
                (first.image, self.layout.unpadded_rows(rows))
            })
            .collect()
    }

    /// The rows, whole or in part, that make up some of the tiles.
    pub(super) fn runs(&self, tiles: Range<usize>) -> Vec<Run> {
        let [_, width] = self.tiles;
        let mut runs = Vec::new();
        let mut tile = tiles.start;
        while tile < tiles.end {
            let (image, in_plane) = (tile / self.in_plane(), tile % self.in_plane());
            let column = in_plane % width;
            let len = (width - column).min(tiles.end - tile);
            runs.push(Run {
                first: tile - tiles.start,
                image,
                tile: [in_plane / width, column],
                len,
            });
            tile += len;
        }
        runs
    }
}

/// Where the numbers of transformed patches lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct PatchStrides {
    /// From one of a patch's numbers to the next.
    pub(super) number: usize,
    /// From a channel to the next.
    pub(super) channel: usize,
    /// Patches in a panel, a multiple of the widest vector.
    pub(super) panel_len: usize,
    /// From a panel to the next.
    pub(super) panel: usize,
}

impl PatchStrides {
    #[inline(always)]
    fn start(&self, patch: usize) -> usize {
        patch / self.panel_len * self.panel + patch % self.panel_len
    }
}

/// `M d Mᵀ` of patches `d`, `SIDE` pixels wide, for each of some channels.
pub(super) struct PatchTransform<'a, T, const SIDE: usize> {
    /// With the matrix `M`.
    pub(super) transform: T,
    pub(super) grid: &'a TileGrid,
    /// `[images, all channels, plane]`.
    pub(super) images: &'a [f32],
    pub(super) all_channels: usize,
    pub(super) channels: Range<usize>,
    pub(super) runs: &'a [Run],
    /// [`planes_len`](TileGrid::planes_len) numbers to work in.
    pub(super) planes: &'a mut [f32],
    /// Patches to write; those after the last run are zero.
    pub(super) patches: usize,
    pub(super) out: &'a mut [f32],
    pub(super) strides: PatchStrides,
}

impl<T: Transform<SIDE, PATCH>, const SIDE: usize> WithSimd for PatchTransform<'_, T, SIDE> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let layout = &self.grid.layout;
        let parts = self.grid.parts::<SIDE>(self.runs);
        let vectors = vectors(&self.grid.layout, self.runs, self.patches, S::F32_LANES);
        let mut offsets = [[0; SIDE]; SIDE];
        for (y, offsets) in offsets.iter_mut().enumerate() {
            for (x, offset) in offsets.iter_mut().enumerate() {
                *offset = layout.offset([y, x]);
            }
        }
        let mut lanes = [0.0; NUMBERS * MAX_LANES + MAX_LANES];
        self.planes.fill(0.0);
        for (position, channel) in self.channels.enumerate() {
            for ((image, rows), out) in parts
                .iter()
                .zip(self.planes.chunks_exact_mut(layout.plane()))
            {
                let start = (image * self.all_channels + channel) * layout.input_plane();
                let plane = &self.images[start..start + layout.input_plane()];
                layout.fill_rows(plane, rows.clone(), out);
            }
            for (vector, gathered) in vectors.iter().enumerate() {
                let patch = gathered.gather(simd, &offsets, self.planes, &mut lanes);
                let numbers = along_both_axes(simd, self.transform, &patch);
                let start = self.strides.start(vector * S::F32_LANES);
                let start = start + position * self.strides.channel;
                for (number, &value) in numbers.as_flattened().iter().enumerate() {
                    let start = start + number * self.strides.number;
                    let out = &mut self.out[start..start + S::F32_LANES];
                    S::as_mut_simd_f32s(out).0[0] = value;
                }
            }
        }
    }
}

/// Neighbouring patches, one in a lane of a vector.
#[derive(Default)]
struct GatheredPatches {
    /// First lane and start of patches that lie side by side.
    stretches: Vec<(usize, usize)>,
    /// Number of lanes with a patch.
    filled: usize,
}

/// The patches of some runs in vectors; the planes of their images stand together.
fn vectors(
    layout: &PhaseLayout,
    runs: &[Run],
    patches: usize,
    lanes: usize,
) -> Vec<GatheredPatches> {
    let mut vectors = Vec::new();
    vectors.resize_with(patches.div_ceil(lanes), GatheredPatches::default);
    let first_image = runs.first().map_or(0, |run| run.image);
    for run in runs {
        let plane = (run.image - first_image) * layout.plane();
        let start = plane + run.tile[0] * layout.phase[1] + run.tile[1];
        let mut done = 0;
        while done < run.len {
            let (vector, lane) = ((run.first + done) / lanes, (run.first + done) % lanes);
            let len = (lanes - lane).min(run.len - done);
            let vector = &mut vectors[vector];
            vector.stretches.push((lane, start + done));
            vector.filled = lane + len;
            done += len;
        }
    }
    vectors
}

impl GatheredPatches {
    #[inline(always)]
    fn gather<S: Simd, const SIDE: usize>(
        &self,
        simd: S,
        offsets: &[[usize; SIDE]; SIDE],
        planes: &[f32],
        lanes: &mut [f32],
    ) -> [[S::f32s; SIDE]; SIDE] {
        let mut patch = [[simd.splat_f32s(0.0); SIDE]; SIDE];
        if let ([(_, start)], true) = (&self.stretches[..], self.filled == S::F32_LANES) {
            for (row, offsets) in patch.iter_mut().zip(offsets) {
                for (pixels, offset) in row.iter_mut().zip(offsets) {
                    let start = start + offset;
                    *pixels = S::as_simd_f32s(&planes[start..start + S::F32_LANES]).0[0];
                }
            }
            return patch;
        }
        // A whole vector is copied of each stretch; the next one overwrites the surplus.
        let offsets = offsets.as_flattened();
        for (pixel, offset) in offsets.iter().enumerate() {
            let lanes = &mut lanes[pixel * S::F32_LANES..][..2 * S::F32_LANES];
            for &(lane, start) in &self.stretches {
                let start = start + offset;
                let pixels = S::as_simd_f32s(&planes[start..start + S::F32_LANES]).0[0];
                S::as_mut_simd_f32s(&mut lanes[lane..lane + S::F32_LANES]).0[0] = pixels;
            }
        }
        let (pixels, _) = lanes.split_at_mut(offsets.len() * S::F32_LANES);
        if self.filled < S::F32_LANES {
            for pixels in pixels.chunks_exact_mut(S::F32_LANES) {
                pixels[self.filled..].fill(0.0);
            }
        }
        let (pixels, _) = S::as_simd_f32s(pixels);
        for (value, &pixels) in patch.as_flattened_mut().iter_mut().zip(pixels) {
            *value = pixels;
        }
        patch
    }
}
