#![doc = include_str!("../README.md")]

mod check;
mod drawing;
mod error;
mod file;
mod names;
mod plots;
mod projection;
pub mod report;
mod sheets;

pub use drawing::figure::{Figure, Picture};
pub use drawing::palette::Theme;
pub use error::VizError;
pub use plots::class_bars::{ClassValues, class_bars};
pub use plots::confusion::{Confusion, confusion_matrix};
pub use plots::curves::{EpochPoint, learning_rate_curve, loss_curves};
pub use plots::growth::{GrowthSeries, growth_curves};
pub use plots::histogram::{DistanceHistogram, distance_histogram};
pub use plots::recall_bars::recall_bars;
pub use plots::roc::{roc_curve, roc_curve_log};
pub use plots::scatter::{Group, Scatter, scatter};
pub use projection::{
    MIN_SAMPLES, Projection, TsneConfig, TsneEngine, UmapConfig, trustworthiness, tsne, umap,
};
pub use sheets::gradcam::{CamRow, HeatMap, gradcam_sheet, heatmap_overlay};
pub use sheets::pointing::{Pointing, pointing};
pub use sheets::retrieval::{ResultTile, RetrievalRow, retrieval_sheet};
pub use sheets::tile::Tile;
