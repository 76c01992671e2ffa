//! Liveness, readiness, and the list of routes.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::AppState;
use crate::json;
use crate::ports::ReadinessPart;

const ROUTES: [&str; 25] = [
    "GET /healthz",
    "GET /livez",
    "GET /readyz",
    "GET /exchange/ping",
    "GET /exchange/balance",
    "GET /exchange/markets?limit=",
    "GET /exchange/ticker/{symbol}",
    "POST /exchange/test-order?symbol=&side=&notional_usd=&dry_run= (GET for dry_run=true)",
    "POST /signals/ingest-and-score",
    "POST /signals/score",
    "GET /signals",
    "GET /orders",
    "POST /orders/{id}/cancel",
    "GET /positions",
    "POST /positions/{id}/close",
    "GET /trades",
    "GET /events",
    "GET /trace/{trace_id}",
    "GET /risk/policy",
    "PUT /risk/policy",
    "GET /risk/status",
    "POST /risk/kill",
    "POST /risk/resume",
    "GET /stream",
    "GET /metrics/prom",
];

#[derive(Serialize)]
struct Index {
    service: &'static str,
    version: &'static str,
    mode: &'static str,
    routes: [&'static str; 25],
}

pub(super) async fn index(State(app): AppState) -> Response {
    json::ok(&Index {
        service: "levibot",
        version: env!("CARGO_PKG_VERSION"),
        mode: app.mode.as_str(),
        routes: ROUTES,
    })
}

#[derive(Serialize)]
struct Alive {
    status: &'static str,
}

pub(super) async fn alive() -> Response {
    json::ok(&Alive { status: "alive" })
}

#[derive(Serialize)]
struct Readyz {
    ok: bool,
    ready: bool,
    checks: Vec<ReadinessPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

pub(super) async fn ready(State(app): AppState) -> Response {
    let readiness = app.core.readiness();
    let ready = readiness.is_ready();
    let missing: Vec<&str> =
        readiness.parts.iter().filter(|part| !part.ok).map(|part| part.name).collect();
    let error = (!ready).then(|| format!("not ready: {}", missing.join(", ")));
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let code = (!ready).then_some("not_ready");
    json::answer(status, &Readyz { ok: ready, ready, checks: readiness.parts, error, code })
}
