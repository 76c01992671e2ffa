//! Candles as the WebSocket names and joins them.

use std::time::Duration;

use domain::{Decimal, Interval, Timestamp};
use mexc_wire::ws::{KlineInterval, PublicSpotKline};

use crate::market::MarketIndex;
use crate::market::candles::{Kline, KlineRequest, open_time};
use crate::model::Exchange;

/// Candles from the one that holds `from` to the present one.
pub(super) fn candles_since(
    exchange: &Exchange,
    (market, interval): (MarketIndex, KlineInterval),
    from: Timestamp,
    now: Timestamp,
) -> Vec<Kline> {
    if let Some(told) = exchange.prices().told_candles(market, interval) {
        let still_open = |candle: &Kline| candle.close_time > from;
        return told.into_iter().filter(still_open).collect();
    }
    let (length, joined) = rest_interval(interval);
    let opens = Duration::from_secs(length.duration().as_secs() * joined);
    let first = if joined == 1 { open_time(length, from) } else { floor(from, opens) };
    let request = KlineRequest { interval: length, from: Some(first), to: None, limit: 8 };
    let parts = exchange.klines(market, request, now);
    let same = |a: &Kline, b: &Kline| {
        joined == 1 && a.open_time == b.open_time
            || joined > 1 && floor(a.open_time, opens) == floor(b.open_time, opens)
    };
    parts.chunk_by(same).filter_map(|chunk| join(chunk, opens)).collect()
}

/// The candle length over REST, and how many of it make one.
fn rest_interval(interval: KlineInterval) -> (Interval, u64) {
    let same = Interval::ALL.into_iter().find(|rest| KlineInterval::from(*rest) == interval);
    // Eight hours are not served over REST.
    same.map_or((Interval::H4, 2), |rest| (rest, 1))
}

fn floor(at: Timestamp, length: Duration) -> Timestamp {
    let length = i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(at.as_micros().div_euclid(length) * length)
}

fn join(parts: &[Kline], length: Duration) -> Option<Kline> {
    let (first, last) = (parts.first()?, parts.last()?);
    Some(Kline {
        open_time: first.open_time,
        close_time: first.open_time.plus(length),
        open: first.open,
        high: parts.iter().map(|part| part.high).max()?,
        low: parts.iter().map(|part| part.low).min()?,
        close: last.close,
        volume: parts.iter().map(|part| part.volume).sum(),
        turnover: parts.iter().map(|part| part.turnover).sum(),
    })
}

/// A candle as it is pushed.
pub(super) fn kline(interval: KlineInterval, candle: &Kline) -> PublicSpotKline {
    let seconds = |at: Timestamp| at.as_millis().div_euclid(1_000);
    PublicSpotKline {
        interval: interval.as_wire().to_owned(),
        window_start: seconds(candle.open_time),
        opening_price: text(candle.open.get()),
        closing_price: text(candle.close.get()),
        highest_price: text(candle.high.get()),
        lowest_price: text(candle.low.get()),
        volume: text(candle.volume),
        amount: text(candle.turnover),
        window_end: seconds(candle.close_time),
    }
}

fn text(value: Decimal) -> String {
    value.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::market::pairs;
    use crate::market::synthetic::Synthetic;
    use crate::model::{ExchangeConfig, Ledger};

    fn exchange() -> Exchange {
        let listings = pairs::listings();
        Exchange::new(ExchangeConfig {
            prices: Arc::new(Synthetic::new(1, &listings)),
            listings,
            accounts: Vec::new(),
            ledger: Ledger::default(),
        })
    }

    #[test]
    fn every_interval_has_its_present_candle() {
        let (exchange, now) = (exchange(), Timestamp::from_millis(1_790_000_012_345));
        for interval in KlineInterval::ALL {
            let candles = candles_since(&exchange, (MarketIndex(0), *interval), now, now);
            assert_eq!(candles.len(), 1, "{interval}");
            assert!(candles[0].open_time <= now && now < candles[0].close_time, "{interval}");
        }
    }

    #[test]
    fn the_candle_that_ended_comes_before_the_present_one() {
        let (exchange, now) = (exchange(), Timestamp::from_millis(1_790_000_012_345));
        for (interval, length) in [(KlineInterval::Min1, 60), (KlineInterval::Hour8, 8 * 3_600)] {
            let length = Duration::from_secs(length);
            let candles =
                candles_since(&exchange, (MarketIndex(0), interval), now.minus(length), now);
            assert_eq!(candles.len(), 2, "{interval}");
            assert_eq!(candles[0].close_time, candles[1].open_time);
            assert_eq!(candles[0].close, candles[1].open);
            assert_eq!(candles[1].close_time, candles[1].open_time.plus(length));
        }
    }
}
