//! `/ws`: market data and user data streams (contract 14, 15).

mod candles;
mod control;
mod market_feed;
mod outbox;
mod private_feed;
mod session;
mod settings;
mod tickers;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use self::session::Session;
use super::clock;
use super::public::params;
use super::refused::Refused;
use super::shared::Shared;

pub use settings::StreamLimits;

/// Opens a connection; with `listenKey=` one that may have the private channels of its account.
pub(super) async fn open(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    upgrade: WebSocketUpgrade,
) -> Response {
    let params = params(query.as_deref());
    let owner = match params.get("listenKey") {
        None => None,
        Some(key) => match shared.listen_keys().owner(key, clock::now()) {
            Some(account) => Some((key.to_owned(), account)),
            None => return Refused::bad(400, "listenKey does not exist").into_response(),
        },
    };
    let session = Session::new(shared, owner);
    upgrade.on_upgrade(move |socket| session.run(socket))
}
