//! `/`, `/docs` and `/openapi.json`: the panel, and what there is to call.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::error::{self, ApiError};
use crate::json;
use crate::pages;
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

/// The panel for browsers; a list of what there is to call for everybody else.
#[utoipa::path(
    get,
    path = "/",
    tag = "service",
    operation_id = "index",
    responses((status = 200, description = "Every route", content((Index = "application/json"), (String = "text/html"))))
)]
pub(super) async fn index(State(app): AppState, headers: HeaderMap) -> Response {
    if let Some(page) = pages::wants_page(&headers).then(|| pages::panel(&headers)).flatten() {
        return page;
    }
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

/// This document as a page.
#[utoipa::path(
    get,
    path = "/docs",
    tag = "service",
    operation_id = "documentPage",
    responses((status = 200, description = "A page that asks for nothing from elsewhere", body = String, content_type = "text/html"))
)]
pub(super) async fn docs(headers: HeaderMap) -> Answer {
    pages::docs(&headers).ok_or_else(|| ApiError::internal("the page is missing"))
}

/// A file of the panel; anything else is no route of ours.
pub(super) async fn page_or_nothing(method: Method, uri: Uri, headers: HeaderMap) -> Answer {
    let page = method.is_safe().then(|| pages::file(uri.path(), &headers)).flatten();
    page.ok_or_else(|| error::no_such_route(&uri))
}
