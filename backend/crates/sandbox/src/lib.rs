//! A MEXC-compatible spot exchange: pure matching model and a server.
//!
//! [`market`] says what is listed and how prices move, [`model`] holds accounts, orders and
//! matching, [`faults`] what goes wrong on purpose; these are pure: time is an argument, nothing is
//! drawn at random. [`server`] speaks the
//! exchange's REST and WebSocket protocol over them and is the only part that reads a clock; [`store`] keeps the
//! model's changes on disk.

pub mod faults;
pub mod market;
pub mod model;
pub mod server;
pub mod store;

pub use faults::FaultPlan;
pub use market::pairs::PricedPair;
pub use server::{
    AccountSpec, CandleWish, InvalidAccountSpec, Limits, ListenKeyLimits, MarketSpec, MirrorFeed,
    SandboxConfig, SandboxError, SandboxHandle, StreamLimits, start,
};
