//! The user session against a Telegram of our own, everything but the sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod following;
mod recovering;
mod scene;
mod signing_in;
mod tl_text;
mod world;
