//! The reader from outside: own examples, properties of any text, and figures on labelled messages.
#![allow(clippy::unwrap_used, reason = "tests may")]

mod dev_report;
mod examples;
mod messages;
mod properties;
