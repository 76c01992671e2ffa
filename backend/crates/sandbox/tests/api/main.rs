//! The sandbox from outside, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test may fail loudly"
)]

mod faults;
mod limits;
mod listen_keys;
mod rest;
mod restart;
mod shapes;
mod stream;
mod streams;
mod support;
