//! The part of a line that is read without its payload.

use std::borrow::Cow;

use domain::{Record, Symbol, Timestamp, TraceId};
use memchr::memmem::Finder;
use serde::Deserialize;

/// Everything of a record but its payload.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<'a> {
    pub(crate) seq: u64,
    pub(crate) ts: Timestamp,
    #[serde(borrow)]
    pub(crate) event_type: Cow<'a, str>,
    #[serde(default)]
    pub(crate) symbol: Option<Symbol>,
    #[serde(default)]
    pub(crate) trace_id: Option<TraceId>,
}

impl<'a> Envelope<'a> {
    /// [`None`] for anything that is not a whole JSON object with these fields.
    pub(crate) fn parse(line: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }

    pub(crate) fn of(record: &Record) -> Envelope<'static> {
        Envelope {
            seq: record.seq,
            ts: record.ts,
            event_type: Cow::Borrowed(record.event.event_type()),
            symbol: record.symbol.clone(),
            trace_id: record.trace_id.clone(),
        }
    }
}

/// The type of the records that hold the whole open state.
pub(crate) const CHECKPOINT: &str = "CHECKPOINT";

/// Finds the bytes of `"field":"value"` as the writer spells them. A hit proves nothing (a payload
/// may hold the same), but a line without a hit does not have the field.
pub(crate) fn field_finder(field: &str, value: &str) -> Finder<'static> {
    let value = serde_json::Value::from(value);
    Finder::new(format!("\"{field}\":{value}").as_bytes()).into_owned()
}

/// The `seq` of a line as the writer spells it, without parsing the rest.
pub(crate) fn leading_seq(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(b"{\"seq\":")?;
    let len = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&digits[..len]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seq_is_read_from_the_first_bytes() {
        assert_eq!(leading_seq(br#"{"seq":17,"ts":"#), Some(17));
        for text in [&b"{\"seq\":"[..], b"{\"seq\":17", b"{\"seq\":,", b"{ \"seq\":1,", b""] {
            assert_eq!(leading_seq(text), None);
        }
    }

    #[test]
    fn a_quoted_copy_inside_a_text_is_no_hit() {
        let finder = field_finder("event_type", CHECKPOINT);
        let quoted = serde_json::json!({ "text": r#""event_type":"CHECKPOINT""# }).to_string();
        assert_eq!(finder.find(quoted.as_bytes()), None);
        assert!(finder.find(br#"{"event_type":"CHECKPOINT"}"#).is_some());
    }
}
