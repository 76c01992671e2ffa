//! A message in clauses, a clause in words.

use crate::normalise::{Folded, is_han, lower};

/// A part of a message between line ends, commas and full stops.
#[derive(Debug, Default)]
pub(super) struct Clause {
    /// Words and numbers in lower case; a percent sign is a word.
    pub(super) words: Vec<String>,
    /// Its ideographs, in a row.
    pub(super) han: String,
    /// Byte offsets in the original: first byte, and the byte behind the last.
    start: u32,
    end: u32,
}

impl Clause {
    /// Whether the byte at `offset` of the original lies in it.
    pub(super) const fn covers(&self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// The word at `index`, empty outside.
    pub(super) fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }

    /// Whole percentages from 1 to 99, each with the place of its last word. Of a range ("70-80%")
    /// the lower one counts.
    pub(super) fn percentages(&self) -> impl Iterator<Item = (usize, u8)> {
        let percent = |index: usize| match self.word(index).parse::<u8>().ok()? {
            value @ 1..=99 => Some(value),
            _ => None,
        };
        (0..self.words.len()).filter(|index| self.word(*index) == "%").filter_map(move |index| {
            let before = index.checked_sub(1).and_then(percent);
            let lower = index.checked_sub(2).and_then(percent).filter(|low| Some(*low) < before);
            match lower.or(before) {
                Some(value) => Some((index, value)),
                None => percent(index + 1).map(|value| (index + 1, value)),
            }
        })
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.han.is_empty()
    }
}

/// Cuts a message into clauses.
pub(super) fn clauses(folded: &Folded) -> Vec<Clause> {
    let mut cut = Cut::default();
    for index in 0..folded.chars.len() {
        cut.take(folded, index);
    }
    cut.end_clause();
    cut.done
}

#[derive(Default)]
struct Cut {
    done: Vec<Clause>,
    clause: Clause,
    word: String,
}

impl Cut {
    fn take(&mut self, folded: &Folded, index: usize) {
        let character = lower(folded.at(index));
        if is_han(character) {
            self.end_word();
            self.clause.han.push(character);
        } else if character.is_alphanumeric() || joins(folded, index) {
            if self.word.ends_with(|last: char| last.is_ascii_digit()) && character.is_alphabetic()
                || self.word.ends_with(char::is_alphabetic) && character.is_ascii_digit()
            {
                self.end_word();
            }
            self.word.push(character);
        } else {
            self.end_word();
            if character == '%' {
                self.clause.words.push("%".to_owned());
            }
            if ends_clause(folded, index) {
                self.end_clause();
                return;
            }
        }
        self.mark(folded, index);
    }

    fn mark(&mut self, folded: &Folded, index: usize) {
        let start = folded.starts.get(index).copied().unwrap_or_default();
        if self.clause.end == 0 {
            self.clause.start = start;
        }
        self.clause.end = folded.ends.get(index).copied().unwrap_or(start);
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.clause.words.push(std::mem::take(&mut self.word));
        }
    }

    fn end_clause(&mut self) {
        self.end_word();
        let clause = std::mem::take(&mut self.clause);
        if !clause.is_empty() {
            self.done.push(clause);
        }
    }
}

/// Points and commas inside a number, slashes and apostrophes inside a word.
fn joins(folded: &Folded, index: usize) -> bool {
    let sides =
        (index.checked_sub(1).map_or(' ', |before| folded.at(before)), folded.at(index + 1));
    match folded.at(index) {
        '.' | ',' => sides.0.is_ascii_digit() && sides.1.is_ascii_digit(),
        '/' | '\'' | '’' => sides.0.is_alphabetic() && sides.1.is_alphabetic(),
        _ => false,
    }
}

fn ends_clause(folded: &Folded, index: usize) -> bool {
    match folded.at(index) {
        '\n' | ',' | ';' | '.' | '!' | '?' | '。' | '、' | '—' | '|' => true,
        // A dash between words; the one in "70-80" is none.
        '-' | '–' => folded.at(index + 1) == ' ',
        _ => false,
    }
}
