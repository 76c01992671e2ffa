//! Pages of the journal, newest first.

use std::fmt;
use std::str::FromStr;

use domain::{Event, Record, Symbol, TraceId};
use serde::Deserialize;

use crate::app::App;
use crate::error::ApiError;
use crate::params::Params;
use crate::ports::HistoryFilter;

const MAX_LIMIT: usize = 1_000;
const DEFAULT_LIMIT: usize = 100;

/// Where the next page begins. Callers pass it back as they got it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor(u64);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{:x}", self.0)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a cursor of this service")]
pub(crate) struct InvalidCursor;

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let digits = text.trim().strip_prefix('c').ok_or(InvalidCursor)?;
        u64::from_str_radix(digits, 16).map(Self).map_err(|_| InvalidCursor)
    }
}

/// Which page is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    limit: usize,
    before: Option<Cursor>,
}

impl Page {
    /// From `limit` and `cursor`.
    pub(crate) fn from_params(params: &Params) -> Result<Self, ApiError> {
        let limit = params.count("limit", MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
        let before = match params.optional("cursor") {
            Some(_) => Some(params.parse("cursor", "the next_cursor of an earlier answer")?),
            None => None,
        };
        Ok(Self { limit, before })
    }
}

/// One page of raw journal lines.
pub(crate) struct Lines {
    pub(crate) lines: Vec<String>,
    pub(crate) next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Place {
    seq: u64,
}

/// The `seq` of a journal line.
pub(crate) fn seq_of(line: &str) -> Result<u64, ApiError> {
    let place: Place = serde_json::from_str(line)
        .map_err(|error| ApiError::internal(format!("a journal line cannot be read: {error}")))?;
    Ok(place.seq)
}

/// Fetches a page. One line more than asked for tells whether there is another.
pub(crate) async fn newest(
    app: &App,
    filter: HistoryFilter,
    page: Page,
) -> Result<Lines, ApiError> {
    let before = page.before.map(|cursor| cursor.0);
    let mut lines = app.history.newest(filter, before, page.limit + 1).await?;
    let more = lines.len() > page.limit;
    lines.truncate(page.limit);
    let next_cursor = match lines.last() {
        Some(last) if more => Some(Cursor(seq_of(last)?).to_string()),
        _ => None,
    };
    Ok(Lines { lines, next_cursor })
}

/// A page with its lines read.
pub(crate) struct Records {
    pub(crate) records: Vec<Record>,
    pub(crate) next_cursor: Option<String>,
}

/// Fetches a page and reads it.
pub(crate) async fn newest_records(
    app: &App,
    filter: HistoryFilter,
    page: Page,
) -> Result<Records, ApiError> {
    let Lines { lines, next_cursor } = newest(app, filter, page).await?;
    Ok(Records { records: parse(&lines)?, next_cursor })
}

/// Reads lines.
pub(crate) fn parse(lines: &[String]) -> Result<Vec<Record>, ApiError> {
    let read = |line: &String| Record::parse(line);
    let records: Result<Vec<_>, _> = lines.iter().map(read).collect();
    records.map_err(|error| ApiError::internal(format!("a journal line cannot be read: {error}")))
}

/// `type`, `symbol` and `trace_id` as a filter.
pub(crate) async fn filter(app: &App, params: &Params) -> Result<HistoryFilter, ApiError> {
    let event_types = match params.optional("type") {
        Some(text) => event_types(&text)?,
        None => Vec::new(),
    };
    narrowed(app, params, &event_types).await
}

/// The given types, narrowed by `symbol` and `trace_id`.
pub(crate) async fn narrowed(
    app: &App,
    params: &Params,
    event_types: &[&'static str],
) -> Result<HistoryFilter, ApiError> {
    let symbol = match params.optional("symbol") {
        Some(text) => Some(symbol(app, &text).await?),
        None => None,
    };
    let trace_id = params.optional("trace_id").map(TraceId::new);
    Ok(HistoryFilter::new(event_types, symbol, trace_id))
}

/// Before the first market list the name is taken as it is: history can be read at any time.
async fn symbol(app: &App, text: &str) -> Result<Symbol, ApiError> {
    match app.lookup(text).await? {
        Some(found) => Ok(found?.symbol),
        None => Ok(Symbol::from_exchange(&text.to_uppercase())),
    }
}

/// Names separated by commas; a trailing `*` stands for any ending.
fn event_types(text: &str) -> Result<Vec<&'static str>, ApiError> {
    let mut wanted = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let upper = name.to_ascii_uppercase();
        let fits = |known: &str| match upper.strip_suffix('*') {
            Some(prefix) => known.starts_with(prefix),
            None => known == upper,
        };
        let before = wanted.len();
        wanted.extend(Event::TYPES.iter().copied().filter(|known| fits(known)));
        if wanted.len() == before {
            let shown: String = name.chars().take(48).collect();
            return Err(ApiError::bad_parameter(format!(
                "type={shown:?} is no event type: give any of {}, or a beginning with *",
                Event::TYPES.join(", ")
            )));
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn types_are_named_exactly_or_by_their_beginning() {
        assert_eq!(event_types("order_new, RISK_SLTP").unwrap(), ["ORDER_NEW", "RISK_SLTP"]);
        let orders = event_types("ORDER_*").unwrap();
        assert!(orders.len() > 5 && orders.iter().all(|name| name.starts_with("ORDER_")));
        assert!(event_types("ORDER_NEWS").is_err());
        assert!(event_types("NOPE*").is_err());
    }

    #[test]
    fn only_our_own_cursors_are_read() {
        for text in ["", "5", "c", "cx", "c-1", "c11112222333344445"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_cursor_reads_back(seq in any::<u64>()) {
            prop_assert_eq!(Cursor(seq).to_string().parse::<Cursor>().unwrap(), Cursor(seq));
        }
    }
}
