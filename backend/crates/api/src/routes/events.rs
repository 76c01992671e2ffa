//! `/events` and `/trace/{trace_id}`: the journal's lines as they are.

use axum::extract::State;
use domain::TraceId;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::app::App;
use crate::error::ApiError;
use crate::fold::stages::{self, Stage};
use crate::json;
use crate::paging::{self, Page};
use crate::params::{Params, Segment};
use crate::ports::HistoryFilter;
use crate::schema;
use crate::schema::requests::{EventTypes, Narrowing, Paging};

/// The stages of a trace lie within its first events.
const MOST_EVENTS: usize = 1_000;

#[derive(Serialize, ToSchema)]
#[schema(as = Trace)]
struct Story {
    #[schema(value_type = String)]
    trace_id: TraceId,
    /// How far it came and how long each stage took, oldest first.
    stages: Vec<Stage>,
    /// Newest first.
    #[schema(value_type = Vec<schema::EventLine>)]
    events: Vec<Box<RawValue>>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct EventList {
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
        (status = 200, description = "Its events, newest first", body = Story),
        (status = 404, description = "Nothing has this trace")
    )
)]
pub(super) async fn trace(State(app): AppState, Segment(id): Segment, params: Params) -> Answer {
    let page = Page::from_params(&params)?;
    let trace_id = TraceId::new(&id);
    let filter = HistoryFilter::new(&[], None, [trace_id.clone()]);
    let list = fetch(&app, filter.clone(), page).await?;
    if list.events.is_empty() {
        let shown: String = id.chars().take(64).collect();
        let sentence = format!("nothing in the journal has the trace {shown:?}");
        return Err(ApiError::not_found("unknown_trace", sentence));
    }
    let records = paging::parse(&app.history.after(filter, 0, MOST_EVENTS).await?)?;
    let stages = stages::stages(&records);
    let EventList { events, next_cursor } = list;
    Ok(json::ok(&Story { trace_id, stages, events, next_cursor }))
}

async fn fetch(app: &App, filter: HistoryFilter, page: Page) -> Result<EventList, ApiError> {
    let page = paging::newest(app, filter, page).await?;
    let events: Result<Vec<_>, _> = page.lines.into_iter().map(RawValue::from_string).collect();
    let events = events
        .map_err(|error| ApiError::internal(format!("a journal line cannot be read: {error}")))?;
    Ok(EventList { events, next_cursor: page.next_cursor })
}
