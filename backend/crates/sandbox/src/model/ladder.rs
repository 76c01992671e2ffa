//! The book of others: levels on both sides of the mid, a function of pair, level and time.
//!
//! What is taken of a side is missing at its front and comes back over [`RECOVERY_MS`].

use domain::{Decimal, Price, Qty, Side, Timestamp};

use super::book::Level;
use crate::market::noise::{key_of, mix};
use crate::market::{Best, Listing};

/// Time until taken liquidity is back, milliseconds.
pub(super) const RECOVERY_MS: i64 = 5_000;
/// Takes within this span count as one, milliseconds.
const MOMENT_MS: i64 = 100;
/// Levels of a side.
const LEVELS: u32 = 60;
/// Distance of two levels: one hundredth of a percent, at least a tick.
const GAP: Decimal = Decimal::from_parts(1, 0, 0, false, 4);
/// Level sizes change this often, milliseconds.
const BUCKET_MS: i64 = 2_000;

/// What was taken of one side lately.
#[derive(Debug, Clone, Default)]
pub(super) struct Depletion {
    takes: Vec<(Timestamp, Qty)>,
}

impl Depletion {
    /// Notes that `qty` was taken. Takes of one moment are kept as one, so that a flood of orders
    /// does not slow the book down.
    pub(super) fn take(&mut self, qty: Qty, now: Timestamp) {
        let at = Timestamp::from_millis((now.as_millis() + MOMENT_MS - 1) / MOMENT_MS * MOMENT_MS);
        if let Some((_, taken)) = self.takes.last_mut().filter(|(last, _)| *last == at) {
            *taken = taken.saturating_add(qty);
            return;
        }
        self.takes.retain(|(at, _)| now.as_millis() - at.as_millis() < RECOVERY_MS);
        self.takes.push((at, qty));
    }

    /// What is still missing: each take comes back evenly.
    pub(super) fn missing(&self, now: Timestamp) -> Decimal {
        let missing = self.takes.iter().map(|(at, qty)| {
            let left = (RECOVERY_MS - (now.as_millis() - at.as_millis())).clamp(0, RECOVERY_MS);
            qty.get() * Decimal::from(left) / Decimal::from(RECOVERY_MS)
        });
        missing.sum()
    }
}

/// Where one side of the book begins, and how much is in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Front {
    /// What distances are measured by.
    pub(super) mid: Price,
    /// The best level where it is known; without it the side begins half a spread from the mid.
    pub(super) best: Option<Best>,
    /// Quote units at the levels behind it.
    pub(super) level_quote: Decimal,
}

impl Front {
    /// A side around the mid, as the listing's liquidity says.
    pub(super) fn around(mid: Price, listing: &Listing) -> Self {
        Self { mid, best: None, level_quote: listing.liquidity.level_quote }
    }
}

/// The levels of one side of the book, best first, after `missing` base units were taken from its
/// front. `Side::Sell` means the asks.
pub(super) fn levels(
    listing: &Listing,
    side: Side,
    (front, now): (Front, Timestamp),
    mut missing: Decimal,
) -> impl Iterator<Item = Level> {
    let key = key_of(now.as_millis().div_euclid(BUCKET_MS).cast_unsigned(), side.as_str());
    let key = key_of(key, listing.symbol.as_str());
    let level = move |number: u32| {
        let price = level_price(listing, side, front, number)?;
        let qty = level_qty(listing, (front, price), number, mix(key ^ u64::from(number)));
        Some(Level { price, qty })
    };
    let all = (0..LEVELS).map_while(level);
    all.filter_map(move |Level { price, qty }| {
        let taken = missing.min(qty.get());
        missing -= taken;
        let left = Qty::new(qty.get() - taken).unwrap_or(Qty::ZERO).floor_to(listing.step());
        (!left.is_zero()).then_some(Level { price, qty: left })
    })
}

fn level_price(listing: &Listing, side: Side, front: Front, number: u32) -> Option<Price> {
    let mid = front.mid;
    let beyond = gap(listing, mid) * Decimal::from(number);
    if let Some(best) = front.best {
        let price = best.price.plus(outwards(side, beyond))?;
        return if number == 0 { Some(price) } else { on_grid(listing, side, price) };
    }
    let half_spread = mid.get() * listing.liquidity.spread / Decimal::TWO;
    let price = on_grid(listing, side, mid.plus(outwards(side, half_spread + beyond))?)?;
    // A spread finer than a tick must not put the best level on the mid itself.
    if price == mid { mid.plus(outwards(side, listing.tick())) } else { Some(price) }
}

fn on_grid(listing: &Listing, side: Side, price: Price) -> Option<Price> {
    match side {
        Side::Sell => price.ceil_to(listing.tick()),
        Side::Buy => price.floor_to(listing.tick()),
    }
}

fn gap(listing: &Listing, mid: Price) -> Decimal {
    (mid.get() * GAP).max(listing.tick())
}

fn outwards(side: Side, distance: Decimal) -> Decimal {
    if side == Side::Sell { distance } else { -distance }
}

/// Deeper levels hold more, and so do levels that a coarse tick moves further apart; 50 to 149 %
/// of the pair's usual size, by `hash`.
fn level_qty(listing: &Listing, (front, price): (Front, Price), number: u32, hash: u64) -> Qty {
    if let Some(best) = front.best.filter(|_| number == 0) {
        return best.qty;
    }
    let mid = front.mid;
    let jitter = Decimal::new(i64::try_from(50 + hash % 100).unwrap_or(100), 2);
    let growth = Decimal::ONE + Decimal::from(number) / Decimal::from(4);
    let apart = gap(listing, mid).checked_div(mid.get() * GAP).unwrap_or(Decimal::ONE);
    let quote = front.level_quote * growth * jitter * apart.trunc_with_scale(4);
    let qty = quote.checked_div(price.get()).unwrap_or_default().trunc_with_scale(12);
    Qty::new(qty).unwrap_or(Qty::ZERO).floor_to(listing.step())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::pairs;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn around(listing: &Listing, side: Side, missing: Decimal) -> Vec<Level> {
        let front = Front::around(listing.base_price, listing);
        levels(listing, side, (front, NOW), missing).collect()
    }

    #[test]
    fn a_known_front_is_kept_and_the_rest_lies_behind_it() {
        let listing = &pairs::listings()[0];
        for (side, price) in [(Side::Buy, "64999.5"), (Side::Sell, "65000.51")] {
            let best = Best { price: price.parse().unwrap(), qty: "0.0123".parse().unwrap() };
            let mid = "65000".parse().unwrap();
            let front = Front { mid, best: Some(best), level_quote: Decimal::from(500) };
            let all: Vec<Level> = levels(listing, side, (front, NOW), Decimal::ZERO).collect();
            assert_eq!(all[0], Level { price: best.price, qty: best.qty });
            let behind = |pair: &[Level]| match side {
                Side::Buy => pair[0].price > pair[1].price,
                Side::Sell => pair[0].price < pair[1].price,
            };
            assert!(all.len() > 10 && all.windows(2).all(behind), "{side}");
        }
    }

    fn quote(levels: &[Level]) -> Decimal {
        levels.iter().map(|level| level.price.notional(level.qty).get()).sum()
    }

    #[test]
    fn both_sides_are_sorted_apart_from_each_other_and_on_the_grid() {
        for listing in pairs::listings() {
            let mid = listing.base_price;
            let asks = around(&listing, Side::Sell, Decimal::ZERO);
            let bids = around(&listing, Side::Buy, Decimal::ZERO);
            assert!(bids[0].price < mid && mid < asks[0].price, "{}", listing.symbol);
            assert!(asks.windows(2).all(|pair| pair[0].price < pair[1].price));
            assert!(bids.windows(2).all(|pair| pair[0].price > pair[1].price));
            for level in asks.iter().chain(&bids) {
                assert!((level.price.get() % listing.tick()).is_zero());
                assert!((level.qty.get() % listing.step()).is_zero());
            }
        }
    }

    #[test]
    fn a_few_thousand_fill_within_a_tenth_of_a_percent() {
        for listing in pairs::listings() {
            let mid = listing.base_price;
            let near = mid.times(Decimal::new(1_001, 3) + listing.liquidity.spread).unwrap();
            let asks = around(&listing, Side::Sell, Decimal::ZERO);
            let asks: Vec<_> = asks.into_iter().take_while(|level| level.price <= near).collect();
            assert!(quote(&asks) > Decimal::from(2_000), "{}: {}", listing.symbol, quote(&asks));
        }
    }

    #[test]
    fn what_was_taken_comes_back_evenly() {
        let at = |millis| Timestamp::from_millis(NOW.as_millis() + millis);
        let mut depletion = Depletion::default();
        depletion.take("10".parse().unwrap(), at(0));
        for (millis, missing) in [(0, 10), (2_500, 5), (4_500, 1), (5_000, 0), (9_000, 0)] {
            assert_eq!(depletion.missing(at(millis)), Decimal::from(missing), "{millis}");
        }
    }

    #[test]
    fn a_flood_of_takes_stays_small() {
        let mut depletion = Depletion::default();
        for micros in 0..100_000 {
            let now = Timestamp::from_micros(NOW.as_micros() + micros * 100);
            depletion.take("1".parse().unwrap(), now);
        }
        assert!(depletion.takes.len() <= 51, "{}", depletion.takes.len());
    }

    #[test]
    fn takes_are_missing_at_the_front() {
        let listing = &pairs::listings()[0];
        let full = around(listing, Side::Sell, Decimal::ZERO);
        let taken = full[0].qty.get() + listing.step();
        let left = around(listing, Side::Sell, taken);
        assert_eq!(left[0].price, full[1].price);
        assert_eq!(left[0].qty.get(), full[1].qty.get() - listing.step());
    }
}
