//! Accounts, orders and trades, changed only by applying a [`Change`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use domain::{ClientOrderId, ExchangeOrderId, Price, Side, Symbol};

use super::account::{Account, AccountId, Balance};
use super::change::{Change, Snapshot};
use super::order::Order;
use super::trade::Trade;

/// Resting orders of a pair: best price first, then oldest first.
#[derive(Debug, Clone, Default)]
struct Resting {
    bids: BTreeMap<(Reverse<Price>, u64), ExchangeOrderId>,
    asks: BTreeMap<(Price, u64), ExchangeOrderId>,
}

impl Resting {
    fn insert(&mut self, order: &Order) {
        match order.side {
            Side::Buy => self.bids.insert((Reverse(order.price), order.number), order.id.clone()),
            Side::Sell => self.asks.insert((order.price, order.number), order.id.clone()),
        };
    }

    fn remove(&mut self, order: &Order) {
        match order.side {
            Side::Buy => self.bids.remove(&(Reverse(order.price), order.number)),
            Side::Sell => self.asks.remove(&(order.price, order.number)),
        };
    }
}

/// The books of the house.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    accounts: Vec<Account>,
    orders: Vec<Order>,
    trades: Vec<Trade>,
    last_number: u64,
    order_places: HashMap<ExchangeOrderId, usize>,
    client_ids: HashMap<(AccountId, ClientOrderId), usize>,
    resting: HashMap<Symbol, Resting>,
}

impl Ledger {
    /// The state of a snapshot.
    pub fn restore(snapshot: Snapshot) -> Self {
        let mut ledger = Self {
            accounts: snapshot.accounts,
            trades: snapshot.trades,
            last_number: snapshot.last_number,
            ..Self::default()
        };
        for order in snapshot.orders {
            ledger.index_order(order);
        }
        ledger
    }

    /// Everything there is.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            accounts: self.accounts.clone(),
            orders: self.orders.clone(),
            trades: self.trades.clone(),
            last_number: self.last_number,
        }
    }

    /// Makes `change` true. A change of an order or account that does not exist is ignored.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::AccountOpened { id, key, balances } => self.accounts.push(Account {
                id: *id,
                key: key.clone(),
                balances: balances
                    .iter()
                    .map(|(asset, free)| {
                        (asset.clone(), Balance { free: *free, ..Balance::default() })
                    })
                    .collect(),
            }),
            Change::OrderPlaced { order } => self.place(order),
            Change::Traded { trade } => self.trade(trade),
            Change::OrderEnded { id, status, at } => {
                self.update_order(id, |order| {
                    order.status = *status;
                    order.updated_at = Some(*at);
                });
            }
        }
    }

    /// All accounts, in the order of opening.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account with this number.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(usize::from(id.0))
    }

    /// All orders, in the order of placing.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// All trades, in the order of execution.
    pub fn trades(&self) -> &[Trade] {
        &self.trades
    }

    /// The order with this id.
    pub fn order(&self, id: &ExchangeOrderId) -> Option<&Order> {
        self.orders.get(*self.order_places.get(id)?)
    }

    /// The account's order with this client order id.
    pub fn order_by_client_id(&self, account: AccountId, id: &ClientOrderId) -> Option<&Order> {
        self.orders.get(*self.client_ids.get(&(account, id.clone()))?)
    }

    /// The last number given out for an id.
    pub(super) const fn last_number(&self) -> u64 {
        self.last_number
    }

    /// Resting orders of one side of a pair, best price first, then oldest first.
    pub(super) fn resting(&self, symbol: &Symbol, side: Side) -> Vec<&Order> {
        let Some(resting) = self.resting.get(symbol) else {
            return Vec::new();
        };
        let ids: Vec<&ExchangeOrderId> = match side {
            Side::Buy => resting.bids.values().collect(),
            Side::Sell => resting.asks.values().collect(),
        };
        ids.into_iter().filter_map(|id| self.order(id)).collect()
    }

    /// Pairs with resting orders, in no order.
    pub fn resting_symbols(&self) -> impl Iterator<Item = &Symbol> {
        let busy = |resting: &Resting| !(resting.bids.is_empty() && resting.asks.is_empty());
        self.resting.iter().filter(move |(_, resting)| busy(resting)).map(|(symbol, _)| symbol)
    }

    fn place(&mut self, order: &Order) {
        self.index_order(order.clone());
        if let Some(account) = self.account_mut(order.account) {
            account.lock(order.reserve_asset(), order.reserve());
        }
    }

    fn trade(&mut self, trade: &Trade) {
        self.trades.push(trade.clone());
        self.last_number = self.last_number.max(trade.number);
        let order = self.update_order(&trade.order_id, |order| {
            order.executed_qty = order.executed_qty.saturating_add(trade.qty);
            order.executed_quote = order.executed_quote.saturating_add(trade.quote);
            order.status = order.working_status();
            order.updated_at = Some(trade.at);
        });
        let Some((order, account)) =
            order.and_then(|o| Some((o, self.account_mut(trade.account)?)))
        else {
            return;
        };
        let (qty, quote) = (trade.qty.get(), trade.quote.get());
        match trade.side {
            Side::Buy => {
                account.add_free(&order.base, qty);
                account.add_free(&order.quote, -quote - trade.fee);
            }
            Side::Sell => {
                account.add_free(&order.base, -qty);
                account.add_free(&order.quote, quote - trade.fee);
            }
        }
    }

    /// Changes an order and moves the difference of its reserve between locked and free. Returns
    /// the order as it is now.
    fn update_order(
        &mut self,
        id: &ExchangeOrderId,
        update: impl FnOnce(&mut Order),
    ) -> Option<Order> {
        let order = self.orders.get_mut(*self.order_places.get(id)?)?;
        let before = order.reserve();
        update(order);
        let (released, order) = (before - order.reserve(), order.clone());
        if let Some(account) = self.account_mut(order.account) {
            account.lock(order.reserve_asset(), -released);
        }
        if !order.is_open() {
            self.resting.entry(order.symbol.clone()).or_default().remove(&order);
        }
        Some(order)
    }

    fn index_order(&mut self, order: Order) {
        let place = self.orders.len();
        self.last_number = self.last_number.max(order.number);
        self.order_places.insert(order.id.clone(), place);
        if let Some(client_id) = &order.client_order_id {
            self.client_ids.insert((order.account, client_id.clone()), place);
        }
        if order.is_open() && order.order_type.rests() {
            self.resting.entry(order.symbol.clone()).or_default().insert(&order);
        }
        self.orders.push(order);
    }

    fn account_mut(&mut self, id: AccountId) -> Option<&mut Account> {
        self.accounts.get_mut(usize::from(id.0))
    }
}
