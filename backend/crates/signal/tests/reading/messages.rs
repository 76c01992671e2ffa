//! Labelled messages in the files' own form.

use std::path::Path;

use domain::{Decimal, EntryKind, Price};
use serde::Deserialize;
use serde_json::value::RawValue;
use signal::Reading;

/// One labelled message.
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) lang: String,
    pub(crate) intent: String,
    pub(crate) source: String,
    symbol: Option<String>,
    entries: Vec<Decimal>,
    tps: Vec<Decimal>,
    sl: Option<Decimal>,
    tp_pcts: Vec<Decimal>,
    sl_pct: Option<Decimal>,
    leverage: Option<u32>,
    entry_kind: Option<EntryKind>,
}

#[derive(Deserialize)]
struct Raw {
    id: String,
    text: String,
    #[serde(default)]
    lang: String,
    intent: String,
    #[serde(default)]
    source: String,
    symbol: Option<String>,
    #[serde(default)]
    entries: Vec<Box<RawValue>>,
    #[serde(default)]
    tps: Vec<Box<RawValue>>,
    sl: Option<Box<RawValue>>,
    #[serde(default)]
    tp_pcts: Vec<Box<RawValue>>,
    sl_pct: Option<Box<RawValue>>,
    leverage: Option<u32>,
    entry_kind: Option<EntryKind>,
}

impl Message {
    /// Whether the message opens a trade.
    pub(crate) fn trades(&self) -> bool {
        matches!(self.intent.as_str(), "BUY" | "SELL")
    }

    /// What was read otherwise than labelled.
    pub(crate) fn wrong_fields(&self, reading: &Reading) -> Vec<String> {
        let signal = &reading.signal;
        let mut wrong = Vec::new();
        if signal.symbol != self.symbol {
            wrong.push(format!("symbol {:?} read as {:?}", self.symbol, signal.symbol));
        }
        if plain(&signal.entries) != self.entries {
            wrong.push(format!("entries {:?} read as {:?}", self.entries, signal.entries));
        }
        if plain(&signal.tps) != self.tps {
            wrong.push(format!("targets {:?} read as {:?}", self.tps, signal.tps));
        }
        if signal.sl.map(Price::get) != self.sl {
            wrong.push(format!("stop {:?} read as {:?}", self.sl, signal.sl));
        }
        wrong
    }
}

impl Message {
    /// What the label says beyond the main fields, read otherwise.
    pub(crate) fn wrong_details(&self, reading: &Reading) -> Vec<String> {
        let signal = &reading.signal;
        let mut wrong = Vec::new();
        if self.leverage.is_some() && self.leverage != signal.leverage {
            wrong.push(format!("leverage {:?} read as {:?}", self.leverage, signal.leverage));
        }
        if self.tp_pcts != signal.tp_pcts {
            wrong.push(format!(
                "targets in percent {:?} read as {:?}",
                self.tp_pcts, signal.tp_pcts
            ));
        }
        if self.sl_pct != signal.sl_pct {
            wrong.push(format!("stop in percent {:?} read as {:?}", self.sl_pct, signal.sl_pct));
        }
        if self.entry_kind.is_some() && self.entry_kind != signal.entry_kind {
            wrong.push(format!("entry kind {:?} read as {:?}", self.entry_kind, signal.entry_kind));
        }
        wrong
    }
}

/// The messages of a file, its path relative to the crate; [`None`] when it is absent.
pub(crate) fn load(path: &str) -> Option<Vec<Message>> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()?;
    Some(text.lines().filter(|line| !line.trim().is_empty()).map(parse).collect())
}

fn parse(line: &str) -> Message {
    let raw: Raw = serde_json::from_str(line).unwrap();
    let prices =
        |raw: Vec<Box<RawValue>>| raw.iter().filter_map(|number| decimal(number)).collect();
    Message {
        id: raw.id,
        text: raw.text,
        lang: raw.lang,
        intent: raw.intent,
        source: raw.source.split(':').next().unwrap_or_default().to_owned(),
        symbol: raw.symbol,
        entries: prices(raw.entries),
        tps: prices(raw.tps),
        sl: raw.sl.and_then(|number| decimal(&number)),
        tp_pcts: prices(raw.tp_pcts),
        sl_pct: raw.sl_pct.and_then(|number| decimal(&number)),
        leverage: raw.leverage,
        entry_kind: raw.entry_kind,
    }
}

/// The shortest decimal that stands for the file's number.
fn decimal(number: &RawValue) -> Option<Decimal> {
    let number: f64 = number.get().parse().ok()?;
    Some(number.to_string().parse::<Decimal>().ok()?.normalize())
}

fn plain(prices: &[Price]) -> Vec<Decimal> {
    prices.iter().map(|price| price.get()).collect()
}
