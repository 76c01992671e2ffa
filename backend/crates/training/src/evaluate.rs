//! What a model is worth on messages it has not seen: one source after the other is left out.

use std::collections::BTreeSet;

use domain::Intent;
use signal::{Model, Reader, Reading, Terms};

use crate::calibrate::{self, opens};
use crate::estrange::estranged;
use crate::example::Example;
use crate::fit::{Prepared, Progress};

/// Generated messages are left out in so many parts, by the phrase they were made from.
const GENERATED_PARTS: u64 = 14;
/// What sources of generated messages begin with.
pub(crate) const GENERATED: &str = "generated/";

/// Whose words a message is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody's own.
    Labelled,
    /// The generator's.
    Generated,
    /// A message of the other two with a part of its words made up.
    Estranged,
}

/// A message, and what a model made of it that had not seen its source.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Of the message.
    pub id: String,
    /// Of the message.
    pub lang: String,
    /// Of the message.
    pub source: String,
    /// As labelled.
    pub labelled: Intent,
    /// As judged.
    pub judged: Intent,
    /// The confidence in it.
    pub confidence: f64,
    /// Main fields read otherwise than labelled; of trades only.
    pub wrong_fields: Vec<String>,
    /// Whose words the message is in.
    pub origin: Origin,
    /// The reasons given.
    pub reasons: Vec<String>,
    /// How much the message counts.
    pub(crate) weight: f64,
    /// What calibration depends on.
    pub(crate) terms: Terms,
}

impl Judged {
    /// Whether intent and, for a trade, fields are as labelled.
    pub fn right(&self) -> bool {
        self.labelled == self.judged && self.wrong_fields.is_empty()
    }

    /// Whether it was judged to be a trade.
    pub fn is_trade(&self) -> bool {
        opens(self.judged)
    }

    /// A sure trade where there is none.
    pub fn is_false_trade(&self) -> bool {
        !opens(self.labelled) && self.is_trade() && self.confidence >= SURE
    }
}

/// Confidence from which on a trade counts as sure.
pub(crate) const SURE: f64 = 0.75;

/// Judges one example with a reader.
pub fn judge(reader: &Reader, example: &Example) -> Judged {
    let reading = reader.read(&example.text, &|_| false);
    let terms = reader.observe(&example.text, &|_| false).terms;
    judged(example, &reading, terms)
}

fn judged(example: &Example, reading: &Reading, terms: Terms) -> Judged {
    Judged {
        id: example.id.clone(),
        lang: example.lang.clone(),
        source: example.source.clone(),
        labelled: example.intent,
        judged: reading.score.label,
        confidence: reading.score.confidence,
        wrong_fields: if example.trades() { example.wrong_fields(reading) } else { Vec::new() },
        origin: if example.source.starts_with(GENERATED) {
            Origin::Generated
        } else {
            Origin::Labelled
        },
        reasons: reading.score.reasons.clone(),
        weight: example.weight,
        terms,
    }
}

/// Judges every example by a model that was fitted without its source. The confidence of each is
/// calibrated on the others.
pub(crate) fn leave_out_in_turn(prepared: &Prepared<'_>, progress: Progress<'_>) -> Vec<Judged> {
    let sources: BTreeSet<&str> = prepared
        .examples
        .iter()
        .map(|example| example.source.as_str())
        .filter(|source| !source.starts_with(GENERATED))
        .collect();
    let mut parts: Vec<Vec<Judged>> = Vec::new();
    let rounds = sources.len().max(usize::try_from(GENERATED_PARTS).unwrap_or(1));
    let names: Vec<&str> = sources.into_iter().collect();
    for round in 0..rounds {
        let source = names.get(round).copied().unwrap_or_default();
        progress(&format!(
            "without {}",
            if source.is_empty() { "a part of the generated" } else { source }
        ));
        let left_out = |example: &Example| is_left_out(example, source, round as u64);
        let model = prepared.fit(|example| !left_out(example));
        let reader = Reader::with_model(model);
        let chosen = || (0_u64..).zip(prepared.examples).filter(|(_, example)| left_out(example));
        let own = chosen().map(|(_, example)| judge(&reader, example));
        let strange = chosen().map(|(number, example)| Judged {
            origin: Origin::Estranged,
            ..judge(&reader, &estranged(example, number))
        });
        parts.push(own.chain(strange).collect());
    }
    recalibrated(&parts)
}

fn is_left_out(example: &Example, source: &str, round: u64) -> bool {
    match example.source.strip_prefix(GENERATED) {
        Some(phrase) => digest(phrase) % GENERATED_PARTS == round,
        None => example.source == source,
    }
}

fn digest(text: &str) -> u64 {
    text.bytes().fold(17, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// Each part's confidence by a calibration fitted on the other parts.
fn recalibrated(parts: &[Vec<Judged>]) -> Vec<Judged> {
    let mut all = Vec::new();
    for at in 0..parts.len() {
        let others: Vec<Judged> = parts
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .flat_map(|(_, part)| part.iter().cloned())
            .collect();
        let calibration = calibrate::fit(&others);
        for one in &parts[at] {
            let confidence = calibration.confidence(&one.terms);
            all.push(Judged { confidence, ..one.clone() });
        }
    }
    all
}

/// Figures of a set of judgements.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The judgements.
    pub judged: Vec<Judged>,
}

/// Judges examples with a given model: for messages it was not trained on.
pub fn evaluate(model: Model, examples: &[Example]) -> Evaluation {
    let reader = Reader::with_model(model);
    Evaluation { judged: examples.iter().map(|example| judge(&reader, example)).collect() }
}
