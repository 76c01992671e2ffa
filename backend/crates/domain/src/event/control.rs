//! What is recorded of people's commands and of the service itself.

use serde::{Deserialize, Serialize};

use crate::PolicyName;

/// The risk policy changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskPolicyChanged {
    /// Before.
    pub from: PolicyName,
    /// From now on.
    pub to: PolicyName,
    /// Who asked.
    pub by: String,
}

/// How much the kill switch stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KillMode {
    /// No new entries.
    Entries,
    /// And queued entries revoked, resting entries cancelled.
    Cancel,
    /// And every position sold at the market.
    Flatten,
}

impl KillMode {
    /// The name as written in requests and the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Cancel => "cancel",
            Self::Flatten => "flatten",
        }
    }
}

/// The kill switch was pulled or released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KillSwitch {
    /// The mode, or [`None`] when trading resumes.
    pub mode: Option<KillMode>,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub by: String,
}

/// Something a person should know that changes no state: a start, a lost connection, a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// In words.
    pub message: String,
    /// Figures, by name.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub details: std::collections::BTreeMap<String, String>,
}

/// From here on the events belong to this account. State belongs to (exchange, account): paper
/// never continues live positions, nor the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSelected {
    /// The account's name: `paper`, or `mexc-` with the name the user gave it.
    pub account: String,
}

/// The open state in one event, so that older events are not needed to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Version of the state's layout.
    pub version: u32,
    /// The state, in the engine's own layout.
    pub state: serde_json::Value,
}
