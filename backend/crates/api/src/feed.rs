//! One listener's place in the journal: the past from disk, then what is written, without a hole
//! between. What a listener has not taken stays in the journal, not in memory.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::Record;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::app::App;
use crate::paging;
use crate::ports::HistoryFilter;

/// Lines fetched from disk at a time.
const BATCH: usize = 200;

/// A line of the journal.
pub(crate) struct Line {
    pub(crate) seq: u64,
    pub(crate) json: String,
}

pub(crate) struct Feed {
    app: Arc<App>,
    live: Receiver<Arc<Record>>,
    filter: HistoryFilter,
    /// The last `seq` that was sent or passed over.
    last: u64,
    /// Whether lines after `last` must be fetched before live ones may follow.
    behind: bool,
    ready: VecDeque<Line>,
}

impl Feed {
    /// From after `resume`, else from what follows `newest`. `live` must have been subscribed before
    /// `newest` was read.
    pub(crate) fn new(
        app: Arc<App>,
        live: Receiver<Arc<Record>>,
        filter: HistoryFilter,
        resume: Option<u64>,
        newest: u64,
    ) -> Self {
        let (last, behind) = (resume.unwrap_or(newest), resume.is_some());
        Self { app, live, filter, last, behind, ready: VecDeque::new() }
    }

    /// The next line, or [`None`] when the service stops or the past cannot be read. Nothing is lost
    /// when the caller stops waiting.
    pub(crate) async fn next(&mut self) -> Option<Line> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(line);
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            match self.live.recv().await {
                Ok(record) => self.take(&record),
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return None,
            }
        }
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
            Ok(json) => self.ready.push_back(Line { seq: record.seq, json }),
            Err(error) => tracing::error!(%error, seq = record.seq, "a record has no JSON"),
        }
    }

    async fn catch_up(&mut self) -> Option<()> {
        let fetched = self.app.history.after(self.filter.clone(), self.last, BATCH).await;
        let lines = fetched.inspect_err(|error| tracing::error!(%error, "stream")).ok()?;
        self.behind = lines.len() == BATCH;
        for json in lines {
            let seq = paging::seq_of(&json).ok()?;
            self.last = self.last.max(seq);
            self.ready.push_back(Line { seq, json });
        }
        Some(())
    }
}
