//! What is listed and how its price moves: listings, price sources, candles and the public tape.

pub mod candle_file;
pub mod candles;
pub mod listing;
pub mod noise;
pub mod pairs;
pub mod scripted;
pub mod synthetic;
pub mod tape;

use domain::{Price, Timestamp};

pub use listing::{Liquidity, Listing, SymbolStatus};

/// The place of a pair in the list of listings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MarketIndex(pub usize);

/// The lowest and highest mid price of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRange {
    /// Lowest.
    pub low: Price,
    /// Highest.
    pub high: Price,
}

/// Where mid prices come from. A source is a function of time: the same question always has the
/// same answer, except for a span that has not happened yet.
pub trait PriceSource: Send + Sync {
    /// The mid price, a multiple of the pair's tick.
    fn mid(&self, market: MarketIndex, at: Timestamp) -> Price;

    /// The range of the mid over `from..=to`; it contains the mids at both ends.
    fn range(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> PriceRange;

    /// What others traded in `from..to`, in quote units. A statistic, not money of an account.
    fn turnover(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> f64;
}
