//! `/settings` and `/log-level`: what is in force, and how much is said about it.

use axum::extract::State;

use super::{Answer, AppState};
use crate::error::ApiError;
use crate::json;
use crate::operation::{LogInForce, Settings};
use crate::params::Params;
use crate::schema::requests::LogRequest;

/// Every setting, secrets hidden.
#[utoipa::path(
    get, path = "/settings", tag = "service", operation_id = "settings",
    responses((status = 200, description = "As they were read at the start", body = Settings))
)]
pub(super) async fn settings(State(app): AppState) -> Answer {
    Ok(json::ok(&app.operation.settings()))
}

/// How much is logged.
#[utoipa::path(
    get, path = "/log-level", tag = "service", operation_id = "logLevel",
    responses((status = 200, description = "At present", body = LogInForce))
)]
pub(super) async fn log_level(State(app): AppState) -> Answer {
    Ok(json::ok(&app.operation.log()))
}

/// Changes how much is logged, until the process ends.
#[utoipa::path(
    put, path = "/log-level", tag = "service", operation_id = "setLogLevel",
    request_body(content((LogRequest = "application/json"), (LogRequest = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "From now on", body = LogInForce))
)]
pub(super) async fn set_log_level(State(app): AppState, params: Params) -> Answer {
    let text = params.required("filter", "a level, and levels of parts: info,mexc=debug")?;
    let set = app.operation.set_log(text);
    Ok(json::ok(&set.map_err(|error| ApiError::bad_parameter(error.to_string()))?))
}
