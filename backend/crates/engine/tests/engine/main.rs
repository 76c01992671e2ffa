//! The engine against a scripted outside: inputs in, events and effects checked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod adoption;
mod changes;
mod channels;
mod exits;
mod messages;
mod orders;
mod recovery;
mod restrictions;
mod room;
mod shadows;
mod simulated;
mod stubborn;
mod world;
