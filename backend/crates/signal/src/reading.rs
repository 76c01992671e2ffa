//! The door of the crate: a [`Reader`] turns a text into a [`Reading`].

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use domain::{EntryKind, Field, FieldSpan, Intent, Price, Score, TradeSignal};

use crate::calibration::Terms;
use crate::change::ChangeWords;
use crate::fields::{Fields, Found};
use crate::intent::{Direction, Evidence};
use crate::items::Items;
use crate::lexicon::Lexicon;
use crate::model::Model;
use crate::reasons;
use crate::score;
use crate::traits;

/// Reads messages. Holds the word lists and the scorer; cloning shares them.
#[derive(Debug, Clone)]
pub struct Reader {
    lexicon: Arc<Lexicon>,
    change_words: Arc<ChangeWords>,
    model: Arc<Model>,
}

static EMBEDDED: LazyLock<Reader> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
    let model = Model::parse(include_str!("model.tsv")).expect("the embedded model is one");
    Reader {
        lexicon: Arc::new(Lexicon::embedded()),
        change_words: Arc::new(ChangeWords::embedded()),
        model: Arc::new(model),
    }
});

/// What the model sees of a message. For training and inspection.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Values of the rules' features, in the order of [`Model::rule_priors`].
    pub rules: Vec<f64>,
    /// Names of the words, stems and shapes that occur, sorted, each once.
    pub named: Vec<String>,
    /// How much each of them counts.
    pub each: f64,
    /// What the confidence in the model's judgement depends on.
    pub terms: Terms,
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

impl Reader {
    /// The reader with the word lists and weights that come with the program.
    pub fn embedded() -> Self {
        EMBEDDED.clone()
    }

    /// The same word lists with another model.
    pub fn with_model(model: Model) -> Self {
        Self { model: Arc::new(model), ..EMBEDDED.clone() }
    }

    /// The model that judges.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What the model sees of a message, and what it makes of it before calibration.
    pub fn observe(&self, text: &str, listed: &dyn Fn(&str) -> bool) -> Observation {
        let read = Read::new(text, &self.lexicon, listed);
        let verdict = score::judge(&read.items, &read.evidence, &read.fields, &self.model);
        let coin = score::coin_strength(&read.items);
        let rules = score::features(&read.evidence, &read.fields, coin).to_vec();
        let (mut named, mut count) = (Vec::new(), 0);
        traits::visit(&read.items, |feature| {
            count += 1;
            named.push(feature.name());
        });
        named.sort_unstable();
        named.dedup();
        Observation { rules, named, each: traits::weight_of_each(count), terms: verdict.terms }
    }

    /// Reads a message.
    ///
    /// `listed` says whether the exchange lists a pair (`BTCUSDT`); it helps to recognise a coin
    /// that is named without any mark, and refuses nothing: offline, `|_| false` will do.
    /// Of a text longer than 64 KiB only the beginning is read.
    pub fn read(&self, text: &str, listed: &dyn Fn(&str) -> bool) -> Reading {
        let Read { items, fields, evidence, primary } = Read::new(text, &self.lexicon, listed);
        let verdict = score::judge(&items, &evidence, &fields, &self.model);
        let mut signal = signal(&items, primary, &fields, &evidence);
        if matches!(verdict.intent, Intent::Update | Intent::Close) {
            let stop = fields.sl.and_then(|stop| Some((Price::new(stop.value).ok()?, stop.start)));
            signal.change = self.change_words.read(text, stop);
        }
        let words = verdict.words.iter().filter_map(|at| self.model.named(*at));
        let reasons = reasons::explain(text, &signal, &evidence, verdict.intent, words);
        let spans = spans(&items, primary, &fields, &evidence);
        let score = Score { label: verdict.intent, confidence: verdict.confidence, reasons };
        Reading { signal, score, spans }
    }
}

/// A message as the steps before the judgement leave it.
struct Read {
    items: Items,
    fields: Fields,
    evidence: Evidence,
    primary: Option<usize>,
}

impl Read {
    fn new(text: &str, lexicon: &Lexicon, listed: &dyn Fn(&str) -> bool) -> Self {
        let items = Items::read(text, lexicon, listed);
        let mut fields = Fields::read(&items);
        let primary = items.primary();
        if let Some(symbol) = primary.and_then(|index| items.symbols.get(index)) {
            fields.settle_points(&symbol.name);
        }
        let evidence = Evidence::gather(&items, &fields);
        Self { items, fields, evidence, primary }
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
        tp_pcts: fields.tp_pcts.iter().map(|share| share.value).collect(),
        sl: fields.sl.and_then(|stop| Price::new(stop.value).ok()),
        sl_pct: fields.sl_pct.map(|share| share.value),
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
    let targets = fields.tps.iter().chain(&fields.tp_pcts);
    let stops = fields.sl.iter().chain(&fields.sl_pct);
    spans.extend(fields.entries.iter().map(|price| span(Field::Entry, price.start, price.end)));
    spans.extend(targets.map(|target| span(Field::Target, target.start, target.end)));
    spans.extend(stops.map(|stop| span(Field::Stop, stop.start, stop.end)));
    spans.extend(fields.leverage.map(|(_, start, end)| span(Field::Leverage, start, end)));
    spans.sort_by_key(|span| (span.start, span.end));
    spans
}

impl Reading {
    /// The spans in characters of `text`, the message that was read.
    pub fn field_spans(&self, text: &str) -> Vec<FieldSpan> {
        let length = |range: Range<usize>| text.get(range).map_or(0, |piece| piece.chars().count());
        let (mut byte, mut character) = (0, 0);
        let count = |span: &Span| {
            character += length(byte..span.start);
            byte = span.start;
            FieldSpan { field: span.field, start: character, end: character + length(span.range()) }
        };
        self.spans.iter().map(count).collect()
    }
}

impl Span {
    /// The range, for slicing the text.
    pub const fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}
