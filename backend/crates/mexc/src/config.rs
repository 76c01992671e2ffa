//! What a client needs to know before its first request.

use std::time::Duration;

use limits::Budget;
use secrecy::SecretString;

/// How to reach the exchange. `Debug` hides key and secret.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// Scheme, host and port: `https://api.mexc.com`. No user name, query or fragment.
    pub base_url: String,
    /// Access key; without it only public data can be read.
    pub api_key: Option<SecretString>,
    /// Its secret.
    pub api_secret: Option<SecretString>,
    /// How long signed reads and cancels stay valid, milliseconds, at most 60 000. Orders carry
    /// their own.
    pub recv_window_ms: u32,
    /// The request budget, shared by all who use the same account or address.
    pub budget: Budget,
    /// Longest wait for a whole answer. Connecting takes at most 5 s of it.
    pub timeout: Duration,
}

impl ClientConfig {
    /// Public data only, with the usual time-outs: window 5 s, answers within 10 s.
    pub fn new(base_url: impl Into<String>, budget: Budget) -> Self {
        Self {
            base_url: base_url.into(),
            api_key: None,
            api_secret: None,
            recv_window_ms: 5_000,
            budget,
            timeout: Duration::from_secs(10),
        }
    }

    /// The same with an account.
    pub fn with_keys(mut self, api_key: SecretString, api_secret: SecretString) -> Self {
        self.api_key = Some(api_key);
        self.api_secret = Some(api_secret);
        self
    }
}

/// Why no client can be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not an `http` or `https` address of a host.
    #[error(
        "MEXC_BASE_URL must be an address such as https://api.mexc.com, without user name, query \
         or fragment: {0}"
    )]
    BaseUrl(String),
    /// Only one of key and secret is there.
    #[error("MEXC_API_KEY and MEXC_API_SECRET belong together: set both or neither")]
    HalfAKey,
    /// The key cannot go into a header.
    #[error("MEXC_API_KEY holds characters that no key has: copy it again")]
    UnusableKey,
    /// Above the exchange's maximum.
    #[error("the receive window is {0} ms, but MEXC takes at most 60000")]
    RecvWindow(u32),
    /// The HTTP library could not start.
    #[error("the HTTP client could not be started: {0}")]
    Http(String),
}
