//! `/stream`: the journal, live, as server-sent events. `id` is the `seq`: whoever comes back with the
//! last one misses nothing and gets nothing twice, also after a restart of the service.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::beside::Beside;
use super::{Answer, AppState};
use crate::app::App;
use crate::error::ApiError;
use crate::feed::{Feed, Line};
use crate::guard;
use crate::paging;
use crate::params::Params;
use crate::ports::read;
use crate::schema::requests::{EventTypes, Narrowing};

/// A comment this often keeps proxies from closing a silent stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How soon a browser comes back by itself.
const RETRY: Duration = Duration::from_secs(1);
/// Events on their way to one listener; more stay in the journal.
const QUEUE: usize = 64;
/// How often it is looked whether the listener may still listen.
const PULSE: Duration = Duration::from_secs(5);

/// The journal, live.
///
/// Comes back with `Last-Event-ID` after a break: no hole, nothing twice. A listener that reads too
/// slowly gets an event `end` with the reason, and may come back as well.
#[utoipa::path(
    get, path = "/stream", tag = "history", operation_id = "stream",
    params(Narrowing, EventTypes,
        ("Last-Event-ID" = Option<u64>, Header, description = "Go on after this `seq`; it wins over the query"),
        ("last_event_id" = Option<u64>, Query, description = "The same, where headers cannot be set"),
        ("from" = Option<u64>, Query, description = "Begin with this `seq`; 1 is the beginning"),
        ("beside" = Option<bool>, Query, description = "Also prices of what is held (`event: quotes`) and changes of health (`event: health`), without ids"),
    ),
    responses(
        (status = 200, description = "Server-sent events: `id` is the `seq`, `data` an Event", body = String, content_type = "text/event-stream"),
        (status = 409, description = "The journal has not come that far: it is another one"),
        (status = 429, description = "Too many streams are open")
    )
)]
pub(super) async fn stream(State(app): AppState, headers: HeaderMap, params: Params) -> Answer {
    let filter = paging::filter(&app, &params).await?;
    let resume = resume_after(&headers, &params)?;
    let beside = params.switch("beside", false)?.then(|| Beside::new(app.clone()));
    let permit = app.streams.clone().try_acquire_owned().map_err(|_| too_many())?;
    // Listening starts before the past is read, so that nothing falls between.
    let live = app.core.records();
    let newest = read(&*app.core, |engine| engine.ledger().seq()).await?;
    if let Some(after) = resume.filter(|after| *after > newest) {
        return Err(ahead(after, newest));
    }
    let feed = Feed::new(app.clone(), live, filter, resume, newest);
    let signed_in = guard::session_of(&app, &headers).is_some();
    let (queue, queued) = mpsc::channel(QUEUE);
    let (tell_end, ended) = oneshot::channel();
    let pump = Pump { feed, beside, queue, app, headers, signed_in, _permit: permit };
    tokio::spawn(pump.run(tell_end));
    Ok(respond(queued, ended))
}

/// Everything queued, and at last why no more comes.
fn respond(queued: Receiver<SseEvent>, ended: oneshot::Receiver<&'static str>) -> Response {
    let places = (queued, Some(ended));
    let events = futures_util::stream::unfold(places, |(mut queued, mut ended)| async move {
        let event = match queued.recv().await {
            Some(event) => event,
            None => SseEvent::default().event("end").data(ended.take()?.await.ok()?),
        };
        Some((Ok::<_, Infallible>(event), (queued, ended)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// The `seq` after which the listener goes on: the browser's own `Last-Event-ID`, else
/// `last_event_id`, else the one before `from`.
fn resume_after(headers: &HeaderMap, params: &Params) -> Result<Option<u64>, ApiError> {
    let from_header = headers.get("last-event-id").map(|v| v.to_str().unwrap_or_default());
    if let Some(text) = from_header.or_else(|| params.text("last_event_id")) {
        return whole(text, "Last-Event-ID").map(Some);
    }
    let from = params.text("from").map(|text| whole(text, "from")).transpose()?;
    Ok(from.map(|seq| seq.saturating_sub(1)))
}

fn whole(text: &str, name: &str) -> Result<u64, ApiError> {
    text.trim().parse().map_err(|_| {
        let shown: String = text.chars().take(32).collect();
        ApiError::bad_parameter(format!(
            "{name} {shown:?} is not the id of an event: give its whole number"
        ))
    })
}

fn ahead(after: u64, newest: u64) -> ApiError {
    ApiError::conflict(
        "ahead_of_journal",
        format!(
            "event {after} is not in this journal, whose newest is {newest}: it is another one; \
             begin again without Last-Event-ID"
        ),
    )
}

fn too_many() -> ApiError {
    ApiError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_streams",
        "too many live streams are open: close one",
    )
    .retry_after(Duration::from_secs(10))
}

/// Carries a feed to its listener, as fast as that one takes it.
struct Pump {
    feed: Feed,
    beside: Option<Beside>,
    queue: Sender<SseEvent>,
    app: Arc<App>,
    headers: HeaderMap,
    /// Whether the listener came with a session, which may end meanwhile.
    signed_in: bool,
    _permit: OwnedSemaphorePermit,
}

/// Why a listener hears no more.
enum Ended {
    /// It went away.
    Gone,
    /// It is let go, and told why.
    Because(&'static str),
}

const STOPPING: Ended = Ended::Because("the service stops: come back with Last-Event-ID");

impl Pump {
    async fn run(mut self, tell_end: oneshot::Sender<&'static str>) {
        let Err(ended) = self.carry().await;
        if let Ended::Because(reason) = ended {
            tracing::debug!(reason, "a live stream was ended");
            // Gone meanwhile; then nobody asks why.
            let _ = tell_end.send(reason);
        }
    }

    async fn carry(&mut self) -> Result<Infallible, Ended> {
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let patience = self.app.stream_patience;
        deliver(&self.queue, SseEvent::default().retry(RETRY), patience).await?;
        loop {
            let next = self.feed.next();
            // Reading the past may take longer than a pulse; it is not begun anew with each.
            tokio::pin!(next);
            let line = loop {
                tokio::select! {
                    () = self.queue.closed() => return Err(Ended::Gone),
                    _ = pulse.tick() => {
                        if self.signed_in && guard::session_of(&self.app, &self.headers).is_none() {
                            return Err(Ended::Because("the session is over: sign in again"));
                        }
                    }
                    events = news(&mut self.beside) => {
                        for event in events.ok_or(STOPPING)? {
                            deliver(&self.queue, event, patience).await?;
                        }
                    }
                    line = &mut next => break line,
                }
            };
            deliver(&self.queue, to_event(line.ok_or(STOPPING)?), patience).await?;
        }
    }
}

async fn deliver(
    queue: &Sender<SseEvent>,
    event: SseEvent,
    patience: Duration,
) -> Result<(), Ended> {
    match timeout(patience, queue.send(event)).await {
        Ok(sent) => sent.map_err(|_| Ended::Gone),
        Err(_) => Err(Ended::Because("too slow: come back with Last-Event-ID")),
    }
}

/// What is told beside the journal, once there is any; for ever quiet where nobody asked.
async fn news(beside: &mut Option<Beside>) -> Option<Vec<SseEvent>> {
    let Some(beside) = beside else { return std::future::pending().await };
    beside.due().await;
    beside.news().await
}

fn to_event(line: Line) -> SseEvent {
    SseEvent::default().id(line.seq.to_string()).data(line.json)
}
