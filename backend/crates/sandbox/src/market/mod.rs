//! What is listed and how its price moves: listings, price sources, candles and the public tape.

pub mod candle_file;
pub mod candles;
pub mod catalogue;
pub mod day;
pub mod listed;
pub mod listing;
pub mod mirror;
pub mod noise;
pub mod pairs;
pub mod scripted;
pub mod synthetic;
pub mod tape;

use domain::{Decimal, Price, Qty, Timestamp};
use mexc_wire::ws::KlineInterval;

use self::candles::Kline;
use self::day::Day;
use self::tape::PublicTrade;

pub use catalogue::Catalogue;
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

/// The best price of one side and what is offered there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Best {
    /// Price.
    pub price: Price,
    /// Base.
    pub qty: Qty,
}

/// How others quote a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// Around the mid, as far from it and as much as the listing's liquidity says.
    AroundMid,
    /// From these prices outwards.
    From {
        /// Best bid; without one nobody bids.
        bid: Option<Best>,
        /// Best ask; without one nobody offers.
        ask: Option<Best>,
        /// Quote units at the levels behind the best ones.
        level_quote: Decimal,
    },
    /// Not at all: the price is not known any more.
    Nobody,
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

    /// How others quote the pair.
    fn quoting(&self, _market: MarketIndex, _at: Timestamp) -> Quoting {
        Quoting::AroundMid
    }

    /// What others traded in `from..=to`, oldest first, where the source saw it happen.
    fn seen_trades(
        &self,
        _market: MarketIndex,
        _from: Timestamp,
        _to: Timestamp,
    ) -> Option<Vec<PublicTrade>> {
        None
    }

    /// The latest candles, oldest first, where the source was told them.
    fn told_candles(&self, _market: MarketIndex, _interval: KlineInterval) -> Option<Vec<Kline>> {
        None
    }

    /// The last 24 hours, where the source was told them.
    fn told_day(&self, _market: MarketIndex) -> Option<Day> {
        None
    }
}
