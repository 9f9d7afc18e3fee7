//! Charts and maps, one file each.

pub(crate) mod class_bars;
pub(crate) mod confusion;
pub(crate) mod curves;
pub(crate) mod growth;
pub(crate) mod histogram;
pub(crate) mod recall_bars;
pub(crate) mod roc;
pub(crate) mod scatter;
pub(crate) mod seriation;
