//! The MEXC spot client: transport, clock, pacing, streams.
//!
//! Guarantees, each with a test:
//! - an order is sent at most once, whatever the transport does; nothing here repeats a POST;
//! - it is signed with exactly the time and window of its [`domain::PlaceOrder`], or not sent;
//! - an outcome that is not proven is [`domain::PlaceOutcome::InDoubt`], never a refusal;
//! - key, secret and signature appear in no error, log or `Debug` text.

mod account;
mod client;
mod clock;
mod config;
mod costs;
mod error;
mod listen_key;
mod market;
mod orders;
mod public;
mod query;
mod raw;
mod stream;
mod transport;

pub use account::AssetBalance;
pub use client::Client;
pub use clock::wall_micros;
pub use config::{ClientConfig, ConfigError};
pub use error::{ClientError, TransportError};
pub use limits::{Budget, BudgetSettings, Lane, Start};
pub use listen_key::ListenKey;
pub use market::{ExchangeMarkets, TopOfBook};
pub use mexc_wire::{ApiError, ErrorClass, ws};
pub use public::CandleQuery;
pub use raw::{EndpointPath, InvalidParam, InvalidPath, QueryParam, RawAnswer};
pub use stream::{
    MarketStreams, Sink, StreamConfig, StreamError, StreamEvent, StreamStats, Timings, UserStream,
};
pub use transport::{http_client, mozilla_roots};
