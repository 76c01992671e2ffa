//! The checkers. They reckon from the exchange's side and from the journal's bare facts, never
//! from the engine's own figures.

mod decisions;
mod ending;
mod steps;
pub(crate) mod truth;
pub(crate) mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::{ClientOrderId, Event, PlaceOrder, Record, TraceId};
use driver::SyncMode;
use engine::settings::Settings;

use crate::users::MARK;
pub(crate) use decisions::Moment;
use view::JournalView;

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which checker found it.
    pub checker: &'static str,
    /// What it saw.
    pub message: String,
}

impl Violation {
    pub(crate) fn new(checker: &'static str, message: impl Into<String>) -> Self {
        Self { checker, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.checker, self.message)
    }
}

/// What a checker says.
pub(crate) type Verdict = Result<(), Violation>;

/// The checkers' memory.
#[derive(Debug)]
pub(crate) struct Checks {
    pub(crate) view: JournalView,
    settings: Settings,
    sync: SyncMode,
    /// Every order that was ever released towards the exchange.
    sent: BTreeMap<ClientOrderId, PlaceOrder>,
    /// Which traces came of one identity of a message.
    traces_of: BTreeMap<String, BTreeSet<TraceId>>,
    /// The last record that somebody was answered on.
    acknowledged: u64,
    seen_revision: u64,
}

impl Checks {
    pub(crate) fn new(settings: Settings, sync: SyncMode) -> Self {
        Self {
            view: JournalView::default(),
            settings,
            sync,
            sent: BTreeMap::new(),
            traces_of: BTreeMap::new(),
            acknowledged: 0,
            seen_revision: 0,
        }
    }

    /// Notes under which trace a message was considered. Its last line tells which one it is,
    /// whatever identity it was delivered with.
    fn note_message(&mut self, record: &Record) {
        let (Event::SignalIngest(event), Some(trace_id)) = (&record.event, &record.trace_id) else {
            return;
        };
        if let Some((_, mark)) = event.text.rsplit_once(MARK) {
            self.traces_of.entry(mark.to_owned()).or_default().insert(trace_id.clone());
        }
    }

    /// Reads the surviving journal after a crash.
    pub(crate) fn survive(&mut self, records: &[Record], power_lost: bool) -> Verdict {
        let last = records.last().map_or(0, |record| record.seq);
        if last < self.acknowledged && !power_lost {
            let message = format!(
                "record {} was acknowledged, after a kill the journal ends at {last}",
                self.acknowledged
            );
            return Err(Violation::new("P2 acknowledged is kept", message));
        }
        self.acknowledged = self.acknowledged.min(last);
        self.view = JournalView::default();
        for record in records {
            self.view.apply(record);
            self.note_message(record);
        }
        self.sent_is_known()
    }

    /// Whatever left for the exchange is in the journal that survived.
    fn sent_is_known(&self) -> Verdict {
        let lost = self.sent.keys().find(|id| !self.view.intents.contains_key(*id));
        match lost {
            Some(id) => {
                let message = format!("order {id} was sent, the surviving journal lacks it");
                Err(Violation::new("P2 sent is known", message))
            }
            None => Ok(()),
        }
    }
}
