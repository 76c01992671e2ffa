//! Candles computed from a price source. The open of each is the close of the one before.

use std::time::Duration;

use domain::{Decimal, Interval, Price, Timestamp};

use super::synthetic::statistic;
use super::{Listing, MarketIndex, PriceSource};

/// Most candles in one reply (contract 9).
pub const MAX_CANDLES: usize = 500;

/// One candle with the turnover that MEXC reports beside the volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kline {
    /// Start.
    pub open_time: Timestamp,
    /// Start of the next one.
    pub close_time: Timestamp,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Base volume.
    pub volume: Decimal,
    /// Quote volume.
    pub turnover: Decimal,
}

/// Which candles are asked for: open times in `from..=to`, at most `limit`.
#[derive(Debug, Clone, Copy)]
pub struct KlineRequest {
    /// Length of a candle.
    pub interval: Interval,
    /// Earliest open time; without it the newest candles are meant.
    pub from: Option<Timestamp>,
    /// Latest open time.
    pub to: Option<Timestamp>,
    /// Most candles, held at [`MAX_CANDLES`].
    pub limit: usize,
}

/// The candles asked for, oldest first; the last one may be unfinished at `now`.
pub fn klines(
    source: &dyn PriceSource,
    market: (MarketIndex, &Listing),
    request: KlineRequest,
    now: Timestamp,
) -> Vec<Kline> {
    let length = request.interval.duration();
    let newest = open_time(request.interval, request.to.unwrap_or(now).min(now));
    let limit = request.limit.clamp(1, MAX_CANDLES);
    let back = length.saturating_mul(u32::try_from(limit - 1).unwrap_or(u32::MAX));
    let first = match request.from {
        Some(from) => {
            open_time(request.interval, from.plus(length).minus(Duration::from_micros(1)))
        }
        None => newest.minus(back),
    };
    let opens = (0..u32::try_from(limit).unwrap_or(u32::MAX)).map(|n| first.plus(length * n));
    let opens = opens.take_while(|open| *open <= newest);
    opens.map(|open| kline(source, market, open, (open.plus(length), now))).collect()
}

fn kline(
    source: &dyn PriceSource,
    (index, listing): (MarketIndex, &Listing),
    open_time: Timestamp,
    (close_time, now): (Timestamp, Timestamp),
) -> Kline {
    let seen = close_time.min(now);
    let range = source.range(index, open_time, seen);
    let (open, close) = (source.mid(index, open_time), source.mid(index, seen));
    let turnover = source.turnover(index, open_time, seen);
    let middle = f64::try_from((open.get() + close.get()) / Decimal::TWO).unwrap_or(f64::MAX);
    Kline {
        open_time,
        close_time,
        open,
        high: range.high.max(open).max(close),
        low: range.low.min(open).min(close),
        close,
        volume: statistic(turnover / middle, listing.qty_scale),
        turnover: statistic(turnover, 2),
    }
}

/// The start of the candle that holds `at`. Weeks start on Monday, months count thirty days.
pub fn open_time(interval: Interval, at: Timestamp) -> Timestamp {
    const THURSDAY_TO_MONDAY: i64 = 4 * 86_400_000_000;
    let length = i64::try_from(interval.duration().as_micros()).unwrap_or(i64::MAX);
    let shift = if interval == Interval::W1 { THURSDAY_TO_MONDAY } else { 0 };
    let micros = (at.as_micros() - shift).div_euclid(length) * length + shift;
    Timestamp::from_micros(micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{pairs, synthetic::Synthetic};

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_012_345);

    fn ask(interval: Interval) -> KlineRequest {
        KlineRequest { interval, from: None, to: None, limit: 500 }
    }

    #[test]
    fn every_interval_has_five_hundred_joined_candles() {
        let listings = pairs::listings();
        let market = Synthetic::new(1, &listings);
        for interval in Interval::ALL {
            let candles = klines(&market, (MarketIndex(2), &listings[2]), ask(interval), NOW);
            assert_eq!(candles.len(), 500, "{interval}");
            for pair in candles.windows(2) {
                assert_eq!(pair[0].close, pair[1].open, "{interval}");
                assert_eq!(pair[0].close_time, pair[1].open_time, "{interval}");
            }
            for candle in &candles {
                assert!(candle.low <= candle.open && candle.open <= candle.high, "{interval}");
                assert!(candle.low <= candle.close && candle.close <= candle.high, "{interval}");
                assert!(candle.volume > Decimal::ZERO, "{interval}");
            }
            let last = candles.last().unwrap();
            assert!(last.open_time <= NOW && NOW < last.close_time, "{interval}");
        }
    }

    #[test]
    fn bounds_work_on_open_times() {
        let listings = pairs::listings();
        let market = Synthetic::new(1, &listings);
        let minute = |n: i64| Timestamp::from_millis(1_789_999_200_000 + n * 60_000);
        let open_times = |from: Option<i64>, to: Option<i64>, limit| {
            let request = KlineRequest {
                interval: Interval::M1,
                from: from.map(minute),
                to: to.map(minute),
                limit,
            };
            let all = klines(&market, (MarketIndex(0), &listings[0]), request, NOW);
            all.iter().map(|k| (k.open_time.as_millis() - minute(0).as_millis()) / 60_000).collect()
        };
        let cases = [
            (Some(0), Some(2), 500, vec![0, 1, 2]),
            (Some(0), None, 2, vec![0, 1]),
            (None, Some(5), 3, vec![3, 4, 5]),
            (Some(5), Some(4), 500, Vec::<i64>::new()),
            (Some(1_000), None, 500, vec![]),
        ];
        for (from, to, limit, expected) in cases {
            let got: Vec<i64> = open_times(from, to, limit);
            assert_eq!(got, expected, "{from:?} {to:?} {limit}");
        }
    }

    #[test]
    fn weeks_start_on_monday() {
        let monday = Timestamp::parse("2026-11-16T00:00:00Z").unwrap();
        let sunday = Timestamp::parse("2026-11-22T23:59:59Z").unwrap();
        assert_eq!(open_time(Interval::W1, sunday), monday);
        assert_eq!(open_time(Interval::W1, monday), monday);
    }
}
