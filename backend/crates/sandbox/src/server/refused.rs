//! Replies that say no.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mexc_wire::ParamError;
use mexc_wire::error::ErrorBody;

use crate::model::Rejection;

/// An error reply: HTTP status, code and message (contract 13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    status: StatusCode,
    code: i64,
    message: String,
}

impl Refused {
    /// HTTP 400, as nearly every refusal.
    pub(super) fn bad(code: i64, message: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.to_owned() }
    }

    /// The outcome is unknown to the caller.
    pub(super) fn internal() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: 500,
            message: "Internal error".to_owned(),
        }
    }

    /// The sandbox is going down.
    pub(super) fn unavailable() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: 503,
            message: "service not available".to_owned(),
        }
    }

    /// No such path.
    pub(super) fn not_found() -> Self {
        Self { status: StatusCode::NOT_FOUND, code: 404, message: "Not Found".to_owned() }
    }

    /// Only for callers on this machine.
    pub(super) fn forbidden() -> Self {
        Self { status: StatusCode::FORBIDDEN, code: 403, message: "Access Denied".to_owned() }
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

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}
