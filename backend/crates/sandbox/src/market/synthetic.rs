//! Prices as a pure function of (seed, symbol, time): the same after every restart, with as much
//! history as anyone asks for, and nothing stored.

use domain::{Decimal, Price, Timestamp};

use super::noise::{Octave, Walker, key_of, mix};
use super::{Listing, MarketIndex, PriceRange, PriceSource};

/// Shortest period of price noise; each further octave doubles it, up to half a year.
const SHORTEST_MS: i64 = 4_000;
const PRICE_OCTAVES: u32 = 23;
/// Amplitude of the shortest octave, a natural logarithm of price. With amplitudes that grow with
/// the square root of the period this gives about 0.05 % of movement a minute.
const SHORTEST_AMPLITUDE: f64 = 0.000_09;
/// Largest amplitude of an octave. It keeps prices within some percent of their base for good, so
/// that levels named in a signal of today still lie near the market.
const LARGEST_AMPLITUDE: f64 = 0.008;
/// Finest distance of two samples when a range is measured.
const SAMPLE_MS: i64 = 10_000;
/// Most samples in one range.
const MAX_SAMPLES: i64 = 360;

/// The seeded synthetic market.
#[derive(Debug)]
pub struct Synthetic {
    pairs: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    listing: Listing,
    base_ticks: f64,
    price: Vec<Octave>,
    volume: Vec<Octave>,
}

impl Synthetic {
    /// A market of these listings. Two seeds give two histories.
    pub fn new(seed: u64, listings: &[Listing]) -> Self {
        Self { pairs: listings.iter().map(|listing| Pair::new(seed, listing)).collect() }
    }

    fn pair(&self, market: MarketIndex) -> &Pair {
        &self.pairs[market.0]
    }
}

impl PriceSource for Synthetic {
    fn mid(&self, market: MarketIndex, at: Timestamp) -> Price {
        let pair = self.pair(market);
        pair.price(Walker::new(&pair.price).at(at.as_millis()))
    }

    fn range(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> PriceRange {
        let pair = self.pair(market);
        let (from, to) = (from.as_millis(), to.as_millis().max(from.as_millis()));
        let mut ends = Walker::new(&pair.price);
        let (first, last) = (ends.at(from), ends.at(to));
        let distance = sample_distance(from, to);
        let mut walker = Walker::new(pair.octaves_seen_at(distance));
        let inside = sample_times(from, to, distance).map(|millis| walker.at(millis));
        let (low, high) = inside.fold((first.min(last), first.max(last)), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        PriceRange { low: pair.price(low), high: pair.price(high) }
    }

    fn turnover(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> f64 {
        let pair = self.pair(market);
        let mut walker = Walker::new(&pair.volume);
        let (from, to) = (from.as_millis(), to.as_millis());
        let busy_ms = millis_f64(to - from) + walker.at(to) - walker.at(from);
        (busy_ms / 86_400_000.0 * pair.listing.liquidity.daily_turnover).max(0.0)
    }
}

impl Pair {
    fn new(seed: u64, listing: &Listing) -> Self {
        let key = key_of(seed, listing.symbol.as_str());
        Self {
            base_ticks: millis_f64(listing.ticks_of(listing.base_price)),
            price: (0..PRICE_OCTAVES).map(|number| price_octave(key, number)).collect(),
            volume: [60_000, 3_600_000, 86_400_000].map(|ms| volume_octave(key, ms)).into(),
            listing: listing.clone(),
        }
    }

    /// The octaves that matter between samples this far apart: much faster ones add less than the
    /// samples miss anyway, and cost most of the time.
    fn octaves_seen_at(&self, distance_ms: i64) -> &[Octave] {
        let slow = self.price.partition_point(|octave| octave.period_ms * 4 < distance_ms);
        &self.price[slow..]
    }

    #[expect(clippy::cast_possible_truncation, reason = "a cast from f64 saturates")]
    fn price(&self, log_offset: f64) -> Price {
        self.listing.price_of_ticks((self.base_ticks * log_offset.exp()).round() as i64)
    }
}

fn price_octave(key: u64, number: u32) -> Octave {
    let growing = SHORTEST_AMPLITUDE * f64::from(1_u32 << number).sqrt();
    let amplitude = growing.min(LARGEST_AMPLITUDE);
    let key = mix(key ^ u64::from(number));
    Octave { key, period_ms: SHORTEST_MS << number, amplitude }
}

/// Turnover is the growth of (time + noise): additive over spans, so that the volumes of five
/// one-minute candles add up to that of the five-minute candle. The amplitude keeps the slope of
/// all octaves together above −1, so turnover is never negative.
fn volume_octave(key: u64, period_ms: i64) -> Octave {
    let key = mix(key ^ 0x766f_6c75_6d65 ^ period_ms.cast_unsigned());
    Octave { key, period_ms, amplitude: millis_f64(period_ms) * 0.09 }
}

fn sample_distance(from: i64, to: i64) -> i64 {
    ((to - from) / MAX_SAMPLES / SAMPLE_MS * SAMPLE_MS).max(SAMPLE_MS)
}

/// Multiples of the sample distance inside `from..to`. Because the grid is absolute, a longer
/// candle sees every sample of the shorter ones inside it (up to one hour).
fn sample_times(from: i64, to: i64, distance: i64) -> impl Iterator<Item = i64> {
    let first = (from.div_euclid(distance) + 1) * distance;
    (0..).map(move |n| first + n * distance).take_while(move |at| *at < to)
}

#[expect(clippy::cast_precision_loss, reason = "ticks and milliseconds stay below 2^52")]
fn millis_f64(value: i64) -> f64 {
    value as f64
}

/// A statistic as decimal text would show it: rounded to `scale` places, never negative.
pub fn statistic(value: f64, scale: u32) -> Decimal {
    let value = Decimal::from_f64_retain(value.max(0.0)).unwrap_or_default();
    value.round_dp(scale).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::pairs;
    use std::time::Duration;

    fn start() -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000)
    }

    fn market() -> Synthetic {
        Synthetic::new(7, &pairs::listings())
    }

    #[test]
    fn two_instances_tell_the_same_history() {
        let (one, two) = (market(), market());
        for minute in 0..500 {
            let at = start().plus(Duration::from_secs(minute * 61));
            assert_eq!(one.mid(MarketIndex(3), at), two.mid(MarketIndex(3), at));
        }
    }

    #[test]
    fn another_seed_is_another_history() {
        let other = Synthetic::new(8, &pairs::listings());
        assert_ne!(market().mid(MarketIndex(0), start()), other.mid(MarketIndex(0), start()));
    }

    #[test]
    fn a_minute_moves_about_five_basis_points() {
        let market = market();
        let log = |n: u64| {
            let mid = market.mid(MarketIndex(0), start().plus(Duration::from_secs(60 * n)));
            f64::try_from(mid.get()).unwrap().ln()
        };
        let count = 20_000_u32;
        let squares: f64 = (0..u64::from(count)).map(|n| (log(n + 1) - log(n)).powi(2)).sum();
        let volatility = (squares / f64::from(count)).sqrt();
        assert!((0.000_35..0.000_75).contains(&volatility), "{volatility}");
    }

    #[test]
    fn prices_stay_near_their_base() {
        let (listings, market) = (pairs::listings(), market());
        for (place, listing) in listings.iter().enumerate() {
            for day in 0..400 {
                let at = start().plus(Duration::from_hours(24 * day));
                let mid = market.mid(MarketIndex(place), at);
                let off = mid.bps_from(listing.base_price).abs();
                assert!(off <= Decimal::from(1_000), "{}: {off} bps", listing.symbol);
            }
        }
    }

    #[test]
    fn a_range_contains_its_ends_and_shorter_ranges() {
        let market = market();
        for n in 0..200 {
            let from = start().plus(Duration::from_secs(n * 3_600));
            let hour = market.range(MarketIndex(5), from, from.plus(Duration::from_hours(1)));
            for minute in 0..60 {
                let from = from.plus(Duration::from_secs(minute * 60));
                let part = market.range(MarketIndex(5), from, from.plus(Duration::from_mins(1)));
                let mid = market.mid(MarketIndex(5), from);
                assert!(part.low <= mid && mid <= part.high);
                assert!(hour.low <= part.low && part.high <= hour.high);
            }
        }
    }

    #[test]
    fn turnover_adds_up_and_is_never_negative() {
        let market = market();
        let turnover = |from: u64, to: u64| {
            let at = |seconds| start().plus(Duration::from_secs(seconds));
            market.turnover(MarketIndex(1), at(from), at(to))
        };
        for second in 0..2_000 {
            assert!(turnover(second * 7, second * 7 + 7) > 0.0);
        }
        let parts: f64 = (0..60).map(|minute| turnover(minute * 60, minute * 60 + 60)).sum();
        assert!((parts - turnover(0, 3_600)).abs() < 0.01);
    }

    #[test]
    fn a_statistic_is_plain_and_rounded() {
        assert_eq!(statistic(12.345_678, 2).to_string(), "12.35");
        assert_eq!(statistic(-1.0, 2).to_string(), "0");
        assert_eq!(statistic(f64::NAN, 2).to_string(), "0");
    }
}
