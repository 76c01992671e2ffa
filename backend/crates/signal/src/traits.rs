//! What the model sees of a message: the rules' findings, and by name the words, the beginnings
//! of words, and the shapes (runs of items by kind) that occur in it.

use crate::hashing::{START, hash, join};
use crate::items::{Item, Items, Sign, What};
use crate::lexicon::tag_name;
use crate::number::Unit;

/// Items of a message that words and shapes are taken from; a signal says what it wants early.
const MAX_ITEMS: usize = 400;
/// Words longer than this also count by their beginning, so that endings matter less.
const STEM: usize = 5;
/// Messages with fewer named features than this let each count in full.
const FULL_WEIGHT: f64 = 16.0;

/// What a named feature is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    /// A word, a phrase of the word lists, or two neighbours.
    Word,
    /// The first letters of a longer word.
    Stem,
    /// Up to three neighbours by their kind.
    Shape,
}

impl Block {
    /// What names of the block begin with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Word => "word ",
            Self::Stem => "stem ",
            Self::Shape => "shape ",
        }
    }

    /// What keys of the block begin with.
    const fn seed(self) -> u64 {
        match self {
            Self::Word => START,
            Self::Stem => START ^ 1,
            Self::Shape => START ^ 2,
        }
    }
}

/// A feature by its parts; the name is only put together where somebody reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    block: Block,
    parts: [Part<'a>; 3],
}

/// A word or the name of a kind, hashed once for all features it is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Part<'a> {
    text: &'a str,
    hash: u64,
}

impl<'a> Part<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, hash: hash(START, text) }
    }

    const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl Named<'_> {
    /// The key of the name.
    pub(crate) fn key(&self) -> u64 {
        let parts = self.parts.iter().take_while(|part| !part.is_empty());
        parts.fold(self.block.seed(), |key, part| join(key, part.hash))
    }

    /// Whether it is one word by itself.
    pub(crate) fn is_single_word(&self) -> bool {
        self.block == Block::Word && self.parts.get(1).is_some_and(Part::is_empty)
    }

    /// The name, as the model file writes it.
    pub(crate) fn name(&self) -> String {
        let parts: Vec<&str> =
            self.parts.iter().map(|part| part.text).take_while(|part| !part.is_empty()).collect();
        format!("{}{}", self.block.prefix(), parts.join("_"))
    }
}

/// The key of a name as written in a model file; words hold no underscore.
pub(crate) fn key_of(name: &str) -> u64 {
    let block = [Block::Word, Block::Stem, Block::Shape]
        .into_iter()
        .find(|block| name.starts_with(block.prefix()));
    let Some(block) = block else {
        return hash(START, name);
    };
    let parts = name.get(block.prefix().len()..).unwrap_or_default().split('_');
    parts.fold(block.seed(), |key, part| join(key, hash(START, part)))
}

/// How much each of `count` named features counts.
pub(crate) fn weight_of_each(count: u32) -> f64 {
    (FULL_WEIGHT / f64::from(count).max(FULL_WEIGHT)).sqrt()
}

/// Names every feature of a message, in order and with repetitions.
pub(crate) fn visit<'a>(items: &'a Items, mut take: impl FnMut(Named<'a>)) {
    let none = Part::default();
    let mut word = none;
    let mut shapes = [none, none];
    for item in items.list.iter().take(MAX_ITEMS) {
        if let Some(next) = word_of(items, item) {
            let next = Part::new(next);
            visit_word(item, word, next, &mut take);
            word = next;
        } else if item.what == What::Newline {
            word = none;
        }
        let shape = shape_of(item);
        if shape.is_empty() || shape == shapes[1].text {
            continue;
        }
        let shape = Part::new(shape);
        let [before, last] = shapes;
        for parts in [[shape, none, none], [last, shape, none], [before, last, shape]] {
            if !parts[0].is_empty() {
                take(Named { block: Block::Shape, parts });
            }
        }
        shapes = [last, shape];
    }
}

fn visit_word<'a>(item: &Item, before: Part<'a>, word: Part<'a>, take: &mut impl FnMut(Named<'a>)) {
    let none = Part::default();
    take(Named { block: Block::Word, parts: [word, none, none] });
    if !before.is_empty() {
        take(Named { block: Block::Word, parts: [before, word, none] });
    }
    let spoken = matches!(item.what, What::Word | What::Tag(_)) && word.text.len() > STEM;
    if let Some((end, _)) = word.text.char_indices().nth(STEM).filter(|_| spoken) {
        let stem = Part::new(word.text.get(..end).unwrap_or(word.text));
        take(Named { block: Block::Stem, parts: [stem, none, none] });
    }
}

/// An item as a word; figures and coins by a common name.
fn word_of<'a>(items: &'a Items, item: &Item) -> Option<&'a str> {
    Some(match item.what {
        What::Word | What::Tag(_) => items.text(item),
        What::Symbol(_) => "$coin",
        What::Number(number) => match number.unit {
            Unit::Plain => "0",
            Unit::Percent => "0%",
            Unit::Leverage => "0x",
        },
        What::Opaque => "0:0",
        What::Sign(Sign::Check) => "✓",
        What::Sign(Sign::Stop) => "⛔",
        What::Sign(Sign::Up) => "▲",
        What::Sign(Sign::Down) => "▼",
        What::Punct('?') => "?",
        What::Punct('+') => "+",
        What::Link => "@",
        _ => return None,
    })
}

/// An item by its kind.
const fn shape_of(item: &Item) -> &'static str {
    match item.what {
        What::Tag(tag) => tag_name(tag),
        What::Word => "text",
        What::Symbol(_) => "symbol",
        What::Number(number) => match number.unit {
            Unit::Plain => "number",
            Unit::Percent => "percent",
            Unit::Leverage => "times",
        },
        What::Index(_) => "mark",
        What::Opaque => "date",
        What::Sign(sign) => match sign {
            Sign::Check => "tick",
            Sign::Stop => "stopsign",
            Sign::Target => "dart",
            Sign::Up => "up",
            Sign::Down => "down",
            Sign::Ornament => "",
        },
        What::Punct('?') => "?",
        What::Punct('+') => "+",
        What::Punct('"') => "quote",
        What::Newline => "line",
        What::Link => "link",
        What::Punct(_) => "",
    }
}
