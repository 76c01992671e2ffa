//! Placing, cancelling and asking for orders (contract 10).

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use domain::{ClientOrderId, ExchangeOrderId, Notional, Price, Qty, Symbol};
use mexc_wire::{NewOrder as WireOrder, OrderRef, Params, rest};
use serde_json::{Value, json};

use super::auth::Signed;
use super::clock;
use super::public::{limit, time_param};
use super::refused::Refused;
use super::reply;
use super::shared::Shared;
use crate::model::{NewOrder, OrderSelector, OrderType, Rejection, Size, Window};

type Answer<T> = Result<Json<T>, Refused>;

pub(super) async fn place(
    State(shared): State<Arc<Shared>>,
    signed: Signed,
) -> Answer<rest::OrderAck> {
    let new = new_order(&signed.params)?;
    let order = shared.with(|exchange, now| {
        exchange.place_thin(signed.account, &new, signed.thin_fill.unwrap_or(100), now)
    })?;
    Ok(Json(reply::order_ack(&order)))
}

pub(super) async fn test(State(shared): State<Arc<Shared>>, signed: Signed) -> Answer<Value> {
    let new = new_order(&signed.params)?;
    shared.with(|exchange, now| exchange.check(signed.account, &new, now))?;
    Ok(Json(json!({})))
}

pub(super) async fn cancel(
    State(shared): State<Arc<Shared>>,
    signed: Signed,
) -> Answer<rest::CancelReply> {
    let selector = selector(&signed.params)?;
    let order = shared.with(|exchange, now| exchange.cancel(signed.account, &selector, now))?;
    Ok(Json(reply::cancelled(&order)))
}

pub(super) async fn cancel_open(
    State(shared): State<Arc<Shared>>,
    signed: Signed,
) -> Answer<Vec<rest::CancelReply>> {
    let symbols = symbol_list(&shared, signed.params.require("symbol")?)?;
    shared.look(|exchange, now| {
        let cancelled = symbols
            .iter()
            .flat_map(|symbol| exchange.cancel_open(signed.account, Some(symbol), now));
        Json(cancelled.map(|order| reply::cancelled(&order)).collect())
    })
}

pub(super) async fn cancel_all(State(shared): State<Arc<Shared>>, signed: Signed) -> Answer<Value> {
    shared.look(|exchange, now| exchange.cancel_open(signed.account, None, now))?;
    let timestamp = clock::now().as_millis();
    Ok(Json(json!({"code": 200, "msg": "success", "timestamp": timestamp})))
}

pub(super) async fn query(
    State(shared): State<Arc<Shared>>,
    signed: Signed,
) -> Answer<rest::Order> {
    let selector = selector(&signed.params)?;
    let hidden = Duration::from_millis(shared.faults.visibility().order_ms);
    shared.with(|exchange, now| {
        let order = exchange.order(signed.account, &selector)?;
        if now < order.created_at.plus(hidden) {
            return Err(Rejection::NoSuchOrder);
        }
        Ok(Json(reply::order(order)))
    })
}

pub(super) async fn open(
    State(shared): State<Arc<Shared>>,
    signed: Signed,
) -> Answer<Vec<rest::Order>> {
    let symbols = match signed.params.get("symbol") {
        Some(names) => symbol_list(&shared, names)?.into_iter().map(Some).collect(),
        None => vec![None],
    };
    shared.look(|exchange, _| {
        let open =
            symbols.iter().flat_map(|symbol| exchange.open_orders(signed.account, symbol.as_ref()));
        Json(open.map(reply::order).collect())
    })
}

pub(super) async fn all(
    State(shared): State<Arc<Shared>>,
    signed: Signed,
) -> Answer<Vec<rest::Order>> {
    let symbol = listed_symbol(&shared, signed.params.require("symbol")?)?;
    let window = window(&signed.params, 500)?;
    shared.look(|exchange, now| {
        let orders = exchange.all_orders(signed.account, &symbol, window, now);
        Json(orders.into_iter().map(reply::order).collect())
    })
}

/// Time bounds and row limit of a history query.
pub(super) fn window(params: &Params, default: usize) -> Result<Window, Refused> {
    Ok(Window {
        from: time_param(params, "startTime")?,
        to: time_param(params, "endTime")?,
        limit: limit(params, default, 1_000)?,
    })
}

/// The exchange's own spelling of a listed pair.
pub(super) fn listed_symbol(shared: &Shared, name: &str) -> Result<Symbol, Refused> {
    let found = shared.market(name).map(|(_, listing)| listing.symbol.clone());
    found.ok_or_else(|| Rejection::InvalidSymbol.into())
}

fn symbol_list(shared: &Shared, names: &str) -> Result<Vec<Symbol>, Refused> {
    names.split(',').map(|name| listed_symbol(shared, name.trim())).collect()
}

fn selector(params: &Params) -> Result<OrderSelector, Refused> {
    let wire = OrderRef::from_params(params)?;
    Ok(OrderSelector {
        symbol: Symbol::from_exchange(&wire.symbol),
        order_id: wire.order_id.map(ExchangeOrderId::new),
        client_order_id: wire.orig_client_order_id.map(ClientOrderId::new),
    })
}

/// Reads the parameters of an order.
pub(super) fn new_order(params: &Params) -> Result<NewOrder, Refused> {
    let wire = WireOrder::from_params(params)?;
    let order_type = match wire.order_type {
        rest::OrderType::Limit => OrderType::Limit,
        rest::OrderType::Market => OrderType::Market,
        rest::OrderType::LimitMaker => OrderType::LimitMaker,
        rest::OrderType::ImmediateOrCancel => OrderType::ImmediateOrCancel,
        rest::OrderType::FillOrKill => OrderType::FillOrKill,
        rest::OrderType::Other => return Err(Rejection::InvalidType.into()),
    };
    Ok(NewOrder {
        symbol: Symbol::from_exchange(&wire.symbol),
        side: wire.side,
        order_type,
        size: size(&wire, order_type)?,
        price: price(&wire, order_type)?,
        client_order_id: wire.new_client_order_id.map(ClientOrderId::new),
    })
}

/// MARKET takes exactly one of quantity and amount; the limit family ignores an amount.
fn size(wire: &WireOrder, order_type: OrderType) -> Result<Size, Rejection> {
    let quote = wire.quote_order_qty.filter(|_| order_type == OrderType::Market);
    match (wire.quantity, quote) {
        (Some(qty), None) => {
            Qty::new(qty).map(Size::Base).map_err(|_| Rejection::Parameter("quantity"))
        }
        (None, Some(amount)) => Notional::new(amount)
            .map(Size::Quote)
            .map_err(|_| Rejection::Parameter("quoteOrderQty")),
        (None, None) => Err(Rejection::Parameter("quantity")),
        (Some(_), Some(_)) => Err(Rejection::InvalidCombination),
    }
}

fn price(wire: &WireOrder, order_type: OrderType) -> Result<Option<Price>, Rejection> {
    if order_type == OrderType::Market {
        return Ok(None);
    }
    let price = wire.price.ok_or(Rejection::Parameter("price"))?;
    Price::new(price).map(Some).map_err(|_| Rejection::Parameter("price"))
}
