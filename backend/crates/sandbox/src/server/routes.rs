//! Which path is which.

use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};

use super::fault_layer::{faults, maintenance};
use super::limits::cost;
use super::listener::Peer;
use super::refused::Refused;
use super::shared::Shared;
use super::{account, admin, auth, batch, clock, orders, public, tickers, user_stream, ws};

/// Largest body: twenty orders need some 6 KB.
const MAX_BODY_BYTES: usize = 64 << 10;

pub(super) fn routes(shared: Arc<Shared>) -> Router {
    let counted = from_fn_with_state(Arc::clone(&shared), count);
    let kept_up = from_fn_with_state(Arc::clone(&shared), maintenance);
    let struck = from_fn_with_state(Arc::clone(&shared), faults);
    let api = public_routes().merge(signed_routes().layer(kept_up));
    Router::new()
        .nest("/api/v3", api)
        .route("/api/v1/contract/detail", get(public::contract_detail))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(struck)
        .layer(from_fn_with_state(Arc::clone(&shared), admit))
        .route("/ws", get(ws::open))
        .layer(counted)
        .nest("/__admin", admin_routes())
        .fallback(|| async { Refused::not_found() })
        .with_state(shared)
}

fn public_routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/ping", get(public::ping))
        .route("/time", get(public::time))
        .route("/defaultSymbols", get(public::default_symbols))
        .route("/exchangeInfo", get(public::exchange_info))
        .route("/depth", get(public::depth))
        .route("/trades", get(public::trades))
        .route("/aggTrades", get(public::agg_trades))
        .route("/klines", get(public::klines))
        .route("/avgPrice", get(public::avg_price))
        .route("/ticker/24hr", get(tickers::last_day))
        .route("/ticker/price", get(tickers::price))
        .route("/ticker/bookTicker", get(tickers::book_ticker))
        .route("/symbol/offline", get(public::offline_symbols))
}

fn signed_routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/order", post(orders::place).delete(orders::cancel).get(orders::query))
        .route("/order/test", post(orders::test))
        .route("/order/all", delete(orders::cancel_all))
        .route("/batchOrders", post(batch::place))
        .route("/openOrders", get(orders::open).delete(orders::cancel_open))
        .route("/allOrders", get(orders::all))
        .route("/account", get(account::account))
        .route("/myTrades", get(account::my_trades))
        .route("/tradeFee", get(account::trade_fee))
        .route("/selfSymbols", get(account::self_symbols))
        .route("/kyc/status", get(account::kyc_status))
        .route("/uid", get(account::uid))
        .route("/apiKeyInfo", get(account::api_key_info))
        .route(
            "/userDataStream",
            post(user_stream::create)
                .put(user_stream::renew)
                .delete(user_stream::delete)
                .get(user_stream::list),
        )
        .route("/capital/config/getall", get(account::coins))
        .route("/mxDeduct/enable", get(account::mx_deduct).post(account::set_mx_deduct))
        .route("/strategy/group", get(account::strategy_groups))
}

fn admin_routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/accounts", get(admin::accounts))
        .route("/orders", get(admin::orders))
        .route("/trades", get(admin::trades))
        .route("/counts", get(admin::counts))
        .route("/faults", get(admin::faults).put(admin::set_faults).delete(admin::clear_faults))
        .route("/price", put(admin::set_price))
        .route("/symbol", put(admin::set_symbol))
        .route("/connections", delete(admin::close_connections))
        .route("/listenKeys", delete(admin::expire_listen_keys))
        .layer(from_fn(admin::only_loopback))
}

/// Counts by route, so that the number of counters is bounded.
async fn count(
    State(shared): State<Arc<Shared>>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    shared.count(format!("{} {}", request.method(), path.as_str()));
    next.run(request).await
}

/// Turns requests away that pass a limit.
async fn admit(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let account = auth::key_of(request.headers()).and_then(|key| shared.credentials(key));
    let caller = (peer.addr.ip().to_canonical(), account.map(|found| found.account));
    let cost = cost(request.method(), path.as_str());
    let admitted = shared.gate().admit(caller, cost, clock::now());
    match admitted {
        Ok(()) => next.run(request).await,
        Err(too_many) => Refused::from(too_many).into_response(),
    }
}
