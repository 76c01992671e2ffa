//! Liveness and readiness.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::AppState;
use crate::json;
use crate::ports::ReadinessPart;

#[derive(Serialize, ToSchema)]
struct Alive {
    status: &'static str,
}

/// Says that the process is alive.
#[utoipa::path(
    get, path = "/healthz", tag = "service", operation_id = "health", responses((status = 200, description = "Alive", body = Alive))
)]
pub(super) async fn alive() -> Response {
    json::ok(&Alive { status: "alive" })
}

/// Says that the process is alive, like `/healthz`.
#[utoipa::path(
    get, path = "/livez", tag = "service", operation_id = "liveness", responses((status = 200, description = "Alive", body = Alive))
)]
pub(super) async fn live() -> Response {
    alive().await
}

#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
struct Readyz {
    ok: bool,
    ready: bool,
    /// Names of the checks that are worse than they should be, also when the service is ready.
    degraded: Vec<&'static str>,
    checks: Vec<ReadinessPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

/// Whether the service may trade: journal writable, exchange and prices there, clock right, journal and exchange compared. Without streams it trades on prices asked for by REST and is ready, but degraded.
#[utoipa::path(
    get, path = "/readyz", tag = "service", operation_id = "readiness", responses(
        (status = 200, description = "Ready to trade", body = Readyz),
        (status = 503, description = "Not ready; `checks` says what is missing", body = Readyz)
    )
)]
pub(super) async fn ready(State(app): AppState) -> Response {
    let readiness = app.core.readiness();
    let ready = readiness.is_ready();
    let missing: Vec<&str> =
        readiness.parts.iter().filter(|part| !part.ok).map(|part| part.name).collect();
    let worse = readiness.parts.iter().filter(|part| part.degraded);
    let degraded = worse.map(|part| part.name).collect();
    let error = (!ready).then(|| format!("not ready: {}", missing.join(", ")));
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let code = (!ready).then_some("not_ready");
    json::answer(
        status,
        &Readyz { ok: ready, ready, degraded, checks: readiness.parts, error, code },
    )
}
