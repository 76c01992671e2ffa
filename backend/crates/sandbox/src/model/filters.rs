//! The rules an order must meet before it is looked at further (contract 8 and 13).

use domain::{ClientOrderId, Decimal, Notional, Price, Qty, Side, TradeSides};

use super::{NewOrder, OrderType, Rejection, Size};
use crate::market::{Listing, SymbolStatus};

/// How far beyond the last price a MARKET order may go (contract 10.2).
const PROTECTION: Decimal = Decimal::from_parts(5, 0, 0, false, 2);

/// Checks everything that does not depend on the account. Returns the worst price at which the
/// order may trade: its own, or the protection price of a MARKET order.
pub(super) fn check(listing: &Listing, order: &NewOrder, last: Price) -> Result<Price, Rejection> {
    check_client_id(order.client_order_id.as_ref())?;
    check_shape(order)?;
    check_market(listing, order)?;
    check_scales(listing, order)?;
    let worst = order.price.map_or_else(|| protection(listing, order.side, last), Ok)?;
    check_sizes(listing, order, worst, last)?;
    check_band(listing, order, last)?;
    Ok(worst)
}

fn check_client_id(id: Option<&ClientOrderId>) -> Result<(), Rejection> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let fits = |text: &str| (1..=ClientOrderId::MAX_LEN).contains(&text.len());
    match id.map(ClientOrderId::as_str) {
        Some(id) if !fits(id) || !id.bytes().all(legal) => Err(Rejection::IllegalClientOrderId),
        _ => Ok(()),
    }
}

/// The limit family needs price and quantity; MARKET has no price of its own.
fn check_shape(order: &NewOrder) -> Result<(), Rejection> {
    match (order.order_type, order.price, order.size) {
        (OrderType::Market, _, _) | (_, Some(_), Size::Base(_)) => Ok(()),
        (_, None, _) => Err(Rejection::Parameter("price")),
        (_, Some(_), Size::Quote(_)) => Err(Rejection::Parameter("quantity")),
    }
}

fn check_market(listing: &Listing, order: &NewOrder) -> Result<(), Rejection> {
    if listing.status != SymbolStatus::Online {
        return Err(Rejection::Suspended);
    }
    if !listing.open_to_api {
        return Err(Rejection::ClosedToApi);
    }
    if listing.sides == TradeSides::Closed {
        return Err(Rejection::TradingDisabled);
    }
    if !listing.sides.allows(order.side) {
        return Err(Rejection::SideNotAllowed);
    }
    if order.order_type == OrderType::Market && !listing.market_orders {
        return Err(Rejection::MarketOrdersDisabled);
    }
    Ok(())
}

fn check_scales(listing: &Listing, order: &NewOrder) -> Result<(), Rejection> {
    let fine = |value: Decimal, scale: u32| value.normalize().scale() <= scale;
    match order.size {
        Size::Base(qty) if !fine(qty.get(), listing.qty_scale) => {
            return Err(Rejection::QuantityScale);
        }
        Size::Quote(amount) if !fine(amount.get(), listing.amount_scale) => {
            return Err(Rejection::AmountScale);
        }
        Size::Base(_) | Size::Quote(_) => {}
    }
    match order.price {
        Some(price) if !fine(price.get(), listing.price_scale) => Err(Rejection::PriceScale),
        _ => Ok(()),
    }
}

/// A MARKET order by quantity is measured at the last price, not at its protection price.
fn check_sizes(
    listing: &Listing,
    order: &NewOrder,
    worst: Price,
    last: Price,
) -> Result<(), Rejection> {
    let market = order.order_type == OrderType::Market;
    let (min, max) = if market {
        (listing.min_notional_market, listing.max_notional_market)
    } else {
        (listing.min_notional, listing.max_notional)
    };
    let notional = match order.size {
        Size::Quote(amount) => amount,
        Size::Base(qty) => if market { last } else { worst }.notional(qty),
    };
    let quote = || listing.quote.clone();
    match order.size {
        Size::Base(qty) if qty < listing.min_qty => {
            Err(Rejection::BelowMinimumQty(listing.min_qty, listing.base.clone()))
        }
        _ if notional < min => Err(Rejection::BelowMinimum(min, quote())),
        _ if notional > max => Err(Rejection::AboveMaximum(max, quote())),
        _ => Ok(()),
    }
}

/// A buy may not be priced too far above the last price, a sell not too far below it.
fn check_band(listing: &Listing, order: &NewOrder, last: Price) -> Result<(), Rejection> {
    let (Some(price), Some(band)) = (order.price, listing.band) else {
        return Ok(());
    };
    let bound = match order.side {
        Side::Buy => last.get() * (Decimal::ONE + band),
        Side::Sell => last.get() * (Decimal::ONE - band),
    };
    let outside = match order.side {
        Side::Buy => price.get() > bound,
        Side::Sell => price.get() < bound,
    };
    if outside { Err(Rejection::OutsideBand) } else { Ok(()) }
}

fn protection(listing: &Listing, side: Side, last: Price) -> Result<Price, Rejection> {
    let moved = match side {
        Side::Buy => last.times(Decimal::ONE + PROTECTION),
        Side::Sell => last.times(Decimal::ONE - PROTECTION),
    };
    let rounded = moved.and_then(|price| match side {
        Side::Buy => price.floor_to(listing.tick()),
        Side::Sell => price.ceil_to(listing.tick()),
    });
    rounded.ok_or(Rejection::OutsideBand)
}

/// The notional and quantity an order is stored with (contract 10.2, 10.5).
pub(super) fn stored_size(order: &NewOrder, worst: Price) -> (Qty, Notional) {
    match (order.size, order.order_type) {
        (Size::Quote(amount), _) => (Qty::ZERO, amount),
        (Size::Base(qty), OrderType::Market) => (qty, Notional::ZERO),
        (Size::Base(qty), _) => (qty, worst.notional(qty)),
    }
}
