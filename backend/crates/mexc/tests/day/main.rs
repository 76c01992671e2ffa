//! A day of faults in under a minute: the client against the sandbox, real sockets, every wait of
//! the exchange and of the client shortened alike.
//!
//! Two hundred disconnects, fifty expired listen keys, three storms of 429 and clock jumps of 30 s
//! either way, in a seeded order, while orders are placed all the time; between them calm hours in
//! which nothing may break although keys and connections outlive their time. In the end every
//! trade of the exchange was learnt of, each once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod fills;
mod keeper;
mod prices;
mod script;
mod trader;
mod venue;

use script::Day;

/// A failing day is repeated with its seed.
const SEED: u64 = 20_261_122;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_of_faults_loses_no_fill_counts_none_twice_and_is_over_within_seconds() {
    let day = Day::begin(SEED).await;
    let report = day.run().await;
    println!("{report}");
    report.check();
}
