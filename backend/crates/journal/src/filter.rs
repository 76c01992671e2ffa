//! Which records a reader wants.

use domain::{Record, Symbol, Timestamp, TraceId};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use memchr::memmem::Finder;

use crate::days::day_of;
use crate::entry::Entry;
use crate::envelope::{Envelope, field_finder};

/// Conditions on a record's envelope; all must hold. The default wants everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// One of these event types; empty means any.
    pub event_types: Vec<String>,
    /// The event type contains this text: `ORDER`, `MEXC`.
    pub event_type_contains: Option<String>,
    /// About this pair.
    pub symbol: Option<Symbol>,
    /// Part of one of these traces; empty means any.
    pub trace_ids: Vec<TraceId>,
    /// Not before this time.
    pub since: Option<Timestamp>,
    /// Not after this time.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// Whether a record is wanted; for records that come from elsewhere than a file.
    pub fn accepts(&self, record: &Record) -> bool {
        self.wants(&Envelope::of(record))
    }

    /// Whether a day's file may hold records of the wanted times. Two days of margin cover every
    /// time zone and a clock that was set back.
    pub fn may_hold(&self, day: Date) -> bool {
        let utc = |at: Timestamp| day_of(at, &TimeZone::UTC);
        let earliest = self.since.and_then(|at| utc(at).checked_sub(2.days()).ok());
        let latest = self.until.and_then(|at| utc(at).checked_add(2.days()).ok());
        (earliest.unwrap_or(Date::MIN)..=latest.unwrap_or(Date::MAX)).contains(&day)
    }

    pub(crate) fn wants(&self, envelope: &Envelope<'_>) -> bool {
        let Envelope { ts, event_type, symbol, trace_id, .. } = envelope;
        self.holds(*ts, event_type, symbol.as_ref(), trace_id.as_ref())
    }

    pub(crate) fn takes(&self, entry: &Entry<'_>) -> bool {
        let Entry { ts, event_type, symbol, trace_id, .. } = entry;
        self.holds(*ts, event_type, symbol.as_ref(), trace_id.as_ref())
    }

    fn holds(
        &self,
        ts: Timestamp,
        kind: &str,
        symbol: Option<&Symbol>,
        trace_id: Option<&TraceId>,
    ) -> bool {
        let is_or_unset = |wanted: Option<bool>| wanted.unwrap_or(true);
        (self.event_types.is_empty() || self.event_types.iter().any(|wanted| wanted == kind))
            && is_or_unset(
                self.event_type_contains.as_ref().map(|part| kind.contains(part.as_str())),
            )
            && is_or_unset(self.symbol.as_ref().map(|wanted| symbol == Some(wanted)))
            && (self.trace_ids.is_empty()
                || trace_id.is_some_and(|trace| self.trace_ids.contains(trace)))
            && is_or_unset(self.since.map(|since| ts >= since))
            && is_or_unset(self.until.map(|until| ts <= until))
    }

    /// Bytes that every wanted line holds: those of the rarest field asked for.
    pub(crate) fn finder(&self) -> Option<Finder<'static>> {
        if let [trace] = self.trace_ids.as_slice() {
            return Some(field_finder("trace_id", trace.as_str()));
        }
        match (&self.symbol, self.event_types.as_slice()) {
            (_, [only]) => Some(field_finder("event_type", only)),
            (Some(symbol), _) => Some(field_finder("symbol", symbol.as_str())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::event::{Event, Notice};

    fn record() -> Record {
        Record {
            seq: 1,
            ts: Timestamp::from_millis(5_000),
            symbol: Some(Symbol::from_exchange("BTCUSDT")),
            trace_id: Some(TraceId::new("t1")),
            event: Event::MexcError(Notice { message: "x".into(), details: <_>::default() }),
        }
    }

    /// A filter by type, part of a type, symbol and trace; an empty text sets nothing.
    fn filter(types: &[&str], part: &str, symbol: &str, trace: &str) -> Filter {
        let set = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Filter {
            event_types: types.iter().map(ToString::to_string).collect(),
            event_type_contains: set(part),
            symbol: set(symbol).map(|name| Symbol::from_exchange(&name)),
            trace_ids: set(trace).map(TraceId::new).into_iter().collect(),
            since: None,
            until: None,
        }
    }

    #[test]
    fn every_condition_narrows() {
        let cases = [
            (filter(&[], "", "", ""), true),
            (filter(&["MEXC_ERROR"], "", "", ""), true),
            (filter(&["ALARM", "MEXC_ERROR"], "", "", ""), true),
            (filter(&["ALARM"], "", "", ""), false),
            (filter(&[], "MEXC", "", ""), true),
            (filter(&[], "ORDER", "", ""), false),
            (filter(&[], "", "BTCUSDT", ""), true),
            (filter(&[], "", "BTCUSD", ""), false),
            (filter(&[], "", "", "t1"), true),
            (filter(&[], "", "", "t"), false),
            (filter(&["MEXC_ERROR"], "MEXC", "BTCUSDT", "t1"), true),
        ];
        for (filter, wanted) in cases {
            assert_eq!(filter.accepts(&record()), wanted, "{filter:?}");
        }
    }

    #[test]
    fn both_limits_of_time_are_included() {
        let at = |millis: i64| Some(Timestamp::from_millis(millis));
        let cases =
            [(at(5_000), at(5_000), true), (at(5_001), None, false), (None, at(4_999), false)];
        for (since, until, wanted) in cases {
            let filter = Filter { since, until, ..Filter::default() };
            assert_eq!(filter.accepts(&record()), wanted, "{filter:?}");
        }
    }
}
