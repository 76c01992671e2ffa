//! Sending one request and reading one answer.
//!
//! An order must never be sent twice. What could repeat a request below us, and why it cannot:
//!
//! - reqwest 0.13 repeats requests on protocol-level refusals (HTTP/2 `REFUSED_STREAM`, `GOAWAY`):
//!   `retry::never()` switches that off, and `http1_only()` leaves no HTTP/2 to refuse streams.
//! - reqwest follows redirects, a 307 or 308 with the same POST: `redirect::Policy::none()`.
//! - hyper-util's pool (`retry_canceled_requests`, on by default, not reachable through reqwest)
//!   repeats a request that was handed to a reused idle connection which turned out closed. It does
//!   so only when hyper hands the request back whole (`TrySendError` with its message), and hyper's
//!   HTTP/1 dispatcher does that only for a request still in its queue, of which no byte was
//!   written. From the moment it is taken from the queue a failure carries no message and is
//!   final. So this repeats a hand-over, never a request on the wire; a test counts them.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use mexc_wire::{Answer, ApiError, ErrorClass, classify, decode};
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, Method, Response, Url, redirect, retry};
use serde::de::DeserializeOwned;

use crate::config::{ClientConfig, ConfigError};
use crate::error::TransportError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest `Retry-After` that is believed: the documented maximum of a ban (contract 5).
const LONGEST_PAUSE: Duration = Duration::from_hours(72);

/// Largest answer of an ordinary endpoint, bytes.
pub(crate) const SMALL: usize = 1 << 20;
/// Largest answer about all pairs, bytes.
pub(crate) const LARGE: usize = 64 << 20;

/// One request, complete but for the host.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    /// After `/api/v3`.
    pub(crate) path: &'a str,
    /// As signed; goes over the wire unchanged.
    pub(crate) query: &'a str,
    /// The access key, for signed calls.
    pub(crate) key: Option<&'a HeaderValue>,
    /// Largest answer taken, bytes.
    pub(crate) limit: usize,
}

/// A complete answer. Without `Debug`, since the body may quote a secret.
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    /// Names and values, in the order they came; what is no text is left out.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The body without key, secret and signature, where it quotes them.
    pub(crate) showable: Option<Vec<u8>>,
}

impl Received {
    /// Blots out what must stay secret wherever the body is going to be shown: a server or a
    /// firewall may quote the request. What is read from the body stays as it came, since a short
    /// key may well occur in an id.
    pub(crate) fn hide(mut self, hidden: &[&str]) -> Self {
        let mut showable = self.showable.take().unwrap_or_else(|| self.body.clone());
        for text in hidden {
            blot_out(&mut showable, text.as_bytes());
        }
        self.showable = (showable != self.body).then_some(showable);
        self
    }

    /// Reads a successful answer as `T`.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        decode(&self.answer())
            .map_err(|error| ApiError { message: self.fit_to_show(error.message), ..error })
    }

    /// Whether the exchange held our clock to be wrong.
    pub(crate) fn is_refused_for_its_time(&self) -> bool {
        self.status != 200 && classify(&self.answer()).class == ErrorClass::Clock
    }

    /// A sentence about this answer, safe to show.
    pub(crate) fn fit_to_show(&self, message: String) -> String {
        match &self.showable {
            None => message,
            Some(body) => classify(&Answer { body, ..self.answer() }).message,
        }
    }

    pub(crate) fn answer(&self) -> Answer<'_> {
        Answer { status: self.status, retry_after: self.retry_after, body: &self.body }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    base: Arc<str>,
}

impl Transport {
    pub(crate) fn new(config: &ClientConfig) -> Result<Self, ConfigError> {
        let base = base(&config.base_url)?;
        let http = builder(&base, config.timeout)
            .build()
            .map_err(|error| ConfigError::Http(describe(error)))?;
        Ok(Self { http, base: base.as_str().trim_end_matches('/').into() })
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Sends the request once.
    pub(crate) async fn send(&self, outgoing: Outgoing<'_>) -> Result<Received, TransportError> {
        let question = if outgoing.query.is_empty() { "" } else { "?" };
        let url = format!("{}/api/v3{}{question}{}", self.base, outgoing.path, outgoing.query);
        let mut request = self
            .http
            .request(outgoing.method, url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = outgoing.key {
            request = request.header("X-MEXC-APIKEY", key);
        }
        let response = request.send().await.map_err(unanswered)?;
        receive(response, outgoing.limit).await
    }
}

/// An HTTP client with the same caution for another server: no repeated requests, no redirects,
/// the same certificates.
///
/// # Errors
/// [`ConfigError`] when `base_url` is no address or the library cannot start.
pub fn http_client(base_url: &str, timeout: Duration) -> Result<reqwest::Client, ConfigError> {
    let base = base(base_url)?;
    builder(&base, timeout).build().map_err(|error| ConfigError::Http(describe(error)))
}

fn base(text: &str) -> Result<Url, ConfigError> {
    // The text itself may hold a password, so it is not repeated.
    let wrong = |why: &str| ConfigError::BaseUrl(why.to_owned());
    let url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong("it is no http or https address"));
    }
    let clean = url.username().is_empty() && url.password().is_none();
    if !clean || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it holds more than an address"));
    }
    Ok(url)
}

fn builder(base: &Url, timeout: Duration) -> reqwest::ClientBuilder {
    // An error means that a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("levibot/", env!("CARGO_PKG_VERSION")))
        .http1_only()
        .retry(retry::never())
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .timeout(timeout)
        .pool_idle_timeout(Duration::from_secs(50))
        .tcp_nodelay(true);
    let builder = if base.scheme() == "https" {
        // The system's certificates and Mozilla's: a bare container has none of its own.
        builder.tls_certs_merge(mozilla_roots())
    } else {
        builder.tls_certs_only([])
    };
    if is_loopback(base) { builder.no_proxy() } else { builder }
}

/// Mozilla's certificates, beside those of the system: a bare container has none of its own.
pub fn mozilla_roots() -> Vec<Certificate> {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    roots.filter_map(|root| Certificate::from_der(root).ok()).collect()
}

fn is_loopback(base: &Url) -> bool {
    let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address: Option<std::net::IpAddr> = host.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

async fn receive(mut response: Response, limit: usize) -> Result<Received, TransportError> {
    let status = response.status().as_u16();
    let retry_after = retry_after(&response);
    let headers = headers(&response);
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await;
        match chunk.map_err(|error| TransportError::Broken { status, seen: describe(error) })? {
            None => return Ok(Received { status, retry_after, headers, body, showable: None }),
            Some(chunk) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
            Some(_) => {
                let seen = format!("it is larger than {limit} bytes");
                return Err(TransportError::Broken { status, seen });
            }
        }
    }
}

fn headers(response: &Response) -> Vec<(String, String)> {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.to_string(), value.to_str().ok()?.to_owned()))
    };
    response.headers().iter().filter_map(text).collect()
}

/// Seconds, as contract 5 documents; a date is not understood.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: u64 = text.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

/// `is_connect` is set by hyper-util when it could not obtain a connection, which comes before the
/// request is handed to one. A request that could not be built has no bytes either.
fn unanswered(error: reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() {
        TransportError::NotConnected(describe(error))
    } else {
        TransportError::NoAnswer(describe(error))
    }
}

/// The error with its causes and without the address, whose query carries a signature.
fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    text
}

/// Overwrites every occurrence of `hidden`.
fn blot_out(body: &mut [u8], hidden: &[u8]) {
    if hidden.is_empty() {
        return;
    }
    let mut at = 0;
    while at + hidden.len() <= body.len() {
        if body[at..].starts_with(hidden) {
            body[at..at + hidden.len()].fill(b'*');
            at += hidden.len();
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_plain_addresses_are_taken() {
        for good in ["https://api.mexc.com", " http://127.0.0.1:9000/ ", "http://[::1]:80"] {
            assert!(base(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api.mexc.com",
            "ftp://api.mexc.com",
            "https://user:hunter2@api.mexc.com",
            "https://api.mexc.com/?a=hunter2",
            "https://api.mexc.com/#hunter2",
        ] {
            let error = base(bad).unwrap_err().to_string();
            assert!(error.contains("MEXC_BASE_URL"), "{bad}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_proxy_never_stands_between_us_and_this_machine() {
        for (address, expected) in [
            ("http://127.0.0.1:1", true),
            ("http://localhost:1", true),
            ("http://[::1]:1", true),
            ("https://api.mexc.com", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn every_embedded_root_is_usable() {
        assert_eq!(mozilla_roots().len(), webpki_root_certs::TLS_SERVER_ROOT_CERTS.len());
        let base = Url::parse("https://api.mexc.com").unwrap();
        assert!(builder(&base, Duration::from_secs(1)).build().is_ok());
    }

    proptest! {
        #[test]
        fn nothing_hidden_stays(before in "[a-c]{0,20}", hidden in "[a-c]{1,6}", after in "[a-c]{0,20}") {
            let mut body = format!("{before}{hidden}{after}").into_bytes();
            let len = body.len();
            blot_out(&mut body, hidden.as_bytes());
            prop_assert_eq!(body.len(), len);
            prop_assert!(!String::from_utf8(body).unwrap().contains(&hidden));
        }
    }
}
