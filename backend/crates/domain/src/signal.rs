//! What a message says, as plain data; the `signal` crate fills it in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Decimal, Price};

/// What a message wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Intent {
    /// Open a long position.
    Buy,
    /// Open a short position; on spot: leave what is held.
    Sell,
    /// Leave a position.
    Close,
    /// A fact about, or a change to, an earlier signal.
    Update,
    /// Nothing to trade: news, advert, result, chatter.
    NoTrade,
}

impl Intent {
    /// The label as written in journal and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "BUY",
            Self::Sell => "SELL",
            Self::Close => "CLOSE",
            Self::Update => "UPDATE",
            Self::NoTrade => "NO_TRADE",
        }
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the message wants to get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// At the present price.
    Market,
    /// At a named price, or one of several.
    Limit,
    /// Anywhere inside a zone.
    Range,
}

/// The fields found in a message. Prices are as written, in the order written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeSignal {
    /// The pair, normalised to the exchange's style (`BTCUSDT`) but not checked against its list.
    pub symbol: Option<String>,
    /// Entry prices: none for market, one or more for limit, the two edges for range.
    pub entries: Vec<Price>,
    /// How to get in, where the message says so.
    pub entry_kind: Option<EntryKind>,
    /// Target prices.
    pub tps: Vec<Price>,
    /// Targets given in percent of the entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tp_pcts: Vec<Decimal>,
    /// Stop price.
    pub sl: Option<Price>,
    /// Stop given in percent of the entry (positive number: distance).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sl_pct: Option<Decimal>,
    /// Leverage named in the message; told, never used on spot.
    pub leverage: Option<u32>,
    /// Further pairs named, when the message speaks of several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_symbols: Vec<String>,
    /// What an UPDATE or CLOSE message asks to be done about an earlier signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// What is to be done about an earlier signal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Where the stop goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<StopChange>,
    /// How much of what was bought shall be sold in the end, percent, 1 to 99. It counts what
    /// targets have sold already: said twice it asks for nothing new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_pct: Option<u8>,
    /// Entries that are not filled yet are withdrawn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancel_entry: bool,
    /// It speaks of everything that is open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everything: bool,
}

/// Where a message wants the stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopChange {
    /// At the entry price.
    ToEntry,
    /// At a price.
    To(Price),
}

/// A field of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The coin or pair.
    Symbol,
    /// The word for buying or selling.
    Side,
    /// An entry price.
    Entry,
    /// A target, as price or in percent.
    Target,
    /// The stop, as price or in percent.
    Stop,
    /// The leverage.
    Leverage,
}

/// The piece of a message that a field was read from, in characters (Unicode scalar values, as
/// Python and jq count them; JavaScript counts those above U+FFFF twice).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldSpan {
    /// The field.
    pub field: Field,
    /// First character, counted from 0.
    pub start: usize,
    /// Character behind the last one.
    pub end: usize,
}

/// How sure the reading is, and why. Statistics, not money: floats are fine here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The likeliest intent.
    pub label: Intent,
    /// Probability, 0 to 1, that the intent is right and the fields suffice to trade.
    pub confidence: f64,
    /// What carried it, in words.
    pub reasons: Vec<String>,
}
