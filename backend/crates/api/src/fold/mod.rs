//! Orders, signals and trades put together from the journal's lines: a page of beginnings, and the
//! later events of the same traces folded in.

pub(crate) mod orders;
pub(crate) mod signals;
pub(crate) mod stages;
pub(crate) mod trades;

use domain::Record;

use crate::app::App;
use crate::error::ApiError;
use crate::paging;
use crate::ports::HistoryFilter;

const BATCH: usize = 1_000;
/// Bounds one answer's work: a page of traces has far fewer events than this.
const MAX_BATCHES: usize = 100;

/// The events of these types and of the traces of `page`, after `after_seq`, oldest first.
async fn later(
    app: &App,
    event_types: &[&'static str],
    page: &[Record],
    after_seq: u64,
) -> Result<Vec<Record>, ApiError> {
    let traces = page.iter().filter_map(|record| record.trace_id.clone());
    let filter = HistoryFilter::new(event_types, None, traces);
    let mut found: Vec<Record> = Vec::new();
    if filter.trace_ids().is_empty() {
        return Ok(found);
    }
    for _ in 0..MAX_BATCHES {
        let after = found.last().map_or(after_seq, |record| record.seq);
        let lines = app.history.after(filter.clone(), after, BATCH).await?;
        found.extend(paging::parse(&lines)?);
        if lines.len() < BATCH {
            return Ok(found);
        }
    }
    Err(ApiError::internal("this page has too many later events: ask for a smaller limit"))
}

/// The `seq` before the oldest record of a page.
fn before_oldest(page: &[Record]) -> u64 {
    page.iter().map(|record| record.seq).min().map_or(0, |seq| seq.saturating_sub(1))
}
