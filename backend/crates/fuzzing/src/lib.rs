//! Everything that reads bytes from outside, as functions of bytes.
//!
//! Each target takes any bytes and panics when a reader breaks a promise: it panicked itself, read
//! back something else than it wrote, or let an answer mean more than it proves. The fuzzer in
//! `fuzz/` calls one target over and over; the test of this crate runs the corpus that it left
//! through all of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a broken promise is a panic; that is what a fuzzer looks for"
)]

mod api_http;
mod journal_lines;
mod params;
mod replies;
mod sandbox_http;
mod sandbox_server;
mod sandbox_ws;
mod signals;
mod ws_frames;

pub use api_http::api_http;
pub use journal_lines::journal_lines;
pub use params::params;
pub use replies::{answers, rest_replies};
pub use sandbox_http::sandbox_http;
pub use sandbox_ws::sandbox_ws;
pub use signals::signals;
pub use ws_frames::{ws_control, ws_push};

/// A target: its name, which is also the name of its corpus, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 10] = [
    ("answers", answers),
    ("api_http", api_http),
    ("journal_lines", journal_lines),
    ("params", params),
    ("rest_replies", rest_replies),
    ("sandbox_http", sandbox_http),
    ("sandbox_ws", sandbox_ws),
    ("signals", signals),
    ("ws_control", ws_control),
    ("ws_push", ws_push),
];
