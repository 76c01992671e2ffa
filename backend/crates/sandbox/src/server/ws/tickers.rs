//! A day's figures of a pair, as the mini tickers tell them.

use std::time::Duration;

use domain::{Decimal, Price, Timestamp};
use mexc_wire::ws::{PublicMiniTicker, TickerZone};

use crate::market::MarketIndex;
use crate::market::day::{Day, day};
use crate::market::synthetic::statistic;
use crate::model::Exchange;

const DAY: Duration = Duration::from_hours(24);

pub(super) fn mini_ticker(
    exchange: &Exchange,
    market: MarketIndex,
    zone: TickerZone,
    now: Timestamp,
) -> PublicMiniTicker {
    let (prices, listing) = (exchange.prices(), exchange.listing(market));
    let Day { open, high, low, last, volume, turnover } = day(prices, market, now);
    let last = last.get();
    let rate = |open: Price| {
        let open = open.get();
        (last - open).checked_div(open).unwrap_or_default().round_dp(4)
    };
    let zoned = prices.mid(market, day_start(zone, now));
    let (rate, zoned) = (text(rate(open)), text(rate(zoned)));
    let (high, low) = (text(high.get()), text(low.get()));
    PublicMiniTicker {
        symbol: listing.symbol.as_str().to_owned(),
        price: text(last),
        rate: rate.clone(),
        zoned_rate: zoned.clone(),
        high: high.clone(),
        low: low.clone(),
        volume: text(statistic(turnover, 2)),
        quantity: text(statistic(volume, listing.qty_scale)),
        last_close_rate: rate,
        last_close_zoned_rate: zoned,
        last_close_high: high,
        last_close_low: low,
    }
}

/// When the day of a zone began; a rolling day began 24 hours ago.
fn day_start(zone: TickerZone, now: Timestamp) -> Timestamp {
    const HOUR_MS: i64 = 3_600_000;
    let TickerZone::Utc(hours) = zone else {
        return now.minus(DAY);
    };
    let shift = i64::from(hours) * HOUR_MS;
    let local = now.as_millis() + shift;
    Timestamp::from_millis(local.div_euclid(24 * HOUR_MS) * 24 * HOUR_MS - shift)
}

fn text(value: Decimal) -> String {
    value.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let now = Timestamp::parse("2026-11-22T20:30:00Z").unwrap();
        let cases = [
            (TickerZone::Rolling, "2026-11-21T20:30:00Z"),
            (TickerZone::Utc(0), "2026-11-22T00:00:00Z"),
            (TickerZone::Utc(8), "2026-11-22T16:00:00Z"),
            (TickerZone::Utc(-10), "2026-11-22T10:00:00Z"),
        ];
        for (zone, start) in cases {
            assert_eq!(day_start(zone, now), Timestamp::parse(start).unwrap(), "{zone}");
        }
    }
}
