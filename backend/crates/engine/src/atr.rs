//! Average true range after J. Welles Wilder, *New Concepts in Technical Trading Systems* (1978).

use domain::{Candle, Decimal};

/// Wilder's ATR over `lookback` candles, in quote units.
///
/// The true range is the greatest of high − low, |high − previous close| and
/// |low − previous close|. The first ATR is the mean of the first `lookback` true ranges; each
/// further one is `(previous × (lookback − 1) + true range) / lookback`.
///
/// [`None`] with fewer than `lookback + 1` candles, or when nothing moved at all.
pub fn wilder(candles: &[Candle], lookback: usize) -> Option<Decimal> {
    if lookback == 0 || candles.len() <= lookback {
        return None;
    }
    let mut ranges = candles.windows(2).map(|pair| true_range(&pair[0], &pair[1]));
    let n = Decimal::from(lookback);
    let first: Decimal = ranges.by_ref().take(lookback).sum();
    let atr =
        ranges.fold(first / n, |atr, range| ((atr * (n - Decimal::ONE) + range) / n).round_dp(18));
    (atr > Decimal::ZERO).then(|| atr.round_dp(18).normalize())
}

fn true_range(previous: &Candle, candle: &Candle) -> Decimal {
    let (high, low, close) = (candle.high.get(), candle.low.get(), previous.close.get());
    (high - low).max((high - close).abs()).max((low - close).abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Qty, Timestamp};

    fn candle(high: &str, low: &str, close: &str) -> Candle {
        Candle {
            open_time: Timestamp::EPOCH,
            open: close.parse().unwrap(),
            high: high.parse().unwrap(),
            low: low.parse().unwrap(),
            close: close.parse().unwrap(),
            volume: Qty::ZERO,
        }
    }

    #[test]
    fn agrees_with_a_calculation_by_hand() {
        let candles = [
            candle("10", "9", "9.5"),
            candle("11", "10", "10.5"), // 11 − 9.5 = 1.5
            candle("10.6", "10", "10"), // 0.6
            candle("10.2", "9", "9.2"), // 1.2: (1.05 × 1 + 1.2) / 2 = 1.125
        ];
        assert_eq!(wilder(&candles, 2).unwrap().to_string(), "1.125");
    }

    #[test]
    fn needs_one_candle_more_than_the_lookback_and_some_movement() {
        let flat = vec![candle("1", "1", "1"); 20];
        assert_eq!(wilder(&flat, 14), None);
        let moving = vec![candle("2", "1", "1"); 14];
        assert_eq!(wilder(&moving, 14), None);
        assert_eq!(wilder(&moving, 13).unwrap().to_string(), "1");
        assert_eq!(wilder(&moving, 0), None);
        assert_eq!(wilder(&[], 14), None);
    }
}
