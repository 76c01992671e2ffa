//! How well real, labelled messages are read: figures, confusion matrix, errors by source.
//!
//! `cargo test -p signal -- --nocapture report` prints the report.

use std::collections::BTreeMap;

use crate::messages::{Message, load};
use signal::{Reader, Reading};

/// Floors a little below what is reached, so that it cannot fall silently.
const INTENT_FLOOR: f64 = 0.97;
const FIELDS_FLOOR: f64 = 0.98;
const FALSE_TRADES_CEILING: f64 = 0.005;
const SURE: f64 = 0.75;

#[derive(Default)]
struct Figures {
    messages: usize,
    intents_right: usize,
    quiet: usize,
    false_trades: usize,
    trades: usize,
    fields_right: usize,
    sure_trades: usize,
}

impl Figures {
    fn count(&mut self, message: &Message, reading: &Reading) {
        self.messages += 1;
        self.intents_right += usize::from(message.intent == reading.score.label.as_str());
        if message.trades() {
            self.trades += 1;
            self.fields_right += usize::from(message.wrong_fields(reading).is_empty());
            let sure =
                message.intent == reading.score.label.as_str() && reading.score.confidence >= SURE;
            self.sure_trades += usize::from(sure);
        } else {
            self.quiet += 1;
            self.false_trades += usize::from(is_false_trade(message, reading));
        }
    }

    fn line(&self) -> String {
        format!(
            "{:4} messages  intent {:5.1} %  false trades {:4.1} %  fields {:5.1} % of {}  sure trades {:5.1} %",
            self.messages,
            percent(self.intents_right, self.messages),
            percent(self.false_trades, self.quiet),
            percent(self.fields_right, self.trades),
            self.trades,
            percent(self.sure_trades, self.trades),
        )
    }
}

fn is_false_trade(message: &Message, reading: &Reading) -> bool {
    let label = reading.score.label.as_str();
    !message.trades() && matches!(label, "BUY" | "SELL") && reading.score.confidence >= SURE
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * ratio(part, whole)
}

fn ratio(part: usize, whole: usize) -> f64 {
    let (part, whole) = (u32::try_from(part).unwrap(), u32::try_from(whole.max(1)).unwrap());
    f64::from(part) / f64::from(whole)
}

#[test]
fn report_on_labelled_messages() {
    let Some(messages) = load("../../../../shared/data/signals_dev.jsonl") else {
        eprintln!(
            "SKIPPED: the labelled messages are not beside the checkout, nothing was measured"
        );
        return;
    };
    let reader = Reader::embedded();
    let mut total = Figures::default();
    let mut groups: BTreeMap<String, Figures> = BTreeMap::new();
    let mut confusion: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for message in &messages {
        let reading = reader.read(&message.text, &|_| false);
        total.count(message, &reading);
        for group in [format!("source {}", message.source), format!("language {}", message.lang)] {
            groups.entry(group).or_default().count(message, &reading);
        }
        *confusion.entry((message.intent.clone(), reading.score.label.as_str())).or_default() += 1;
        print_errors(message, &reading);
    }
    println!("\nconfusion (labelled, read): {confusion:?}\n");
    for (group, figures) in &groups {
        println!("{group:50} {}", figures.line());
    }
    println!("\n{:50} {}", "all", total.line());
    assert!(ratio(total.intents_right, total.messages) >= INTENT_FLOOR);
    assert!(ratio(total.fields_right, total.trades) >= FIELDS_FLOOR);
    assert!(ratio(total.false_trades, total.quiet) <= FALSE_TRADES_CEILING);
}

fn print_errors(message: &Message, reading: &Reading) {
    let label = reading.score.label.as_str();
    let confidence = reading.score.confidence;
    if label != message.intent {
        println!(
            "{} intent {} read as {label} {confidence:.2} {:?}",
            message.id, message.intent, reading.score.reasons
        );
    }
    if is_false_trade(message, reading) {
        println!("{} FALSE TRADE {confidence:.2}", message.id);
    }
    if message.trades() {
        for wrong in message.wrong_fields(reading) {
            println!("{} {wrong}", message.id);
        }
    }
}
