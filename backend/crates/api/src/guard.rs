//! What every request passes: the watch that counts it, and the gate that may refuse it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::{Access, App};
use crate::body;
use crate::error::ApiError;
use crate::session::Session;
use crate::{auth, origin, pages};

/// Routes that tell nothing and change nothing: a supervisor asks them by any name, without a key.
const OPEN: [&str; 3] = ["/healthz", "/livez", "/readyz"];

/// Webhooks are called from outside under any name, and prove themselves with secrets of their own.
const HOOKS: &str = "/hooks/";

/// Names the cookie that [`crate::session`] gives.
pub(crate) const SESSION_COOKIE: &str = "levibot_session";

/// Counts the request, its status and how long it took.
pub(crate) async fn watch(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let page = pages::holds(&method, request.uri().path());
    let mut response = next.run(request).await;
    pages::harden(&mut response);
    let unmatched = if page { "page" } else { "unmatched" };
    let route = route.as_ref().map_or(unmatched, MatchedPath::as_str);
    let status = response.status();
    app.metrics.http(route, &method, status, started.elapsed());
    // A supervisor asks for readiness every second; that it is not there is no news.
    if status.is_server_error() && !OPEN.contains(&route) {
        tracing::warn!(%method, route, status = status.as_u16(), "request failed");
    }
    response
}

/// Lets the request through, or answers why not.
pub(crate) async fn gate(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if OPEN.contains(&path) || path.starts_with(HOOKS) {
        return next.run(request).await;
    }
    if let Err(refused) = admit(&app, &request) {
        return refused.into_response();
    }
    if body::announces_too_much(request.headers()) {
        return body::refuse(request.into_body()).await.into_response();
    }
    next.run(request).await
}

fn admit(app: &App, request: &Request) -> Result<(), ApiError> {
    let headers = request.headers();
    origin::check(&app.access, request.method(), request.uri(), headers)?;
    if pages::holds(request.method(), request.uri().path()) || opens_itself(request) {
        return Ok(());
    }
    if app.access.keys.is_empty() {
        return from_this_machine(&app.access, request);
    }
    match headers.get("x-api-key") {
        Some(offered) => check_key(&app.access.keys, offered),
        None => check_session(app, request),
    }
}

/// The page to sign in on, and signing in.
fn opens_itself(request: &Request) -> bool {
    match request.uri().path() {
        "/" => request.method().is_safe() && pages::wants_page(request.headers()),
        "/session" => request.method().is_safe() || request.method() == Method::POST,
        _ => false,
    }
}

fn denied(code: &'static str, sentence: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code, sentence)
}

fn check_key(keys: &auth::ApiKeys, offered: &HeaderValue) -> Result<(), ApiError> {
    if offered.to_str().is_ok_and(|key| keys.accepts(key)) {
        return Ok(());
    }
    Err(denied("wrong_api_key", "the key in X-API-Key is not one of API_KEYS"))
}

/// The session of the request's cookie, if it is in force.
pub(crate) fn session_of(app: &App, headers: &HeaderMap) -> Option<Session> {
    let token = session_cookie(headers)?;
    app.sessions.find(&app.access.keys, token, app.core.now())
}

fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all(header::COOKIE).iter();
    let pairs = values.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    let mut named = pairs.filter_map(|pair| pair.trim().split_once('='));
    named.find(|(name, _)| *name == SESSION_COOKIE).map(|(_, token)| token)
}

fn check_session(app: &App, request: &Request) -> Result<(), ApiError> {
    let headers = request.headers();
    if session_cookie(headers).is_none() {
        let sentence =
            "send one of API_KEYS in the X-API-Key header, or sign in with POST /session";
        return Err(denied("missing_api_key", sentence));
    }
    let Some(session) = session_of(app, headers) else {
        return Err(denied(
            "session_over",
            "the session is over: sign in again with POST /session",
        ));
    };
    let token = headers.get("x-csrf-token").and_then(|token| token.to_str().ok());
    if request.method().is_safe() || session.admits(token) {
        return Ok(());
    }
    let sentence = "send the csrf_token of GET /session in the X-CSRF-Token header";
    Err(ApiError::forbidden("csrf_token", sentence))
}

/// Without keys only this machine may change anything, and where the network reaches the service
/// only this machine may ask. A peer that cannot be told counts as far.
fn from_this_machine(access: &Access, request: &Request) -> Result<(), ApiError> {
    if request.method().is_safe() && access.bound.to_canonical().is_loopback() {
        return Ok(());
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip().to_canonical());
    if peer.is_some_and(|ip| ip.is_loopback() || access.trusted_peers.contains(&ip)) {
        return Ok(());
    }
    let from = peer.map_or_else(|| "an unknown peer".to_owned(), |ip| ip.to_string());
    Err(ApiError::forbidden(
        "loopback_only",
        format!(
            "without API_KEYS only this machine may do this, and the request comes from {from}: set \
             API_KEYS and send one as X-API-Key; in a container set TRUSTED_PEERS to the gateway \
             of its network"
        ),
    ))
}

/// A handler panicked: 500 as JSON, counted. The panic's own text stays in the log.
#[derive(Clone)]
pub(crate) struct PanicAnswer(pub(crate) Arc<crate::metrics::Metrics>);

impl tower_http::catch_panic::ResponseForPanic for PanicAnswer {
    type ResponseBody = axum::body::Body;

    fn response_for_panic(&mut self, _: Box<dyn std::any::Any + Send>) -> Response {
        self.0.panicked();
        tracing::error!("a request handler panicked; the service goes on");
        ApiError::internal("an internal error; the log says more").into_response()
    }
}
