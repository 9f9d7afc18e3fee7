//! What all pictures are drawn with: canvas, axes, colours, markers, text.

pub(crate) mod axis;
pub(crate) mod backend;
pub(crate) mod canvas;
pub(crate) mod chart;
pub(crate) mod colormap;
pub(crate) mod figure;
pub(crate) mod font;
pub(crate) mod geometry;
pub(crate) mod label_placement;
pub(crate) mod marker;
pub(crate) mod palette;
