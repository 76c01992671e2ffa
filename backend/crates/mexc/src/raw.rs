//! Answers as they came, for support.

use std::fmt;

use limits::Lane;
use mexc_wire::Query;
use reqwest::Method;

use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{LARGE, Received};

/// Endpoints that anyone may read (contract 9); every other one is signed.
const PUBLIC: [&str; 14] = [
    "/ping",
    "/time",
    "/defaultSymbols",
    "/exchangeInfo",
    "/depth",
    "/trades",
    "/aggTrades",
    "/klines",
    "/avgPrice",
    "/ticker/24hr",
    "/ticker/price",
    "/ticker/bookTicker",
    "/symbol/offline",
    "/announcements",
];

/// The path of an endpoint after `/api/v3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointPath(String);

/// A text that is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no path of an endpoint: write it as /ticker/price or /api/v3/ticker/price")]
pub struct InvalidPath(String);

impl std::str::FromStr for EndpointPath {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let path = text.trim().trim_start_matches('/');
        let path = path.strip_prefix("api/v3/").unwrap_or(path);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-');
        if path.is_empty() || !path.bytes().all(plain) {
            return Err(InvalidPath(text.chars().take(64).collect()));
        }
        Ok(Self(format!("/{path}")))
    }
}

impl EndpointPath {
    /// Whether reading it needs an account.
    pub fn is_signed(&self) -> bool {
        !PUBLIC.contains(&self.0.as_str())
    }
}

impl fmt::Display for EndpointPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A parameter of a query: name and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryParam(String, String);

/// A text that is no parameter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no parameter: write it as symbol=BTCUSDT")]
pub struct InvalidParam(String);

impl std::str::FromStr for QueryParam {
    type Err = InvalidParam;

    fn from_str(text: &str) -> Result<Self, InvalidParam> {
        let wrong = || InvalidParam(text.chars().take(64).collect());
        let (name, value) = text.split_once('=').ok_or_else(wrong)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let ours = matches!(name, "signature" | "timestamp" | "recvWindow");
        if name.is_empty() || ours || !name.bytes().all(plain) {
            return Err(wrong());
        }
        Ok(Self(name.to_owned(), value.to_owned()))
    }
}

/// An answer as it came. Key, secret and signature are blotted out where the exchange quotes
/// them; whatever else its fields hold is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawAnswer {
    /// HTTP status.
    pub status: u16,
    /// Headers, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body; what is not UTF-8 is replaced.
    pub body: String,
}

impl Client {
    /// Reads an endpoint, signed where it needs it.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer, or no account for an endpoint that needs one. An
    /// error of the exchange is an answer.
    pub async fn get_answer(
        &self,
        path: &EndpointPath,
        params: &[QueryParam],
    ) -> Result<RawAnswer, ClientError> {
        let with = |query: Query, QueryParam(name, value): &QueryParam| query.with(name, value);
        let query = params.iter().fold(Query::new(), with);
        if !path.is_signed() {
            return Ok(self.get_raw(&path.0, &query, LARGE).await?.into());
        }
        Ok(self.ask_signed(Lane::Query, Method::GET, &path.0, query).await?.into())
    }
}

impl From<Received> for RawAnswer {
    fn from(received: Received) -> Self {
        let body = received.showable.as_ref().unwrap_or(&received.body);
        Self {
            status: received.status,
            body: String::from_utf8_lossy(body).into_owned(),
            headers: received.headers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_with_and_without_prefix() {
        for (text, path, signed) in [
            ("time", "/time", false),
            ("/ticker/price", "/ticker/price", false),
            ("/api/v3/account", "/account", true),
            ("api/v3/userDataStream", "/userDataStream", true),
        ] {
            let read: EndpointPath = text.parse().unwrap();
            assert_eq!((read.to_string().as_str(), read.is_signed()), (path, signed));
        }
        for text in ["", "/", "a?b=c", "a#b", "a b", "..", "https://host/time"] {
            assert!(text.parse::<EndpointPath>().is_err(), "{text}");
        }
    }

    #[test]
    fn parameters_are_pairs_and_signing_is_ours() {
        let read: QueryParam = "symbol=A=B".parse().unwrap();
        assert_eq!(read, QueryParam("symbol".to_owned(), "A=B".to_owned()));
        for text in ["", "symbol", "=x", "a b=c", "signature=0", "timestamp=1"] {
            assert!(text.parse::<QueryParam>().is_err(), "{text}");
        }
    }
}
