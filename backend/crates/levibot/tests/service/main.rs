//! The real binary, over real sockets and files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod bad_input;
mod browser;
mod budget;
mod channels;
mod check;
mod events;
mod foreign;
mod full_disk;
mod heartbeat;
mod hooks;
mod http;
mod identity;
mod killed_at_random;
mod lost_answers;
mod market_list;
mod mirror;
mod monitoring;
mod operating;
mod paper;
mod process;
#[path = "../../../limits/tests/redis_server/mod.rs"]
mod redis_server;
mod restart;
mod sandbox;
mod shared_budget;
mod streams;
mod telegram;
#[path = "../../../telegram/tests/user/tl_text.rs"]
#[allow(dead_code, reason = "shared with the tests of the session alone")]
mod tl_text;
mod unruly_exchange;
#[path = "../../../telegram/tests/user/world.rs"]
#[allow(dead_code, reason = "shared with the tests of the session alone")]
mod world;
