//! The journal's past, kept in memory.

use std::sync::{Arc, Mutex};

use api::ports::{BoxFuture, History, HistoryError, HistoryFilter};
use domain::Record;

/// Every record so far.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<Arc<Record>>>>);

impl Journal {
    pub(crate) fn push(&self, record: Arc<Record>) {
        self.0.lock().expect("unpoisoned").push(record);
    }

    /// The event types so far, oldest first.
    pub(crate) fn types(&self) -> Vec<&'static str> {
        self.0.lock().expect("unpoisoned").iter().map(|r| r.event.event_type()).collect()
    }

    /// Everything so far, as it is written.
    pub(crate) fn text(&self) -> String {
        self.lines(&HistoryFilter::default(), |_| true).join("\n")
    }

    fn lines(&self, filter: &HistoryFilter, wanted: impl Fn(u64) -> bool) -> Vec<String> {
        let records = self.0.lock().expect("unpoisoned");
        let fitting = records.iter().filter(|r| wanted(r.seq) && filter.matches(r));
        fitting.map(|record| serde_json::to_string(&**record).expect("JSON")).collect()
    }
}

impl History for Journal {
    fn newest(
        &self,
        filter: HistoryFilter,
        before_seq: Option<u64>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, HistoryError>> {
        let mut lines = self.lines(&filter, |seq| before_seq.is_none_or(|before| seq < before));
        lines.reverse();
        lines.truncate(limit);
        Box::pin(async move { Ok(lines) })
    }

    fn after(
        &self,
        filter: HistoryFilter,
        after_seq: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, HistoryError>> {
        let mut lines = self.lines(&filter, |seq| seq > after_seq);
        lines.truncate(limit);
        Box::pin(async move { Ok(lines) })
    }
}
