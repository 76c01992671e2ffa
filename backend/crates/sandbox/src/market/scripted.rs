//! Prices that a test sets by hand.

use std::sync::{Arc, PoisonError, RwLock};

use domain::{Price, Timestamp};

use super::{Listing, MarketIndex, PriceRange, PriceSource};

/// Settable prices; flat at each pair's base price until set. Clones share one script.
#[derive(Debug, Clone)]
pub struct Scripted {
    pairs: Arc<RwLock<Vec<Script>>>,
}

#[derive(Debug)]
struct Script {
    base: Price,
    daily_turnover: f64,
    /// Price changes in the order they were made; times never fall.
    changes: Vec<(Timestamp, Price)>,
}

impl Scripted {
    /// A script for these listings.
    pub fn new(listings: &[Listing]) -> Self {
        let pairs = listings.iter().map(|listing| Script {
            base: listing.base_price,
            daily_turnover: listing.liquidity.daily_turnover,
            changes: Vec::new(),
        });
        Self { pairs: Arc::new(RwLock::new(pairs.collect())) }
    }

    /// Sets the mid from `at` on. A time before the last change counts as that of the last change.
    pub fn set(&self, market: MarketIndex, price: Price, at: Timestamp) {
        let mut pairs = self.pairs.write().unwrap_or_else(PoisonError::into_inner);
        let changes = &mut pairs[market.0].changes;
        let at = changes.last().map_or(at, |(last, _)| at.max(*last));
        changes.push((at, price));
    }

    fn with<T>(&self, market: MarketIndex, look: impl FnOnce(&Script) -> T) -> T {
        let pairs = self.pairs.read().unwrap_or_else(PoisonError::into_inner);
        look(&pairs[market.0])
    }
}

impl Script {
    fn mid(&self, at: Timestamp) -> Price {
        let after = self.changes.partition_point(|(time, _)| *time <= at);
        after.checked_sub(1).map_or(self.base, |last| self.changes[last].1)
    }

    fn range(&self, from: Timestamp, to: Timestamp) -> PriceRange {
        let start = self.mid(from);
        let first = self.changes.partition_point(|(time, _)| *time <= from);
        let inside = self.changes[first..].iter().take_while(|(time, _)| *time <= to);
        inside.fold(PriceRange { low: start, high: start }, |range, (_, price)| PriceRange {
            low: range.low.min(*price),
            high: range.high.max(*price),
        })
    }
}

impl PriceSource for Scripted {
    fn mid(&self, market: MarketIndex, at: Timestamp) -> Price {
        self.with(market, |script| script.mid(at))
    }

    fn range(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> PriceRange {
        self.with(market, |script| script.range(from, to))
    }

    fn turnover(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> f64 {
        self.with(market, |script| script.daily_turnover * to.since(from).as_secs_f64() / 86_400.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::pairs;

    #[test]
    fn a_price_holds_from_its_moment_on() {
        let at = |second: i64| Timestamp::from_millis(second * 1_000);
        let price = |text: &str| text.parse::<Price>().unwrap();
        let script = Scripted::new(&pairs::listings());
        let btc = MarketIndex(0);
        let base = script.mid(btc, at(0));
        script.set(btc, price("100"), at(10));
        script.set(btc, price("90"), at(20));
        assert_eq!(script.mid(btc, at(9)), base);
        assert_eq!(script.mid(btc, at(10)), price("100"));
        let range = script.range(btc, at(10), at(30));
        assert_eq!((range.low, range.high), (price("90"), price("100")));
        let later = script.range(btc, at(21), at(30));
        assert_eq!((later.low, later.high), (price("90"), price("90")));
    }
}
