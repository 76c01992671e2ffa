//! The repository's own examples: every format understood, and what must never become a price.

use crate::messages::{Message, load};
use signal::Field::{Entry, Leverage, Side, Stop, Symbol, Target};
use signal::{Reader, Reading};

const CLEAR: f64 = 0.8;
const SURE: f64 = 0.75;

fn read_all(file: &str) -> Vec<(Message, Reading)> {
    let reader = Reader::embedded();
    let messages = load(&format!("../../testdata/signals/{file}")).unwrap();
    let read = |message: Message| {
        let reading = reader.read(&message.text, &|_| false);
        (message, reading)
    };
    messages.into_iter().map(read).collect()
}

#[test]
fn every_format_gives_its_fields() {
    let mut wrong = Vec::new();
    for (message, reading) in read_all("trades.jsonl") {
        let fields =
            message.wrong_fields(&reading).into_iter().chain(message.wrong_details(&reading));
        wrong.extend(fields.map(|field| format!("{}: {field}", message.id)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_intent_is_recognised() {
    let mut wrong = Vec::new();
    for (message, reading) in read_all("trades.jsonl").into_iter().chain(read_all("others.jsonl")) {
        if reading.score.label.as_str() != message.intent {
            wrong.push(format!("{}: {} read as {:?}", message.id, message.intent, reading.score));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn clear_buy_signals_are_confident() {
    for (message, reading) in read_all("trades.jsonl") {
        let complete = !reading.signal.tps.is_empty() && reading.signal.sl.is_some();
        if message.intent == "BUY" && complete {
            assert!(reading.score.confidence >= CLEAR, "{}: {:?}", message.id, reading.score);
        }
    }
}

#[test]
fn messages_that_must_not_trade_never_surely_do() {
    for (message, reading) in read_all("others.jsonl").into_iter().chain(read_all("quiet.jsonl")) {
        let trade = matches!(reading.score.label.as_str(), "BUY" | "SELL");
        assert!(!trade || reading.score.confidence < SURE, "{}: {:?}", message.id, reading.score);
    }
}

#[test]
fn every_span_holds_what_it_names() {
    let reader = Reader::embedded();
    let text = "🟢 LONG #SUI/USDT\nEntry: 1.10\nTP: 1,2\nSL: 1.05 x10";
    let reading = reader.read(text, &|_| false);
    let pieces: Vec<_> =
        reading.spans.iter().map(|span| (span.field, &text[span.range()])).collect();
    let expected = [
        (Side, "LONG"),
        (Symbol, "#SUI/USDT"),
        (Entry, "1.10"),
        (Target, "1,2"),
        (Stop, "1.05"),
        (Leverage, "10"),
    ];
    assert_eq!(pieces, expected);
}

#[test]
fn distances_in_percent_have_spans_too() {
    let text = "🟢 BUY #SUI/USDT now\nTP1: +2%\nTP2: +4.5%\nSL: 1.5%";
    let reading = Reader::embedded().read(text, &|_| false);
    let marked = |field| {
        let spans = reading.spans.iter().filter(move |span| span.field == field);
        spans.map(|span| &text[span.range()]).collect::<Vec<_>>()
    };
    assert_eq!((marked(Target), marked(Stop)), (vec!["2%", "4.5%"], vec!["1.5%"]));
}

#[test]
fn reasons_are_sentences_about_the_message() {
    let reader = Reader::embedded();
    let reasons = |text: &str| reader.read(text, &|_| false).score.reasons.join("; ");
    let signal = reasons("LONG CFX/USDT\nEntry: 0.4280 - 0.36\nTargets: 0.43, 0.47\nSL: 0.345");
    for part in [
        "side word \"LONG\"",
        "entry zone 0.428 - 0.36",
        "2 targets above the entry",
        "stop below entry",
    ] {
        assert!(signal.contains(part), "{part} in {signal}");
    }
    let result = reasons("CFX TP1 hit");
    assert!(result.contains("reads like a result: \"TP1 hit\""), "{result}");
}

#[test]
fn an_unmarked_coin_is_recognised_when_the_exchange_lists_it() {
    let reader = Reader::embedded();
    let text = "we take ZQT here, entry 4.1, tp 4.5, sl 3.8";
    assert_eq!(reader.read(text, &|_| false).signal.symbol, None);
    let listed = reader.read(text, &|pair| pair == "ZQTUSDT");
    assert_eq!(listed.signal.symbol.as_deref(), Some("ZQTUSDT"));
}
