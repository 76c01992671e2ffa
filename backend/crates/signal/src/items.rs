//! Tokens to items: phrases get their meaning, symbols their name.

use crate::coins::pair_of;
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
        items.find_bare_coins(lexicon, listed);
        items
    }

    /// The item at `index`.
    pub(crate) fn what(&self, index: usize) -> Option<What> {
        #[cfg(test)]
        crate::linear::step();
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
            Kind::Word => match self.numbered_initial(at, &token) {
                Some(tag) => (What::Tag(tag), at),
                None => self.phrase(at, lexicon),
            },
            Kind::Number(number) => (What::Number(number), at),
            Kind::Index(index) => (What::Index(index), at),
            Kind::Opaque => (What::Opaque, at),
            Kind::Pair | Kind::Ticker => (self.marked_symbol(&token, lexicon), at),
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

    /// `T1: 3100`, `E2: 3050`.
    fn numbered_initial(&self, at: usize, token: &Token) -> Option<Tag> {
        let next = self.tokens.list.get(at + 1);
        let numbered = next.is_some_and(|next| next.glued && matches!(next.kind, Kind::Number(_)));
        match self.tokens.text(token) {
            "t" if numbered && token.upper => Some(Tag::Target),
            "e" if numbered && token.upper => Some(Tag::Entry),
            _ => None,
        }
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

    fn marked_symbol(&mut self, token: &Token, lexicon: &Lexicon) -> What {
        let pair = token.kind == Kind::Pair;
        let text = self.tokens.text(token);
        let name = match lexicon.tag(text) {
            Some(Tag::Coin(coin)) if !pair => pair_of(lexicon.coin(coin)),
            _ if pair => text.to_uppercase(),
            _ => pair_of(&text.to_uppercase()),
        };
        let strength = if pair { 4 } else { 3 };
        self.symbol(name, strength, token.start, token.end).map_or(What::Word, What::Symbol)
    }

    /// Registers a coin, or finds it again.
    pub(crate) fn symbol(
        &mut self,
        name: String,
        strength: u8,
        start: u32,
        end: u32,
    ) -> Option<usize> {
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
}
