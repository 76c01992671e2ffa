//! The pairs of the synthetic market: well-known coins against USDT, with plausible base prices
//! and the precisions and bands that MEXC publishes for coins of that price (contract 8).

use domain::{Asset, Decimal, Notional, Price, Qty, Symbol, TradeSides};

use super::{Liquidity, Listing, SymbolStatus};

/// How much a pair trades.
#[derive(Debug, Clone, Copy)]
enum Tier {
    Major,
    Middle,
    Small,
}

/// Coin, full name, base price in USDT, decimals of a price, decimals of a quantity, tier.
type Row = (&'static str, &'static str, &'static str, u32, u32, Tier);

const ROWS: [Row; 64] = [
    ("BTC", "Bitcoin", "65000", 2, 6, Tier::Major),
    ("ETH", "Ethereum", "1750", 2, 5, Tier::Major),
    ("SOL", "Solana", "78", 2, 3, Tier::Major),
    ("XRP", "XRP", "1.05", 4, 2, Tier::Major),
    ("BNB", "BNB", "610", 2, 4, Tier::Major),
    ("DOGE", "Dogecoin", "0.11", 5, 2, Tier::Major),
    ("ADA", "Cardano", "0.34", 4, 2, Tier::Middle),
    ("TRX", "TRON", "0.29", 4, 2, Tier::Middle),
    ("AVAX", "Avalanche", "12.4", 3, 3, Tier::Middle),
    ("LINK", "Chainlink", "12.6", 3, 3, Tier::Middle),
    ("DOT", "Polkadot", "2.1", 3, 3, Tier::Middle),
    ("MATIC", "Polygon", "0.2", 4, 2, Tier::Middle),
    ("LTC", "Litecoin", "82", 2, 4, Tier::Middle),
    ("BCH", "Bitcoin Cash", "480", 2, 4, Tier::Middle),
    ("UNI", "Uniswap", "5.4", 3, 3, Tier::Middle),
    ("ATOM", "Cosmos", "2.6", 3, 3, Tier::Middle),
    ("XLM", "Stellar", "0.24", 5, 2, Tier::Middle),
    ("ETC", "Ethereum Classic", "13.1", 3, 3, Tier::Middle),
    ("FIL", "Filecoin", "1.4", 3, 3, Tier::Middle),
    ("APT", "Aptos", "2.2", 3, 3, Tier::Middle),
    ("ARB", "Arbitrum", "0.21", 4, 2, Tier::Middle),
    ("OP", "Optimism", "1.6", 4, 2, Tier::Middle),
    ("SUI", "Sui", "1.5", 4, 2, Tier::Middle),
    ("NEAR", "NEAR Protocol", "1.8", 3, 2, Tier::Middle),
    ("INJ", "Injective", "5.2", 3, 3, Tier::Middle),
    ("TIA", "Celestia", "0.62", 4, 2, Tier::Small),
    ("SEI", "Sei", "0.13", 5, 2, Tier::Small),
    ("PEPE", "Pepe", "0.00000420", 11, 0, Tier::Middle),
    ("SHIB", "Shiba Inu", "0.00000850", 9, 0, Tier::Middle),
    ("WIF", "dogwifhat", "0.38", 4, 2, Tier::Small),
    ("BONK", "Bonk", "0.00000960", 9, 0, Tier::Small),
    ("JUP", "Jupiter", "0.24", 4, 2, Tier::Small),
    ("ENA", "Ethena", "0.27", 4, 2, Tier::Small),
    ("ONDO", "Ondo", "0.36", 5, 2, Tier::Small),
    ("LDO", "Lido DAO", "1.55", 4, 2, Tier::Small),
    ("CRV", "Curve DAO", "0.41", 4, 2, Tier::Small),
    ("AAVE", "Aave", "184", 2, 4, Tier::Middle),
    ("MKR", "Maker", "1520", 1, 5, Tier::Small),
    ("SNX", "Synthetix", "0.52", 4, 2, Tier::Small),
    ("RUNE", "THORChain", "0.68", 4, 2, Tier::Small),
    ("FTM", "Fantom", "0.31", 4, 2, Tier::Small),
    ("SAND", "The Sandbox", "0.16", 5, 2, Tier::Small),
    ("MANA", "Decentraland", "0.17", 5, 2, Tier::Small),
    ("AXS", "Axie Infinity", "1.15", 3, 3, Tier::Small),
    ("GALA", "Gala", "0.0078", 6, 0, Tier::Small),
    ("APE", "ApeCoin", "0.27", 4, 2, Tier::Small),
    ("DYDX", "dYdX", "0.22", 4, 2, Tier::Small),
    ("EGLD", "MultiversX", "8.4", 2, 4, Tier::Small),
    ("THETA", "Theta", "0.36", 4, 2, Tier::Small),
    ("VET", "VeChain", "0.0142", 6, 0, Tier::Small),
    ("ALGO", "Algorand", "0.15", 5, 2, Tier::Small),
    ("HBAR", "Hedera", "0.14", 5, 2, Tier::Middle),
    ("ICP", "Internet Computer", "3.4", 3, 3, Tier::Small),
    ("KAS", "Kaspa", "0.0512", 6, 2, Tier::Small),
    ("MX", "MX Token", "2.15", 4, 2, Tier::Middle),
    ("TON", "Toncoin", "1.7", 3, 2, Tier::Middle),
    ("ZEC", "Zcash", "410", 2, 4, Tier::Middle),
    ("DASH", "Dash", "58", 2, 4, Tier::Small),
    ("XMR", "Monero", "345", 2, 4, Tier::Small),
    ("PENDLE", "Pendle", "1.32", 4, 2, Tier::Small),
    ("VIRTUAL", "Virtuals Protocol", "0.84", 4, 2, Tier::Small),
    ("TRUMP", "Official Trump", "10.4", 3, 3, Tier::Small),
    ("ASTER", "Aster", "0.7", 4, 2, Tier::Middle),
    ("HYPE", "Hyperliquid", "31", 3, 2, Tier::Middle),
];

/// Pairs whose coin was added later, so that the places of the first ones stay.
const MORE: [Row; 3] = [
    ("METAL", "Metal Blockchain", "0.33", 4, 2, Tier::Small),
    ("ZRX", "0x Protocol", "0.33", 4, 2, Tier::Small),
    ("IOTX", "IoTeX", "0.0115", 6, 0, Tier::Small),
];

/// Every pair, BTCUSDT first.
pub fn listings() -> Vec<Listing> {
    ROWS.iter().chain(&MORE).map(listing).collect()
}

/// A further pair, or another price for one of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedPair {
    /// The coin that is traded against USDT.
    pub coin: Asset,
    /// What it costs in USDT.
    pub price: Price,
}

/// The table with these pairs: known coins at another price, unknown ones behind them as small
/// coins with the precisions that fit their price.
pub fn listings_with(pairs: &[PricedPair]) -> Vec<Listing> {
    let mut all = listings();
    for pair in pairs {
        let scales = fitting_scales(pair.price);
        let fitted =
            new_listing((pair.coin.as_str(), pair.coin.as_str()), pair.price, scales, Tier::Small);
        match all.iter_mut().find(|listing| listing.base == pair.coin) {
            Some(listing) => *listing = fitted,
            None => all.push(fitted),
        }
    }
    all
}

/// Decimals of a price and of a quantity: a tick is a ten-thousandth of the price or less, a step
/// is worth some cents.
fn fitting_scales(price: Price) -> (u32, u32) {
    let price = price.get();
    let mut magnitude = 0_i32;
    while magnitude < 12 && price >= power_of_ten(magnitude + 1) {
        magnitude += 1;
    }
    while magnitude > -12 && price < power_of_ten(magnitude) {
        magnitude -= 1;
    }
    let price_scale = (4 - magnitude).clamp(2, 14);
    let qty_scale = (magnitude + 2).clamp(0, 6);
    (price_scale.unsigned_abs(), qty_scale.unsigned_abs())
}

fn power_of_ten(exponent: i32) -> Decimal {
    let size = 10_i64.pow(exponent.unsigned_abs().min(18));
    if exponent < 0 { Decimal::new(1, exponent.unsigned_abs()) } else { Decimal::from(size) }
}

fn listing(row: &Row) -> Listing {
    let (coin, full_name, base_price, price_scale, qty_scale, tier) = *row;
    new_listing((coin, full_name), price(base_price), (price_scale, qty_scale), tier)
}

fn new_listing(
    (coin, full_name): (&str, &str),
    base_price: Price,
    (price_scale, qty_scale): (u32, u32),
    tier: Tier,
) -> Listing {
    Listing {
        symbol: Symbol::from_exchange(&format!("{coin}USDT")),
        base: Asset::from_exchange(coin),
        quote: Asset::from_exchange("USDT"),
        full_name: full_name.to_owned(),
        status: SymbolStatus::Online,
        open_to_api: true,
        sides: TradeSides::Both,
        market_orders: true,
        price_scale,
        qty_scale,
        amount_scale: price_scale.max(2),
        min_qty: min_qty(tier, qty_scale),
        min_notional: amount(1),
        min_notional_market: amount(1),
        max_notional: amount(tier.max_notional()),
        max_notional_market: amount(tier.max_notional_market()),
        band: Some(tier.band()),
        base_price,
        liquidity: tier.liquidity(),
    }
}

/// Live lists publish `"0"` for most pairs, so that only the notional binds (contract 8).
fn min_qty(tier: Tier, qty_scale: u32) -> Qty {
    let step = Qty::new(Decimal::new(1, qty_scale)).unwrap_or(Qty::ZERO);
    if matches!(tier, Tier::Major) { step } else { Qty::ZERO }
}

fn amount(units: i64) -> Notional {
    Notional::new(Decimal::from(units)).unwrap_or(Notional::ZERO)
}

#[expect(clippy::expect_used, reason = "a test reads every row of the constant table")]
fn price(text: &str) -> Price {
    text.parse().expect("base prices of the table are valid")
}

impl Tier {
    fn max_notional(self) -> i64 {
        if matches!(self, Self::Major) { 4_000_000 } else { 2_000_000 }
    }

    fn max_notional_market(self) -> i64 {
        if matches!(self, Self::Major) { 4_000_000 } else { 100_000 }
    }

    fn band(self) -> Decimal {
        match self {
            Self::Major => Decimal::new(5, 2),
            Self::Middle => Decimal::new(1, 1),
            Self::Small => Decimal::new(2, 1),
        }
    }

    fn liquidity(self) -> Liquidity {
        let (spread, level_quote, daily_turnover) = match self {
            Self::Major => (Decimal::new(1, 5), 1_500, 400_000_000.0),
            Self::Middle => (Decimal::new(2, 4), 500, 20_000_000.0),
            Self::Small => (Decimal::new(5, 4), 250, 2_000_000.0),
        };
        Liquidity { spread, level_quote: Decimal::from(level_quote), daily_turnover }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_row_is_a_sound_listing() {
        let all = listings();
        assert!(all.len() >= 60);
        let names: HashSet<_> = all.iter().map(|listing| listing.symbol.clone()).collect();
        assert_eq!(names.len(), all.len(), "a pair is listed twice");
        for listing in &all {
            let symbol = &listing.symbol;
            assert!(listing.ticks_of(listing.base_price) >= 300, "{symbol}: ticks are too coarse");
            let step_value = listing.step() * listing.base_price.get();
            assert!(step_value <= Decimal::new(5, 1), "{symbol}: a step is worth {step_value}");
            assert!(listing.price_scale + listing.qty_scale <= 12, "{symbol}: too many decimals");
            let band = listing.band.unwrap();
            assert!(band >= Decimal::new(2, 2) && band <= Decimal::new(2, 1), "{symbol}: {band}");
        }
    }

    #[test]
    fn further_pairs_get_precisions_that_fit_their_price() {
        let pair = |coin: &str, price: &str| PricedPair {
            coin: Asset::from_exchange(coin),
            price: price.parse().unwrap(),
        };
        let all = listings_with(&[pair("BTC", "109000"), pair("HOT", "0.00131"), pair("X", "7")]);
        let scales = |name: &str| {
            let listing = all.iter().find(|l| l.symbol.as_str() == name).unwrap();
            (listing.base_price.to_string(), listing.price_scale, listing.qty_scale)
        };
        assert_eq!(scales("BTCUSDT"), ("109000".into(), 2, 6));
        assert_eq!(scales("HOTUSDT"), ("0.00131".into(), 7, 0));
        assert_eq!(scales("XUSDT"), ("7".into(), 4, 2));
        assert_eq!(all.len(), listings().len() + 2);
        assert_eq!(all[0].symbol.as_str(), "BTCUSDT");
    }

    #[test]
    fn known_precisions() {
        let all = listings();
        let find = |name: &str| all.iter().find(|l| l.symbol.as_str() == name).unwrap();
        assert_eq!((find("BTCUSDT").price_scale, find("BTCUSDT").qty_scale), (2, 6));
        assert!(find("PEPEUSDT").price_scale >= 10);
        assert_eq!(find("METALUSDT").base.as_str(), "METAL");
        assert_eq!(find("BTCUSDT").band, Some(Decimal::new(5, 2)));
    }
}
