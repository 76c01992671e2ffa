//! From `exchangeInfo` to the domain's market rules (contract 8).

use domain::decimal::MAX_SCALE;
use domain::{Asset, Decimal, Market, MarketRules, Markets, Notional, Qty, Symbol, TradeSides};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Unusable;
use super::market::SymbolInfo;
use super::number::DecimalText;

const WHAT: &str = "a pair";

/// The market list, as far as it could be read.
#[derive(Debug, Clone)]
pub struct MarketList {
    /// The usable pairs.
    pub markets: Markets,
    /// How many entries were broken and left out.
    pub skipped: usize,
}

/// Reads the body of `/exchangeInfo`. A broken entry is counted and left out; it never costs the
/// others.
///
/// # Errors
/// When the body as a whole is no market list.
pub fn decode_markets(body: &[u8]) -> Result<MarketList, serde_json::Error> {
    // One name that is no UTF-8 would make the whole text unreadable.
    let text = String::from_utf8_lossy(body);
    let list: List<'_> = serde_json::from_str(&text)?;
    let total = list.symbols.len();
    let infos = list.readable();
    let usable: Vec<Market> = infos.filter_map(|info| Market::try_from(&info).ok()).collect();
    let skipped = total - usable.len();
    Ok(MarketList { markets: Markets::new(usable), skipped })
}

/// As [`decode_markets`], the entries as they came.
///
/// # Errors
/// When the body as a whole is no market list.
pub fn decode_symbols(body: &[u8]) -> Result<Vec<SymbolInfo>, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let list: List<'_> = serde_json::from_str(&text)?;
    Ok(list.readable().collect())
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    symbols: Vec<&'a RawValue>,
}

impl List<'_> {
    fn readable(&self) -> impl Iterator<Item = SymbolInfo> {
        self.symbols.iter().filter_map(|raw| serde_json::from_str(raw.get()).ok())
    }
}

impl TryFrom<&SymbolInfo> for Market {
    type Error = Unusable;

    fn try_from(info: &SymbolInfo) -> Result<Self, Unusable> {
        for (field, name) in [
            ("symbol", &info.symbol),
            ("baseAsset", &info.base_asset),
            ("quoteAsset", &info.quote_asset),
        ] {
            if name.is_empty() {
                return Err(Unusable::Missing { what: WHAT, field });
            }
        }
        let online = matches!(info.status.as_deref(), Some("1" | "ENABLED"));
        Ok(Self {
            symbol: Symbol::from_exchange(&info.symbol),
            base: Asset::from_exchange(&info.base_asset),
            quote: Asset::from_exchange(&info.quote_asset),
            open: online && info.is_spot_trading_allowed,
            sides: sides(info.trade_side_type),
            market_orders: info.order_types.iter().any(|kind| kind == "MARKET"),
            rules: rules(info)?,
        })
    }
}

/// Recordings of 2024-01 lack the field: both sides. A number nobody documented: neither.
fn sides(trade_side_type: Option<i64>) -> TradeSides {
    match trade_side_type {
        None | Some(1) => TradeSides::Both,
        Some(2) => TradeSides::BuyOnly,
        Some(3) => TradeSides::SellOnly,
        Some(_) => TradeSides::Closed,
    }
}

fn rules(info: &SymbolInfo) -> Result<MarketRules, Unusable> {
    let precision_step = step_of("baseAssetPrecision", info.base_asset_precision)?;
    let tick = step_of("quotePrecision", info.quote_precision)?;
    let size = info.base_size_precision.unwrap_or_default();
    let min_qty =
        Qty::new(size.0).map_err(|_| Unusable::invalid(WHAT, "baseSizePrecision", &size))?;
    let min = notional("quoteAmountPrecision", info.quote_amount_precision)?;
    let max = notional("maxQuoteAmount", info.max_quote_amount)?.unwrap_or(unlimited());
    let min_notional = min.unwrap_or(Notional::ZERO);
    Ok(MarketRules {
        step: coarser(precision_step, min_qty.get()),
        tick,
        quote_step: tick,
        min_qty,
        min_notional,
        min_notional_market: notional(
            "quoteAmountPrecisionMarket",
            info.quote_amount_precision_market,
        )?
        .unwrap_or(min_notional),
        max_notional: max,
        max_notional_market: notional("maxQuoteAmountMarket", info.max_quote_amount_market)?
            .unwrap_or(max),
        band_up: band(info, |filter| filter.bid_multiplier_up),
        band_down: band(info, |filter| filter.ask_multiplier_down),
    })
}

/// `baseSizePrecision` is documented as a minimum and was seen acting as a step (contract 8): both
/// are honoured where they fit together.
fn coarser(precision_step: Decimal, size: Decimal) -> Decimal {
    let fits = size > precision_step && (size % precision_step).is_zero();
    if fits { size.normalize() } else { precision_step }
}

fn step_of(field: &'static str, decimals: u32) -> Result<Decimal, Unusable> {
    if decimals > MAX_SCALE {
        return Err(Unusable::invalid(WHAT, field, &decimals));
    }
    Ok(Decimal::new(1, decimals))
}

fn notional(field: &'static str, value: Option<DecimalText>) -> Result<Option<Notional>, Unusable> {
    value
        .map(|value| Notional::new(value.0).map_err(|_| Unusable::invalid(WHAT, field, &value)))
        .transpose()
}

/// No maximum was published: the bound of a notional.
fn unlimited() -> Notional {
    let bound = Decimal::from_i128_with_scale(10_i128.pow(27), 0);
    Notional::new(bound).unwrap_or(Notional::ZERO)
}

/// The live values are fractions of the last price (contract 8); zero means no band.
fn band(
    info: &SymbolInfo,
    pick: impl Fn(&super::market::PriceFilter) -> Option<DecimalText>,
) -> Option<Decimal> {
    let filter = info.filters.iter().find(|f| f.filter_type == "PERCENT_PRICE_BY_SIDE")?;
    pick(filter).map(|fraction| fraction.0).filter(|fraction| *fraction > Decimal::ZERO)
}
