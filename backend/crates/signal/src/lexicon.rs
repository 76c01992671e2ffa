//! The trade's words by language: data in `lexicon/*.txt`, loaded once.

use std::collections::HashMap;

use crate::hashing::Words;
use crate::normalise::{Folded, is_han, lower};

/// What a word or phrase stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Tag {
    /// A word for buying or being long.
    Long,
    /// A word for selling or being short.
    Short,
    /// A word that means buying in one language and something else in another.
    WeakLong,
    /// As [`Tag::WeakLong`], for selling.
    WeakShort,
    /// Getting in now or by an order: "limit", "открываем".
    Enter,
    /// Label of an entry price.
    Entry,
    /// Label of targets.
    Target,
    /// Label of a stop.
    Stop,
    /// Label of leverage.
    Leverage,
    /// Label of an amount.
    Size,
    /// Label of a number that is no field of a signal.
    Other,
    /// "Price": an entry where nothing better is said.
    Price,
    /// At the present price.
    Market,
    /// Transparent between a label and its prices.
    Filler,
    /// "short term", "spot": transparent, and no side.
    Term,
    /// Label of the symbol.
    CoinLabel,
    /// "hit", "reached".
    Done,
    /// A fact about, or a change to, an earlier signal.
    Update,
    /// Leaving a position.
    Close,
    /// Waiting, conditional, not yet.
    Wait,
    /// Opinion and prose about the market.
    Analysis,
    /// Advertising.
    Advert,
    /// Results and statistics.
    Report,
    /// Greetings and disclaimers.
    Chatter,
    /// A question.
    Question,
    /// A condition: "if", "если".
    Conditional,
    /// Talk of what was: "yesterday", "bought".
    Past,
    /// Not, or no longer, a signal: "cancelled", "example".
    Void,
    /// An exchange's name.
    Exchange,
    /// A word that is never a coin.
    NotCoin,
    /// What is counted: minutes, months, times.
    Unit,
    /// A known word of no meaning here.
    Plain,
    /// A coin by name or ticker: index into [`Lexicon::coin`].
    Coin(u16),
}

/// Every tag that a word list may name.
const TAGS: [Tag; 32] = [
    Tag::Long,
    Tag::Short,
    Tag::WeakLong,
    Tag::WeakShort,
    Tag::Enter,
    Tag::Entry,
    Tag::Target,
    Tag::Stop,
    Tag::Leverage,
    Tag::Size,
    Tag::Other,
    Tag::Price,
    Tag::Market,
    Tag::Filler,
    Tag::Term,
    Tag::CoinLabel,
    Tag::Done,
    Tag::Update,
    Tag::Close,
    Tag::Wait,
    Tag::Analysis,
    Tag::Advert,
    Tag::Report,
    Tag::Chatter,
    Tag::Question,
    Tag::Conditional,
    Tag::Past,
    Tag::Void,
    Tag::Exchange,
    Tag::NotCoin,
    Tag::Unit,
    Tag::Plain,
];

const SOURCES: [&str; 12] = [
    include_str!("lexicon/en.txt"),
    include_str!("lexicon/ru.txt"),
    include_str!("lexicon/zh.txt"),
    include_str!("lexicon/tr.txt"),
    include_str!("lexicon/es.txt"),
    include_str!("lexicon/pt.txt"),
    include_str!("lexicon/id.txt"),
    include_str!("lexicon/fr.txt"),
    include_str!("lexicon/de.txt"),
    include_str!("lexicon/asia.txt"),
    include_str!("lexicon/arabic.txt"),
    include_str!("lexicon/coins.txt"),
];

/// A tag's name, as the word lists write it.
pub(crate) const fn tag_name(tag: Tag) -> &'static str {
    match tag {
        Tag::Long => "long",
        Tag::Short => "short",
        Tag::WeakLong => "weaklong",
        Tag::WeakShort => "weakshort",
        Tag::Enter => "enter",
        Tag::Entry => "entry",
        Tag::Target => "target",
        Tag::Stop => "stop",
        Tag::Leverage => "leverage",
        Tag::Size => "size",
        Tag::Other => "other",
        Tag::Price => "price",
        Tag::Market => "market",
        Tag::Filler => "filler",
        Tag::Term => "term",
        Tag::CoinLabel => "coinlabel",
        Tag::Done => "done",
        Tag::Update => "update",
        Tag::Close => "close",
        Tag::Wait => "wait",
        Tag::Analysis => "analysis",
        Tag::Advert => "advert",
        Tag::Report => "report",
        Tag::Chatter => "chatter",
        Tag::Question => "question",
        Tag::Conditional => "conditional",
        Tag::Past => "past",
        Tag::Void => "void",
        Tag::Exchange => "exchange",
        Tag::NotCoin => "notcoin",
        Tag::Unit => "unit",
        Tag::Plain => "plain",
        Tag::Coin(_) => "coin",
    }
}

/// A phrase, or the beginning of longer ones.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Entry {
    /// What the phrase stands for, when it is one.
    pub(crate) tag: Option<Tag>,
    /// Whether a longer phrase begins with it.
    pub(crate) longer: bool,
}

/// Phrases by their folded, lower-case text, words joined by one space.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    phrases: HashMap<Box<str>, Entry, Words>,
    coins: Vec<Box<str>>,
}

impl Lexicon {
    /// Loads the embedded word lists. Where two lists differ on a phrase the earlier one holds.
    pub(crate) fn embedded() -> Self {
        let mut lexicon = Self::default();
        for line in SOURCES.iter().flat_map(|source| source.lines()) {
            if let Some((tag, phrases)) = line.split_once(':').filter(|_| !line.starts_with('#')) {
                lexicon.load(tag.trim(), phrases);
            }
        }
        lexicon
    }

    /// The entry of a folded phrase.
    pub(crate) fn get(&self, phrase: &str) -> Option<Entry> {
        #[cfg(test)]
        crate::linear::step();
        self.phrases.get(phrase).copied()
    }

    /// The meaning of a folded phrase.
    pub(crate) fn tag(&self, phrase: &str) -> Option<Tag> {
        self.get(phrase).and_then(|entry| entry.tag)
    }

    /// The ticker behind [`Tag::Coin`].
    pub(crate) fn coin(&self, index: u16) -> &str {
        self.coins.get(usize::from(index)).map_or("", |ticker| ticker)
    }

    fn load(&mut self, tag: &str, phrases: &str) {
        if tag == "coins" {
            return phrases.split('|').for_each(|ticker| self.load_ticker(ticker.trim()));
        }
        let tag = match tag.strip_prefix("coin ") {
            Some(ticker) => Some(Tag::Coin(self.coin_index(ticker))),
            None => TAGS.into_iter().find(|known| tag_name(*known) == tag),
        };
        debug_assert!(tag.is_some(), "unknown tag in a word list");
        for phrase in phrases.split('|') {
            let phrase = fold_phrase(phrase.trim());
            if let Some(tag) = tag.filter(|_| !phrase.is_empty()) {
                self.insert(&phrase, tag);
            }
        }
    }

    fn load_ticker(&mut self, ticker: &str) {
        let tag = Tag::Coin(self.coin_index(&ticker.to_uppercase()));
        self.insert(&fold_phrase(ticker), tag);
    }

    fn insert(&mut self, phrase: &str, tag: Tag) {
        for (at, character) in phrase.char_indices().skip(1) {
            let han = phrase.chars().next().is_some_and(is_han);
            if let Some(prefix) = phrase.get(..at).filter(|_| han || character == ' ') {
                self.phrases.entry(prefix.into()).or_default().longer = true;
            }
        }
        self.phrases.entry(phrase.into()).or_default().tag.get_or_insert(tag);
    }

    fn coin_index(&mut self, ticker: &str) -> u16 {
        let found = self.coins.iter().position(|known| **known == *ticker);
        let index = found.unwrap_or_else(|| {
            self.coins.push(ticker.into());
            self.coins.len() - 1
        });
        u16::try_from(index).unwrap_or_default()
    }
}

/// A phrase as the tokenizer would write it.
fn fold_phrase(phrase: &str) -> String {
    Folded::new(phrase).chars.into_iter().filter(|c| *c != '\'').map(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_of_every_language_are_known() {
        let lexicon = Lexicon::embedded();
        let cases = [
            ("take profit targets", Tag::Target),
            ("диапазон входа", Tag::Entry),
            ("止损", Tag::Stop),
            ("giris", Tag::Entry),
            ("objetivo", Tag::Target),
            ("alavancagem", Tag::Leverage),
            ("ambil untung", Tag::Target),
            ("einstieg", Tag::Entry),
        ];
        for (phrase, tag) in cases {
            assert_eq!(lexicon.tag(phrase), Some(tag), "{phrase}");
        }
    }

    #[test]
    fn every_line_of_the_word_lists_has_a_known_tag() {
        for line in SOURCES.iter().flat_map(|source| source.lines()) {
            let Some((tag, _)) = line.split_once(':').filter(|_| !line.starts_with('#')) else {
                continue;
            };
            let known = tag.starts_with("coin ")
                || tag == "coins"
                || TAGS.into_iter().any(|known| tag_name(known) == tag);
            assert!(known, "{tag}");
        }
    }
}
