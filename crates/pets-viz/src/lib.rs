#![doc = include_str!("../README.md")]

mod axis;
mod backend;
mod bars;
mod canvas;
mod chart;
mod check;
mod class_bars;
mod colormap;
mod confusion;
mod curves;
mod error;
mod figure;
mod file;
mod font;
mod geometry;
mod gradcam;
mod growth;
mod histogram;
mod label_placement;
mod marker;
mod palette;
mod pointing;
mod projection;
pub mod report;
mod roc;
mod scatter;
mod seriation;
mod sheet;
mod tile;

pub use bars::recall_bars;
pub use class_bars::{ClassValues, class_bars};
pub use confusion::{Confusion, confusion_matrix};
pub use curves::{EpochPoint, learning_rate_curve, loss_curves};
pub use error::VizError;
pub use figure::{Figure, Picture};
pub use gradcam::{CamRow, HeatMap, gradcam_sheet, heatmap_overlay};
pub use growth::{GrowthSeries, growth_curves};
pub use histogram::{DistanceHistogram, distance_histogram};
pub use palette::Theme;
pub use pointing::{Pointing, pointing};
pub use projection::{
    MIN_SAMPLES, Projection, TsneConfig, TsneEngine, UmapConfig, trustworthiness, tsne, umap,
};
pub use roc::{roc_curve, roc_curve_log};
pub use scatter::{Group, Scatter, scatter};
pub use sheet::{ResultTile, RetrievalRow, retrieval_sheet};
pub use tile::Tile;
