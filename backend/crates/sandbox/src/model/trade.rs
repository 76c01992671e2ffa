//! Executions, one record for each order that took part.

use domain::{
    Asset, ClientOrderId, Decimal, ExchangeOrderId, Notional, Price, Qty, Side, Symbol, Timestamp,
    TradeId,
};
use serde::{Deserialize, Serialize};

use super::book::Level;
use super::{AccountId, MAKER_FEE, Order, ids};

/// One order's part in one execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trade {
    /// Id.
    pub id: TradeId,
    /// The number of the execution; both parts of one execution share it.
    pub number: u64,
    /// The order.
    pub order_id: ExchangeOrderId,
    /// The order's id at its owner.
    pub client_order_id: Option<ClientOrderId>,
    /// Whose order.
    pub account: AccountId,
    /// The pair.
    pub symbol: Symbol,
    /// The order's side.
    pub side: Side,
    /// Price.
    pub price: Price,
    /// Base.
    pub qty: Qty,
    /// Quote: price × base.
    pub quote: Notional,
    /// Fee, zero or more.
    pub fee: Decimal,
    /// What the fee is paid in: the quote asset.
    pub fee_asset: Asset,
    /// Whether the order rested.
    pub is_maker: bool,
    /// Whether both orders were of one account.
    pub is_self_trade: bool,
    /// When.
    pub at: Timestamp,
}

impl Trade {
    /// A part in an execution as a maker without fee; the number and which part it is make its id.
    pub(super) fn of(
        order: &Order,
        level: Level,
        (number, part): (u64, u8),
        at: Timestamp,
    ) -> Self {
        Self {
            id: ids::trade_id(number, part),
            number,
            order_id: order.id.clone(),
            client_order_id: order.client_order_id.clone(),
            account: order.account,
            symbol: order.symbol.clone(),
            side: order.side,
            price: level.price,
            qty: level.qty,
            quote: level.price.notional(level.qty),
            fee: MAKER_FEE,
            fee_asset: order.quote.clone(),
            is_maker: true,
            is_self_trade: false,
            at,
        }
    }
}
