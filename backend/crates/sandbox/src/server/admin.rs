//! Looking in from outside, for tests: accounts, orders, counts, and prices to set. Only for
//! callers on this machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, RawQuery, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Price;
use mexc_wire::ParamError;
use mexc_wire::rest::SymbolInfo;
use serde::Serialize;
use serde_json::{Value, json};

use super::faults::Report;
use super::limits::Usage;
use super::listener::Peer;
use super::public::{listed as listed_pair, params};
use super::refused::Refused;
use super::reply;
use super::shared::Shared;
use crate::faults::FaultPlan;
use crate::market::{Listing, listed};
use crate::model::{Account, Order, Trade};

/// Refuses callers from elsewhere.
pub(super) async fn only_loopback(
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    if peer.addr.ip().to_canonical().is_loopback() {
        next.run(request).await
    } else {
        Refused::forbidden().into_response()
    }
}

/// Every account with its key and balances.
pub(super) async fn accounts(
    State(shared): State<Arc<Shared>>,
) -> Result<Json<Vec<Account>>, Refused> {
    shared.look(|exchange, _| Json(exchange.ledger().accounts().to_vec()))
}

/// Every order ever placed, oldest first, with its client order id.
pub(super) async fn orders(State(shared): State<Arc<Shared>>) -> Result<Json<Vec<Order>>, Refused> {
    shared.look(|exchange, _| Json(exchange.ledger().orders().to_vec()))
}

/// Every trade, oldest first.
pub(super) async fn trades(State(shared): State<Arc<Shared>>) -> Result<Json<Vec<Trade>>, Refused> {
    shared.look(|exchange, _| Json(exchange.ledger().trades().to_vec()))
}

/// Requests since the start, by method and path, and the largest use of each limit's window.
#[derive(Debug, Serialize)]
pub(super) struct Counts {
    #[serde(flatten)]
    requests: BTreeMap<String, u64>,
    limits: Usage,
}

pub(super) async fn counts(State(shared): State<Arc<Shared>>) -> Json<Counts> {
    Json(Counts { requests: shared.counts(), limits: shared.gate().usage() })
}

/// Sets the price of a scripted market from now on; resting orders meet it at once.
pub(super) async fn set_price(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refused> {
    let params = params(query.as_deref());
    let (market, listing) = listed_pair(&shared, &params)?;
    let price: Price = params.read("price")?.ok_or(ParamError::Missing("price"))?;
    let price = price.floor_to(listing.tick()).ok_or(ParamError::Missing("price"))?;
    let script = shared.script.clone();
    let script = script.ok_or_else(|| Refused::bad(400, "the market is not scripted"))?;
    shared.look(|exchange, now| {
        script.set(market, price, now);
        exchange.advance(now);
        Json(json!({"symbol": listing.symbol, "price": price}))
    })
}

/// Changes what a pair allows, in the words of `/exchangeInfo`; what is not named stays.
pub(super) async fn set_symbol(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Result<Json<SymbolInfo>, Refused> {
    let params = params(query.as_deref());
    let (_, listing) = listed_pair(&shared, &params)?;
    let mut info = reply::symbol_info(&listing);
    if let Some(status) = params.get("status") {
        info.status = Some(status.to_owned());
    }
    if let Some(allowed) = params.read("isSpotTradingAllowed")? {
        info.is_spot_trading_allowed = allowed;
    }
    if let Some(sides) = params.read("tradeSideType")? {
        info.trade_side_type = Some(sides);
    }
    if let Some(types) = params.get("orderTypes") {
        info.order_types = types.split(',').map(str::to_owned).collect();
    }
    let Listing { base_price, liquidity, .. } = listing;
    let changed = listed::listing(&info).ok_or(ParamError::Missing("symbol"))?;
    let changed = Listing { base_price, liquidity, ..changed };
    let info = reply::symbol_info(&changed);
    shared.relist(vec![changed])?;
    Ok(Json(info))
}

/// Ends all listen keys at once, as if their time were over.
pub(super) async fn expire_listen_keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({"expired": shared.listen_keys().expire_all()}))
}

/// The fault plan in force and how often each rule struck.
pub(super) async fn faults(State(shared): State<Arc<Shared>>) -> Json<Report> {
    Json(shared.faults.report())
}

/// Puts a fault plan in force from now on.
pub(super) async fn set_faults(
    State(shared): State<Arc<Shared>>,
    body: Bytes,
) -> Result<Json<Report>, Refused> {
    let plan = serde_json::from_slice(&body);
    let plan = plan.map_err(|error| Refused::bad(400, &format!("no fault plan: {error}")))?;
    shared.faults.set(plan);
    Ok(Json(shared.faults.report()))
}

/// Nothing goes wrong any more.
pub(super) async fn clear_faults(State(shared): State<Arc<Shared>>) -> Json<Report> {
    shared.faults.set(FaultPlan::default());
    Json(shared.faults.report())
}

/// Closes all WebSocket connections.
pub(super) async fn close_connections(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({"closed": shared.close_connections()}))
}
