//! An event with its place in the journal, and how a line is written and read.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::Event;
use crate::{Symbol, Timestamp, TraceId};

/// An event with its place in the journal: one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Counts from 1 over all days, without gaps.
    pub seq: u64,
    /// When the step that caused it began.
    pub ts: Timestamp,
    /// The pair it is about.
    pub symbol: Option<Symbol>,
    /// What it is part of.
    pub trace_id: Option<TraceId>,
    /// What became true.
    pub event: Event,
}

/// Why a journal line could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The line is not the JSON of a record.
    #[error("not a journal record: {0}")]
    Envelope(String),
    /// The type is not known to this version.
    #[error("event type {0:?} is unknown to this version of LeviBot; a newer one wrote it")]
    UnknownType(String),
    /// The payload does not fit its type.
    #[error("payload of {event_type} cannot be read: {error}")]
    Payload {
        /// The type.
        event_type: String,
        /// What the parser said.
        error: String,
    },
}

#[derive(Serialize)]
struct LineOut<'a> {
    seq: u64,
    ts: Timestamp,
    event_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    symbol: Option<&'a Symbol>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a TraceId>,
    payload: &'a Event,
}

#[derive(Deserialize)]
struct LineIn<'a> {
    seq: u64,
    ts: Timestamp,
    #[serde(borrow)]
    event_type: std::borrow::Cow<'a, str>,
    #[serde(default)]
    symbol: Option<Symbol>,
    #[serde(default)]
    trace_id: Option<TraceId>,
    #[serde(borrow)]
    payload: &'a RawValue,
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        LineOut {
            seq: self.seq,
            ts: self.ts,
            event_type: self.event.event_type(),
            symbol: self.symbol.as_ref(),
            trace_id: self.trace_id.as_ref(),
            payload: &self.event,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let line = LineIn::deserialize(deserializer)?;
        line.into_record().map_err(serde::de::Error::custom)
    }
}

impl LineIn<'_> {
    fn into_record(self) -> Result<Record, EventError> {
        let event = Event::parse(&self.event_type, self.payload.get())?;
        Ok(Record {
            seq: self.seq,
            ts: self.ts,
            symbol: self.symbol,
            trace_id: self.trace_id,
            event,
        })
    }
}

impl Record {
    /// Reads one line of the journal.
    ///
    /// # Errors
    /// [`EventError`] saying which part is at fault.
    pub fn parse(line: &str) -> Result<Self, EventError> {
        let line: LineIn<'_> =
            serde_json::from_str(line).map_err(|error| EventError::Envelope(error.to_string()))?;
        line.into_record()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::OrderAccepted;
    use crate::{ClientOrderId, ExchangeOrderId};

    #[test]
    fn a_record_is_one_flat_line_and_reads_back() {
        let record = Record {
            seq: 7,
            ts: Timestamp::from_micros(1_700_000_000_123_456),
            symbol: Some(Symbol::from_exchange("BTCUSDT")),
            trace_id: Some(TraceId::new("abc")),
            event: Event::OrderAccepted(OrderAccepted {
                client_order_id: ClientOrderId::new("levi-ea1-1"),
                order_id: ExchangeOrderId::new("C02__1"),
            }),
        };
        let line = serde_json::to_string(&record).unwrap();
        assert_eq!(
            line,
            r#"{"seq":7,"ts":"2023-11-14T22:13:20.123456Z","event_type":"ORDER_ACCEPTED","symbol":"BTCUSDT","trace_id":"abc","payload":{"client_order_id":"levi-ea1-1","order_id":"C02__1"}}"#
        );
        assert_eq!(Record::parse(&line).unwrap(), record);
    }

    #[test]
    fn a_bad_line_says_what_is_wrong() {
        let unknown = r#"{"seq":1,"ts":"2023-11-14T22:13:20Z","event_type":"X","payload":{}}"#;
        assert!(matches!(Record::parse(unknown), Err(EventError::UnknownType(_))));
        let payload =
            r#"{"seq":1,"ts":"2023-11-14T22:13:20Z","event_type":"ORDER_NEW","payload":{}}"#;
        assert!(matches!(Record::parse(payload), Err(EventError::Payload { .. })));
        assert!(matches!(Record::parse("{"), Err(EventError::Envelope(_))));
    }

    #[test]
    fn the_names_of_the_users_document_are_all_there() {
        for name in ["ORDER_NEW", "ORDER_FILLED", "ORDER_BLOCKED", "ORDER_ERROR", "RISK_SLTP"] {
            assert!(Event::TYPES.contains(&name), "{name}");
        }
    }
}
