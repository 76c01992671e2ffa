//! Coins and price levels that make sense together.

use domain::Decimal;
use fastrand::Rng;

const COINS: [&str; 56] = [
    "BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "AVAX", "LINK", "DOT", "MATIC", "LTC", "BNB",
    "ATOM", "NEAR", "APT", "ARB", "OP", "SUI", "INJ", "TIA", "SEI", "FET", "RNDR", "PEPE", "WIF",
    "BONK", "SHIB", "FTM", "SAND", "MANA", "GALA", "CRV", "UNI", "AAVE", "LDO", "DYDX", "JUP",
    "ONDO", "ENA", "TON", "KAS", "STX", "ORDI", "WLD", "JTO", "PENDLE", "TAO", "HBAR", "ALGO",
    "FIL", "ICP", "VET", "EGLD", "THETA", "RUNE", "1000PEPE",
];
/// Tickers that are ordinary words; marked or labelled where they are written.
const WORDS: [&str; 8] = ["ONE", "GAS", "ALL", "FOR", "MASK", "TRUMP", "MOVE", "ID"];
/// Targets drawn at most.
const MOST_TARGETS: usize = 6;

/// A coin and its prices.
pub(crate) struct Levels {
    pub(crate) coin: &'static str,
    /// Whether the coin's name is also a word.
    pub(crate) is_word: bool,
    pub(crate) long: bool,
    pub(crate) entries: [Decimal; 2],
    pub(crate) targets: Vec<Decimal>,
    pub(crate) stop: Decimal,
}

impl Levels {
    /// Draws a coin, and levels on the sides where they belong.
    pub(crate) fn draw(long: bool, rng: &mut Rng) -> Self {
        let is_word = rng.u8(0..12) == 0;
        let coin = if is_word {
            WORDS[rng.usize(0..WORDS.len())]
        } else {
            COINS[rng.usize(0..COINS.len())]
        };
        let scale = match coin {
            "BTC" => 0,
            "ETH" => 1,
            _ => rng.u32(1..7),
        };
        // In units of the last digit; the scale says where the point stands.
        let entry = i64::from(rng.u32(20_000..99_000));
        let (entry, scale) = if coin == "BTC" { (entry, 0) } else { (entry, scale) };
        let up = |part: i64, of: i64| entry + entry * part / of;
        let sign = if long { 1 } else { -1 };
        let count = 1 + rng.usize(0..MOST_TARGETS);
        let mut distance = 0;
        let targets = (0..count).map(|_| {
            distance += i64::from(rng.u32(8..40));
            up(sign * distance, 1000)
        });
        let mut targets: Vec<i64> = targets.collect();
        let second = up(-sign * i64::from(rng.u32(4..20)), 1000);
        let mut stop = up(-sign * i64::from(rng.u32(25..90)), 1000);
        if rng.bool() {
            // People like round figures.
            let round = |value: i64| value / 100 * 100;
            targets = targets.into_iter().map(round).collect();
            stop = round(stop);
        }
        let price = |units: i64| Decimal::new(units, scale).normalize();
        Self {
            coin,
            is_word,
            long,
            entries: [price(entry), price(second)],
            targets: targets.into_iter().map(price).collect(),
            stop: price(stop),
        }
    }
}
