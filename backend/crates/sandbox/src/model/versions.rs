//! Versions of a book: every state that anyone was shown has a number, and the changes between two
//! numbers are known (contract 16).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{Price, Qty, Side, Timestamp};

use super::book::Level;
use super::exchange::Exchange;
use crate::market::MarketIndex;

/// Most changes that are remembered. Whoever asks for older ones gets a gap.
const KEPT: usize = 256;

/// The book of one pair as it was shown last.
#[derive(Debug, Clone, Default)]
pub struct VersionedBook {
    version: u64,
    bids: BTreeMap<Price, Qty>,
    asks: BTreeMap<Price, Qty>,
    changes: VecDeque<Step>,
}

/// One look at which the book had changed.
#[derive(Debug, Clone)]
struct Step {
    from: u64,
    to: u64,
    touched: Vec<(Side, Price)>,
}

/// What changed between two versions. Quantities are absolute; zero removes a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookChanges {
    /// First version.
    pub from: u64,
    /// Last version.
    pub to: u64,
    /// Asks, by rising price.
    pub asks: Vec<Level>,
    /// Bids, by falling price.
    pub bids: Vec<Level>,
}

impl VersionedBook {
    /// Looks at the book and gives it a new version if it changed.
    pub fn refresh(&mut self, exchange: &Exchange, market: MarketIndex, now: Timestamp) {
        let side = |side| {
            let levels = exchange.depth(market, side, usize::MAX, now).into_iter();
            levels.map(|level| (level.price, level.qty)).collect::<BTreeMap<_, _>>()
        };
        let (bids, asks) = (side(Side::Buy), side(Side::Sell));
        let mut changed = differing(Side::Buy, &self.bids, &bids);
        changed.extend(differing(Side::Sell, &self.asks, &asks));
        if changed.is_empty() && self.version > 0 {
            return;
        }
        let from = self.version + 1;
        self.version = from.max(now.as_millis().cast_unsigned());
        self.changes.push_back(Step { from, to: self.version, touched: changed });
        if self.changes.len() > KEPT {
            self.changes.pop_front();
        }
        (self.bids, self.asks) = (bids, asks);
    }

    /// The number of the state shown last.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// One side, best first.
    pub fn side(&self, side: Side) -> Vec<Level> {
        let level = |(price, qty): (&Price, &Qty)| Level { price: *price, qty: *qty };
        match side {
            Side::Buy => self.bids.iter().rev().map(level).collect(),
            Side::Sell => self.asks.iter().map(level).collect(),
        }
    }

    /// What changed after `version`; [`None`] when nothing did. When not all of it is remembered,
    /// `from` is not `version + 1`.
    pub fn since(&self, version: u64) -> Option<BookChanges> {
        let later: Vec<_> = self.changes.iter().filter(|step| step.to > version).collect();
        let from = later.first()?.from;
        let touched: BTreeSet<Price> = prices(&later, Side::Sell);
        let asks = touched.into_iter().map(|price| level_at(&self.asks, price)).collect();
        let touched: BTreeSet<Price> = prices(&later, Side::Buy);
        let bids = touched.into_iter().rev().map(|price| level_at(&self.bids, price)).collect();
        Some(BookChanges { from, to: self.version, asks, bids })
    }
}

fn prices(steps: &[&Step], side: Side) -> BTreeSet<Price> {
    let all = steps.iter().flat_map(|step| &step.touched);
    all.filter(|(touched, _)| *touched == side).map(|(_, price)| *price).collect()
}

fn level_at(levels: &BTreeMap<Price, Qty>, price: Price) -> Level {
    Level { price, qty: levels.get(&price).copied().unwrap_or(Qty::ZERO) }
}

fn differing(
    side: Side,
    old: &BTreeMap<Price, Qty>,
    new: &BTreeMap<Price, Qty>,
) -> Vec<(Side, Price)> {
    let changed = new.iter().filter(|(price, qty)| old.get(price) != Some(qty));
    let gone = old.keys().filter(|price| !new.contains_key(price));
    changed.map(|(price, _)| price).chain(gone).map(|price| (side, *price)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{ALICE, BTC, House, base, limit, market};

    /// A client that follows the rules of contract 16 over a sequence of looks.
    #[test]
    fn a_snapshot_and_the_changes_after_it_give_the_book() {
        let mut house = House::open(|_| ());
        let mut shown = VersionedBook::default();
        shown.refresh(&house.exchange, BTC, house.now);
        let (mut local, mut version) = (shown.clone(), shown.version());
        for step in 0..40 {
            match step % 4 {
                0 => house.set_price(&format!("{}", 60_000 + step * 7)),
                1 => drop(house.place(ALICE, &market(Side::Buy, base("0.5")))),
                2 => drop(house.place(ALICE, &limit(Side::Buy, "59500", "0.01"))),
                _ => house.wait(0.7),
            }
            // Someone else looks in between; only every third state is pushed.
            shown.refresh(&house.exchange, BTC, house.now);
            if step % 3 != 0 {
                continue;
            }
            let Some(changes) = shown.since(version) else { continue };
            assert_eq!(changes.from, version + 1);
            for (levels, map) in [(changes.asks, &mut local.asks), (changes.bids, &mut local.bids)]
            {
                for Level { price, qty } in levels {
                    if qty.is_zero() {
                        map.remove(&price)
                    } else {
                        map.insert(price, qty)
                    };
                }
            }
            version = changes.to;
            assert_eq!((&local.asks, &local.bids), (&shown.asks, &shown.bids), "step {step}");
        }
    }

    #[test]
    fn an_unchanged_book_keeps_its_version_and_forgotten_changes_leave_a_gap() {
        let mut house = House::open(|_| ());
        let mut shown = VersionedBook::default();
        shown.refresh(&house.exchange, BTC, house.now);
        let first = shown.version();
        shown.refresh(&house.exchange, BTC, house.now);
        assert_eq!((shown.version(), shown.since(first)), (first, None));
        for step in 0..300 {
            house.set_price(&format!("{}", 60_000 + step % 2 + 1));
            shown.refresh(&house.exchange, BTC, house.now);
        }
        assert!(shown.since(first).unwrap().from > first + 1);
    }
}
