//! `/events` and `/trace/{trace_id}`: the journal's lines as they are.

use axum::extract::State;
use domain::TraceId;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::app::App;
use crate::error::ApiError;
use crate::json;
use crate::paging::{self, Page};
use crate::params::{Params, Segment};
use crate::ports::HistoryFilter;
use crate::schema;
use crate::schema::requests::{EventTypes, Narrowing, Paging};

#[derive(Serialize, ToSchema)]
struct EventList {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    trace_id: Option<TraceId>,
    #[schema(value_type = Vec<schema::EventLine>)]
    events: Vec<Box<RawValue>>,
    next_cursor: Option<String>,
}

/// The journal.
#[utoipa::path(
    get, path = "/events", tag = "history", operation_id = "events",
    params(Paging, Narrowing, EventTypes),
    responses((status = 200, description = "Journal lines, newest first", body = EventList))
)]
pub(super) async fn list(State(app): AppState, params: Params) -> Answer {
    let page = Page::from_params(&params)?;
    let filter = paging::filter(&app, &params).await?;
    Ok(json::ok(&fetch(&app, filter, page).await?))
}

/// One story from message to close.
#[utoipa::path(
    get, path = "/trace/{trace_id}", tag = "history", operation_id = "trace",
    params(Paging, ("trace_id" = String, Path)),
    responses(
        (status = 200, description = "Its events, newest first", body = EventList),
        (status = 404, description = "Nothing has this trace")
    )
)]
pub(super) async fn trace(State(app): AppState, Segment(id): Segment, params: Params) -> Answer {
    let page = Page::from_params(&params)?;
    let trace_id = TraceId::new(&id);
    let filter = HistoryFilter::new(&[], None, [trace_id.clone()]);
    let list = fetch(&app, filter, page).await?;
    if list.events.is_empty() {
        let shown: String = id.chars().take(64).collect();
        let sentence = format!("nothing in the journal has the trace {shown:?}");
        return Err(ApiError::not_found("unknown_trace", sentence));
    }
    Ok(json::ok(&EventList { trace_id: Some(trace_id), ..list }))
}

async fn fetch(app: &App, filter: HistoryFilter, page: Page) -> Result<EventList, ApiError> {
    let page = paging::newest(app, filter, page).await?;
    let events: Result<Vec<_>, _> = page.lines.into_iter().map(RawValue::from_string).collect();
    let events = events
        .map_err(|error| ApiError::internal(format!("a journal line cannot be read: {error}")))?;
    Ok(EventList { trace_id: None, events, next_cursor: page.next_cursor })
}
