//! A reading as JSON.

use domain::{Decimal, EntryKind, Intent, Price};
use serde::Serialize;
use signal::Reading;

/// One result, in the shape that the design fixes.
#[derive(Serialize)]
pub(super) struct Scored<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<serde_json::Value>,
    intent: Intent,
    confidence: f64,
    symbol: Option<&'a str>,
    entries: Vec<Figure>,
    entry_kind: Option<EntryKind>,
    tps: Vec<Figure>,
    tp_pcts: Vec<Figure>,
    sl: Option<Figure>,
    sl_pct: Option<Figure>,
    leverage: Option<u32>,
    reasons: &'a [String],
    /// Further pairs named; only the first is read, each needs a message of its own.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    other_symbols: &'a [String],
}

/// A decimal as a JSON number, printed without a float in between.
struct Figure(Decimal);

impl Serialize for Figure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = serde_json::value::RawValue::from_string(self.0.normalize().to_string());
        raw.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

fn prices(prices: &[Price]) -> Vec<Figure> {
    prices.iter().map(|price| Figure(price.get())).collect()
}

impl<'a> Scored<'a> {
    pub(super) fn new(id: Option<serde_json::Value>, reading: &'a Reading) -> Self {
        let signal = &reading.signal;
        Self {
            id,
            intent: reading.score.label,
            confidence: reading.score.confidence,
            symbol: signal.symbol.as_deref(),
            entries: prices(&signal.entries),
            entry_kind: signal.entry_kind,
            tps: prices(&signal.tps),
            tp_pcts: signal.tp_pcts.iter().copied().map(Figure).collect(),
            sl: signal.sl.map(|price| Figure(price.get())),
            sl_pct: signal.sl_pct.map(Figure),
            leverage: signal.leverage,
            reasons: &reading.score.reasons,
            other_symbols: &signal.other_symbols,
        }
    }
}
