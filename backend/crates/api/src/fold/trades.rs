//! Fills from the journal. Its figures are cumulative for an order; a trade is what was added.

use std::collections::HashMap;

use domain::event::OrderProgress;
use domain::{
    ClientOrderId, Event, ExchangeOrderId, Notional, Qty, Record, Side, Symbol, Timestamp, TraceId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::later;
use crate::app::App;
use crate::error::ApiError;
use crate::json::Num;
use crate::schema;
use crate::view::{FeeView, fees};

/// The events that may add a fill.
pub(crate) const FILLS: &[&str] = &["ORDER_PARTIAL_FILL", "ORDER_FILLED", "ORDER_CANCELED"];
const FILLS_AND_FEES: &[&str] =
    &["ORDER_PARTIAL_FILL", "ORDER_FILLED", "ORDER_CANCELED", "ORDER_FEES"];

/// What one step added to an order's fills.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TradeView {
    seq: u64,
    #[schema(value_type = schema::Time)]
    at: Timestamp,
    #[schema(value_type = Option<String>)]
    symbol: Option<Symbol>,
    #[schema(value_type = schema::Side)]
    side: Side,
    qty: Num,
    price: Option<Num>,
    quote: Num,
    #[schema(value_type = String)]
    client_order_id: ClientOrderId,
    #[schema(value_type = String)]
    order_id: ExchangeOrderId,
    #[schema(value_type = Option<String>)]
    trace_id: Option<TraceId>,
    /// Fees of the whole order, as far as known today.
    order_fees: Vec<FeeView>,
    order_fees_complete: bool,
}

/// The trades of a page of fill records. A cancel that added no fill is none.
pub(crate) async fn trades(app: &App, page: &[Record]) -> Result<Vec<TradeView>, ApiError> {
    // From the beginning: an earlier partial fill may lie on an older page.
    let all = later(app, FILLS_AND_FEES, page, 0).await?;
    Ok(fold(page, &all))
}

fn progress(event: &Event) -> Option<&OrderProgress> {
    match event {
        Event::OrderPartialFill(progress)
        | Event::OrderFilled(progress)
        | Event::OrderCanceled(progress)
        | Event::OrderFees(progress) => Some(progress),
        _ => None,
    }
}

fn fold(page: &[Record], all: &[Record]) -> Vec<TradeView> {
    let mut latest: HashMap<&ClientOrderId, &OrderProgress> = HashMap::new();
    let mut added: HashMap<u64, (Qty, Notional)> = HashMap::new();
    for record in all {
        let Some(now) = progress(&record.event) else {
            continue;
        };
        let before = latest.insert(&now.client_order_id, now);
        let (qty, quote) =
            before.map_or((Qty::ZERO, Notional::ZERO), |b| (b.executed_qty, b.executed_quote));
        let gained =
            (now.executed_qty.saturating_sub(qty), now.executed_quote.saturating_sub(quote));
        added.insert(record.seq, gained);
    }
    let trade = |record: &Record| {
        let now = progress(&record.event)?;
        let (qty, quote) = *added.get(&record.seq)?;
        let total = latest.get(&now.client_order_id).copied().unwrap_or(now);
        (!qty.is_zero()).then(|| view(record, total, qty, quote))
    };
    page.iter().filter_map(trade).collect()
}

fn view(record: &Record, order: &OrderProgress, qty: Qty, quote: Notional) -> TradeView {
    TradeView {
        seq: record.seq,
        at: record.ts,
        symbol: record.symbol.clone(),
        side: order.side,
        qty: qty.into(),
        price: quote.average_price(qty).map(Num::from),
        quote: quote.into(),
        client_order_id: order.client_order_id.clone(),
        order_id: order.order_id.clone(),
        trace_id: record.trace_id.clone(),
        order_fees: fees(&order.fees),
        order_fees_complete: order.fees_complete,
    }
}
