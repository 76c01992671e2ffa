//! Streams against scripted servers on loopback: what is subscribed, what survives which trouble,
//! and that nothing is delivered twice or made up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod events;
mod exchange;
mod market;
mod renewal;
#[path = "../server/mod.rs"]
mod server;
mod trouble;
mod user;
