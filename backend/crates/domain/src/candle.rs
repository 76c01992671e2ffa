//! Candles and their intervals.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Price, Qty, Timestamp};

/// One candle. Only finished candles are used for decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candle {
    /// Start of the window.
    pub open_time: Timestamp,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Base volume.
    pub volume: Qty,
}

/// The candle lengths MEXC serves over REST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Interval {
    /// One minute.
    #[serde(rename = "1m")]
    M1,
    /// Five minutes.
    #[serde(rename = "5m")]
    M5,
    /// Fifteen minutes.
    #[serde(rename = "15m")]
    M15,
    /// Thirty minutes.
    #[serde(rename = "30m")]
    M30,
    /// One hour. MEXC writes `60m`; `1h` is read too.
    #[serde(rename = "60m", alias = "1h")]
    H1,
    /// Four hours.
    #[serde(rename = "4h")]
    H4,
    /// One day.
    #[serde(rename = "1d")]
    D1,
    /// One week.
    #[serde(rename = "1W")]
    W1,
    /// One month, counted as thirty days.
    #[serde(rename = "1M")]
    Mo1,
}

impl Interval {
    /// Every interval, shortest first.
    pub const ALL: [Self; 9] = [
        Self::M1,
        Self::M5,
        Self::M15,
        Self::M30,
        Self::H1,
        Self::H4,
        Self::D1,
        Self::W1,
        Self::Mo1,
    ];

    /// The name on MEXC's REST wire.
    pub const fn as_wire(self) -> &'static str {
        match self {
            Self::M1 => "1m",
            Self::M5 => "5m",
            Self::M15 => "15m",
            Self::M30 => "30m",
            Self::H1 => "60m",
            Self::H4 => "4h",
            Self::D1 => "1d",
            Self::W1 => "1W",
            Self::Mo1 => "1M",
        }
    }

    /// How long one candle lasts.
    pub const fn duration(self) -> Duration {
        let minutes = match self {
            Self::M1 => 1,
            Self::M5 => 5,
            Self::M15 => 15,
            Self::M30 => 30,
            Self::H1 => 60,
            Self::H4 => 240,
            Self::D1 => 1_440,
            Self::W1 => 10_080,
            Self::Mo1 => 43_200,
        };
        Duration::from_secs(minutes * 60)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_wire())
    }
}

/// A candle length that MEXC does not serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("interval {0:?} is not served by MEXC: use 1m, 5m, 15m, 30m, 60m, 4h, 1d, 1W or 1M")]
pub struct UnknownInterval(pub String);

impl FromStr for Interval {
    type Err = UnknownInterval;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|interval| interval.as_wire() == text.trim());
        match (known, text.trim()) {
            (Some(interval), _) => Ok(interval),
            (None, "1h") => Ok(Self::H1),
            _ => Err(UnknownInterval(text.chars().take(16).collect())),
        }
    }
}
