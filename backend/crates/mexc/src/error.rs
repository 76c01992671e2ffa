//! Why a question to the exchange has no answer.

use mexc_wire::ApiError;
use mexc_wire::rest::Unusable;

/// Why a call failed. No text in it holds a key, a secret or a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The call needs an account.
    #[error("this needs an account: set MEXC_API_KEY and MEXC_API_SECRET")]
    NoKeys,
    /// The exchange answered with an error, or with something unreadable.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// There is no answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The answer lacks what is needed.
    #[error("MEXC's answer is of no use: {0}")]
    Unusable(#[from] Unusable),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection came about, so not a byte of the request was sent.
    #[error("no connection to the exchange: {0}")]
    NotConnected(String),
    /// The request may have arrived.
    #[error("no answer from the exchange: {0}")]
    NoAnswer(String),
    /// An answer began and did not end, or was larger than allowed.
    #[error("the exchange's answer (HTTP {status}) broke off: {seen}")]
    Broken {
        /// Its status.
        status: u16,
        /// What was seen.
        seen: String,
    },
}
