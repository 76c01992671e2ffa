//! Which messages and direct orders were considered before.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Timestamp, TraceId};
use serde::{Deserialize, Serialize};

/// How long an identity is remembered. Sources redeliver within hours; a message older than the
/// signal's greatest age is not traded anyway.
const REMEMBERED: Duration = Duration::from_hours(30 * 24);

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    by_trace: BTreeMap<TraceId, Timestamp>,
    by_content: BTreeMap<String, (TraceId, Timestamp)>,
    next_prune: Timestamp,
}

impl Seen {
    pub(super) fn first_seen(&self, trace_id: &TraceId) -> Option<Timestamp> {
        self.by_trace.get(trace_id).copied()
    }

    pub(super) fn content(&self, hash: &str) -> Option<(&TraceId, Timestamp)> {
        self.by_content.get(hash).map(|(trace_id, at)| (trace_id, *at))
    }

    pub(super) fn insert(&mut self, trace_id: &TraceId, content: Option<&str>, at: Timestamp) {
        self.by_trace.entry(trace_id.clone()).or_insert(at);
        if let Some(hash) = content {
            self.by_content.insert(hash.to_owned(), (trace_id.clone(), at));
        }
        self.prune(at);
    }

    /// Forgets old identities, once an hour of journal time: replay does the same at the same place.
    fn prune(&mut self, at: Timestamp) {
        if at < self.next_prune {
            return;
        }
        self.next_prune = at.plus(Duration::from_hours(1));
        let oldest = at.minus(REMEMBERED);
        self.by_trace.retain(|_, first| *first >= oldest);
        self.by_content.retain(|_, (_, first)| *first >= oldest);
    }
}
