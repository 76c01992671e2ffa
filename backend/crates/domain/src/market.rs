//! Pairs, their trading rules, and finding the pair a person means.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Asset, Notional, Price, Qty, Side, Symbol};

/// Which sides the exchange takes for a pair at present (MEXC's `tradeSideType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TradeSides {
    /// Buying and selling.
    Both,
    /// Buying only.
    BuyOnly,
    /// Selling only.
    SellOnly,
    /// Neither.
    Closed,
}

impl TradeSides {
    /// Whether `side` may trade.
    pub const fn allows(self, side: Side) -> bool {
        matches!(
            (self, side),
            (Self::Both, _) | (Self::BuyOnly, Side::Buy) | (Self::SellOnly, Side::Sell)
        )
    }
}

/// What the exchange demands of an order's numbers. All amounts are inclusive limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketRules {
    /// Quantities are multiples of this (base units); zero means any.
    pub step: Decimal,
    /// Prices are multiples of this (quote units); zero means any.
    pub tick: Decimal,
    /// Quote amounts of market buys are multiples of this.
    pub quote_step: Decimal,
    /// Smallest quantity (base); zero means none.
    pub min_qty: Qty,
    /// Smallest notional of a limit order (quote).
    pub min_notional: Notional,
    /// Smallest notional of a market order (quote).
    pub min_notional_market: Notional,
    /// Largest notional of a limit order (quote).
    pub max_notional: Notional,
    /// Largest notional of a market order (quote).
    pub max_notional_market: Notional,
    /// A buy may be priced at most this fraction above the last price; [`None`] means no band.
    pub band_up: Option<Decimal>,
    /// A sell may be priced at most this fraction below the last price; [`None`] means no band.
    pub band_down: Option<Decimal>,
}

impl MarketRules {
    /// Rounds a quantity down to the step, so that a size never grows past a limit.
    pub fn round_qty(&self, qty: Qty) -> Qty {
        qty.floor_to(self.step)
    }

    /// Rounds a limit price in the order's favour: a buy down, a sell up. [`None`] when a buy
    /// rounds to zero.
    pub fn round_price(&self, side: Side, price: Price) -> Option<Price> {
        match side {
            Side::Buy => price.floor_to(self.tick),
            Side::Sell => price.ceil_to(self.tick),
        }
    }

    /// Rounds the quote amount of a market buy down to the exchange's precision.
    pub fn round_quote(&self, notional: Notional) -> Notional {
        let step = self.quote_step;
        let floored =
            if step.is_zero() { notional.get() } else { notional.get() - notional.get() % step };
        Notional::new(floored).unwrap_or(Notional::ZERO)
    }
}

/// A pair with its rules, as of the last market list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Market {
    /// The exchange's name: `BTCUSDT`.
    pub symbol: Symbol,
    /// What is bought and sold: `BTC`.
    pub base: Asset,
    /// What it is paid with: `USDT`.
    pub quote: Asset,
    /// Whether the pair is online and open to API orders.
    pub open: bool,
    /// Which sides may trade.
    pub sides: TradeSides,
    /// Whether MARKET orders are taken; if not, price-bounded IOC orders are used.
    pub market_orders: bool,
    /// Numeric rules.
    pub rules: MarketRules,
}

impl Market {
    /// The name for people: `BTC/USDT`.
    pub fn display(&self) -> String {
        format!("{}/{}", self.base, self.quote)
    }
}

/// A text that names no pair of the exchange's list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "Unknown symbol for MEXC: {asked:?}. Write it as BTCUSDT or BTC/USDT; GET /exchange/markets \
     lists what is traded{}", nearest.as_ref().map(|n| format!(". Did you mean {n}?")).unwrap_or_default()
)]
pub struct UnknownSymbol {
    /// What was asked for, cut to 64 characters.
    pub asked: String,
    /// A listed pair with a similar name.
    pub nearest: Option<Symbol>,
}

/// The exchange's pairs, by name.
#[derive(Debug, Clone, Default)]
pub struct Markets {
    by_symbol: HashMap<Symbol, Market>,
    /// Pairs in the order of the exchange's list.
    order: Vec<Symbol>,
}

impl Markets {
    /// Indexes a market list. Of two entries with one name the later wins.
    pub fn new(markets: impl IntoIterator<Item = Market>) -> Self {
        let mut list = Self::default();
        for market in markets {
            let symbol = market.symbol.clone();
            if list.by_symbol.insert(symbol.clone(), market).is_none() {
                list.order.push(symbol);
            }
        }
        list
    }

    /// The pair with exactly this exchange name.
    pub fn get(&self, symbol: &Symbol) -> Option<&Market> {
        self.by_symbol.get(symbol)
    }

    /// How many pairs are listed.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether the list is empty, as before the first refresh.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// All pairs, in the exchange's order.
    pub fn iter(&self) -> impl Iterator<Item = &Market> {
        self.order.iter().filter_map(|symbol| self.by_symbol.get(symbol))
    }

    /// Finds the pair a person means by `BTCUSDT`, `btc/usdt`, `BTC-USDT`, `BTC_USDT` or
    /// `BTC:USDT`. Only the list decides; a suffix is never guessed. With a separator both coins
    /// must be those of the pair.
    ///
    /// # Errors
    /// [`UnknownSymbol`] with a near name, if there is one.
    pub fn resolve(&self, text: &str) -> Result<&Market, UnknownSymbol> {
        let upper = text.trim().to_uppercase();
        if let Some(market) = self.by_symbol.get(upper.as_str()) {
            return Ok(market);
        }
        let mut parts = upper.split(['/', '-', '_', ':', ' ']).filter(|part| !part.is_empty());
        if let (Some(base), Some(quote), None) = (parts.next(), parts.next(), parts.next()) {
            let found = self.by_symbol.get(format!("{base}{quote}").as_str());
            if let Some(market) = found.filter(|m| m.base.as_str() == base) {
                return Ok(market);
            }
        }
        Err(UnknownSymbol { asked: text.chars().take(64).collect(), nearest: self.nearest(&upper) })
    }

    fn nearest(&self, upper: &str) -> Option<Symbol> {
        let plain: String = upper.chars().filter(|c| c.is_alphanumeric()).take(24).collect();
        let with_usdt = format!("{plain}USDT");
        if let Some(market) = self.by_symbol.get(with_usdt.as_str()) {
            return Some(market.symbol.clone());
        }
        let closest = self.order.iter().map(|s| (edit_distance(&plain, s.as_str()), s)).min();
        closest.filter(|(distance, _)| *distance <= 1).map(|(_, symbol)| symbol.clone())
    }
}

/// Levenshtein distance: the least number of inserted, removed or replaced characters.
pub fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn market(base: &str, quote: &str) -> Market {
        let any = |text: &str| text.parse::<Notional>().unwrap();
        Market {
            symbol: Symbol::from_exchange(&format!("{base}{quote}")),
            base: Asset::from_exchange(base),
            quote: Asset::from_exchange(quote),
            open: true,
            sides: TradeSides::Both,
            market_orders: true,
            rules: MarketRules {
                step: Decimal::new(1, 6),
                tick: Decimal::new(1, 2),
                quote_step: Decimal::new(1, 2),
                min_qty: Qty::ZERO,
                min_notional: any("1"),
                min_notional_market: any("1"),
                max_notional: any("2000000"),
                max_notional_market: any("100000"),
                band_up: None,
                band_down: None,
            },
        }
    }

    fn markets() -> Markets {
        Markets::new([
            market("BTC", "USDT"),
            market("BTC", "USDC"),
            market("METAL", "USDT"),
            market("币安人生", "USDT"),
            market("GOLD(PAXG)", "USDT"),
        ])
    }

    #[test]
    fn every_spelling_of_a_listed_pair_is_understood() {
        let markets = markets();
        for text in ["BTCUSDT", "btcusdt", "BTC/USDT", "btc-usdt", "BTC_USDT", " btc / usdt "] {
            assert_eq!(markets.resolve(text).unwrap().display(), "BTC/USDT", "{text}");
        }
        assert_eq!(markets.resolve("metalusdt").unwrap().base.as_str(), "METAL");
        assert_eq!(markets.resolve("币安人生/usdt").unwrap().base.as_str(), "币安人生");
        assert_eq!(markets.resolve("gold(paxg)usdt").unwrap().base.as_str(), "GOLD(PAXG)");
    }

    #[test]
    fn nothing_is_guessed() {
        let markets = markets();
        for text in ["", "BTC", "BTC/", "META/LUSDT", "BTCUSD", "BTC/USDT/X", "DROP TABLE"] {
            assert!(markets.resolve(text).is_err(), "{text}");
        }
        assert_eq!(markets.resolve("BTC").unwrap_err().nearest.unwrap().as_str(), "BTCUSDT");
    }

    #[test]
    fn rounding_favours_the_limit() {
        let rules = market("BTC", "USDT").rules;
        let price: Price = "10.005".parse().unwrap();
        assert_eq!(rules.round_price(Side::Buy, price).unwrap().to_string(), "10");
        assert_eq!(rules.round_price(Side::Sell, price).unwrap().to_string(), "10.01");
        assert_eq!(rules.round_price(Side::Buy, "0.009".parse().unwrap()), None);
        assert_eq!(rules.round_quote("24.999".parse().unwrap()).to_string(), "24.99");
        assert_eq!(rules.round_qty("0.0000019".parse().unwrap()).to_string(), "0.000001");
    }

    #[test]
    fn sides_follow_the_exchange() {
        assert!(TradeSides::SellOnly.allows(Side::Sell) && !TradeSides::SellOnly.allows(Side::Buy));
        assert!(TradeSides::BuyOnly.allows(Side::Buy) && !TradeSides::BuyOnly.allows(Side::Sell));
        assert!(!TradeSides::Closed.allows(Side::Buy) && !TradeSides::Closed.allows(Side::Sell));
    }
}
