//! MEXC's wire, REST and WebSocket: types, conversions into the domain, signing and error classes.
//! No sockets.
//!
//! The client reads with these types and the sandbox answers with them: writing gives exactly
//! MEXC's JSON types (strings against numbers, nulls, spelling), reading is tolerant (unknown
//! fields, missing values, numbers for text). "Contract" in the comments is the description of
//! the exchange's API that this crate follows, by section.

pub mod error;
pub mod params;
pub mod rest;
pub mod sign;
pub mod ws;

pub use error::{Answer, ApiError, ErrorClass, classify, classify_cancel, classify_place, decode};
pub use params::{NewOrder, OrderRef, ParamError, Params};
pub use sign::{Query, sign, verify};
