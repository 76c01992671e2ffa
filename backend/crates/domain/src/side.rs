//! Which way an order goes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Buy or sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Pays quote, receives base.
    Buy,
    /// Gives base, receives quote.
    Sell,
}

impl Side {
    /// `buy` or `sell`, as in our own API and journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }

    /// `BUY` or `SELL`, as on MEXC's wire.
    pub const fn as_wire(self) -> &'static str {
        match self {
            Self::Buy => "BUY",
            Self::Sell => "SELL",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is neither `buy` nor `sell`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("side {0:?} is not known: use buy or sell")]
pub struct UnknownSide(pub String);

impl FromStr for Side {
    type Err = UnknownSide;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "buy" => Ok(Self::Buy),
            "sell" => Ok(Self::Sell),
            _ => Err(UnknownSide(text.chars().take(32).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_any_case_and_nothing_else() {
        assert_eq!("BUY".parse(), Ok(Side::Buy));
        assert_eq!(" sell ".parse(), Ok(Side::Sell));
        for text in ["hold", "", "b", "long"] {
            assert!(text.parse::<Side>().is_err(), "{text}");
        }
    }
}
