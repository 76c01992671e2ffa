//! Text to tokens in one pass: words, numbers, pairs, marks. Each token knows the bytes it came from.

use crate::lexicon::{Lexicon, Tag};
use crate::normalise::{Folded, is_han, is_letter, keycap_digit, lower};
use crate::number::{self, Digits, Number, Place};
use crate::symbols;

/// Longest word kept in one token; a longer one continues in the next.
const MAX_WORD: usize = 40;
/// Longest name of a coin that is traded by the thousand.
const MAX_THOUSAND_NAME: usize = 8;
/// Shortest run of digits and letters that is taken for a hexadecimal identifier.
const MIN_HEX: usize = 12;
/// What glued digits make a chart period or an indicator of.
const PERIODS: [&str; 11] = ["h", "m", "d", "w", "tf", "ema", "sma", "ma", "rsi", "adx", "atr"];
/// Longest phrase of ideographs.
const MAX_HAN: usize = 12;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// Letters of one word; its lower-case text is in [`Tokens::text`].
    Word,
    /// A number that may be a price, percentage or leverage.
    Number(Number),
    /// The mark of a list item.
    Index(u32),
    /// Digits that are no number: dates, times, phones, identifiers.
    Opaque,
    /// A pair with its quote currency; the text is the whole name.
    Pair,
    /// `$BTC` or `#BTC`; the text is the base.
    Ticker,
    /// ASCII punctuation.
    Punct(char),
    /// An emoji or other sign.
    Sign(char),
    /// The end of a line.
    Newline,
    /// A link or a user's handle.
    Link,
}

/// One token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Byte offsets in the original text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Byte offsets in the buffer of folded words.
    word: (u32, u32),
    /// No space before it.
    pub(crate) glued: bool,
    /// Written in capitals throughout.
    pub(crate) upper: bool,
}

/// The tokens of a text and their folded words, joined by single spaces.
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    words: String,
}

impl Tokens {
    /// Reads a text.
    pub(crate) fn read(text: &str, lexicon: &Lexicon) -> Self {
        let folded = Folded::new(text);
        let mut scanner = Scanner {
            text: &folded,
            lexicon,
            tokens: Self {
                list: Vec::with_capacity(folded.chars.len() / 3),
                words: String::with_capacity(text.len().min(1 << 16)),
            },
            spaced: true,
            line_start: true,
        };
        let mut at = 0;
        while at < folded.chars.len() {
            at = scanner.step(at).max(at + 1);
        }
        scanner.tokens
    }

    /// The folded text of a word, pair or ticker.
    pub(crate) fn text(&self, token: &Token) -> &str {
        self.words.get(token.word.0 as usize..token.word.1 as usize).unwrap_or_default()
    }

    /// The folded text from one word to a later one, words joined by spaces.
    pub(crate) fn phrase(&self, first: &Token, last: &Token) -> &str {
        self.words.get(first.word.0 as usize..last.word.1 as usize).unwrap_or_default()
    }

    /// The token at `index`.
    pub(crate) fn kind(&self, index: usize) -> Option<Kind> {
        self.list.get(index).map(|token| token.kind)
    }
}

struct Scanner<'a> {
    text: &'a Folded,
    lexicon: &'a Lexicon,
    tokens: Tokens,
    spaced: bool,
    line_start: bool,
}

impl Scanner<'_> {
    /// Reads one token at `at` and returns where the next begins.
    fn step(&mut self, at: usize) -> usize {
        let first = self.text.at(at);
        if first == '\n' {
            self.push(Kind::Newline, at, at + 1);
            (self.spaced, self.line_start) = (true, true);
            return at + 1;
        }
        if first.is_whitespace() {
            self.spaced = true;
            return at + 1;
        }
        if keycap_digit(first).is_some() {
            return self.keycaps(at);
        }
        if let Some(end) = self.symbol(at) {
            return end;
        }
        if first.is_ascii_digit() {
            return self.thousand_coins(at).unwrap_or_else(|| self.digits(at));
        }
        if is_han(first) {
            return self.han(at);
        }
        if is_letter(first) {
            return self.word(at);
        }
        self.mark(at, first)
    }

    /// One or two keycaps mark a list item, more of them are a number in costume.
    fn keycaps(&mut self, at: usize) -> usize {
        let (mut end, mut value) = (at, 0_u32);
        while let Some(digit) = keycap_digit(self.text.at(end)) {
            value = value.saturating_mul(10).saturating_add(digit);
            end += 1;
        }
        let kind = if end - at <= 2 {
            Kind::Index(value)
        } else {
            Kind::Number(Number {
                value: value.into(),
                unit: number::Unit::Plain,
                form: number::Form::Certain,
            })
        };
        self.push(kind, at, end);
        end
    }

    /// A pair, cashtag or hashtag.
    fn symbol(&mut self, at: usize) -> Option<usize> {
        let inside_word =
            at > 0 && self.text.at(at - 1).is_ascii_alphanumeric() && !self.splits(at);
        if inside_word {
            return None;
        }
        let sigil = self.text.at(at);
        let name = if matches!(sigil, '#' | '$') { at + 1 } else { at };
        if let Some(pair) = symbols::pair_at(self.text, name, self.lexicon) {
            self.push_folded(Kind::Pair, at, pair.end, pair.base.chain(pair.quote));
            return Some(pair.end);
        }
        let price_sign = sigil == '$' && at > 0 && self.text.at(at - 1).is_ascii_digit();
        if name == at || price_sign {
            return None;
        }
        let end = symbols::ticker_at(self.text, name, sigil, self.lexicon)?;
        self.push_folded(Kind::Ticker, at, end, (name..end).chain(0..0));
        Some(end)
    }

    /// Whether the last token ended directly before `at`, so that a new word may begin there.
    fn splits(&self, at: usize) -> bool {
        let end = self.tokens.list.last().map(|token| token.end);
        end.is_some() && end == self.text.starts.get(at).copied()
    }

    /// `1000PEPE`: so many of a coin trade under a name of their own.
    fn thousand_coins(&mut self, at: usize) -> Option<usize> {
        let digits = number::digits_end(self.text, at);
        let thousands = self.text.at(at) == '1' && (at + 1..digits).all(|i| self.text.at(i) == '0');
        let mut end = digits;
        while self.text.at(end).is_ascii_uppercase() && end < digits + 2 * MAX_THOUSAND_NAME {
            end += 1;
        }
        let named = (3..=MAX_THOUSAND_NAME).contains(&(end - digits));
        let whole = !self.text.at(end).is_alphanumeric();
        if !(thousands && matches!(digits - at, 4..=7) && named && whole) {
            return None;
        }
        self.push_folded(Kind::Ticker, at, end, (at..end).chain(0..0));
        Some(end)
    }

    fn digits(&mut self, at: usize) -> usize {
        if let Some(end) = self.identifier(at) {
            self.push(Kind::Opaque, at, end);
            return end;
        }
        let place = Place {
            line_start: self.line_start,
            after_label: self.after_label(),
            opens_price: self.opens_price(),
        };
        let (digits, end) = number::scan(self.text, at, place);
        let kind = match digits {
            Digits::Number(number) => Kind::Number(number),
            Digits::Index(index) => Kind::Index(index),
            Digits::Opaque => Kind::Opaque,
        };
        self.push(kind, at, end);
        end
    }

    /// The end of an identifier that these digits are part of: `6a0080942ea8`, `H4`, `EMA200`.
    fn identifier(&self, at: usize) -> Option<usize> {
        let digits = number::digits_end(self.text, at);
        let mut end = digits;
        while self.text.at(end).is_ascii_alphanumeric() && end - at < MAX_WORD {
            end += 1;
        }
        let mixed = (digits..end).any(|index| self.text.at(index).is_ascii_digit());
        let hexadecimal = |index: usize| self.text.at(index).is_ascii_hexdigit();
        if mixed && end - at >= MIN_HEX && (at..end).all(hexadecimal) {
            return Some(end);
        }
        let last = self.tokens.list.last().filter(|token| token.kind == Kind::Word)?;
        let glued = !self.spaced && self.splits(at);
        (glued && PERIODS.contains(&self.tokens.text(last))).then_some(digits)
    }

    /// Whether a colon, dash or currency sign says that one price begins here.
    fn opens_price(&self) -> bool {
        let last = self.tokens.list.last().map(|token| token.kind);
        matches!(last, Some(Kind::Punct(':' | '=' | '-' | '@' | '$') | Kind::Index(_)))
    }

    fn after_label(&self) -> bool {
        let last = self.tokens.list.last().filter(|token| token.kind == Kind::Word);
        let tag = last.and_then(|token| self.lexicon.tag(self.tokens.text(token)));
        matches!(tag, Some(Tag::Target | Tag::Entry | Tag::Stop))
    }

    /// The longest known phrase of ideographs, or one of them.
    fn han(&mut self, at: usize) -> usize {
        let mut phrase = String::with_capacity(3 * MAX_HAN);
        let mut best = at + 1;
        for end in at..at + MAX_HAN {
            let character = self.text.at(end);
            if !is_han(character) {
                break;
            }
            phrase.push(character);
            let Some(entry) = self.lexicon.get(&phrase) else {
                break;
            };
            if entry.tag.is_some() {
                best = end + 1;
            }
            if !entry.longer {
                break;
            }
        }
        self.push_folded(Kind::Word, at, best, (at..best).chain(0..0));
        best
    }

    fn word(&mut self, at: usize) -> usize {
        let mut end = at;
        while end - at < MAX_WORD && self.continues_word(end) {
            end += 1;
        }
        if self.scheme(at, end) || self.text.at(at) == '@' {
            return self.link(at);
        }
        let end = symbols::split_glued(self.text, at, end, self.lexicon).unwrap_or(end);
        self.push_folded(Kind::Word, at, end, (at..end).chain(0..0));
        end
    }

    fn continues_word(&self, at: usize) -> bool {
        let character = self.text.at(at);
        let letter =
            is_letter(character) && !is_han(character) && keycap_digit(character).is_none();
        letter || (character == '\'' && self.text.at(at + 1).is_alphabetic())
    }

    /// `https://…`, `t.me/…`.
    fn scheme(&self, at: usize, end: usize) -> bool {
        let length = end - at;
        let address = self.text.at(end) == ':' && self.text.at(end + 1) == '/' && length <= 6;
        let short = length == 1 && self.text.at(end) == '.' && self.text.at(end + 1) == 'm';
        address || (short && self.text.at(end + 2) == 'e' && self.text.at(end + 3) == '/')
    }

    fn link(&mut self, at: usize) -> usize {
        let mut end = at + 1;
        while end < self.text.chars.len() {
            let character = self.text.at(end);
            if character.is_whitespace()
                || matches!(character, ')' | ']' | '"')
                || is_han(character)
            {
                break;
            }
            end += 1;
        }
        self.push(Kind::Link, at, end);
        end
    }

    fn mark(&mut self, at: usize, first: char) -> usize {
        if first == '@' && self.text.at(at + 1).is_ascii_alphabetic() {
            return self.link(at);
        }
        let kind = if first.is_ascii() { Kind::Punct(first) } else { Kind::Sign(first) };
        let line_start = self.line_start;
        self.push(kind, at, at + 1);
        self.line_start = line_start;
        at + 1
    }

    fn push(&mut self, kind: Kind, from: usize, to: usize) {
        self.push_folded(kind, from, to, (0..0).chain(0..0));
    }

    fn push_folded(
        &mut self,
        kind: Kind,
        from: usize,
        to: usize,
        letters: impl Iterator<Item = usize>,
    ) {
        if !self.tokens.words.is_empty() && !self.tokens.words.ends_with(' ') {
            self.tokens.words.push(' ');
        }
        let word_start = self.tokens.words.len();
        let (mut upper, mut any) = (true, false);
        for index in letters {
            let character = self.text.at(index);
            if character != '\'' {
                upper &= is_han(character) || !character.is_lowercase();
                any = true;
                self.tokens.words.push(lower(character));
            }
        }
        let position = |list: &[u32], index: usize| list.get(index).copied().unwrap_or_default();
        let word = (narrow(word_start), narrow(self.tokens.words.len()));
        self.tokens.list.push(Token {
            kind,
            start: position(&self.text.starts, from),
            end: position(&self.text.ends, to.saturating_sub(1)),
            word,
            glued: !self.spaced,
            upper: upper && any,
        });
        (self.spaced, self.line_start) = (false, false);
    }
}

/// Folded text is at most a few times the reading limit.
fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
