//! Labels: what messages really meant, told by people, for the next training of the intent model.

use domain::{Decimal, EntryKind, Intent, Price, Timestamp, TraceId, TradeSignal, ids};
use serde::{Deserialize, Serialize};

use crate::ports::BoxFuture;

/// A message and what it means: a line of the labels' file, which `levibot train --labels` reads.
/// Prices are as written in the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The message's identity, which is its text's: the newest label of a text holds.
    pub id: String,
    /// When it was labelled.
    pub at: Timestamp,
    /// The message in the journal, where it came from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<TraceId>,
    /// The channel. Messages of one source are never split between training and measuring.
    pub source: String,
    /// Two letters, or empty.
    #[serde(default)]
    pub lang: String,
    /// The message.
    pub text: String,
    /// What it wants.
    pub intent: Intent,
    /// The pair, as `BTCUSDT`; it need not be listed.
    pub symbol: Option<String>,
    /// Entry prices.
    pub entries: Vec<Price>,
    /// How to get in, where that is certain.
    pub entry_kind: Option<EntryKind>,
    /// Target prices.
    pub tps: Vec<Price>,
    /// Targets in percent of the entry.
    pub tp_pcts: Vec<Decimal>,
    /// Stop price.
    pub sl: Option<Price>,
    /// Stop in percent of the entry.
    pub sl_pct: Option<Decimal>,
    /// Leverage named.
    pub leverage: Option<u32>,
}

impl Label {
    /// A label with the fields of `signal`.
    pub fn new(at: Timestamp, text: String, intent: Intent, signal: TradeSignal) -> Self {
        let digest = ids::digest(&["label", &text]);
        Self {
            id: digest.chars().take(16).collect(),
            at,
            trace_id: None,
            source: "labels".to_owned(),
            lang: String::new(),
            text,
            intent,
            symbol: signal.symbol,
            entries: signal.entries,
            entry_kind: signal.entry_kind,
            tps: signal.tps,
            tp_pcts: signal.tp_pcts,
            sl: signal.sl,
            sl_pct: signal.sl_pct,
            leverage: signal.leverage,
        }
    }

    /// Whether both say the same of the same message, whenever and about whichever posting of it.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let plain = |label: &Self| Self { at: self.at, trace_id: None, ..label.clone() };
        plain(self) == plain(other)
    }
}

/// Labels could not be read or written; the text says which file and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LabelsError(pub String);

/// What became of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is on disk now.
    Stored,
    /// The newest label of the message says the same; nothing was written.
    Known,
}

/// Where labels are kept. The binary implements it.
pub trait Labels: Send + Sync + 'static {
    /// Every label, oldest first.
    fn all(&self) -> BoxFuture<'_, Result<Vec<Label>, LabelsError>>;

    /// Keeps a label; it is on disk before this returns.
    fn keep(&self, label: Label) -> BoxFuture<'_, Result<Kept, LabelsError>>;
}

/// The newest label of each message, newest first.
pub(crate) fn in_force(oldest_first: Vec<Label>) -> Vec<Label> {
    let mut seen = std::collections::HashSet::new();
    oldest_first.into_iter().rev().filter(|label| seen.insert(label.id.clone())).collect()
}

/// The newest label of the message that `label` is about.
pub fn newest_of<'a>(oldest_first: &'a [Label], label: &Label) -> Option<&'a Label> {
    oldest_first.iter().rev().find(|known| known.id == label.id)
}
