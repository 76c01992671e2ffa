//! `/signals`: messages in, and what came of them.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::{Check, ClientOrderId, FieldSpan, Score, Timestamp, TraceId};
use engine::{Input, Message, Reply, RouteAction, SignalReply};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState, unexpected};
use crate::app::App;
use crate::error::ApiError;
use crate::fold::signals::{self, SignalFields, SignalView};
use crate::json;
use crate::paging::{self, Page};
use crate::params::{Params, idempotency_key};
use crate::schema;
use crate::schema::requests::{MessageRequest, Narrowing, Paging};
use crate::view::PlanView;

/// Longest message taken, characters. Telegram's own limit is 4096.
const MAX_TEXT: usize = 20_000;

#[derive(Serialize, ToSchema)]
struct SignalAnswer {
    routed: bool,
    #[schema(value_type = String)]
    trace_id: TraceId,
    #[schema(value_type = Option<schema::Score>)]
    score: Option<Score>,
    signal: Option<SignalFields>,
    /// Where each field stands in the text, in its order; they may overlap.
    #[schema(value_type = Vec<schema::FieldSpan>)]
    spans: Vec<FieldSpan>,
    route: Route,
}

#[derive(Serialize, ToSchema)]
struct Route {
    #[schema(value_type = schema::RouteAction)]
    action: &'static str,
    reason: String,
    #[schema(value_type = Vec<schema::Check>)]
    checks: Vec<Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    client_order_id: Option<ClientOrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlanView>,
}

impl From<SignalReply> for SignalAnswer {
    fn from(reply: SignalReply) -> Self {
        let label = reply.score.as_ref().map(|score| score.label);
        Self {
            routed: reply.action == RouteAction::Executed,
            trace_id: reply.trace_id,
            score: reply.score,
            signal: reply.signal.as_ref().map(|signal| SignalFields::new(signal, label)),
            spans: reply.spans,
            route: Route {
                action: reply.action.as_str(),
                reason: reply.reason,
                checks: reply.checks,
                client_order_id: reply.client_order_id,
                plan: reply.plan.as_ref().map(PlanView::from),
            },
        }
    }
}

/// Reads, scores and, where settings and risk allow, trades a message.
#[utoipa::path(
    post, path = "/signals/ingest-and-score", tag = "signals", operation_id = "ingestSignal",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "The identity of the message, where it has no other")),
    request_body(content((MessageRequest = "application/json"), (MessageRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Considered; `routed` and `route` say what came of it", body = SignalAnswer),
        (status = 503, description = "Not ready")
    )
)]
pub(super) async fn ingest(State(app): AppState, headers: HeaderMap, params: Params) -> Answer {
    submit(&app, message(&headers, &params, true)?).await
}

/// Reads and scores a message; nothing is traded.
#[utoipa::path(
    post, path = "/signals/score", tag = "signals", operation_id = "scoreSignal",
    request_body(content((MessageRequest = "application/json"), (MessageRequest = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "What it says and how sure that is", body = SignalAnswer))
)]
pub(super) async fn score(State(app): AppState, headers: HeaderMap, params: Params) -> Answer {
    submit(&app, message(&headers, &params, false)?).await
}

fn message(headers: &HeaderMap, params: &Params, route: bool) -> Result<Box<Message>, ApiError> {
    let text = params.required("text", "the message")?;
    let length = text.chars().count();
    if length > MAX_TEXT {
        return Err(ApiError::bad_parameter(format!(
            "text has {length} characters: give at most {MAX_TEXT}"
        )));
    }
    Ok(Box::new(Message {
        source: short(params, "source")?.unwrap_or_else(|| "api".to_owned()),
        channel: short(params, "channel")?,
        message_id: short(params, "message_id")?,
        reply_to: short(params, "reply_to")?,
        idempotency_key: idempotency_key(headers)?,
        posted_at: posted_at(params)?,
        text: text.to_owned(),
        route,
    }))
}

/// A name of at most 200 characters.
fn short(params: &Params, name: &str) -> Result<Option<String>, ApiError> {
    let text = params.optional(name);
    if text.as_ref().is_some_and(|text| text.chars().count() > 200) {
        return Err(ApiError::bad_parameter(format!("{name} is longer than 200 characters")));
    }
    Ok(text)
}

fn posted_at(params: &Params) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = params.optional("posted_at") else {
        return Ok(None);
    };
    Timestamp::parse(&text).map(Some).ok_or_else(|| {
        let shown: String = text.chars().take(48).collect();
        ApiError::bad_parameter(format!(
            "posted_at={shown:?} is no time: give RFC 3339, such as 2025-10-07T12:00:00Z"
        ))
    })
}

async fn submit(app: &App, message: Box<Message>) -> Answer {
    match app.core.submit(Input::Message(message)).await? {
        Reply::Signal(reply) => Ok(json::ok(&SignalAnswer::from(*reply))),
        other => Err(unexpected(&other)),
    }
}

#[derive(Serialize, ToSchema)]
struct SignalList {
    signals: Vec<SignalView>,
    next_cursor: Option<String>,
}

/// Messages and what came of them.
#[utoipa::path(
    get, path = "/signals", tag = "signals", operation_id = "signals",
    params(Paging, Narrowing),
    responses((status = 200, description = "Messages, newest first", body = SignalList))
)]
pub(super) async fn list(State(app): AppState, params: Params) -> Answer {
    let page = Page::from_params(&params)?;
    let by_symbol = params.optional("symbol").is_some();
    let types = if by_symbol { signals::UNDER_SYMBOL } else { signals::FIRST };
    let filter = paging::narrowed(&app, &params, types).await?;
    let page = paging::newest_records(&app, filter, page).await?;
    let signals = signals::signals(&app, &page.records).await?;
    Ok(json::ok(&SignalList { signals, next_cursor: page.next_cursor }))
}
