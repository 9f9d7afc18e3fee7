//! The folder in which fetched weights are kept, for all runs of a user.

use std::path::PathBuf;

use anyhow::{Context, Result};
use etcetera::BaseStrategy;

/// The environment variable that names the folder.
const VARIABLE: &str = "PETS_CACHE";

/// `PETS_CACHE`, else `pets` in the platform's cache folder.
pub(crate) fn weights_cache() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let strategy = etcetera::base_strategy::choose_native_strategy()
        .with_context(|| format!("cannot tell the cache folder; set {VARIABLE}"))?;
    Ok(strategy.cache_dir().join("pets"))
}
