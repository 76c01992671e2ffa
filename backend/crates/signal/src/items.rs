//! Tokens to items: phrases get their meaning, symbols their name.

use crate::lexicon::{Lexicon, Tag};
use crate::number::Number;
use crate::token::{Kind, Token, Tokens};

/// Longest phrase, in words.
const MAX_PHRASE: usize = 6;
/// More symbols than this in one message are not told apart.
const MAX_SYMBOLS: usize = 64;

/// What an emoji says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Green or rising.
    Up,
    /// Red or falling.
    Down,
    /// A tick.
    Check,
    /// A dartboard.
    Target,
    /// A stop sign or cross.
    Stop,
    /// Anything else.
    Ornament,
}

impl Sign {
    const fn of(character: char) -> Self {
        match character {
            '🟢' | '🟩' | '📈' | '⬆' | '🔼' | '⏫' | '💚' => Self::Up,
            '🔴' | '🟥' | '📉' | '⬇' | '🔽' | '⏬' => Self::Down,
            '✅' | '☑' | '✔' | '💹' => Self::Check,
            '🎯' => Self::Target,
            '🛑' | '⛔' | '❌' | '🚫' | '🛡' => Self::Stop,
            _ => Self::Ornament,
        }
    }
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum What {
    /// A known phrase.
    Tag(Tag),
    /// A word without meaning here.
    Word,
    /// A number.
    Number(Number),
    /// The mark of a list item.
    Index(u32),
    /// Digits that are no number.
    Opaque,
    /// A coin: index into [`Items::symbols`].
    Symbol(usize),
    /// Punctuation.
    Punct(char),
    /// An emoji.
    Sign(Sign),
    /// The end of a line.
    Newline,
    /// A link or handle.
    Link,
}

/// An item and the tokens it spans.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    pub(crate) what: What,
    /// Byte offsets in the original text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// First and last token.
    first: u32,
    last: u32,
    /// No space before it.
    pub(crate) glued: bool,
    /// Written in capitals.
    pub(crate) upper: bool,
}

/// A coin found in the text.
#[derive(Debug, Clone)]
pub(crate) struct Symbol {
    /// The pair's name in the exchange's style.
    pub(crate) name: String,
    /// How sure it is that this is a coin: 4 a pair or labelled, 3 marked, 2 known, 1 guessed.
    pub(crate) strength: u8,
    /// Byte offsets of its first mention.
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The items of a message and the coins among them.
pub(crate) struct Items {
    pub(crate) tokens: Tokens,
    pub(crate) list: Vec<Item>,
    pub(crate) symbols: Vec<Symbol>,
}

impl Items {
    /// Reads a text.
    pub(crate) fn read(text: &str, lexicon: &Lexicon, listed: &dyn Fn(&str) -> bool) -> Self {
        let tokens = Tokens::read(text, lexicon);
        let capacity = tokens.list.len();
        let mut items = Self { tokens, list: Vec::with_capacity(capacity), symbols: Vec::new() };
        let mut at = 0;
        while at < items.tokens.list.len() {
            at = items.take(at, lexicon);
        }
        items.find_bare_symbols(lexicon, listed);
        items
    }

    /// The item at `index`.
    pub(crate) fn what(&self, index: usize) -> Option<What> {
        self.list.get(index).map(|item| item.what)
    }

    /// The folded words of an item.
    pub(crate) fn text(&self, item: &Item) -> &str {
        let token = |index: u32| self.tokens.list.get(index as usize);
        match (token(item.first), token(item.last)) {
            (Some(first), Some(last)) => self.tokens.phrase(first, last),
            _ => "",
        }
    }

    /// The symbol the message is about: the surest, then the first.
    pub(crate) fn primary(&self) -> Option<usize> {
        let best = self.symbols.iter().map(|symbol| symbol.strength).max()?;
        let surest = self.symbols.iter().enumerate().filter(|(_, symbol)| symbol.strength == best);
        surest.min_by_key(|(_, symbol)| symbol.start).map(|(index, _)| index)
    }

    fn take(&mut self, at: usize, lexicon: &Lexicon) -> usize {
        let Some(token) = self.tokens.list.get(at).copied() else {
            return at + 1;
        };
        let (what, last) = match token.kind {
            Kind::Word => self.phrase(at, lexicon),
            Kind::Number(number) => (What::Number(number), at),
            Kind::Index(index) => (What::Index(index), at),
            Kind::Opaque => (What::Opaque, at),
            Kind::Pair | Kind::Ticker => (self.marked_symbol(&token), at),
            Kind::Punct(mark) => (What::Punct(mark), at),
            Kind::Sign(sign) => (What::Sign(Sign::of(sign)), at),
            Kind::Newline => (What::Newline, at),
            Kind::Link => (What::Link, at),
        };
        let end = self.tokens.list.get(last).map_or(token.end, |last| last.end);
        self.list.push(Item {
            what,
            start: token.start,
            end,
            first: u32::try_from(at).unwrap_or(u32::MAX),
            last: u32::try_from(last).unwrap_or(u32::MAX),
            glued: token.glued,
            upper: token.upper,
        });
        last + 1
    }

    /// The longest known phrase that begins at the word `at`, and its last token.
    fn phrase(&self, at: usize, lexicon: &Lexicon) -> (What, usize) {
        let Some(first) = self.tokens.list.get(at) else {
            return (What::Word, at);
        };
        let (mut found, mut last) = ((What::Word, at), at);
        for _ in 0..MAX_PHRASE {
            let Some(token) = self.tokens.list.get(last) else {
                break;
            };
            let Some(entry) = lexicon.get(self.tokens.phrase(first, token)) else {
                break;
            };
            if let Some(tag) = entry.tag {
                found = (What::Tag(tag), last);
            }
            let Some(next) = self.next_word(last).filter(|_| entry.longer) else {
                break;
            };
            last = next;
        }
        found
    }

    /// The next word of a phrase: at most one hyphen, slash or dot lies between.
    fn next_word(&self, at: usize) -> Option<usize> {
        match self.tokens.kind(at + 1)? {
            Kind::Word => Some(at + 1),
            Kind::Punct('-' | '/' | '.' | '_' | '\'') => {
                (self.tokens.kind(at + 2)? == Kind::Word).then_some(at + 2)
            }
            _ => None,
        }
    }

    fn marked_symbol(&mut self, token: &Token) -> What {
        let pair = token.kind == Kind::Pair;
        let mut name = self.tokens.text(token).to_uppercase();
        if !pair {
            name.push_str("USDT");
        }
        let strength = if pair { 4 } else { 3 };
        self.symbol(name, strength, token.start, token.end).map_or(What::Word, What::Symbol)
    }

    /// Registers a coin, or finds it again.
    fn symbol(&mut self, name: String, strength: u8, start: u32, end: u32) -> Option<usize> {
        if let Some(known) = self.symbols.iter().position(|symbol| symbol.name == name) {
            if let Some(symbol) = self.symbols.get_mut(known) {
                symbol.strength = symbol.strength.max(strength);
            }
            return Some(known);
        }
        if self.symbols.len() >= MAX_SYMBOLS {
            return None;
        }
        self.symbols.push(Symbol { name, strength, start, end });
        Some(self.symbols.len() - 1)
    }

    /// Coins named without any mark need evidence around them.
    fn find_bare_symbols(&mut self, lexicon: &Lexicon, listed: &dyn Fn(&str) -> bool) {
        for index in 0..self.list.len() {
            let Some(item) = self.list.get(index).copied() else {
                continue;
            };
            let (strength, name) = match item.what {
                What::Tag(Tag::Coin(coin)) => {
                    (self.coin_strength(index, &item), format!("{}USDT", lexicon.coin(coin)))
                }
                What::Word | What::Tag(_) => {
                    let strength = self.word_strength(index, &item, listed);
                    (strength, if strength > 0 { self.pair_name(&item) } else { String::new() })
                }
                _ => continue,
            };
            let what = if strength > 0 {
                self.symbol(name, strength, item.start, item.end).map(What::Symbol)
            } else {
                matches!(item.what, What::Tag(Tag::Coin(_))).then_some(What::Word)
            };
            if let (Some(slot), Some(what)) = (self.list.get_mut(index), what) {
                slot.what = what;
            }
        }
    }

    fn pair_name(&self, item: &Item) -> String {
        let mut name = self.text(item).to_uppercase();
        name.push_str("USDT");
        name
    }

    /// A ticker that is also an ordinary word ("dot", "etc", "sol") must stand where a coin would.
    fn coin_strength(&self, index: usize, item: &Item) -> u8 {
        let text = self.text(item);
        let sure = text.chars().count() > 5
            || !text.is_ascii()
            || matches!(
                text,
                "btc" | "eth" | "xrp" | "doge" | "bnb" | "ltc" | "xbt" | "pepe" | "shib"
            );
        if self.labelled(index) {
            return 4;
        }
        if sure || item.upper || self.stands_like_a_coin(index) { 2 } else { 0 }
    }

    fn stands_like_a_coin(&self, index: usize) -> bool {
        let near = [self.previous(index), self.next(index)];
        near.into_iter().flatten().any(|neighbour| {
            matches!(
                neighbour,
                What::Tag(
                    Tag::Long
                        | Tag::Short
                        | Tag::Enter
                        | Tag::Stop
                        | Tag::Entry
                        | Tag::Update
                        | Tag::Close
                        | Tag::Coin(_)
                ) | What::Symbol(_)
                    | What::Number(_)
            )
        })
    }

    /// How sure it is that a word without any mark is a coin.
    fn word_strength(&self, index: usize, item: &Item, listed: &dyn Fn(&str) -> bool) -> u8 {
        let text = self.text(item);
        let known = item.what != What::Word;
        let shaped =
            text.len() <= 10 && text.is_ascii() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if !shaped || text.is_empty() || (known && !(item.upper && self.may_be_coin(item))) {
            return 0;
        }
        if self.labelled(index) && (item.upper || !known) {
            return 4;
        }
        if known {
            return 0;
        }
        let alone = self.line_ends(index) && self.line_begins(index) && self.first_line(index);
        if alone && (item.upper || self.next_line_is_label(index)) {
            return 2;
        }
        let side_next = matches!(
            self.next(index),
            Some(What::Tag(Tag::Long | Tag::Short | Tag::WeakLong | Tag::WeakShort))
        );
        let side_before =
            matches!(self.previous(index), Some(What::Tag(Tag::Long | Tag::Short | Tag::Enter)));
        let heads_line = self.line_begins(index) && side_next && text.len() <= 8;
        if (heads_line && (item.upper || self.followed_by_price(index)))
            || (item.upper && text.len() >= 2 && (side_next || side_before))
        {
            return 2;
        }
        u8::from(item.upper && text.len() >= 3 && listed(&self.pair_name(item)))
    }

    const fn may_be_coin(&self, item: &Item) -> bool {
        matches!(
            item.what,
            What::Tag(
                Tag::Filler
                    | Tag::Plain
                    | Tag::Other
                    | Tag::Done
                    | Tag::Unit
                    | Tag::Term
                    | Tag::Analysis
            )
        )
    }

    /// Behind "Coin:", "Пара", "Ticker" on the same line.
    fn labelled(&self, index: usize) -> bool {
        self.previous(index) == Some(What::Tag(Tag::CoinLabel))
    }

    /// The nearest item before on the line, punctuation, emoji and "limit" aside.
    fn previous(&self, index: usize) -> Option<What> {
        let before = self.list.get(..index)?.iter().rev().take(4).map(|item| item.what);
        Self::nearest(before)
    }

    fn next(&self, index: usize) -> Option<What> {
        let after = self.list.get(index + 1..)?.iter().take(4).map(|item| item.what);
        Self::nearest(after)
    }

    fn nearest(items: impl Iterator<Item = What>) -> Option<What> {
        for what in items {
            match what {
                What::Punct('.' | ',') | What::Newline => return None,
                What::Punct(_) | What::Sign(_) => {}
                other => return Some(other),
            }
        }
        None
    }

    fn line_begins(&self, index: usize) -> bool {
        let before = self.list.get(..index).unwrap_or_default().iter().rev().take(6);
        for item in before {
            match item.what {
                What::Newline => return true,
                What::Punct(_) | What::Sign(_) => {}
                _ => return false,
            }
        }
        index <= 6
    }

    fn line_ends(&self, index: usize) -> bool {
        let after = self.list.get(index + 1..).unwrap_or_default().iter();
        after
            .take(4)
            .find(|item| !matches!(item.what, What::Punct(_) | What::Sign(_)))
            .is_none_or(|item| item.what == What::Newline)
    }

    fn first_line(&self, index: usize) -> bool {
        index <= 6
            && self
                .list
                .get(..index)
                .unwrap_or_default()
                .iter()
                .all(|item| matches!(item.what, What::Punct(_) | What::Sign(_) | What::Newline))
    }

    fn next_line_is_label(&self, index: usize) -> bool {
        let after = self.list.get(index + 1..).unwrap_or_default().iter().take(8);
        let mut labels = after
            .filter(|item| !matches!(item.what, What::Newline | What::Punct(_) | What::Sign(_)));
        matches!(
            labels.next().map(|item| item.what),
            Some(What::Tag(Tag::Entry | Tag::Long | Tag::Short | Tag::Leverage))
        )
    }

    fn followed_by_price(&self, index: usize) -> bool {
        let after = self.list.get(index + 1..).unwrap_or_default().iter().take(5);
        let mut line = after.take_while(|item| item.what != What::Newline);
        line.any(|item| {
            let han = matches!(item.what, What::Tag(_)) && !self.text(item).is_ascii();
            han || matches!(item.what, What::Number(_))
        })
    }
}
