//! What the command and the service share: the archive's store.

use std::time::Duration;

use archive::{ArchiveError, Store};

use crate::config::Archiving;

/// A store that says nothing for so long has failed.
const SILENCE: Duration = Duration::from_mins(1);

/// The store that is configured, if one is.
///
/// # Errors
/// [`ArchiveError::Url`] when it cannot be used.
pub(crate) fn store(archiving: &Archiving) -> Result<Option<Store>, ArchiveError> {
    let Some(url) = &archiving.url else { return Ok(None) };
    // Whoever was first has set the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(SILENCE)
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_merge(mexc::mozilla_roots())
        .build();
    let http = http.map_err(|error| ArchiveError::Url {
        url: url.clone(),
        reason: format!("the HTTP client cannot be built: {error}"),
    })?;
    Store::open(url, &archiving.credentials, http).map(Some)
}
