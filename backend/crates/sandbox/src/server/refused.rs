//! Replies that say no.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use mexc_wire::ParamError;
use mexc_wire::error::ErrorBody;

use super::limits::TooMany;
use crate::model::Rejection;

/// An error reply: HTTP status, code and message (contract 13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    status: StatusCode,
    code: i64,
    message: String,
    /// Seconds of the `Retry-After` header.
    retry_after_s: Option<u64>,
}

impl Refused {
    pub(super) fn new(status: StatusCode, code: i64, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), retry_after_s: None }
    }

    /// HTTP 400, as nearly every refusal.
    pub(super) fn bad(code: i64, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// The outcome is unknown to the caller.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, 500, "Internal error")
    }

    /// The sandbox is going down.
    pub(super) fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, 503, "service not available")
    }

    /// No such path.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, 404, "Not Found")
    }

    /// Only for callers on this machine.
    pub(super) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, 403, "Access Denied")
    }

    pub(super) fn body(&self) -> ErrorBody {
        ErrorBody { code: self.code, msg: self.message.clone() }
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::bad(rejection.code(), &rejection.to_string())
    }
}

impl From<ParamError> for Refused {
    fn from(error: ParamError) -> Self {
        let (ParamError::Missing(name) | ParamError::Malformed { name, .. }) = error;
        Rejection::Parameter(name).into()
    }
}

/// 429, or 418 for the banned, with the silence asked for (contract 5).
impl From<TooMany> for Refused {
    fn from(TooMany { banned, retry_after_s }: TooMany) -> Self {
        let refused = if banned {
            Self::new(StatusCode::IM_A_TEAPOT, 418, "IP banned: too many requests")
        } else {
            Self::new(StatusCode::TOO_MANY_REQUESTS, 429, "Too Many Requests")
        };
        Self { retry_after_s: Some(retry_after_s), ..refused }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let retry = self.retry_after_s.map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
        match retry {
            Some(header) => (self.status, header, Json(self.body())).into_response(),
            None => (self.status, Json(self.body())).into_response(),
        }
    }
}
