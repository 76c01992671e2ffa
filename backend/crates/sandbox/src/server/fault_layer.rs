//! Carries faults out on requests.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream::{self, StreamExt};

use super::limits::TooMany;
use super::listener::Peer;
use super::refused::Refused;
use super::shared::Shared;
use crate::faults::RequestFault;

/// Largest answer that is truncated, bytes.
const LARGEST_BODY: usize = 16 << 20;
/// Time for the first half of a cut answer to leave.
const BEFORE_CUT: Duration = Duration::from_millis(50);

/// An order takes only so many percent of what it would; an extension of the request.
#[derive(Debug, Clone, Copy)]
pub(super) struct ThinFill(pub(super) u8);

/// Lets requests meet the faults of the plan.
pub(super) async fn faults(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let striking = shared.faults.strike(request.method().as_str(), path.as_str());
    let mut outcome = None;
    let mut answer_after = Duration::ZERO;
    for fault in striking {
        match fault {
            RequestFault::Delay { before_ms, after_ms } => {
                tokio::time::sleep(Duration::from_millis(before_ms)).await;
                answer_after += Duration::from_millis(after_ms);
            }
            RequestFault::PartialFill { percent } => {
                request.extensions_mut().insert(ThinFill(percent));
            }
            other => outcome = outcome.or(Some(other)),
        }
    }
    let response = answer(outcome, &peer, request, next).await;
    if !answer_after.is_zero() {
        tokio::time::sleep(answer_after).await;
    }
    response
}

async fn answer(
    fault: Option<RequestFault>,
    peer: &Peer,
    request: Request,
    next: Next,
) -> Response {
    match fault {
        None | Some(RequestFault::Delay { .. } | RequestFault::PartialFill { .. }) => {
            next.run(request).await
        }
        Some(RequestFault::DropBefore) => dropped(peer),
        Some(RequestFault::DropAfter) => {
            next.run(request).await;
            dropped(peer)
        }
        Some(RequestFault::ErrorBefore { status }) => error(status),
        Some(RequestFault::ErrorAfter { status }) => {
            next.run(request).await;
            error(status)
        }
        Some(RequestFault::TooMany { retry_after_s }) => {
            Refused::from(TooMany { banned: false, retry_after_s }).into_response()
        }
        Some(RequestFault::TruncatedBody { cut }) => truncated(next.run(request).await, cut).await,
        Some(RequestFault::HtmlBody { status, executed }) => {
            if executed {
                next.run(request).await;
            }
            page(status)
        }
    }
}

/// The connection is cut: of this answer nothing leaves.
fn dropped(peer: &Peer) -> Response {
    peer.cut();
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// An HTTP error in the exchange's words (contract 13); a gateway's time-out is a page.
fn error(status: u16) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match status {
        502 | 504 => page(status),
        503 => {
            let message = "Unknown error, please check your request or try again later.";
            Refused::new(code, -1003, message).into_response()
        }
        _ => Refused::new(code, i64::from(status), "Internal error").into_response(),
    }
}

fn page(status: u16) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let title = format!("{status} {}", code.canonical_reason().unwrap_or("Error"));
    let page = format!(
        "<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body>\
         </html>"
    );
    (code, Html(page)).into_response()
}

/// The first half of the answer.
async fn truncated(response: Response, cut: bool) -> Response {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    let half = bytes.slice(..bytes.len() / 2);
    let kind = parts.headers.get(CONTENT_TYPE).cloned();
    let mut response =
        if cut { cut_off(half, bytes.len()) } else { Body::from(half).into_response() };
    *response.status_mut() = parts.status;
    response.headers_mut().extend(kind.map(|kind| (CONTENT_TYPE, kind)));
    response
}

/// Announces the whole length, sends a part and breaks off.
fn cut_off(part: Bytes, whole: usize) -> Response {
    let first = stream::once(async { Ok(part) });
    let end = stream::once(async {
        tokio::time::sleep(BEFORE_CUT).await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    let mut response = Body::from_stream(first.chain(end)).into_response();
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(whole));
    response
}

/// Refuses signed requests while the exchange is under maintenance.
pub(super) async fn maintenance(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    if shared.faults.is_under_maintenance() {
        return Refused::bad(11_444, "feature temporarily unavailable").into_response();
    }
    next.run(request).await
}
