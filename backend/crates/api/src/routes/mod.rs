//! The routes, one file for each resource.

mod events;
mod exchange;
mod fill;
mod health;
mod orders;
mod positions;
mod prom;
mod risk;
mod signals;
mod stream;
mod test_order;
mod trades;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use engine::{CommandRefusal, Reply};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::error::{self, ApiError};
use crate::guard::{self, PanicAnswer};

type AppState = axum::extract::State<Arc<App>>;
type Answer = Result<axum::response::Response, ApiError>;

/// The whole API. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`: without the
/// peer's address nothing may be changed unless keys are set.
pub fn router(app: App) -> Router {
    let app = Arc::new(app);
    let panics = PanicAnswer(app.metrics.clone());
    Router::new()
        .merge(about())
        .merge(exchange_routes())
        .merge(history_routes())
        .merge(risk_routes())
        .fallback(error::no_such_route)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(from_fn_with_state(app.clone(), guard::gate))
        .layer(CatchPanicLayer::custom(panics))
        .layer(from_fn_with_state(app.clone(), guard::watch))
        .with_state(app)
}

fn about() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(health::index))
        .route("/healthz", get(health::alive))
        .route("/livez", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics/prom", get(prom::metrics))
        .route("/stream", get(stream::stream))
}

fn exchange_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/exchange/ping", get(exchange::ping))
        .route("/exchange/balance", get(exchange::balance))
        .route("/exchange/markets", get(exchange::markets))
        .route("/exchange/ticker/{*symbol}", get(exchange::ticker))
        .route("/exchange/test-order", get(test_order::by_get).post(test_order::by_post))
}

fn history_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/signals", get(signals::list))
        .route("/signals/ingest-and-score", post(signals::ingest))
        .route("/signals/score", post(signals::score))
        .route("/orders", get(orders::list))
        .route("/orders/{id}/cancel", post(orders::cancel))
        .route("/positions", get(positions::list))
        .route("/positions/adjust", post(positions::adjust))
        .route("/positions/{id}/close", post(positions::close))
        .route("/trades", get(trades::list))
        .route("/events", get(events::list))
        .route("/trace/{trace_id}", get(events::trace))
}

fn risk_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/risk/policy", get(risk::policy).put(risk::set_policy))
        .route("/risk/status", get(risk::status))
        .route("/risk/kill", post(risk::kill))
        .route("/risk/resume", post(risk::resume))
}

/// Who the journal names for what comes over HTTP.
const BY: &str = "api";

/// A command's reply: done, or why not.
fn done(reply: Reply) -> Result<(), ApiError> {
    match reply {
        Reply::Done => Ok(()),
        Reply::Refused(refusal) => Err(refused(&refusal)),
        other => Err(unexpected(&other)),
    }
}

fn refused(refusal: &CommandRefusal) -> ApiError {
    let sentence = refusal.to_string();
    match refusal {
        CommandRefusal::NoSuchPosition(_) => ApiError::not_found("unknown_position", sentence),
        CommandRefusal::NoSuchOrder(_) => ApiError::not_found("unknown_order", sentence),
        CommandRefusal::NotLess(..) => ApiError::bad_parameter(sentence),
        CommandRefusal::ProtectsPosition(_) => ApiError::conflict("protects_position", sentence),
    }
}

/// The engine answered another question than was asked: a fault of ours.
fn unexpected(reply: &Reply) -> ApiError {
    tracing::error!(?reply, "the engine answered another question than was asked");
    ApiError::internal("the engine gave an answer that does not fit the question")
}
