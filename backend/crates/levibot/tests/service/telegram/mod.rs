//! The service with a bot, against a server that speaks the Bot API.

mod bench;
mod commands;
mod deliverer;
mod exactly_once;
mod mtproto;
mod notifications;
mod picture;
mod server;
mod spoofing;
mod user;
mod webhook;

pub(crate) use server::now_micros;
