//! The exchange as a server: REST under `/api/v3` and streams at `/ws` as MEXC speaks them, and `/__admin` for looking in
//! from outside. The only part of this crate that reads a clock.

mod account;
mod account_spec;
mod admin;
mod auth;
mod batch;
mod clock;
mod config;
mod fault_layer;
mod faults;
mod limits;
mod listen_keys;
mod listener;
mod mirror_feed;
mod orders;
mod public;
mod refused;
mod reply;
mod routes;
mod run;
mod shared;
mod tickers;
mod user_stream;
mod ws;

pub use account_spec::{AccountSpec, InvalidAccountSpec};
pub use config::{MarketSpec, SandboxConfig, SandboxError};
pub use limits::Limits;
pub use listen_keys::ListenKeyLimits;
pub use mirror_feed::{CandleWish, MirrorFeed};
pub use run::{SandboxHandle, start};
pub use ws::StreamLimits;
