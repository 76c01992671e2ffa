//! `/metrics/prom`.

use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use engine::Engine;

use super::AppState;
use crate::metrics::{ChannelFigures, EngineState};
use crate::ports::read;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// An engine that waits for its disk must not take the figures with it that tell so.
const PATIENCE: Duration = Duration::from_secs(2);

/// Figures for Prometheus.
#[utoipa::path(
    get, path = "/metrics/prom", tag = "service", operation_id = "metrics", responses((status = 200, description = "OpenMetrics 1.0 text", body = String, content_type = "application/openmetrics-text"))
)]
pub(super) async fn metrics(State(app): AppState) -> Response {
    let now = app.core.now();
    // When the engine cannot be asked the other figures still tell something.
    let look =
        move |engine: &Engine| (EngineState::of(engine, now), ChannelFigures::of(engine, now));
    if let Ok(Ok((state, channels))) = tokio::time::timeout(PATIENCE, read(&*app.core, look)).await
    {
        app.metrics.set_state(&state);
        app.metrics.set_channels(&channels);
    }
    app.metrics.set_readiness(&app.core.readiness());
    app.metrics.set_streams(app.open_streams());
    ([(header::CONTENT_TYPE, OPEN_METRICS)], app.metrics.text()).into_response()
}
