//! The API over a real socket, in front of the real engine. The exchange is a few lines here.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what the tests build on may not fail"
)]

mod channels;
mod client;
mod contract;
mod desk;
mod exchange_routes;
mod history;
mod hooks;
mod journal;
mod labels;
mod operation;
mod orders;
mod pages;
mod reports;
mod risk;
mod safety;
mod service;
mod session;
mod signals;
mod status_codes;
mod stream;
