//! `levibot score`: what a message says and how sure that is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use domain::{Decimal, EntryKind, Intent, Price};
use serde::{Deserialize, Serialize};
use signal::{Reader, Reading};

use crate::cli::ScoreArgs;

/// Why nothing, or not everything, was scored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScoreError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A line is not a message.
    #[error("line {line} is not a JSON object with a text: {reason}")]
    Line {
        /// Counts from 1.
        line: usize,
        /// What the parser said.
        reason: String,
    },
    /// The result cannot be written.
    #[error("cannot write the result: {0}")]
    Output(#[from] io::Error),
}

#[derive(Deserialize)]
struct MessageLine {
    #[serde(default)]
    id: Option<serde_json::Value>,
    text: String,
}

/// One result, in the shape that the design fixes.
#[derive(Serialize)]
struct Scored<'a> {
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
    fn new(id: Option<serde_json::Value>, reading: &'a Reading) -> Self {
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
        }
    }
}

/// Scores what is asked for onto standard output.
pub(crate) fn run(args: &ScoreArgs) -> Result<(), ScoreError> {
    let reader = Reader::embedded();
    let mut out = io::BufWriter::new(io::stdout().lock());
    if let Some(file) = &args.file {
        score_file(&reader, file, args.json, &mut out)?;
    } else if let Some(text) = &args.text {
        let reading = reader.read(text, &|_| false);
        print_one(None, &reading, args.json, &mut out)?;
    }
    out.flush()?;
    Ok(())
}

fn score_file(
    reader: &Reader,
    path: &Path,
    json: bool,
    out: &mut impl Write,
) -> Result<(), ScoreError> {
    let failed = |source| ScoreError::File { path: path.display().to_string(), source };
    let file = File::open(path).map_err(failed)?;
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(failed)?;
        if line.trim().is_empty() {
            continue;
        }
        let message: MessageLine = serde_json::from_str(&line)
            .map_err(|error| ScoreError::Line { line: index + 1, reason: error.to_string() })?;
        let reading = reader.read(&message.text, &|_| false);
        print_one(message.id, &reading, json, out)?;
    }
    Ok(())
}

fn print_one(
    id: Option<serde_json::Value>,
    reading: &Reading,
    json: bool,
    out: &mut impl Write,
) -> Result<(), ScoreError> {
    if json {
        let line = serde_json::to_string(&Scored::new(id, reading)).map_err(io::Error::from)?;
        writeln!(out, "{line}")?;
        return Ok(());
    }
    let (score, signal) = (&reading.score, &reading.signal);
    let symbol = signal.symbol.as_deref().unwrap_or("no pair");
    writeln!(out, "{} {symbol}  confidence {:.3}", score.label, score.confidence)?;
    let list =
        |prices: &[Price]| prices.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    for (name, value) in [
        ("entry", list(&signal.entries)),
        ("targets", list(&signal.tps)),
        ("stop", signal.sl.map(|price| price.to_string()).unwrap_or_default()),
    ] {
        if !value.is_empty() {
            writeln!(out, "  {name:<8} {value}")?;
        }
    }
    for reason in &score.reasons {
        writeln!(out, "  - {reason}")?;
    }
    Ok(())
}
