//! The sandbox from outside, over real sockets.

#![allow(clippy::unwrap_used, reason = "a helper of a test may fail loudly")]

mod limits;
mod listen_keys;
mod rest;
mod restart;
mod shapes;
mod support;
