//! The public tape: what others traded lately, computed from the price source. At most one trade a
//! second, so that its prices follow the mid.

use std::time::Duration;

use domain::{Decimal, Price, Qty, Side, Timestamp};

use super::noise::{key_of, unit};
use super::synthetic::statistic;
use super::{Listing, MarketIndex, PriceSource};

/// How far back the tape is read when few trades were made.
pub const REACH: Duration = Duration::from_hours(6);

/// One trade of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicTrade {
    /// Price.
    pub price: Price,
    /// Base quantity.
    pub qty: Qty,
    /// Who took: a buy lifted the ask.
    pub taker: Side,
    /// When.
    pub at: Timestamp,
    /// Rises with time; different for each trade of the pair.
    pub number: u64,
}

/// The newest trades in `from..=to`, newest first, at most `limit`.
pub fn trades(
    source: &dyn PriceSource,
    (index, listing): (MarketIndex, &Listing),
    (from, to): (Timestamp, Timestamp),
    limit: usize,
) -> Vec<PublicTrade> {
    if let Some(seen) = source.seen_trades(index, from, to) {
        return seen.into_iter().rev().take(limit).collect();
    }
    let key = key_of(0x7461_7065, listing.symbol.as_str());
    let reach = i64::try_from(REACH.as_secs()).unwrap_or(i64::MAX);
    let newest = to.as_millis().div_euclid(1_000);
    let oldest = from.as_millis().div_euclid(1_000).max(newest - reach);
    let seconds = (oldest..=newest).rev();
    let all = seconds.filter_map(|second| trade_of(source, (index, listing), key, second));
    all.filter(|trade| from <= trade.at && trade.at <= to).take(limit).collect()
}

/// The trade of one second; [`None`] when none was made.
fn trade_of(
    source: &dyn PriceSource,
    (index, listing): (MarketIndex, &Listing),
    key: u64,
    second: i64,
) -> Option<PublicTrade> {
    let start = Timestamp::from_millis(second * 1_000);
    let at = start.plus(Duration::from_secs_f64(unit(key ^ 1, second) * 0.999));
    let mid = source.mid(index, at);
    let turnover = source.turnover(index, start, start.plus(Duration::from_secs(1)));
    let quote = turnover * (0.2 + 1.6 * unit(key ^ 2, second));
    let price = f64::try_from(mid.get()).ok()?;
    let qty = Qty::new(statistic(quote / price, listing.qty_scale)).ok()?;
    let taker = if unit(key ^ 3, second) < 0.5 { Side::Buy } else { Side::Sell };
    let half = (mid.get() * listing.liquidity.spread / Decimal::TWO).round_dp(listing.price_scale);
    let price = match taker {
        Side::Buy => mid.plus(half)?,
        Side::Sell => mid.plus(-half)?,
    };
    let number = at.as_millis().cast_unsigned() << 18;
    (!qty.is_zero()).then_some(PublicTrade { price, qty, taker, at, number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{pairs, synthetic::Synthetic};

    #[test]
    fn the_tape_is_newest_first_inside_its_window_and_repeats_itself() {
        let listings = pairs::listings();
        let market = Synthetic::new(1, &listings);
        let now = Timestamp::from_millis(1_790_000_000_500);
        let window = (now.minus(Duration::from_mins(10)), now);
        let read = || trades(&market, (MarketIndex(0), &listings[0]), window, 500);
        let tape = read();
        assert_eq!(tape.len(), 500);
        assert!(tape.windows(2).all(|pair| pair[0].at > pair[1].at));
        assert!(tape.iter().all(|trade| window.0 <= trade.at && trade.at <= now));
        assert_eq!(tape, read());
    }
}
