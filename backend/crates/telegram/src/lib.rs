//! Telegram: where messages come from, where people are told, and where they command.
//!
//! The crate speaks the Bot API over HTTP and reaches the service through one port,
//! [`port::Service`]. It guarantees:
//! - an update is confirmed only when its message is in the journal; what comes again is the
//!   engine's duplicate;
//! - nothing here makes trading wait: what is told goes through bounded queues;
//! - a command is carried out for `TELEGRAM_ALLOWED_USERS` only, and journalled;
//! - the token appears in no error, log or `Debug` text.

pub mod api;
mod backoff;
mod bot;
pub mod channels;
mod chats;
mod commands;
mod figures;
mod intake;
mod notify;
mod outbox;
pub mod port;
mod post;
pub mod settings;
mod source;
pub mod user;
pub mod webhook;
mod words;

pub use bot::{Shared, start};
pub use chats::{Chats, Heard};
pub use figures::Figures;
pub use settings::Settings;
