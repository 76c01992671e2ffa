//! The door of the crate: a [`Reader`] turns a text into a [`Reading`].

use std::ops::Range;
use std::sync::Arc;

use domain::{EntryKind, Intent, Price, Score, TradeSignal};

use crate::change::ChangeWords;
use crate::fields::{Fields, Found};
use crate::intent::{Direction, Evidence};
use crate::items::Items;
use crate::lexicon::Lexicon;
use crate::reasons;
use crate::score;

/// Reads messages. Holds the word lists and the scorer; cloning shares them.
#[derive(Debug, Clone)]
pub struct Reader {
    lexicon: Arc<Lexicon>,
    change_words: Arc<ChangeWords>,
}

/// A message read: its fields, what it wants, and the text behind each field.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The fields found. Prices are as written.
    pub signal: TradeSignal,
    /// Intent, confidence and reasons.
    pub score: Score,
    /// Where each field stands, in the order of the text.
    pub spans: Vec<Span>,
}

/// The piece of text that a field was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The field.
    pub field: Field,
    /// First byte, on a character boundary.
    pub start: usize,
    /// Byte behind the last, on a character boundary, at most the text's length.
    pub end: usize,
}

/// A field of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The coin or pair.
    Symbol,
    /// The word for buying or selling.
    Side,
    /// An entry price.
    Entry,
    /// A target price.
    Target,
    /// The stop price.
    Stop,
    /// The leverage.
    Leverage,
}

impl Reader {
    /// The reader with the word lists and weights that come with the program.
    pub fn embedded() -> Self {
        Self {
            lexicon: Arc::new(Lexicon::embedded()),
            change_words: Arc::new(ChangeWords::embedded()),
        }
    }

    /// Reads a message.
    ///
    /// `listed` says whether the exchange lists a pair (`BTCUSDT`); it helps to recognise a coin
    /// that is named without any mark, and refuses nothing: offline, `|_| false` will do.
    /// Of a text longer than 64 KiB only the beginning is read.
    pub fn read(&self, text: &str, listed: &dyn Fn(&str) -> bool) -> Reading {
        let items = Items::read(text, &self.lexicon, listed);
        let mut fields = Fields::read(&items);
        let primary = items.primary();
        let symbol = primary.and_then(|index| items.symbols.get(index));
        if let Some(symbol) = symbol {
            fields.settle_points(&symbol.name);
        }
        let evidence = Evidence::gather(&items, &fields);
        let verdict = score::judge(&evidence, &fields, symbol.map_or(0, |symbol| symbol.strength));
        let mut signal = signal(&items, primary, &fields, &evidence);
        if matches!(verdict.intent, Intent::Update | Intent::Close) {
            let stop = fields.sl.and_then(|stop| Some((Price::new(stop.value).ok()?, stop.start)));
            signal.change = self.change_words.read(text, stop);
        }
        let reasons = reasons::explain(text, &signal, &evidence, verdict);
        let spans = spans(&items, primary, &fields, &evidence);
        let score = Score { label: verdict.intent, confidence: verdict.confidence, reasons };
        Reading { signal, score, spans }
    }
}

fn signal(
    items: &Items,
    primary: Option<usize>,
    fields: &Fields,
    evidence: &Evidence,
) -> TradeSignal {
    let others = items
        .symbols
        .iter()
        .enumerate()
        .filter(|(index, symbol)| Some(*index) != primary && symbol.strength > 1);
    TradeSignal {
        symbol: primary
            .and_then(|index| items.symbols.get(index))
            .map(|symbol| symbol.name.clone()),
        entries: prices(&fields.entries),
        entry_kind: entry_kind(fields, evidence),
        tps: prices(&fields.tps),
        tp_pcts: fields.tp_pcts.clone(),
        sl: fields.sl.and_then(|stop| Price::new(stop.value).ok()),
        sl_pct: fields.sl_pct,
        leverage: fields.leverage.map(|(times, _, _)| times),
        change: None,
        other_symbols: others.map(|(_, symbol)| symbol.name.clone()).collect(),
    }
}

fn prices(found: &[Found]) -> Vec<Price> {
    found.iter().filter_map(|price| Price::new(price.value).ok()).collect()
}

/// Market where the message says so, or names a side and no price.
fn entry_kind(fields: &Fields, evidence: &Evidence) -> Option<EntryKind> {
    match fields.entries.len() {
        _ if fields.market => Some(EntryKind::Market),
        0 => (evidence.long.any() || evidence.short.any()).then_some(EntryKind::Market),
        2 if fields.zone || !fields.listed_entries => Some(EntryKind::Range),
        _ => Some(EntryKind::Limit),
    }
}

fn spans(items: &Items, primary: Option<usize>, fields: &Fields, evidence: &Evidence) -> Vec<Span> {
    let span =
        |field, start: u32, end: u32| Span { field, start: start as usize, end: end as usize };
    let symbol = primary.and_then(|index| items.symbols.get(index));
    let side = match evidence.direction() {
        Some(Direction::Long) => evidence.long.first,
        Some(Direction::Short) => evidence.short.first,
        None => None,
    };
    let mut spans: Vec<Span> = Vec::with_capacity(4 + fields.entries.len() + fields.tps.len());
    spans.extend(symbol.map(|symbol| span(Field::Symbol, symbol.start, symbol.end)));
    spans.extend(side.map(|(start, end)| span(Field::Side, start, end)));
    spans.extend(fields.entries.iter().map(|price| span(Field::Entry, price.start, price.end)));
    spans.extend(fields.tps.iter().map(|price| span(Field::Target, price.start, price.end)));
    spans.extend(fields.sl.map(|price| span(Field::Stop, price.start, price.end)));
    spans.extend(fields.leverage.map(|(_, start, end)| span(Field::Leverage, start, end)));
    spans.sort_by_key(|span| (span.start, span.end));
    spans
}

impl Span {
    /// The range, for slicing the text.
    pub const fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}
