//! The folder in which fetched weights are kept, for all runs of a user.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::error::Error;

/// The environment variable that names the folder.
const VARIABLE: &str = "PETS_CACHE";

/// `PETS_CACHE`, else `pets` in the platform's cache folder.
pub(super) fn weights_cache() -> Result<PathBuf, Error> {
    if let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let strategy = etcetera::base_strategy::choose_native_strategy()
        .map_err(|_| Error::NoCacheFolder { variable: VARIABLE })?;
    Ok(strategy.cache_dir().join("pets"))
}
