//! Messages made from phrases and layouts, for the languages and kinds that the labelled files
//! lack. A seed gives the same messages everywhere.

mod card;
mod levels;
mod phrases;

use domain::Intent;
use fastrand::Rng;

use crate::evaluate::GENERATED;
use crate::example::{Example, LabelledFields};
use levels::Levels;
use phrases::{Language, Phrase};

/// What a generated message counts beside a real one.
const WEIGHT: f64 = 0.35;
/// How often each phrase is used.
const PER_PHRASE: usize = 5;
/// Laid-out signals for each language.
const CARDS: usize = 60;
/// English is written everywhere.
const ENGLISH_CARDS: usize = 500;

/// What a phrase is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A trade; its side is drawn.
    Trade,
    /// Anything else.
    Other(Intent),
}

/// Generates the messages of a seed.
pub fn generate(seed: u64) -> Vec<Example> {
    let mut rng = Rng::with_seed(seed);
    let languages = phrases::languages();
    let mut examples = Vec::new();
    for language in &languages {
        for phrase in &language.phrases {
            for _ in 0..PER_PHRASE {
                let origin = format!("{GENERATED}{}/{}", language.code, phrase.number);
                let made = from_phrase(language, phrase, &mut rng);
                examples.push(example(examples.len(), language, origin, made));
            }
        }
        let cards = if language.code == "en" { ENGLISH_CARDS } else { CARDS };
        for number in 0..cards {
            let made = card::write(language, &mut rng);
            let origin = format!("{GENERATED}{}/card{}", language.code, number % 14);
            examples.push(example(examples.len(), language, origin, made));
        }
    }
    examples
}

/// A message made, and what it means.
pub(crate) struct Made {
    pub(crate) text: String,
    pub(crate) intent: Intent,
    pub(crate) fields: LabelledFields,
}

fn example(number: usize, language: &Language, source: String, made: Made) -> Example {
    Example {
        id: format!("g{number:05}"),
        text: made.text,
        lang: language.code.to_owned(),
        source,
        intent: made.intent,
        fields: made.fields,
        weight: WEIGHT,
    }
}

fn from_phrase(language: &Language, phrase: &Phrase, rng: &mut Rng) -> Made {
    let long = rng.u8(0..10) < 6;
    let levels = Levels::draw(long, rng);
    let mut writer = phrases::Writer::new(language, &levels, rng);
    let mut text = writer.write(phrase.text);
    let fields = writer.into_fields();
    if language.lower && rng.u8(0..6) == 0 {
        text = text.to_lowercase();
    }
    let (intent, fields) = match phrase.kind {
        Kind::Trade if long => (Intent::Buy, fields),
        Kind::Trade => (Intent::Sell, fields),
        Kind::Other(intent) => (intent, LabelledFields::default()),
    };
    Made { text, intent, fields }
}
