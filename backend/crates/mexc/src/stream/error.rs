//! Why there is no stream.

use std::time::Duration;

use crate::error::ClientError;

/// Why a connection did not come about or ended. No text in it holds a listen key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// Not a `ws` or `wss` address of a host.
    #[error("MEXC_WS_URL must be an address such as wss://wbs-api.mexc.com/ws: {0}")]
    Address(String),
    /// TLS could not be set up on this machine.
    #[error("TLS could not be set up: {0}")]
    Tls(String),
    /// No connection, or no WebSocket behind it.
    #[error("no stream at {host}: {seen}")]
    NotConnected {
        /// Host and port.
        host: String,
        /// What was seen.
        seen: String,
    },
    /// There is no listen key.
    #[error("no listen key for the user stream: {0}")]
    NoListenKey(ClientError),
    /// The listen key ended.
    #[error("the listen key lapsed: {0}")]
    KeyLapsed(String),
    /// The exchange ended the connection, or the network did.
    #[error("the stream broke off: {0}")]
    Broken(String),
    /// Nothing came, although pings are answered.
    #[error("the stream was silent for {0:?}")]
    Silent(Duration),
}
