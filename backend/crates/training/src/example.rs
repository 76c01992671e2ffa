//! A labelled message, in the form of the files: one JSON object a line.

use std::collections::HashMap;

use domain::{Decimal, EntryKind, Intent};
use serde::Deserialize;
use serde_json::value::RawValue;
use signal::Reading;

/// A message with what it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Unique in its file.
    pub id: String,
    /// The message.
    pub text: String,
    /// Language, two letters; may be empty.
    pub lang: String,
    /// Where it comes from. Messages of one source are never split between training and measuring.
    pub source: String,
    /// What it wants.
    pub intent: Intent,
    /// Its fields.
    pub fields: LabelledFields,
    /// How much it counts in training; 1 for one real message.
    pub weight: f64,
}

/// The fields of a labelled message; prices are as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LabelledFields {
    /// The pair.
    pub symbol: Option<String>,
    /// Entry prices.
    pub entries: Vec<Decimal>,
    /// How to get in, where the label says so.
    pub entry_kind: Option<EntryKind>,
    /// Target prices.
    pub tps: Vec<Decimal>,
    /// Targets in percent, where the label says so.
    pub tp_pcts: Vec<Decimal>,
    /// Stop price.
    pub sl: Option<Decimal>,
    /// Stop in percent, where the label says so.
    pub sl_pct: Option<Decimal>,
    /// Leverage, where the label says so.
    pub leverage: Option<u32>,
}

/// A line of a file of labels that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is no labelled message: {reason}")]
pub struct ExampleError {
    /// Counts from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Option<String>,
    text: String,
    intent: Intent,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    source: String,
    symbol: Option<String>,
    #[serde(default)]
    entries: Vec<Box<RawValue>>,
    entry_kind: Option<EntryKind>,
    #[serde(default)]
    tps: Vec<Box<RawValue>>,
    #[serde(default)]
    tp_pcts: Vec<Box<RawValue>>,
    sl: Option<Box<RawValue>>,
    sl_pct: Option<Box<RawValue>>,
    leverage: Option<u32>,
}

/// Reads a file of labelled messages. A source counts up to its first colon, so that the files of
/// one project are one source.
///
/// # Errors
/// [`ExampleError`] for the first line that is no labelled message.
pub fn parse_examples(text: &str) -> Result<Vec<Example>, ExampleError> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(line, content)| example(line, content)).collect()
}

fn example(line: usize, content: &str) -> Result<Example, ExampleError> {
    let wrong = |reason: String| ExampleError { line, reason };
    let read: Line = serde_json::from_str(content).map_err(|error| wrong(error.to_string()))?;
    let one = |raw: &RawValue| decimal(raw).ok_or_else(|| wrong(format!("{raw} is no price")));
    let list = |raw: &[Box<RawValue>]| raw.iter().map(|raw| one(raw)).collect::<Result<_, _>>();
    Ok(Example {
        id: read.id.unwrap_or_else(|| format!("line-{line}")),
        text: read.text,
        lang: read.lang,
        source: read.source.split(':').next().unwrap_or_default().to_owned(),
        intent: read.intent,
        fields: LabelledFields {
            symbol: read.symbol,
            entries: list(&read.entries)?,
            entry_kind: read.entry_kind,
            tps: list(&read.tps)?,
            tp_pcts: list(&read.tp_pcts)?,
            sl: read.sl.as_deref().map(one).transpose()?,
            sl_pct: read.sl_pct.as_deref().map(one).transpose()?,
            leverage: read.leverage,
        },
        weight: 1.0,
    })
}

/// The last of those with one id, in the order of the file: a message that was labelled again means
/// what was said last.
pub fn newest(examples: Vec<Example>) -> Vec<Example> {
    let last: HashMap<String, usize> =
        examples.iter().enumerate().map(|(at, example)| (example.id.clone(), at)).collect();
    let is_last = |(at, example): &(usize, Example)| last.get(&example.id) == Some(at);
    examples.into_iter().enumerate().filter(is_last).map(|(_, example)| example).collect()
}

/// A number of the file, or its text in quotes; exponents are allowed.
fn decimal(raw: &RawValue) -> Option<Decimal> {
    let text = raw.get().trim_matches('"');
    let parsed = text.parse().or_else(|_| Decimal::from_scientific(text));
    parsed.ok().map(|number: Decimal| number.normalize())
}

impl Example {
    /// Whether it opens a trade.
    pub fn trades(&self) -> bool {
        matches!(self.intent, Intent::Buy | Intent::Sell)
    }

    /// Which of symbol, entries, targets and stop were read otherwise than labelled.
    pub fn wrong_fields(&self, reading: &Reading) -> Vec<String> {
        let (labelled, read) = (&self.fields, &reading.signal);
        let prices =
            |list: &[domain::Price]| list.iter().map(|p| p.get().normalize()).collect::<Vec<_>>();
        let mut wrong = Vec::new();
        let mut compare = |same: bool, what: &str, labelled: String, found: String| {
            if !same {
                wrong.push(format!("{what} {labelled} read as {found}"));
            }
        };
        let (entries, tps) = (prices(&read.entries), prices(&read.tps));
        let sl = read.sl.map(|price| price.get().normalize());
        compare(
            labelled.symbol == read.symbol,
            "symbol",
            format!("{:?}", labelled.symbol),
            format!("{:?}", read.symbol),
        );
        compare(labelled.entries == entries, "entries", show(&labelled.entries), show(&entries));
        compare(labelled.tps == tps, "targets", show(&labelled.tps), show(&tps));
        compare(labelled.sl == sl, "stop", format!("{:?}", labelled.sl), format!("{sl:?}"));
        wrong
    }

    /// What the label says beyond the main fields, read otherwise.
    pub fn wrong_details(&self, reading: &Reading) -> Vec<String> {
        let (labelled, read) = (&self.fields, &reading.signal);
        let normal = |list: &[Decimal]| list.iter().map(Decimal::normalize).collect::<Vec<_>>();
        let mut wrong = Vec::new();
        if labelled.tp_pcts != normal(&read.tp_pcts) {
            wrong.push(format!(
                "targets in percent {:?} read as {:?}",
                labelled.tp_pcts, read.tp_pcts
            ));
        }
        if labelled.sl_pct != read.sl_pct.map(|one| one.normalize()) {
            wrong.push(format!("stop in percent {:?} read as {:?}", labelled.sl_pct, read.sl_pct));
        }
        if labelled.leverage.is_some() && labelled.leverage != read.leverage {
            wrong.push(format!("leverage {:?} read as {:?}", labelled.leverage, read.leverage));
        }
        if labelled.entry_kind.is_some() && labelled.entry_kind != read.entry_kind {
            wrong.push(format!(
                "entry kind {:?} read as {:?}",
                labelled.entry_kind, read.entry_kind
            ));
        }
        wrong
    }
}

fn show(prices: &[Decimal]) -> String {
    let list: Vec<String> = prices.iter().map(ToString::to_string).collect();
    format!("[{}]", list.join(", "))
}
