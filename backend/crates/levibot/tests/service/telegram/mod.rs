//! The service with a bot, against a server that speaks the Bot API.

mod bench;
mod commands;
mod exactly_once;
mod notifications;
mod server;
mod spoofing;
