//! `/session`: signing in from a browser.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::app::App;
use crate::error::ApiError;
use crate::params::Params;
use crate::schema::requests::SignInRequest;
use crate::session::{Session, TooMany};
use crate::{guard, json, schema};

#[derive(Serialize, ToSchema)]
struct SessionAnswer {
    /// Whether a key or a session is needed at all: whether `API_KEYS` is set.
    required: bool,
    /// Whether this request came with one.
    signed_in: bool,
    /// To be sent as `X-CSRF-Token` with whatever changes something.
    csrf_token: Option<String>,
    #[schema(value_type = Option<schema::Time>)]
    expires_at: Option<Timestamp>,
}

impl SessionAnswer {
    fn of(session: &Session) -> Self {
        Self {
            required: true,
            signed_in: true,
            csrf_token: Some(session.csrf_token()),
            expires_at: Some(session.expires_at),
        }
    }
}

/// Whether a key is needed, and whether the caller is signed in.
#[utoipa::path(
    get, path = "/session", tag = "service", operation_id = "session",
    responses((status = 200, description = "As it is", body = SessionAnswer))
)]
pub(super) async fn read(State(app): AppState, headers: HeaderMap) -> Response {
    if let Some(session) = guard::session_of(&app, &headers) {
        return json::ok(&SessionAnswer::of(&session));
    }
    let required = !app.access.keys.is_empty();
    let key = headers.get("x-api-key").and_then(|key| key.to_str().ok());
    let signed_in = key.is_some_and(|key| app.access.keys.accepts(key));
    json::ok(&SessionAnswer { required, signed_in, csrf_token: None, expires_at: None })
}

/// Exchanges a key for a session cookie.
#[utoipa::path(
    post, path = "/session", tag = "service", operation_id = "signIn",
    request_body(content((SignInRequest = "application/json"), (SignInRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Signed in; the cookie `levibot_session` is set", body = SessionAnswer),
        (status = 401, description = "Not one of API_KEYS"),
        (status = 409, description = "No keys are set: there is nothing to sign in to"),
        (status = 429, description = "Too many wrong keys")
    )
)]
pub(super) async fn sign_in(
    State(app): AppState,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    params: Params,
) -> Answer {
    let keys = &app.access.keys;
    if keys.is_empty() {
        let sentence = "no API_KEYS are set, so there is nothing to sign in to";
        return Err(ApiError::conflict("no_keys", sentence));
    }
    let (peer, now) = (peer.map(|Extension(ConnectInfo(peer))| peer.ip()), app.core.now());
    app.sessions.may_try(peer, now).map_err(too_many)?;
    let key = params.required("key", "one of API_KEYS")?.to_owned();
    if !keys.accepts(&key) {
        app.sessions.failed(peer, now);
        tracing::warn!(?peer, "a wrong key was tried at POST /session");
        let sentence = "the key is not one of API_KEYS";
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "wrong_api_key", sentence));
    }
    let session = kept(&app, move |app| app.sessions.begin(&app.access.keys, &key, now)).await?;
    let lasts = app.sessions.lasts().as_secs();
    let cookie = cookie(&session.token, lasts, is_secure(&headers))?;
    Ok(([(header::SET_COOKIE, cookie)], json::ok(&SessionAnswer::of(&session))).into_response())
}

/// Ends the session.
#[utoipa::path(
    delete, path = "/session", tag = "service", operation_id = "signOut",
    responses((status = 200, description = "Signed out; the cookie opens nothing any more", body = SessionAnswer))
)]
pub(super) async fn sign_out(State(app): AppState, headers: HeaderMap) -> Answer {
    if let Some(session) = guard::session_of(&app, &headers) {
        kept(&app, move |app| app.sessions.end(&app.access.keys, &session)).await?;
    }
    let cookie = cookie("", 0, is_secure(&headers))?;
    let required = !app.access.keys.is_empty();
    let answer = SessionAnswer { required, signed_in: false, csrf_token: None, expires_at: None };
    Ok(([(header::SET_COOKIE, cookie)], json::ok(&answer)).into_response())
}

fn too_many(refused: TooMany) -> ApiError {
    let sentence = "too many wrong keys: wait before trying another";
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", sentence)
        .retry_after(refused.retry_after)
}

/// Runs what waits for the disk beside the async threads.
async fn kept<T: Send + 'static>(
    app: &Arc<App>,
    write: impl FnOnce(&App) -> std::io::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    let app = Arc::clone(app);
    let written = tokio::task::spawn_blocking(move || write(&app)).await;
    written
        .map_err(|error| ApiError::internal(format!("sessions could not be kept: {error}")))?
        .map_err(|error| unsaved(&error))
}

fn unsaved(error: &std::io::Error) -> ApiError {
    tracing::error!(%error, "sessions could not be kept");
    ApiError::internal(format!("sessions could not be kept: {error}"))
}

/// Scripts cannot read it, other sites cannot send it, and after https it never travels in the clear.
fn cookie(token: &str, lasts: u64, secure: bool) -> Result<HeaderValue, ApiError> {
    let secure = if secure { "; Secure" } else { "" };
    let name = guard::SESSION_COOKIE;
    let text =
        format!("{name}={token}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).map_err(|_| ApiError::internal("the cookie cannot be written"))
}

/// Whether the browser came by https: a proxy or the browser itself says so.
fn is_secure(headers: &HeaderMap) -> bool {
    let says = |name: &str, begins: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.to_ascii_lowercase().starts_with(begins))
    };
    says("x-forwarded-proto", "https") || says("origin", "https://")
}
