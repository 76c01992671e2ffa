//! `/stream`: the journal, live, as server-sent events. `id` is the `seq`.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::Record;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::beside::Beside;
use super::{Answer, AppState};
use crate::app::App;
use crate::error::ApiError;
use crate::paging;
use crate::params::Params;
use crate::ports::{HistoryFilter, read};
use crate::schema::requests::{EventTypes, Narrowing};

const BATCH: usize = 500;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The journal, live.
#[utoipa::path(
    get, path = "/stream", tag = "history", operation_id = "stream",
    params(Narrowing, EventTypes,
        ("Last-Event-ID" = Option<u64>, Header, description = "Go on after this `seq`"),
        ("last_event_id" = Option<u64>, Query, description = "The same, where headers cannot be set"),
        ("beside" = Option<bool>, Query, description = "Also prices of what is held (`event: quotes`) and changes of health (`event: health`), without ids"),
    ),
    responses(
        (status = 200, description = "Server-sent events: `id` is the `seq`, `data` an Event", body = String, content_type = "text/event-stream"),
        (status = 429, description = "Too many streams are open")
    )
)]
pub(super) async fn stream(State(app): AppState, headers: HeaderMap, params: Params) -> Answer {
    let filter = paging::filter(&app, &params).await?;
    let resume = last_event_id(&headers, &params)?;
    let beside = params.optional("beside").as_deref() == Some("true");
    let permit = app.streams.clone().try_acquire_owned().map_err(|_| too_many())?;
    // Listening starts before the past is read, so that nothing falls between.
    let live = app.core.records();
    let newest = read(&*app.core, |engine| engine.ledger().seq()).await?;
    let feed = Feed {
        live,
        filter,
        last: resume.unwrap_or(newest),
        behind: resume.is_some(),
        ready: VecDeque::new(),
        beside: beside.then(|| Beside::new(app.clone())),
        app,
        _permit: permit,
    };
    Ok(respond(feed))
}

fn respond(feed: Feed) -> Response {
    let events = futures_util::stream::unfold(feed, |mut feed| async move {
        let event = feed.next().await?;
        Some((Ok::<_, Infallible>(event), feed))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// The browser's own `Last-Event-ID`, or `last_event_id` in the query.
fn last_event_id(headers: &HeaderMap, params: &Params) -> Result<Option<u64>, ApiError> {
    let from_header = headers.get("last-event-id").map(|v| v.to_str().unwrap_or_default());
    let Some(text) = from_header.or_else(|| params.text("last_event_id")) else {
        return Ok(None);
    };
    text.trim().parse().map(Some).map_err(|_| {
        let shown: String = text.chars().take(32).collect();
        ApiError::bad_parameter(format!(
            "Last-Event-ID {shown:?} is not the id of an event: give its whole number"
        ))
    })
}

fn too_many() -> ApiError {
    ApiError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_streams",
        "too many live streams are open: close one",
    )
    .retry_after(Duration::from_secs(10))
}

fn numbered(seq: u64, line: String) -> SseEvent {
    SseEvent::default().id(seq.to_string()).data(line)
}

/// One listener's place in the journal.
struct Feed {
    live: Receiver<Arc<Record>>,
    filter: HistoryFilter,
    /// The last `seq` that was sent or passed over.
    last: u64,
    /// Whether lines after `last` must be fetched before live ones may follow.
    behind: bool,
    ready: VecDeque<SseEvent>,
    beside: Option<Beside>,
    app: Arc<App>,
    _permit: OwnedSemaphorePermit,
}

impl Feed {
    /// The next line, or [`None`] when the service stops or the past cannot be read: the listener
    /// comes back with its last id.
    async fn next(&mut self) -> Option<SseEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            self.wait().await?;
        }
    }

    /// Until there is a record, or something to tell beside the journal.
    async fn wait(&mut self) -> Option<()> {
        let received = match &mut self.beside {
            None => self.live.recv().await,
            Some(beside) => tokio::select! {
                biased;
                received = self.live.recv() => received,
                () = beside.due() => {
                    self.ready.extend(beside.news().await?);
                    return Some(());
                }
            },
        };
        match received {
            Ok(record) => self.take(&record),
            Err(RecvError::Lagged(_)) => self.behind = true,
            Err(RecvError::Closed) => return None,
        }
        Some(())
    }

    fn take(&mut self, record: &Record) {
        if record.seq <= self.last {
            return;
        }
        self.last = record.seq;
        if !self.filter.matches(record) {
            return;
        }
        match serde_json::to_string(record) {
            Ok(line) => self.ready.push_back(numbered(record.seq, line)),
            Err(error) => tracing::error!(%error, seq = record.seq, "a record has no JSON"),
        }
    }

    async fn catch_up(&mut self) -> Option<()> {
        let fetched = self.app.history.after(self.filter.clone(), self.last, BATCH).await;
        let lines = fetched.inspect_err(|error| tracing::error!(%error, "stream")).ok()?;
        self.behind = lines.len() == BATCH;
        for line in lines {
            let seq = paging::seq_of(&line).ok()?;
            self.last = self.last.max(seq);
            self.ready.push_back(numbered(seq, line));
        }
        Some(())
    }
}
