//! LeviBot's HTTP API: routes, authentication, metrics.
//!
//! The service behind it is reached through ports ([`ports::Core`], [`ports::Exchange`],
//! [`ports::History`], [`labels::Labels`] …) that the binary implements. Every answer is JSON with `ok`; a failure also
//! has `error` (a sentence) and `code`.

mod app;
mod auth;
mod body;
mod bot_updates;
mod csv;
mod error;
mod feed;
mod fold;
mod guard;
mod hooks;
mod json;
pub mod labels;
pub mod metrics;
mod openapi;
pub mod operation;
mod origin;
mod pages;
mod paging;
mod params;
pub mod ports;
mod routes;
mod schema;
pub mod session;
mod view;

pub use app::{Access, App, Ports};
pub use auth::ApiKeys;
pub use bot_updates::{BotUpdates, Delivered, Deliveries, TELEGRAM};
pub use hooks::{Hook, Hooks, InvalidTemplate, Template};
pub use json::Num;
pub use metrics::Metrics;
pub use routes::{router, routers};
