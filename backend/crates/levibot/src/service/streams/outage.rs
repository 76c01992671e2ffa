//! Telling people when streams are missing, and when they are back: once each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine::{Input, Report, ReportKind};

use crate::service::handle::CoreHandle;
use crate::service::health::Health;
use crate::service::notices::notice;

/// A connection that is back before this is not worth a line in the journal.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
struct State {
    /// By stream and connection: why it is down.
    down: BTreeMap<(&'static str, u32), String>,
    /// A report is about to be made.
    pending: bool,
    reported: bool,
}

impl State {
    /// Those that are down, each once.
    fn streams(&self) -> Vec<&'static str> {
        let mut streams: Vec<&str> = self.down.keys().map(|(stream, _)| *stream).collect();
        streams.dedup();
        streams
    }
}

/// The outages of all streams together.
#[derive(Clone)]
pub(crate) struct Outage {
    core: CoreHandle,
    health: Arc<Health>,
    state: Arc<Mutex<State>>,
}

impl Outage {
    pub(crate) fn new(core: CoreHandle, health: Arc<Health>) -> Self {
        Self { core, health, state: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is complete before the next one begins.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn down(&self, stream: &'static str, connection: u32, why: String) {
        tracing::warn!(stream, connection, why, "a stream is down; REST takes over");
        let mut state = self.state();
        state.down.insert((stream, connection), why);
        self.health.streams_down(state.streams());
        if state.reported || std::mem::replace(&mut state.pending, true) {
            return;
        }
        let outage = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(GRACE).await;
            outage.report();
        });
    }

    pub(crate) fn up(&self, stream: &'static str, connection: u32) {
        tracing::info!(stream, connection, "a stream is up");
        let mut state = self.state();
        state.down.remove(&(stream, connection));
        self.health.streams_down(state.streams());
        if state.down.is_empty() && std::mem::take(&mut state.reported) {
            self.tell(ReportKind::Connected, "the exchange's streams are back".to_owned(), &[]);
        }
    }

    /// A channel of our own orders that the exchange does not give us.
    pub(crate) fn refused(&self, channel: &str, reason: &str) {
        let message = format!("the exchange refuses the channel {channel}; REST takes over");
        self.tell(ReportKind::ExchangeError, message, &[("reason", reason.to_owned())]);
    }

    fn report(&self) {
        let mut state = self.state();
        state.pending = false;
        if state.down.is_empty() {
            return;
        }
        state.reported = true;
        let details: Vec<(&str, String)> =
            state.down.iter().map(|((stream, _), why)| (*stream, why.clone())).collect();
        let message = "no stream from the exchange: prices and orders are asked for by REST, \
                       which is slower; it is tried again. See MEXC_WS_URL";
        self.tell(ReportKind::ExchangeError, message.to_owned(), &details);
    }

    fn tell(&self, kind: ReportKind, message: String, details: &[(&str, String)]) {
        let report = Report { kind, notice: notice(message, details) };
        self.core.tell(vec![Input::Report(report)]);
    }
}
