//! The exchange's side of the story, in arithmetic of its own.

use domain::ids::Leg;
use domain::{ClientOrderId, Decimal, Side, Symbol};

use super::view::{Holding, Intent, JournalView};
use crate::house::{House, is_open};

/// What became of one position at the exchange.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) bought: Decimal,
    pub(crate) cost: Decimal,
    pub(crate) fees: Decimal,
    pub(crate) sold: Decimal,
}

impl Balance {
    /// What is left.
    pub(crate) fn held(&self) -> Decimal {
        self.bought - self.fees - self.sold
    }

    /// Its share of the cost.
    pub(crate) fn cost_of_held(&self) -> Decimal {
        let share = self.held().checked_div(self.bought).unwrap_or_default();
        (self.cost * share).max(Decimal::ZERO)
    }
}

/// A position's figures at the exchange.
pub(crate) fn balance_of(house: &House, entry: &ClientOrderId, exits: &[ClientOrderId]) -> Balance {
    let mut balance = Balance::default();
    if let Some(order) = house.truth(entry) {
        balance.bought = order.executed_qty.get();
        balance.cost = order.executed_quote.get();
        balance.fees = house.base_fee(order);
    }
    let sold = exits.iter().filter_map(|id| house.truth(id));
    balance.sold = sold.map(|order| order.executed_qty.get()).sum();
    balance
}

pub(crate) fn balance_of_holding(house: &House, holding: &Holding) -> Balance {
    balance_of(house, &holding.entry, &holding.exits)
}

/// What one entry ties up: the cost of what is held of it, and what it may still spend.
pub(crate) fn exposure_of(
    house: &House,
    view: &JournalView,
    (id, intent): (&ClientOrderId, &Intent),
    clock_ms: i64,
) -> Decimal {
    let holding = view.holding_of(id);
    if holding.is_some_and(|holding| holding.dust.is_some()) {
        return Decimal::ZERO;
    }
    let exits = holding.map_or(&[][..], |holding| &holding.exits);
    let held = balance_of(house, id, exits).cost_of_held();
    let reserved = match house.truth(id) {
        Some(order) if is_open(order) => intent.notional.get() - order.executed_quote.get(),
        Some(_) => Decimal::ZERO,
        None if intent.absent || clock_ms > intent.acceptable_until_ms => Decimal::ZERO,
        None => intent.notional.get(),
    };
    held + reserved.max(Decimal::ZERO)
}

/// Bought less fees, and sold or on offer, of all orders of a pair.
pub(crate) fn flows_of(house: &House, symbol: &Symbol) -> (Decimal, Decimal) {
    let mut flows = (Decimal::ZERO, Decimal::ZERO);
    for order in house.orders().iter().filter(|order| order.symbol == *symbol) {
        match order.side {
            Side::Buy => flows.0 += order.executed_qty.get() - house.base_fee(order),
            Side::Sell if is_open(order) => flows.1 += order.qty.get(),
            Side::Sell => flows.1 += order.executed_qty.get(),
        }
    }
    flows
}

/// Entries of the journal.
pub(crate) fn entries(view: &JournalView) -> impl Iterator<Item = (&ClientOrderId, &Intent)> {
    view.intents.iter().filter(|(_, intent)| intent.leg == Leg::Entry)
}
