//! Versions of a book: every state that anyone was shown has a number, and the changes between two
//! numbers are known (contract 16).

use std::collections::{BTreeMap, VecDeque};

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
    steps: VecDeque<Step>,
}

/// One look at which the book had changed.
#[derive(Debug, Clone)]
struct Step {
    from: u64,
    to: u64,
    levels: Vec<(Side, Level)>,
    /// Whether someone has a snapshot of this version.
    is_snapshot: bool,
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
        let mut levels = differing(Side::Buy, &self.bids, &bids);
        levels.extend(differing(Side::Sell, &self.asks, &asks));
        if levels.is_empty() && self.version > 0 {
            return;
        }
        let from = self.version + 1;
        self.version = from.max(now.as_millis().cast_unsigned());
        self.steps.push_back(Step { from, to: self.version, levels, is_snapshot: false });
        if self.steps.len() > KEPT {
            self.steps.pop_front();
        }
        (self.bids, self.asks) = (bids, asks);
    }

    /// Notes that someone gets the book as a snapshot. No changes reach from before it to after it,
    /// so that they follow it without overlap.
    pub fn mark_snapshot(&mut self) {
        if let Some(last) = self.steps.back_mut() {
            last.is_snapshot = true;
        }
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

    /// What changed after `version`, as few as snapshots allow. When not all of it is remembered,
    /// the first `from` is not `version + 1`.
    pub fn since(&self, version: u64) -> Vec<BookChanges> {
        let later: Vec<&Step> = self.steps.iter().filter(|step| step.to > version).collect();
        let parts = later.split_inclusive(|step| step.is_snapshot);
        parts.filter_map(joined).collect()
    }
}

/// Steps that follow each other as one.
fn joined(steps: &[&Step]) -> Option<BookChanges> {
    let side = |side| {
        let levels = steps.iter().flat_map(|step| &step.levels);
        let of_side = levels.filter(move |(touched, _)| *touched == side);
        let last: BTreeMap<Price, Level> = of_side.map(|(_, l)| (l.price, *l)).collect();
        last.into_values()
    };
    Some(BookChanges {
        from: steps.first()?.from,
        to: steps.last()?.to,
        asks: side(Side::Sell).collect(),
        bids: side(Side::Buy).rev().collect(),
    })
}

fn differing(
    side: Side,
    old: &BTreeMap<Price, Qty>,
    new: &BTreeMap<Price, Qty>,
) -> Vec<(Side, Level)> {
    let changed = new.iter().filter(|(price, qty)| old.get(price) != Some(qty));
    let gone = old.keys().filter(|price| !new.contains_key(price));
    let changed = changed.map(|(price, qty)| Level { price: *price, qty: *qty });
    let gone = gone.map(|price| Level { price: *price, qty: Qty::ZERO });
    changed.chain(gone).map(|level| (side, level)).collect()
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
        let mut snapshots = Vec::new();
        for step in 0..40 {
            match step % 4 {
                0 => house.set_price(&format!("{}", 60_000 + step * 7)),
                1 => drop(house.place(ALICE, &market(Side::Buy, base("0.5")))),
                2 => drop(house.place(ALICE, &limit(Side::Buy, "59500", "0.01"))),
                _ => house.wait(0.7),
            }
            // Someone else looks in between, now and then for a snapshot.
            shown.refresh(&house.exchange, BTC, house.now);
            if step % 5 == 0 {
                shown.mark_snapshot();
                snapshots.push(shown.version());
            }
            if step % 3 != 0 {
                continue;
            }
            for changes in shown.since(version) {
                assert_eq!(changes.from, version + 1);
                let across = |at: &u64| changes.from <= *at && *at < changes.to;
                assert!(!snapshots.iter().any(across), "step {step}");
                apply(&mut local.asks, changes.asks);
                apply(&mut local.bids, changes.bids);
                version = changes.to;
            }
            assert_eq!((&local.asks, &local.bids), (&shown.asks, &shown.bids), "step {step}");
        }
    }

    fn apply(side: &mut BTreeMap<Price, Qty>, levels: Vec<Level>) {
        for Level { price, qty } in levels {
            if qty.is_zero() {
                side.remove(&price)
            } else {
                side.insert(price, qty)
            };
        }
    }

    #[test]
    fn an_unchanged_book_keeps_its_version_and_forgotten_changes_leave_a_gap() {
        let mut house = House::open(|_| ());
        let mut shown = VersionedBook::default();
        shown.refresh(&house.exchange, BTC, house.now);
        let first = shown.version();
        shown.refresh(&house.exchange, BTC, house.now);
        assert_eq!((shown.version(), shown.since(first)), (first, Vec::new()));
        for step in 0..300 {
            house.set_price(&format!("{}", 60_000 + step % 2 + 1));
            shown.refresh(&house.exchange, BTC, house.now);
        }
        assert!(shown.since(first)[0].from > first + 1);
    }
}
