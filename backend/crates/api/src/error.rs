//! Failures as answers: a status that says the truth, a sentence, a stable code.

use std::time::Duration;

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::{Check, TraceId, UnknownSymbol};
use serde::Serialize;
use utoipa::ToSchema;

use crate::json;
use crate::ports::{ExchangeError, HistoryError, NotReady};
use crate::schema;

/// A failed request. Boxed, since it is the error of nearly every function here.
#[derive(Debug)]
pub(crate) struct ApiError(Box<Failure>);

#[derive(Debug)]
struct Failure {
    status: StatusCode,
    retry_after: Option<Duration>,
    allow: Option<&'static str>,
    body: Body,
}

/// What every failure says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Failure)]
pub(crate) struct Body {
    /// False.
    ok: bool,
    /// What happened, with what value, and what to do.
    error: String,
    /// A stable name for programs.
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    trace_id: Option<TraceId>,
    /// The first check that blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<schema::Check>>)]
    checks: Option<Vec<Check>>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, error: impl Into<String>) -> Self {
        let body = Body {
            ok: false,
            error: error.into(),
            code,
            trace_id: None,
            reason: None,
            checks: None,
        };
        Self(Box::new(Failure { status, retry_after: None, allow: None, body }))
    }

    /// 400: the sentence names the parameter, its value and what is allowed.
    pub(crate) fn bad_parameter(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_parameter", error)
    }

    pub(crate) fn not_found(code: &'static str, error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, error)
    }

    pub(crate) fn conflict(code: &'static str, error: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, error)
    }

    pub(crate) fn forbidden(code: &'static str, error: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, error)
    }

    pub(crate) fn internal(error: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", error)
    }

    pub(crate) fn traced(mut self, trace_id: TraceId) -> Self {
        self.0.body.trace_id = Some(trace_id);
        self
    }

    pub(crate) fn judged(mut self, reason: String, checks: Vec<Check>) -> Self {
        self.0.body.reason = Some(reason);
        self.0.body.checks = Some(checks);
        self
    }

    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    pub(crate) fn allow(mut self, methods: &'static str) -> Self {
        self.0.allow = Some(methods);
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let failure = *self.0;
        let mut response = json::answer(failure.status, &failure.body);
        let headers = response.headers_mut();
        if let Some(wait) = failure.retry_after {
            // Whole seconds, rounded up: coming back early would only be refused again.
            let seconds = wait.as_millis().div_ceil(1_000).max(1);
            if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
                headers.insert(header::RETRY_AFTER, value);
            }
        }
        if let Some(methods) = failure.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(methods));
        }
        response
    }
}

impl From<NotReady> for ApiError {
    fn from(error: NotReady) -> Self {
        let sentence = format!("the service is not ready: {error}. GET /readyz says more");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", sentence)
            .retry_after(Duration::from_secs(2))
    }
}

impl From<UnknownSymbol> for ApiError {
    fn from(error: UnknownSymbol) -> Self {
        Self::not_found("unknown_symbol", error.to_string())
    }
}

impl From<HistoryError> for ApiError {
    fn from(error: HistoryError) -> Self {
        tracing::error!(%error, "history");
        Self::internal(error.to_string())
    }
}

impl From<ExchangeError> for ApiError {
    fn from(error: ExchangeError) -> Self {
        let sentence = error.to_string();
        let (status, code) = match &error {
            ExchangeError::Disabled(_) => (StatusCode::SERVICE_UNAVAILABLE, "exchange_disabled"),
            ExchangeError::RateLimited { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "exchange_rate_limited")
            }
            ExchangeError::Refused(_) => (StatusCode::BAD_GATEWAY, "exchange_refused"),
            ExchangeError::Unreachable(_) => (StatusCode::BAD_GATEWAY, "exchange_unreachable"),
            ExchangeError::Unreadable(_) => (StatusCode::BAD_GATEWAY, "exchange_unreadable"),
        };
        let failed = Self::new(status, code, sentence);
        match error {
            ExchangeError::RateLimited { retry_after, .. } => {
                failed.retry_after(retry_after.unwrap_or(Duration::from_secs(1)))
            }
            _ => failed,
        }
    }
}

/// 404 for a path that is no route.
pub(crate) fn no_such_route(uri: &Uri) -> ApiError {
    let path: String = uri.path().chars().take(128).collect();
    ApiError::not_found(
        "unknown_route",
        format!("there is no {path:?}; GET /openapi.json lists the routes"),
    )
}

/// 405 for a route that exists under another method; the router adds `Allow`.
pub(crate) async fn method_not_allowed(method: Method, uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(128).collect();
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        format!("{path:?} does not take {method}; the Allow header names what it takes"),
    )
}
