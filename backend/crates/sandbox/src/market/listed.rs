//! From a pair of the real exchange's list (contract 8) to one of ours.

use domain::{Decimal, Market, Price};
use mexc_wire::rest::SymbolInfo;

use super::{Liquidity, Listing, SymbolStatus};

/// The pair with the same rules; [`None`] when the list's entry is of no use.
pub fn listing(info: &SymbolInfo) -> Option<Listing> {
    let Market { symbol, base, quote, sides, market_orders, rules, .. } =
        Market::try_from(info).ok()?;
    Some(Listing {
        symbol,
        base,
        quote,
        full_name: info.full_name.clone(),
        status: status(info.status.as_deref()),
        open_to_api: info.is_spot_trading_allowed,
        sides,
        market_orders,
        price_scale: info.quote_precision,
        qty_scale: info.base_asset_precision,
        amount_scale: info.quote_precision.max(2),
        min_qty: rules.min_qty,
        min_notional: rules.min_notional,
        min_notional_market: rules.min_notional_market,
        max_notional: rules.max_notional,
        max_notional_market: rules.max_notional_market,
        // Ours has one band for both sides: the narrower one.
        band: rules.band_up.into_iter().chain(rules.band_down).min(),
        base_price: Price::new(Decimal::new(1, info.quote_precision)).ok()?,
        // Never used: what is mirrored has a book of its own.
        liquidity: Liquidity {
            spread: Decimal::ZERO,
            level_quote: Decimal::ZERO,
            daily_turnover: 0.0,
        },
    })
}

fn status(status: Option<&str>) -> SymbolStatus {
    match status {
        Some("1" | "ENABLED") => SymbolStatus::Online,
        Some("2") => SymbolStatus::Paused,
        _ => SymbolStatus::Offline,
    }
}
