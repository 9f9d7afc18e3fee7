#![doc = include_str!("../README.md")]

mod arcface;
mod config;
mod contrastive;
mod distance;
mod error;
mod labelled_distances;
mod metric_loss;
mod mining;
mod names;
mod output;
mod pair_weights;
mod triplet;
mod unit_rows;

pub use arcface::ArcFaceLoss;
pub use config::{LossConfig, LossKind};
pub use contrastive::ContrastiveLoss;
pub use distance::Distance;
pub use error::LossError;
pub use metric_loss::MetricLoss;
pub use mining::Mining;
pub use output::{Diagnostics, LossOutput};
pub use triplet::TripletLoss;
