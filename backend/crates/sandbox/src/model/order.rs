//! Orders as they are asked for and as they stand.

use domain::{
    Asset, ClientOrderId, Decimal, ExchangeOrderId, Notional, OrderStatus, Price, Qty, Side,
    Symbol, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::AccountId;

/// How an order trades (contract 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderType {
    /// Takes what crosses, the rest rests.
    Limit,
    /// Takes up to the protection price, the rest is cancelled.
    Market,
    /// Rests, or is cancelled when it would take.
    LimitMaker,
    /// Takes what crosses, the rest is cancelled.
    ImmediateOrCancel,
    /// Takes all or nothing.
    FillOrKill,
}

impl OrderType {
    /// Whether what is not taken at once stays on the book.
    pub const fn rests(self) -> bool {
        matches!(self, Self::Limit | Self::LimitMaker)
    }
}

/// How much is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// This much base.
    Base(Qty),
    /// Base worth this much quote; MARKET only.
    Quote(Notional),
}

/// An order as it is asked for. Whether its parts go together is checked when it is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The pair.
    pub symbol: Symbol,
    /// Which way.
    pub side: Side,
    /// How.
    pub order_type: OrderType,
    /// How much.
    pub size: Size,
    /// Worst price; [`None`] for MARKET.
    pub price: Option<Price>,
    /// The caller's id.
    pub client_order_id: Option<ClientOrderId>,
}

/// An order as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The exchange's id.
    pub id: ExchangeOrderId,
    /// Its number: orders of one price trade in this order.
    pub number: u64,
    /// Whose.
    pub account: AccountId,
    /// The caller's id.
    pub client_order_id: Option<ClientOrderId>,
    /// The pair.
    pub symbol: Symbol,
    /// What is bought or sold.
    pub base: Asset,
    /// What it is paid with.
    pub quote: Asset,
    /// Which way.
    pub side: Side,
    /// How.
    pub order_type: OrderType,
    /// Worst price; for MARKET the protection price.
    pub price: Price,
    /// Base asked for; zero for an order by quote amount.
    pub qty: Qty,
    /// Quote asked for: price × quantity of the limit family, the amount of an order by quote, zero
    /// for MARKET by quantity.
    pub quote_amount: Notional,
    /// Base filled.
    pub executed_qty: Qty,
    /// Quote filled.
    pub executed_quote: Notional,
    /// State.
    pub status: OrderStatus,
    /// When it was placed.
    pub created_at: Timestamp,
    /// Last fill or cancel.
    pub updated_at: Option<Timestamp>,
}

impl Order {
    /// Base not filled yet; zero for an order by quote amount.
    pub fn remaining(&self) -> Qty {
        self.qty.saturating_sub(self.executed_qty)
    }

    /// Whether it can still trade.
    pub const fn is_open(&self) -> bool {
        !self.status.is_terminal()
    }

    /// What it holds back of the account: quote for a buy, base for a sell. Only orders that can
    /// rest hold anything back; the others are over within their own request.
    pub fn reserve(&self) -> Decimal {
        if !self.is_open() || !self.order_type.rests() {
            return Decimal::ZERO;
        }
        match self.side {
            Side::Buy => self.price.notional(self.remaining()).get(),
            Side::Sell => self.remaining().get(),
        }
    }

    /// The asset of [`Order::reserve`].
    pub const fn reserve_asset(&self) -> &Asset {
        match self.side {
            Side::Buy => &self.quote,
            Side::Sell => &self.base,
        }
    }

    /// The state after what was filled, while the order goes on.
    pub(super) fn working_status(&self) -> OrderStatus {
        let by_base = !self.qty.is_zero();
        match (self.executed_qty.is_zero(), by_base && self.remaining().is_zero()) {
            (true, _) => OrderStatus::New,
            (false, true) => OrderStatus::Filled,
            (false, false) => OrderStatus::PartiallyFilled,
        }
    }

    /// The state after its rest is cancelled.
    pub(super) fn cancelled_status(&self) -> OrderStatus {
        if self.executed_qty.is_zero() {
            OrderStatus::Canceled
        } else {
            OrderStatus::PartiallyCanceled
        }
    }
}
