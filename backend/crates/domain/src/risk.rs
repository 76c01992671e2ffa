//! The words of risk: policies by name and the result of one check.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A row of the policy table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PolicyName {
    /// 1.5 × ATR, 2:1, 100 quote units.
    Conservative,
    /// 2.0 × ATR, 2.5:1, 250 quote units.
    Moderate,
    /// 2.5 × ATR, 3:1, 500 quote units.
    Aggressive,
}

impl PolicyName {
    /// Every policy, the most careful first.
    pub const ALL: [Self; 3] = [Self::Conservative, Self::Moderate, Self::Aggressive];

    /// The name as written in configuration and journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conservative => "conservative",
            Self::Moderate => "moderate",
            Self::Aggressive => "aggressive",
        }
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policy {0:?} is not known: use conservative, moderate or aggressive")]
pub struct UnknownPolicy(pub String);

impl FromStr for PolicyName {
    type Err = UnknownPolicy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|policy| policy.as_str() == wanted);
        found.ok_or_else(|| UnknownPolicy(text.chars().take(32).collect()))
    }
}

/// What a check concluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckResult {
    /// Within the limit.
    Pass,
    /// The order was changed to fit; the detail gives both figures.
    Clamp,
    /// The order must not go out.
    Block,
    /// Could not be judged, since an earlier check already blocks or the limit is off.
    Skip,
}

/// One risk check with the numbers it used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Short stable name: `cooldown`, `total_exposure` …
    pub name: Cow<'static, str>,
    /// The conclusion.
    pub result: CheckResult,
    /// A sentence with the figures.
    pub detail: String,
}

impl Check {
    /// A check with its sentence.
    pub fn new(name: &'static str, result: CheckResult, detail: impl Into<String>) -> Self {
        Self { name: Cow::Borrowed(name), result, detail: detail.into() }
    }
}
