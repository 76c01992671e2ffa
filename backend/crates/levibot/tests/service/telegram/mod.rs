//! The service with a bot, against a server that speaks the Bot API.

mod bench;
mod commands;
mod exactly_once;
mod notifications;
mod picture;
mod server;
mod spoofing;

pub(crate) use server::now_micros;
