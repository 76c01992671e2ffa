//! `/` and `/openapi.json`: what there is to call.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::AppState;
use crate::json;
use crate::schema;

#[derive(Serialize, ToSchema)]
struct Index {
    service: &'static str,
    version: &'static str,
    #[schema(value_type = schema::Mode)]
    mode: &'static str,
    /// Method and path of every route.
    routes: Vec<String>,
}

/// What there is to call.
#[utoipa::path(
    get,
    path = "/",
    tag = "service",
    operation_id = "index",
    responses((status = 200, description = "Every route", body = Index))
)]
pub(super) async fn index(State(app): AppState) -> Response {
    json::ok(&Index {
        service: "levibot",
        version: env!("CARGO_PKG_VERSION"),
        mode: app.mode.as_str(),
        routes: app.document.routes().to_vec(),
    })
}

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "service",
    operation_id = "document",
    responses((status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/json"))
)]
pub(super) async fn openapi(State(app): AppState) -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], app.document.text()).into_response()
}
