//! `/hooks/{name}`: alerts of TradingView and others, as signals.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use domain::TraceId;
use domain::event::Notice;
use engine::{Input, Message, Reply};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState, bot_updates, unexpected};
use crate::app::App;
use crate::body;
use crate::bot_updates::TELEGRAM;
use crate::error::ApiError;
use crate::hooks::{Alert, Hook, MAX_BODY, Refused};
use crate::json;
use crate::params::idempotency_key;
use crate::schema;

/// What the journal calls messages of webhooks.
const SOURCE: &str = "hook";
/// Where the secret may stand, beside path and body.
const SECRET_HEADER: &str = "x-hook-secret";

#[derive(Serialize, ToSchema)]
struct Taken {
    #[schema(value_type = String)]
    trace_id: TraceId,
    #[schema(value_type = schema::RouteAction)]
    action: &'static str,
}

/// Takes an alert whose secret stands in the header `X-Hook-Secret` or in the body's `secret`.
#[utoipa::path(
    post, path = "/hooks/{name}", tag = "signals", operation_id = "takeHook",
    params(("name" = String, Path, description = "A hook of HOOKS_FILE")),
    request_body(content((String = "text/plain"), (Object = "application/json"))),
    responses(
        (status = 200, description = "Considered", body = Taken),
        (status = 401, description = "No such hook, or not its secret")
    )
)]
pub(super) async fn by_header(
    State(app): AppState,
    Path(name): Path<String>,
    request: Request,
) -> Answer {
    match &app.bot_updates {
        Some(bot) if name == TELEGRAM => bot_updates::take(&app, bot, request).await,
        _ => take(&app, &name, None, request).await,
    }
}

/// Takes an alert whose secret is the end of the address, for senders that know nothing else.
#[utoipa::path(
    post, path = "/hooks/{name}/{secret}", tag = "signals", operation_id = "takeHookBySecret",
    params(
        ("name" = String, Path, description = "A hook of HOOKS_FILE"),
        ("secret" = String, Path, description = "Its secret")
    ),
    request_body(content((String = "text/plain"), (Object = "application/json"))),
    responses(
        (status = 200, description = "Considered", body = Taken),
        (status = 401, description = "No such hook, or not its secret")
    )
)]
pub(super) async fn by_path(
    State(app): AppState,
    Path((name, secret)): Path<(String, String)>,
    request: Request,
) -> Answer {
    take(&app, &name, Some(secret), request).await
}

async fn take(app: &App, name: &str, in_path: Option<String>, request: Request) -> Answer {
    let (parts, content) = request.into_parts();
    let text = match read(content).await {
        Ok(text) => text,
        Err(refused) => return Err(turn_away(app, name, refused)),
    };
    let in_header = parts.headers.get(SECRET_HEADER).and_then(|value| value.to_str().ok());
    let in_body = crate::hooks::secret_in(&text);
    let offered = [in_path.as_deref(), in_header, in_body.as_deref()];
    let admitted = app.hooks.admit(name, offered.into_iter().flatten());
    let read = admitted.and_then(|hook| Ok((hook, hook.read(&text, app.core.now())?)));
    match read {
        Ok((hook, alert)) => submit(app, message(hook, alert, &parts.headers)?).await,
        Err(refused) => Err(turn_away(app, name, refused)),
    }
}

async fn read(content: Body) -> Result<String, Refused> {
    let bytes = body::read(content).await.map_err(|_| Refused::Huge)?;
    if bytes.len() > MAX_BODY {
        return Err(Refused::Huge);
    }
    String::from_utf8(bytes.to_vec()).map_err(|_| Refused::Unreadable)
}

fn message(hook: &Hook, alert: Alert, headers: &HeaderMap) -> Result<Message, ApiError> {
    Ok(Message {
        source: SOURCE.to_owned(),
        channel: Some(hook.name.clone()),
        message_id: alert.id.map(|id| id.chars().take(200).collect()),
        reply_to: None,
        idempotency_key: idempotency_key(headers)?,
        posted_at: alert.at,
        text: alert.text,
        route: true,
    })
}

async fn submit(app: &App, message: Message) -> Answer {
    match app.core.submit(Input::Message(Box::new(message))).await? {
        Reply::Signal(reply) => {
            app.metrics.hook("taken");
            let action = reply.action.as_str();
            Ok(json::ok(&Taken { trace_id: reply.trace_id, action }))
        }
        other => Err(unexpected(&other)),
    }
}

/// Counted and journalled; the caller learns no more than it must.
pub(super) fn turn_away(app: &App, name: &str, refused: Refused) -> ApiError {
    app.metrics.hook(refused.as_str());
    let shown: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(24).collect();
    let notice = Notice {
        message: "a webhook was turned away".to_owned(),
        details: [("hook".to_owned(), shown)].into(),
    };
    app.core.refused(&format!("hook_{}", refused.as_str()), notice);
    match refused {
        Refused::Secret => ApiError::new(StatusCode::UNAUTHORIZED, "refused", "refused"),
        Refused::Huge => ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "refused"),
        Refused::Stale => ApiError::forbidden("stale", "refused: its time is outside the window"),
        Refused::Unreadable => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unreadable",
            "refused: no signal in it",
        ),
    }
}
