//! What an account learns of a change: its orders, executions and balances, one event each
//! (contract 15). Made while the change becomes true, in the order of the changes.

use domain::{Asset, Decimal, Qty, Timestamp};

use super::{AccountId, Balance, Change, Ledger, Order, Trade};

/// Something to tell an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An order as it stands now.
    Order {
        /// The order.
        order: Order,
        /// Base of the fill that changed it, and whether the order rested.
        fill: Option<(Qty, bool)>,
    },
    /// An execution.
    Deal(Trade),
    /// What is held of one asset.
    Balance(BalanceEvent),
}

/// What is held of one asset, and how it came to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceEvent {
    /// Whose.
    pub account: AccountId,
    /// Of what.
    pub asset: Asset,
    /// What is held now.
    pub balance: Balance,
    /// Change of the free part.
    pub free_change: Decimal,
    /// Change of the locked part.
    pub locked_change: Decimal,
    /// Why.
    pub cause: BalanceCause,
    /// When.
    pub at: Timestamp,
}

/// Why a balance changed (contract 7, balance change type).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BalanceCause {
    /// An order was placed.
    Placed,
    /// An order was cancelled, or ended with something left.
    Cancelled,
    /// An execution.
    Traded,
    /// The fee of an execution.
    Fee,
}

impl Event {
    /// Who is told.
    pub const fn account(&self) -> AccountId {
        match self {
            Self::Order { order, .. } => order.account,
            Self::Deal(trade) => trade.account,
            Self::Balance(event) => event.account,
        }
    }
}

/// The balances that a change may touch, as they are before it.
pub(super) struct Before(Vec<(AccountId, Asset, Balance)>);

impl Before {
    pub(super) fn of(change: &Change, ledger: &Ledger) -> Self {
        let touched = match change {
            Change::AccountOpened { .. } => Vec::new(),
            Change::OrderPlaced { order } => vec![(order.account, order.reserve_asset().clone())],
            Change::Traded { trade } => {
                let order = ledger.order(&trade.order_id);
                let assets = order.map(|order| [order.quote.clone(), order.base.clone()]);
                let assets = assets.into_iter().flatten();
                assets.map(|asset| (trade.account, asset)).collect()
            }
            Change::OrderEnded { id, .. } => {
                let order = ledger.order(id);
                order
                    .map(|order| (order.account, order.reserve_asset().clone()))
                    .into_iter()
                    .collect()
            }
        };
        let held = |(id, asset): (AccountId, Asset)| {
            let balance = balance(ledger, id, &asset);
            (id, asset, balance)
        };
        Self(touched.into_iter().map(held).collect())
    }

    /// The differences to now.
    fn differences(self, ledger: &Ledger, cause: BalanceCause, at: Timestamp) -> Vec<BalanceEvent> {
        let events = self.0.into_iter().map(|(account, asset, before)| {
            let balance = balance(ledger, account, &asset);
            BalanceEvent {
                account,
                free_change: balance.free - before.free,
                locked_change: balance.locked - before.locked,
                balance,
                asset,
                cause,
                at,
            }
        });
        events.filter(|e| !(e.free_change.is_zero() && e.locked_change.is_zero())).collect()
    }
}

fn balance(ledger: &Ledger, account: AccountId, asset: &Asset) -> Balance {
    ledger.account(account).map(|found| found.balance(asset)).unwrap_or_default()
}

/// What to tell of a change that just became true.
pub(super) fn events(change: &Change, before: Before, ledger: &Ledger) -> Vec<Event> {
    match change {
        Change::AccountOpened { .. } => Vec::new(),
        Change::OrderPlaced { order } => {
            let placed = before.differences(ledger, BalanceCause::Placed, order.created_at);
            let order = Event::Order { order: order.clone(), fill: None };
            placed.into_iter().map(Event::Balance).chain([order]).collect()
        }
        Change::Traded { trade } => traded(trade, before, ledger),
        Change::OrderEnded { id, at, .. } => {
            let order = ledger.order(id).cloned();
            let released = before.differences(ledger, BalanceCause::Cancelled, *at);
            let order = order.map(|order| Event::Order { order, fill: None });
            order.into_iter().chain(released.into_iter().map(Event::Balance)).collect()
        }
    }
}

/// The order first, then the execution, then the balances; the fee apart.
fn traded(trade: &Trade, before: Before, ledger: &Ledger) -> Vec<Event> {
    let order = ledger.order(&trade.order_id).cloned();
    let fill = Some((trade.qty, trade.is_maker));
    let mut events: Vec<Event> =
        order.map(|order| Event::Order { order, fill }).into_iter().collect();
    events.push(Event::Deal(trade.clone()));
    for mut moved in before.differences(ledger, BalanceCause::Traded, trade.at) {
        let fee = if moved.asset == trade.fee_asset { trade.fee } else { Decimal::ZERO };
        let after_fee = BalanceEvent {
            free_change: -fee,
            locked_change: Decimal::ZERO,
            cause: BalanceCause::Fee,
            ..moved.clone()
        };
        moved.free_change += fee;
        moved.balance.free += fee;
        events.push(Event::Balance(moved));
        if !fee.is_zero() {
            events.push(Event::Balance(after_fee));
        }
    }
    events
}
