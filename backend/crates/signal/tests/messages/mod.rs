//! Labelled messages in the files' own form.

use std::path::Path;

use domain::{Decimal, Price};
use serde_json::Value;
use signal::Reading;

/// One labelled message.
pub struct Message {
    pub id: String,
    pub text: String,
    pub lang: String,
    pub intent: String,
    pub source: String,
    symbol: Option<String>,
    entries: Vec<Decimal>,
    tps: Vec<Decimal>,
    sl: Option<Decimal>,
}

impl Message {
    /// Whether the message opens a trade.
    pub fn trades(&self) -> bool {
        matches!(self.intent.as_str(), "BUY" | "SELL")
    }

    /// What was read otherwise than labelled.
    pub fn wrong_fields(&self, reading: &Reading) -> Vec<String> {
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

/// The messages of a file, its path relative to the crate; [`None`] when it is absent.
pub fn load(path: &str) -> Option<Vec<Message>> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()?;
    Some(text.lines().filter(|line| !line.trim().is_empty()).map(parse).collect())
}

fn parse(line: &str) -> Message {
    let json: Value = serde_json::from_str(line).unwrap();
    let string = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    let source = string("source");
    let prices =
        |name: &str| json[name].as_array().into_iter().flatten().filter_map(decimal).collect();
    Message {
        id: string("id"),
        text: string("text"),
        lang: string("lang"),
        intent: string("intent"),
        source: source.split(':').next().unwrap_or_default().to_owned(),
        symbol: json["symbol"].as_str().map(str::to_owned),
        entries: prices("entries"),
        tps: prices("tps"),
        sl: decimal(&json["sl"]),
    }
}

/// The shortest decimal that stands for the file's number.
fn decimal(value: &Value) -> Option<Decimal> {
    Some(value.as_f64()?.to_string().parse::<Decimal>().ok()?.normalize())
}

fn plain(prices: &[Price]) -> Vec<Decimal> {
    prices.iter().map(|price| price.get()).collect()
}
