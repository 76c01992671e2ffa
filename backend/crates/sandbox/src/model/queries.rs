//! Questions about orders and trades (contract 10.5, 11).

use std::time::Duration;

use domain::{ClientOrderId, ExchangeOrderId, Side, Symbol, Timestamp};

use super::book::Level;
use super::exchange::Exchange;
use super::{AccountId, Order, Rejection, Trade};
use crate::market::MarketIndex;

const DAY: Duration = Duration::from_hours(24);

/// Which order is meant: the pair, and an id of the exchange or of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSelector {
    /// The pair.
    pub symbol: Symbol,
    /// The exchange's id; wins over the caller's.
    pub order_id: Option<ExchangeOrderId>,
    /// The caller's id.
    pub client_order_id: Option<ClientOrderId>,
}

/// A span of time and how many rows to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Earliest moment, inclusive.
    pub from: Option<Timestamp>,
    /// Latest moment, inclusive.
    pub to: Option<Timestamp>,
    /// Most rows.
    pub limit: usize,
}

/// The best price of both sides; a side can be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookTop {
    /// Best bid.
    pub bid: Option<Level>,
    /// Best ask.
    pub ask: Option<Level>,
}

impl Exchange {
    /// One order.
    ///
    /// # Errors
    /// [`Rejection::NoSuchOrder`] when the account has no such order in that pair.
    pub fn order(&self, account: AccountId, selector: &OrderSelector) -> Result<&Order, Rejection> {
        self.find(account, selector).ok_or(Rejection::NoSuchOrder)
    }

    pub(super) fn find(&self, account: AccountId, selector: &OrderSelector) -> Option<&Order> {
        let found = match (&selector.order_id, &selector.client_order_id) {
            (Some(id), _) => self.ledger().order(id),
            (None, Some(id)) => self.ledger().order_by_client_id(account, id),
            (None, None) => None,
        };
        found.filter(|order| order.account == account && order.symbol == selector.symbol)
    }

    /// Open orders of an account, newest first; of one pair or all.
    pub fn open_orders(&self, account: AccountId, symbol: Option<&Symbol>) -> Vec<&Order> {
        let pairs: Vec<&Symbol> = match symbol {
            Some(symbol) => vec![symbol],
            None => self.ledger().resting_symbols().collect(),
        };
        let sides = pairs.into_iter().flat_map(|pair| [(pair, Side::Buy), (pair, Side::Sell)]);
        let resting = sides.flat_map(|(pair, side)| self.ledger().resting(pair, side));
        let mut open: Vec<&Order> = resting.filter(|order| order.account == account).collect();
        open.sort_by_key(|order| std::cmp::Reverse(order.number));
        open
    }

    /// Orders of an account in a pair by time of creation, newest first: the last 24 hours unless
    /// a start is given, seven days at most.
    pub fn all_orders(
        &self,
        account: AccountId,
        symbol: &Symbol,
        window: Window,
        now: Timestamp,
    ) -> Vec<&Order> {
        let oldest = now.minus(DAY * 7);
        let from = window.from.unwrap_or_else(|| now.minus(DAY)).max(oldest);
        let to = window.to.unwrap_or(now);
        let orders = self.ledger().orders().iter().rev();
        let mine = orders.filter(|o| o.account == account && o.symbol == *symbol);
        let inside = mine.filter(|order| from <= order.created_at && order.created_at <= to);
        inside.take(window.limit).collect()
    }

    /// Trades of an account in a pair, newest first: the last month, or of one order.
    pub fn my_trades(
        &self,
        account: AccountId,
        symbol: &Symbol,
        (order, window): (Option<&ExchangeOrderId>, Window),
        now: Timestamp,
    ) -> Vec<&Trade> {
        let from = window.from.unwrap_or(Timestamp::EPOCH).max(now.minus(DAY * 30));
        let to = window.to.unwrap_or(now);
        let trades = self.ledger().trades().iter().rev();
        let mine = trades.filter(|t| t.account == account && t.symbol == *symbol);
        let mine = mine.filter(|trade| order.is_none_or(|id| trade.order_id == *id));
        let inside = mine.filter(|trade| from <= trade.at && trade.at <= to);
        inside.take(window.limit).collect()
    }

    /// The best bid and ask.
    pub fn top(&self, market: MarketIndex, now: Timestamp) -> BookTop {
        BookTop { bid: self.best(market, Side::Buy, now), ask: self.best(market, Side::Sell, now) }
    }
}
