//! One file per command.

pub(crate) mod all;
pub(crate) mod breeds;
pub(crate) mod compare;
pub(crate) mod config;
pub(crate) mod dataset;
pub(crate) mod embed;
pub(crate) mod evaluate;
pub(crate) mod gradcam;
pub(crate) mod train;
pub(crate) mod visualize;
pub(crate) mod weights;
