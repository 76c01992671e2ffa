//! Plays recorded one-minute candles as BTCUSDT; the other pairs stay synthetic.
//!
//! The file is a CSV with the header `open_time_ms,open,high,low,close,volume_usd`. Rows follow each
//! other minute by minute whatever their times say, and start over at the end.

use domain::{Decimal, Price, Timestamp};

use super::synthetic::Synthetic;
use super::{Listing, MarketIndex, PriceRange, PriceSource};

const MINUTE_MS: i64 = 60_000;
/// Rows that lie in the past when playback begins, if the file is long enough.
const HISTORY_ROWS: usize = 10_000;

/// Why a candle file cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CandleFileError {
    /// Fewer than two rows of candles.
    #[error("the candle file holds {0} candles; at least 2 are needed")]
    TooShort(usize),
    /// A row that is not six numbers, or whose high or low does not contain open and close.
    #[error(
        "line {line} of the candle file is {text:?}; expected open_time_ms,open,high,low,close,\
         volume_usd with low <= open, close <= high"
    )]
    BadRow {
        /// Line number, counted from 1.
        line: usize,
        /// The line, cut to 80 characters.
        text: String,
    },
    /// The market list has no BTCUSDT to play the file as.
    #[error("the market list holds no BTCUSDT to play the candle file as")]
    NoPair,
}

/// Recorded candles as a price source.
#[derive(Debug)]
pub struct CandleFile {
    rows: Vec<Row>,
    /// Turnover of all rows before this one; one longer than `rows`.
    turnover_before: Vec<f64>,
    whole: (i64, i64),
    /// The minute (since the epoch) at which row 0 is played.
    first_minute: i64,
    market: MarketIndex,
    listing: Listing,
    others: Synthetic,
}

/// One minute: prices in ticks, turnover in quote units.
#[derive(Debug, Clone, Copy)]
struct Row {
    open: i64,
    high: i64,
    low: i64,
    close: i64,
    turnover: f64,
}

impl CandleFile {
    /// Reads the text of a file; playback of the first row that is not history begins at `now`.
    ///
    /// # Errors
    /// [`CandleFileError`] naming the line that cannot be played.
    pub fn parse(
        text: &str,
        listings: &[Listing],
        others: Synthetic,
        now: Timestamp,
    ) -> Result<Self, CandleFileError> {
        let found = listings.iter().enumerate().find(|(_, l)| l.symbol.as_str() == "BTCUSDT");
        let (index, listing) = found.ok_or(CandleFileError::NoPair)?;
        let rows = read_rows(text, listing)?;
        let history = HISTORY_ROWS.min(rows.len() / 2);
        let history = i64::try_from(history).unwrap_or(0);
        let low = rows.iter().map(|row| row.low).min().unwrap_or(1);
        let high = rows.iter().map(|row| row.high).max().unwrap_or(1);
        Ok(Self {
            turnover_before: running_sum(&rows),
            rows,
            whole: (low, high),
            first_minute: now.as_millis().div_euclid(MINUTE_MS) - history,
            market: MarketIndex(index),
            listing: listing.clone(),
            others,
        })
    }

    fn row_of(&self, minute: i64) -> &Row {
        &self.rows[self.place_of(minute)]
    }

    fn place_of(&self, minute: i64) -> usize {
        let length = i64::try_from(self.rows.len()).unwrap_or(i64::MAX);
        usize::try_from((minute - self.first_minute).rem_euclid(length)).unwrap_or(0)
    }

    fn ticks(&self, millis: i64) -> i64 {
        self.row_of(millis.div_euclid(MINUTE_MS)).ticks(millis.rem_euclid(MINUTE_MS))
    }

    fn tick_range(&self, from: i64, to: i64) -> (i64, i64) {
        let (first, last) = (from.div_euclid(MINUTE_MS), to.div_euclid(MINUTE_MS));
        let length = i64::try_from(self.rows.len()).unwrap_or(i64::MAX);
        if last - first > length {
            return self.whole;
        }
        let start = self.ticks(from);
        (first..=last).fold((start, start), |(low, high), minute| {
            let clip = |at: i64| (at - minute * MINUTE_MS).clamp(0, MINUTE_MS);
            let (l, h) = self.row_of(minute).range(clip(from), clip(to));
            (low.min(l), high.max(h))
        })
    }

    /// Turnover from row 0's first minute until `millis`, negative before it.
    #[expect(clippy::cast_precision_loss, reason = "a statistic")]
    fn turnover_until(&self, millis: i64) -> f64 {
        let minute = millis.div_euclid(MINUTE_MS);
        let length = i64::try_from(self.rows.len()).unwrap_or(i64::MAX);
        let rounds = (minute - self.first_minute).div_euclid(length) as f64;
        let place = self.place_of(minute);
        let part = millis.rem_euclid(MINUTE_MS) as f64 / MINUTE_MS as f64;
        let round = self.turnover_before.last().copied().unwrap_or(0.0);
        rounds * round + self.turnover_before[place] + part * self.rows[place].turnover
    }
}

impl PriceSource for CandleFile {
    fn mid(&self, market: MarketIndex, at: Timestamp) -> Price {
        if market != self.market {
            return self.others.mid(market, at);
        }
        self.listing.price_of_ticks(self.ticks(at.as_millis()))
    }

    fn range(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> PriceRange {
        if market != self.market {
            return self.others.range(market, from, to);
        }
        let (low, high) = self.tick_range(from.as_millis(), to.as_millis().max(from.as_millis()));
        PriceRange {
            low: self.listing.price_of_ticks(low),
            high: self.listing.price_of_ticks(high),
        }
    }

    fn turnover(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> f64 {
        if market != self.market {
            return self.others.turnover(market, from, to);
        }
        (self.turnover_until(to.as_millis()) - self.turnover_until(from.as_millis())).max(0.0)
    }
}

impl Row {
    /// The corners of the minute's path: a rising candle visits its low first, a falling one its
    /// high.
    const fn corners(&self) -> [(i64, i64); 4] {
        let rising = self.close >= self.open;
        let (second, third) = if rising { (self.low, self.high) } else { (self.high, self.low) };
        [(0, self.open), (20_000, second), (40_000, third), (MINUTE_MS, self.close)]
    }

    /// The price this many milliseconds into the minute.
    fn ticks(&self, millis: i64) -> i64 {
        let corners = self.corners();
        let leg = corners.windows(2).find(|leg| millis <= leg[1].0);
        leg.map_or(self.close, |leg| {
            let ((t0, p0), (t1, p1)) = (leg[0], leg[1]);
            p0 + (p1 - p0) * (millis - t0) / (t1 - t0)
        })
    }

    /// Lowest and highest price between two moments of the minute.
    fn range(&self, from: i64, to: i64) -> (i64, i64) {
        if from == 0 && to == MINUTE_MS {
            return (self.low, self.high);
        }
        let corners = self.corners().into_iter().filter(|(at, _)| (from..=to).contains(at));
        let prices = corners.map(|(_, price)| price).chain([self.ticks(from), self.ticks(to)]);
        prices.fold((i64::MAX, i64::MIN), |(low, high), price| (low.min(price), high.max(price)))
    }
}

fn read_rows(text: &str, listing: &Listing) -> Result<Vec<Row>, CandleFileError> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with("open_time"));
    let rows = lines.map(|(number, line)| {
        read_row(line, listing).ok_or_else(|| CandleFileError::BadRow {
            line: number,
            text: line.chars().take(80).collect(),
        })
    });
    let rows: Vec<Row> = rows.collect::<Result<_, _>>()?;
    if rows.len() < 2 { Err(CandleFileError::TooShort(rows.len())) } else { Ok(rows) }
}

fn read_row(line: &str, listing: &Listing) -> Option<Row> {
    let mut fields = line.split(',').map(str::trim);
    fields.next()?.parse::<i64>().ok()?;
    let mut ticks = || Some(listing.ticks_of(fields.next()?.parse().ok()?));
    let (open, high, low, close) = (ticks()?, ticks()?, ticks()?, ticks()?);
    let turnover: Decimal = fields.next()?.parse().ok()?;
    let sound = low <= open.min(close) && open.max(close) <= high && low > 0;
    let turnover = f64::try_from(turnover).ok()?.max(0.0);
    (sound && fields.next().is_none()).then_some(Row { open, high, low, close, turnover })
}

fn running_sum(rows: &[Row]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums = vec![0.0];
    sums.extend(rows.iter().map(|row| {
        sum += row.turnover;
        sum
    }));
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::pairs;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
    const TWO_ROWS: &str = "open_time_ms,open,high,low,close,volume_usd\n\
                            1640991660000,100,130,90,120,600\n\
                            1640991720000,120,125,80,85,1200\n";

    fn play(text: &str) -> Result<CandleFile, CandleFileError> {
        let listings = pairs::listings();
        CandleFile::parse(text, &listings, Synthetic::new(1, &listings), NOW)
    }

    fn at(minute: i64, second: i64) -> Timestamp {
        let start = NOW.as_millis().div_euclid(MINUTE_MS) * MINUTE_MS;
        Timestamp::from_millis(start + minute * MINUTE_MS + second * 1_000)
    }

    #[test]
    fn a_minute_walks_through_its_four_prices_and_the_file_loops() {
        let file = play(TWO_ROWS).unwrap();
        // One of two rows is history, so the second row plays now.
        let cases = [
            ((0, 0), "120"),
            ((0, 20), "125"),
            ((0, 40), "80"),
            ((1, 0), "100"),
            ((1, 20), "90"),
            ((1, 40), "130"),
            ((1, 50), "125"),
            ((2, 0), "120"),
            ((-1, 20), "90"),
        ];
        for ((minute, second), expected) in cases {
            let mid = file.mid(MarketIndex(0), at(minute, second));
            assert_eq!(mid.to_string(), expected, "{minute}:{second}");
        }
    }

    #[test]
    fn a_range_sees_the_extremes_inside() {
        let file = play(TWO_ROWS).unwrap();
        let range = |from, to| {
            let range = file.range(MarketIndex(0), from, to);
            (range.low.to_string(), range.high.to_string())
        };
        assert_eq!(range(at(0, 0), at(1, 0)), ("80".into(), "125".into()));
        assert_eq!(range(at(1, 0), at(1, 30)), ("90".into(), "110".into()));
        assert_eq!(range(at(0, 0), at(9, 0)), ("80".into(), "130".into()));
    }

    #[test]
    fn turnover_adds_up_over_the_loop() {
        let file = play(TWO_ROWS).unwrap();
        let sum = file.turnover(MarketIndex(0), at(-1, 0), at(3, 0));
        assert!((sum - 3_600.0).abs() < 1e-6, "{sum}");
        let half = file.turnover(MarketIndex(0), at(0, 0), at(0, 30));
        assert!((half - 600.0).abs() < 1e-6, "{half}");
    }

    #[test]
    fn other_pairs_stay_synthetic() {
        let listings = pairs::listings();
        let synthetic = Synthetic::new(1, &listings);
        let file = play(TWO_ROWS).unwrap();
        assert_eq!(file.mid(MarketIndex(4), NOW), synthetic.mid(MarketIndex(4), NOW));
    }

    #[test]
    fn bad_files_are_named_by_line() {
        assert_eq!(play("").unwrap_err(), CandleFileError::TooShort(0));
        let cases = ["1,2,3", "1,a,2,1,1,5", "1,100,90,80,85,5", "1,1,2,0,1,5", "1,1,1,1,1,1,1"];
        for row in cases {
            let error = play(&format!("{TWO_ROWS}{row}\n")).unwrap_err();
            assert!(matches!(error, CandleFileError::BadRow { line: 4, .. }), "{row}: {error}");
        }
    }

    #[test]
    fn real_candles_play() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../../shared/data/btcusd-1m-2022-01-part1.csv"
        );
        let Ok(text) = std::fs::read_to_string(path) else {
            eprintln!("skipped: {path} is absent");
            return;
        };
        let file = play(&text).unwrap();
        let mid = file.mid(MarketIndex(0), NOW).get();
        assert!(mid > Decimal::from(20_000) && mid < Decimal::from(60_000), "{mid}");
    }
}
