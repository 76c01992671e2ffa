//! What a message about an open position asks for: move the stop, sell a part, withdraw an entry.
//!
//! Only clear words count. A clause that denies ("don't move") or sets a condition ("if it breaks")
//! asks for nothing, nor does one that reports ("stop hit at entry").

mod clause;

use std::collections::HashMap;

use domain::{Change, Price, StopChange};

use clause::{Clause, clauses};

use crate::normalise::{Folded, is_han};

/// What a phrase speaks of; one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
enum Kind {
    Stop = 1,
    Even = 2,
    Protect = 4,
    Move = 8,
    Ended = 16,
    Part = 32,
    Half = 64,
    Gain = 128,
    Cancel = 256,
    All = 512,
    Not = 1024,
    If = 2048,
}

const KINDS: [(&str, Kind); 12] = [
    ("stop", Kind::Stop),
    ("even", Kind::Even),
    ("protect", Kind::Protect),
    ("move", Kind::Move),
    ("ended", Kind::Ended),
    ("part", Kind::Part),
    ("half", Kind::Half),
    ("gain", Kind::Gain),
    ("cancel", Kind::Cancel),
    ("all", Kind::All),
    ("not", Kind::Not),
    ("if", Kind::If),
];

/// The phrases of `words.txt`.
#[derive(Debug)]
pub(crate) struct ChangeWords {
    /// Phrases of words, joined by one space, and what they may mean.
    phrases: HashMap<String, u16>,
    /// Phrases in ideographs.
    han: Vec<(String, u16)>,
}

impl ChangeWords {
    /// The words that come with the program.
    pub(crate) fn embedded() -> Self {
        let mut words = Self { phrases: HashMap::new(), han: Vec::new() };
        let lines = include_str!("words.txt").lines().filter(|line| !line.starts_with('#'));
        for (name, list) in lines.filter_map(|line| line.split_once(':')) {
            let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == name.trim()) else {
                continue;
            };
            for phrase in list.split('|').map(str::trim).filter(|phrase| !phrase.is_empty()) {
                words.add(phrase, *kind);
            }
        }
        words
    }

    fn add(&mut self, phrase: &str, kind: Kind) {
        if phrase.chars().any(is_han) {
            self.han.push((phrase.to_owned(), kind as u16));
        } else {
            *self.phrases.entry(phrase.to_owned()).or_default() |= kind as u16;
        }
    }

    /// Reads what `text` asks for. `stop` is the stop price that was found, with its place.
    pub(crate) fn read(&self, text: &str, stop: Option<(Price, u32)>) -> Option<Change> {
        let folded = Folded::new(text);
        let mut change = Change::default();
        for clause in clauses(&folded) {
            self.read_clause(&clause, stop, &mut change);
        }
        (change != Change::default()).then_some(change)
    }

    fn read_clause(&self, clause: &Clause, stop: Option<(Price, u32)>, change: &mut Change) {
        let said = self.said(clause);
        if said.any(&[Kind::Not, Kind::If]) {
            // "не актуально": the denial is the message.
            change.cancel_entry |= said.any(&[Kind::Cancel]) && !said.any(&[Kind::If]);
            return;
        }
        let reports = said.any(&[Kind::Ended]) && !said.any(&[Kind::Move]);
        if !reports {
            let to_entry = said.any(&[Kind::Protect]) || said.all(&[Kind::Stop, Kind::Even]);
            let stated = stop.filter(|(_, at)| clause.covers(*at)).map(|(price, _)| price);
            let new = stated.map(StopChange::To).or(to_entry.then_some(StopChange::ToEntry));
            change.stop = new.or(change.stop);
        }
        if said.any(&[Kind::Part]) {
            change.sold_pct = self.share(clause, said).or(change.sold_pct);
        }
        change.cancel_entry |= said.any(&[Kind::Cancel]);
        change.everything |= said.any(&[Kind::All]);
    }

    /// "close 50%", "book half"; a percentage of profit is none of it.
    fn share(&self, clause: &Clause, said: Said) -> Option<u8> {
        let stated = clause.percentages().find(|(index, _)| {
            let verb = self.means(clause.word(index.wrapping_sub(2)), Kind::Part);
            let near = [index.wrapping_sub(1), index + 1];
            verb || !near.iter().any(|at| self.means(clause.word(*at), Kind::Gain))
        });
        let half = said.any(&[Kind::Half]).then_some(50);
        stated.map(|(_, percent)| percent).or(half)
    }

    fn means(&self, word: &str, kind: Kind) -> bool {
        self.phrases.get(word).is_some_and(|kinds| kinds & kind as u16 != 0)
    }

    fn said(&self, clause: &Clause) -> Said {
        let mut said = 0;
        for start in 0..clause.words.len() {
            let mut phrase = String::new();
            for word in clause.words.iter().skip(start).take(3) {
                if !phrase.is_empty() {
                    phrase.push(' ');
                }
                phrase.push_str(word);
                said |= self.phrases.get(&phrase).copied().unwrap_or_default();
            }
        }
        for (phrase, kind) in &self.han {
            if clause.han.contains(phrase.as_str()) {
                said |= kind;
            }
        }
        Said(said)
    }
}

/// The kinds a clause speaks of.
#[derive(Debug, Clone, Copy)]
struct Said(u16);

impl Said {
    fn any(self, kinds: &[Kind]) -> bool {
        kinds.iter().any(|kind| self.0 & *kind as u16 != 0)
    }

    fn all(self, kinds: &[Kind]) -> bool {
        kinds.iter().all(|kind| self.0 & *kind as u16 != 0)
    }
}

#[cfg(test)]
mod tests;
