//! What carried a judgement, in sentences a person understands.

use domain::{EntryKind, Intent, TradeSignal};

use crate::intent::{Direction, Evidence, Hits};
use crate::model::NamedWeights;

/// Longest quotation from the message, in characters.
const MAX_QUOTE: usize = 48;

/// Explains a verdict: the fields first, then the phrases that spoke for or against it.
pub(crate) fn explain<'a>(
    text: &str,
    signal: &TradeSignal,
    evidence: &Evidence,
    intent: Intent,
    words: impl Iterator<Item = &'a NamedWeights>,
) -> Vec<String> {
    let mut reasons = Vec::with_capacity(8);
    let trade = matches!(intent, Intent::Buy | Intent::Sell);
    if trade {
        explain_side(text, evidence, &mut reasons);
    }
    explain_symbol(signal, trade, &mut reasons);
    if trade {
        explain_entry(signal, &mut reasons);
        explain_levels(signal, evidence, &mut reasons);
    }
    explain_phrases(text, evidence, &mut reasons);
    reasons.extend(words_that_spoke(intent, words));
    if reasons.is_empty() {
        reasons.push("nothing in it speaks of a trade".to_owned());
    }
    reasons
}

/// `words that speak for an update: "tp done", "secured"`.
fn words_that_spoke<'a>(
    intent: Intent,
    words: impl Iterator<Item = &'a NamedWeights>,
) -> Option<String> {
    let meaning = match intent {
        Intent::Buy | Intent::Sell => "a trade",
        Intent::Update => "an update",
        Intent::Close => "closing",
        Intent::NoTrade => "no trade",
    };
    let quoted: Vec<String> = words.filter_map(|word| spoken(&word.name)).collect();
    (!quoted.is_empty()).then(|| format!("words that speak for {meaning}: {}", quoted.join(", ")))
}

/// A word feature as people would write it.
fn spoken(name: &str) -> Option<String> {
    let words = name.strip_prefix("word ")?.replace('_', " ").replace("$coin", "<coin>");
    Some(format!("\"{}\"", words.replace("0:0", "<date>").replace('0', "<number>")))
}

fn explain_side(text: &str, evidence: &Evidence, reasons: &mut Vec<String>) {
    let direction = evidence.direction();
    let word = match direction {
        Some(Direction::Long) => evidence.long.first,
        Some(Direction::Short) => evidence.short.first,
        None => None,
    };
    reasons.extend(word.map(|range| format!("side word {}", quote(text, range))));
    if word.is_none() {
        let side = if direction == Some(Direction::Short) { "short" } else { "long" };
        let source = if evidence.levels.is_some() { "the levels" } else { "the colours" };
        reasons.push(format!("no side word; {source} read as {side}"));
    }
}

fn explain_symbol(signal: &TradeSignal, trade: bool, reasons: &mut Vec<String>) {
    match &signal.symbol {
        Some(symbol) if signal.other_symbols.is_empty() => {
            reasons.push(format!("speaks of {symbol}"));
        }
        Some(symbol) => {
            let others = signal.other_symbols.join(", ");
            reasons.push(format!("speaks of {symbol} first, also of {others}"));
        }
        None if trade => reasons.push("names no coin".to_owned()),
        None => {}
    }
}

fn explain_entry(signal: &TradeSignal, reasons: &mut Vec<String>) {
    let prices = join(&signal.entries);
    reasons.push(match signal.entry_kind {
        Some(EntryKind::Market) if prices.is_empty() => "entry at the market price".to_owned(),
        Some(EntryKind::Market) => format!("entry at the market price, named {prices}"),
        Some(EntryKind::Range) => format!("entry zone {}", prices.replace(", ", " - ")),
        Some(EntryKind::Limit) => format!("entry {prices}"),
        None => "no entry price".to_owned(),
    });
}

fn explain_levels(signal: &TradeSignal, evidence: &Evidence, reasons: &mut Vec<String>) {
    let entry = signal.entries.first();
    if !signal.tps.is_empty() {
        let above = signal.tps.iter().filter(|target| Some(*target) > entry).count();
        let place = match (entry, above) {
            (None, _) => "",
            (_, 0) => " below the entry",
            (_, above) if above == signal.tps.len() => " above the entry",
            _ => " on both sides of the entry",
        };
        reasons.push(format!("{} {}{place}", signal.tps.len(), plural(signal.tps.len(), "target")));
    } else if !signal.tp_pcts.is_empty() {
        let count = signal.tp_pcts.len();
        reasons.push(format!("{count} {} in percent", plural(count, "target")));
    } else {
        reasons.push("no target".to_owned());
    }
    reasons.push(match (signal.sl, entry, signal.sl_pct) {
        (Some(stop), Some(entry), _) if stop < *entry => "stop below entry".to_owned(),
        (Some(_), Some(_), _) => "stop above entry".to_owned(),
        (Some(stop), None, _) => format!("stop {stop}"),
        (None, _, Some(percent)) => format!("stop {percent} percent away"),
        (None, _, None) => "no stop".to_owned(),
    });
    if evidence.contradiction {
        reasons.push("the levels contradict each other".to_owned());
    }
    reasons
        .extend(signal.leverage.map(|times| format!("leverage {times}x named, not used on spot")));
}

fn explain_phrases(text: &str, evidence: &Evidence, reasons: &mut Vec<String>) {
    let phrases: [(&Hits, &str); 8] = [
        (&evidence.result, "reads like a result"),
        (&evidence.update, "reads like an update"),
        (&evidence.profit, "tells a profit or loss"),
        (&evidence.close, "speaks of closing"),
        (&evidence.wait, "tells to wait"),
        (&evidence.report, "reads like a report"),
        (&evidence.advert, "reads like an advert"),
        (&evidence.analysis, "reads like analysis"),
    ];
    for (hits, meaning) in phrases {
        reasons.extend(hits.first.map(|range| format!("{meaning}: {}", quote(text, range))));
    }
}

/// A piece of the message in quotation marks, on one line.
fn quote(text: &str, (start, end): (u32, u32)) -> String {
    let piece = text.get(start as usize..end as usize).unwrap_or_default();
    let mut short: String =
        piece.chars().take(MAX_QUOTE).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if piece.chars().count() > MAX_QUOTE {
        short.push('…');
    }
    format!("\"{short}\"")
}

fn join(prices: &[domain::Price]) -> String {
    prices.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
