//! Addresses that can be fetched from.

use ureq::http::Uri;

use crate::error::FetchError;

/// What is said of any other address.
pub(crate) const ALLOWED: &str = "only http:// and https:// addresses can be fetched";

/// Whether `url` is a complete address, `http` or `https`.
pub(crate) fn check(url: &str) -> Result<(), FetchError> {
    let fetchable = |uri: Uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
    };
    if url.parse().is_ok_and(fetchable) {
        return Ok(());
    }
    Err(FetchError::Unfetchable {
        url: url.to_owned(),
        reason: ALLOWED.to_owned(),
    })
}
