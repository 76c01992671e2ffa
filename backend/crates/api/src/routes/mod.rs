//! The routes, one file for each resource.

mod beside;
mod bot_updates;
mod candles;
mod channels;
mod documents;
mod equity;
mod events;
mod exchange;
mod fill;
mod health;
mod hooks;
mod labels;
mod operation;
mod orders;
mod positions;
mod prom;
mod risk;
mod risk_report;
mod session;
mod signals;
mod stream;
mod test_order;
mod trades;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use engine::{CommandRefusal, Reply};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::{self, ApiError};
use crate::guard::{self, PanicAnswer};
use crate::openapi;
use crate::pages;

pub(crate) use equity::worth;

type AppState = axum::extract::State<Arc<App>>;
type Answer = Result<axum::response::Response, ApiError>;

/// The whole API. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`: without the
/// peer's address nothing may be changed unless keys are set.
pub fn router(app: App) -> Router {
    routers(app).0
}

/// The whole API, and beside it what an address of its own serves to Prometheus without a key:
/// `/metrics/prom` and nothing else.
pub fn routers(app: App) -> (Router, Router) {
    pages::prepare();
    let (routes, document) = documented().split_for_parts();
    let app = Arc::new(app.with_document(&document));
    let panics = PanicAnswer(app.metrics.clone());
    let figures = Router::new().route("/metrics/prom", get(prom::metrics)).with_state(app.clone());
    let whole = routes
        .fallback(documents::page_or_nothing)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(from_fn_with_state(app.clone(), guard::gate))
        .layer(CatchPanicLayer::custom(panics))
        .layer(from_fn_with_state(app.clone(), guard::watch))
        .with_state(app);
    (whole, figures)
}

type Routes = OpenApiRouter<Arc<App>>;

/// Every route with its description. What is added otherwise is missing in `/openapi.json`.
fn documented() -> Routes {
    OpenApiRouter::with_openapi(openapi::outline())
        .merge(about())
        .merge(exchange_routes())
        .merge(history_routes())
        .merge(risk_routes())
}

fn about() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(documents::index))
        .routes(routes!(documents::openapi))
        .routes(routes!(documents::docs))
        .routes(routes!(session::read, session::sign_in, session::sign_out))
        .routes(routes!(health::alive))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(prom::metrics))
        .routes(routes!(operation::settings))
        .routes(routes!(operation::log_level, operation::set_log_level))
        .routes(routes!(stream::stream))
}

fn exchange_routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(exchange::ping))
        .routes(routes!(exchange::balance))
        .routes(routes!(exchange::budget))
        .routes(routes!(exchange::markets))
        .routes(routes!(exchange::ticker))
        .routes(routes!(candles::candles))
        .routes(routes!(test_order::by_get, test_order::by_post))
}

fn history_routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(signals::list))
        .routes(routes!(hooks::by_header))
        .routes(routes!(hooks::by_path))
        .routes(routes!(signals::ingest))
        .routes(routes!(signals::score))
        .routes(routes!(labels::list, labels::keep))
        .routes(routes!(channels::list))
        .routes(routes!(orders::list))
        .routes(routes!(orders::cancel))
        .routes(routes!(positions::list))
        .routes(routes!(positions::adjust))
        .routes(routes!(positions::close))
        .routes(routes!(trades::list))
        .routes(routes!(events::list))
        .routes(routes!(events::trace))
}

fn risk_routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(risk::policy, risk::set_policy))
        .routes(routes!(risk::status))
        .routes(routes!(equity::equity))
        .routes(routes!(risk_report::report))
        .routes(routes!(risk::kill))
        .routes(routes!(risk::resume))
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
