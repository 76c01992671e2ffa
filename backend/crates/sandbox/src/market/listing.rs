//! One listed pair: names, trading rules (contract 8) and how liquid it is.

use domain::{Asset, Decimal, Notional, Price, Qty, Symbol, TradeSides};

/// The state of a pair (contract 7, symbol status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolStatus {
    /// `"1"`: trading.
    Online,
    /// `"2"`: suspended for a while.
    Paused,
    /// `"3"`: taken off.
    Offline,
}

/// How much others trade and quote.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Liquidity {
    /// Distance of the best bid from the best ask, fraction of the mid.
    pub spread: Decimal,
    /// Quote units that rest at the best level; deeper levels hold more.
    pub level_quote: Decimal,
    /// Quote units traded in a day.
    pub daily_turnover: f64,
}

/// One pair. All rules are inclusive limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// `BTCUSDT`.
    pub symbol: Symbol,
    /// `BTC`.
    pub base: Asset,
    /// `USDT`.
    pub quote: Asset,
    /// `Bitcoin`.
    pub full_name: String,
    /// Online, paused or offline.
    pub status: SymbolStatus,
    /// Whether API orders are taken (`isSpotTradingAllowed`).
    pub open_to_api: bool,
    /// Which sides are taken (`tradeSideType`).
    pub sides: TradeSides,
    /// Whether MARKET is among the order types.
    pub market_orders: bool,
    /// Decimals of a price (`quotePrecision`).
    pub price_scale: u32,
    /// Decimals of a quantity (`baseAssetPrecision`).
    pub qty_scale: u32,
    /// Decimals of a market order's quote amount.
    pub amount_scale: u32,
    /// Smallest quantity (`baseSizePrecision`); zero means only the notional binds.
    pub min_qty: Qty,
    /// Smallest notional of a limit order (`quoteAmountPrecision`).
    pub min_notional: Notional,
    /// Smallest notional of a market order (`quoteAmountPrecisionMarket`).
    pub min_notional_market: Notional,
    /// Largest notional of a limit order (`maxQuoteAmount`).
    pub max_notional: Notional,
    /// Largest notional of a market order (`maxQuoteAmountMarket`).
    pub max_notional_market: Notional,
    /// A buy may be priced this fraction above the last price, a sell this fraction below it.
    pub band: Option<Decimal>,
    /// The price that synthetic movement swings around.
    pub base_price: Price,
    /// How much others trade and quote.
    pub liquidity: Liquidity,
}

impl Listing {
    /// Smallest price step, in quote units.
    pub fn tick(&self) -> Decimal {
        Decimal::new(1, self.price_scale)
    }

    /// Smallest quantity step, in base units.
    pub fn step(&self) -> Decimal {
        Decimal::new(1, self.qty_scale)
    }

    /// The price of this many ticks; at least one tick.
    pub fn price_of_ticks(&self, ticks: i64) -> Price {
        let ticks = Decimal::new(ticks.max(1), self.price_scale);
        Price::new(ticks).unwrap_or(self.base_price)
    }

    /// How many whole ticks a price holds, rounded down and held inside 64 bits.
    pub fn ticks_of(&self, price: Price) -> i64 {
        let ticks = price.get().saturating_mul(Decimal::from(10_i64.pow(self.price_scale.min(18))));
        i64::try_from(ticks.trunc()).unwrap_or(i64::MAX)
    }
}
