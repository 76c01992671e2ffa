//! The figures of a pair's last 24 hours.

use std::time::Duration;

use domain::{Price, Timestamp};

use super::{MarketIndex, PriceSource};

/// What a day came to. Volumes are statistics, not money of an account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub last: Price,
    /// Base units traded.
    pub volume: f64,
    /// Quote units traded.
    pub turnover: f64,
}

/// The 24 hours before `now`, as told to the source or computed from it.
pub fn day(source: &dyn PriceSource, market: MarketIndex, now: Timestamp) -> Day {
    let last = source.mid(market, now);
    if let Some(told) = source.told_day(market) {
        return Day { last, high: told.high.max(last), low: told.low.min(last), ..told };
    }
    let start = now.minus(Duration::from_hours(24));
    let range = source.range(market, start, now);
    let turnover = source.turnover(market, start, now);
    Day {
        open: source.mid(market, start),
        high: range.high,
        low: range.low,
        last,
        volume: turnover / f64::try_from(last.get()).unwrap_or(f64::MAX),
        turnover,
    }
}
