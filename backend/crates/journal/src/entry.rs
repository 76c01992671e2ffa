//! A line, read without knowing its event type: what a newer version wrote can be shown too.

use std::borrow::Cow;

use domain::{Symbol, Timestamp, TraceId};
use serde::Deserialize;
use serde_json::value::RawValue;

/// One record as it stands in its line.
#[derive(Debug, Deserialize)]
pub struct Entry<'a> {
    /// Counts from 1 over all days, without gaps.
    pub seq: u64,
    /// When the step that caused it began.
    pub ts: Timestamp,
    /// What became true.
    #[serde(borrow)]
    pub event_type: Cow<'a, str>,
    /// The pair it is about.
    #[serde(default)]
    pub symbol: Option<Symbol>,
    /// What it is part of.
    #[serde(default)]
    pub trace_id: Option<TraceId>,
    /// The event itself, JSON as it was written.
    #[serde(borrow)]
    pub payload: &'a RawValue,
    /// The whole line, without its newline.
    #[serde(skip)]
    pub line: &'a str,
}

impl<'a> Entry<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(line: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned())?;
        let entry: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(Entry { line: text, ..entry })
    }
}
