//! The book of others: levels on both sides of the mid, a function of pair, level and time.
//!
//! What is taken of a side is missing at its front and comes back over [`RECOVERY_MS`].

use domain::{Decimal, Price, Qty, Side, Timestamp};

use super::book::Level;
use crate::market::Listing;
use crate::market::noise::{key_of, mix};

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

/// The levels of one side of the book, best first, after `missing` base units were taken from its
/// front. `Side::Sell` means the asks.
pub(super) fn levels(
    listing: &Listing,
    side: Side,
    (mid, now): (Price, Timestamp),
    mut missing: Decimal,
) -> Vec<Level> {
    let key = key_of(now.as_millis().div_euclid(BUCKET_MS).cast_unsigned(), side.as_str());
    let key = key_of(key, listing.symbol.as_str());
    let mut levels = Vec::new();
    for number in 0..LEVELS {
        let Some(price) = level_price(listing, side, mid, number) else {
            break;
        };
        let qty = level_qty(listing, (mid, price), number, mix(key ^ u64::from(number)));
        let taken = missing.min(qty.get());
        missing -= taken;
        let left = Qty::new(qty.get() - taken).unwrap_or(Qty::ZERO).floor_to(listing.step());
        if !left.is_zero() {
            levels.push(Level { price, qty: left });
        }
    }
    levels
}

fn level_price(listing: &Listing, side: Side, mid: Price, number: u32) -> Option<Price> {
    let half_spread = mid.get() * listing.liquidity.spread / Decimal::TWO;
    let distance = half_spread + gap(listing, mid) * Decimal::from(number);
    let price = match side {
        Side::Sell => mid.plus(distance)?.ceil_to(listing.tick())?,
        Side::Buy => mid.plus(-distance)?.floor_to(listing.tick())?,
    };
    // A spread finer than a tick must not put the best level on the mid itself.
    if price == mid { mid.plus(outwards(side, listing.tick())) } else { Some(price) }
}

fn gap(listing: &Listing, mid: Price) -> Decimal {
    (mid.get() * GAP).max(listing.tick())
}

fn outwards(side: Side, distance: Decimal) -> Decimal {
    if side == Side::Sell { distance } else { -distance }
}

/// Deeper levels hold more, and so do levels that a coarse tick moves further apart; 50 to 149 %
/// of the pair's usual size, by `hash`.
fn level_qty(listing: &Listing, (mid, price): (Price, Price), number: u32, hash: u64) -> Qty {
    let jitter = Decimal::new(i64::try_from(50 + hash % 100).unwrap_or(100), 2);
    let growth = Decimal::ONE + Decimal::from(number) / Decimal::from(4);
    let apart = gap(listing, mid).checked_div(mid.get() * GAP).unwrap_or(Decimal::ONE);
    let quote = listing.liquidity.level_quote * growth * jitter * apart.trunc_with_scale(4);
    let qty = quote.checked_div(price.get()).unwrap_or_default().trunc_with_scale(12);
    Qty::new(qty).unwrap_or(Qty::ZERO).floor_to(listing.step())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::pairs;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn quote(levels: &[Level]) -> Decimal {
        levels.iter().map(|level| level.price.notional(level.qty).get()).sum()
    }

    #[test]
    fn both_sides_are_sorted_apart_from_each_other_and_on_the_grid() {
        for listing in pairs::listings() {
            let mid = listing.base_price;
            let asks = levels(&listing, Side::Sell, (mid, NOW), Decimal::ZERO);
            let bids = levels(&listing, Side::Buy, (mid, NOW), Decimal::ZERO);
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
            let asks = levels(&listing, Side::Sell, (mid, NOW), Decimal::ZERO);
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
        let full = levels(listing, Side::Sell, (listing.base_price, NOW), Decimal::ZERO);
        let taken = full[0].qty.get() + listing.step();
        let left = levels(listing, Side::Sell, (listing.base_price, NOW), taken);
        assert_eq!(left[0].price, full[1].price);
        assert_eq!(left[0].qty.get(), full[1].qty.get() - listing.step());
    }
}
