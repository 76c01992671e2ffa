//! `/metrics/prom`.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::Timestamp;
use engine::Engine;

use super::AppState;
use crate::metrics::{ChannelFigures, EngineState};
use crate::ports::read;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Figures for Prometheus.
#[utoipa::path(
    get, path = "/metrics/prom", tag = "service", operation_id = "metrics", responses((status = 200, description = "OpenMetrics 1.0 text", body = String, content_type = "application/openmetrics-text"))
)]
pub(super) async fn metrics(State(app): AppState) -> Response {
    let now = app.core.now();
    // When the engine cannot be asked the counters still tell something.
    let look = move |engine: &Engine| (state(engine, now), ChannelFigures::of(engine, now));
    if let Ok((state, channels)) = read(&*app.core, look).await {
        app.metrics.set_state(&state);
        app.metrics.set_channels(&channels);
    }
    app.metrics.set_streams(app.open_streams());
    ([(header::CONTENT_TYPE, OPEN_METRICS)], app.metrics.text()).into_response()
}

fn state(engine: &Engine, now: Timestamp) -> EngineState {
    let ledger = engine.ledger();
    EngineState {
        positions: ledger.positions().count(),
        open_orders: ledger.open_orders().count(),
        exposure: ledger.exposure(),
        realised_today: ledger.realised_on(now.utc_day()),
        killed: ledger.kill_mode().is_some(),
    }
}
