//! What an answer of the exchange means: success, one of the error classes, or in doubt.

mod classify;
mod message;
mod table;

pub use classify::{Answer, classify, classify_cancel, classify_place, decode};
use domain::RefusalClass;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The body of an error (contract 6). Written with the code first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The exchange's code.
    pub code: i64,
    /// Its text; not stable, so only a few codes are told apart by it.
    #[serde(default)]
    pub msg: String,
}

/// What kind of error it is, and so what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// Key, signature, permission or address list: a person must act.
    Auth,
    /// Account or risk control: a person must act.
    Account,
    /// The pair is unknown, or closed to the API, this side or this type.
    Symbol,
    /// Not enough balance.
    Funds,
    /// Step, tick, minimum, maximum, price band or an empty book.
    Filter,
    /// Signed time outside the window: synchronise, sign again.
    Clock,
    /// Too many requests, or banned for that.
    Rate {
        /// How long the exchange asks to wait, where it says.
        retry_after: Option<Duration>,
    },
    /// A feature is closed for now.
    Maintenance,
    /// The outcome is unknown: it may have been carried out.
    InDoubt,
    /// The order is finished, unknown or a duplicate: ask for its state.
    AlreadyDone,
    /// There is no such order. Right after placing this proves nothing.
    NotFound,
    /// A fault of the caller.
    Malformed,
}

impl ErrorClass {
    /// The final refusal this class means for placing an order; [`None`] when the order's fate is
    /// open and only evidence may close it.
    pub const fn refusal(self) -> Option<RefusalClass> {
        Some(match self {
            Self::Auth => RefusalClass::Auth,
            Self::Account => RefusalClass::Account,
            Self::Symbol => RefusalClass::Symbol,
            Self::Funds => RefusalClass::Funds,
            Self::Filter => RefusalClass::Filter,
            Self::Clock => RefusalClass::Clock,
            Self::Maintenance => RefusalClass::Maintenance,
            Self::Malformed => RefusalClass::Malformed,
            // Contract 13: a limited order is verified by client id before it is sent again.
            Self::Rate { .. } | Self::InDoubt | Self::AlreadyDone | Self::NotFound => return None,
        })
    }
}

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What kind.
    pub class: ErrorClass,
    /// The exchange's code, where it gave one.
    pub code: Option<i64>,
    /// What happened and what to do, for people.
    pub message: String,
}
