//! Checks once everything should have settled.

use domain::{ClientOrderId, Decimal, Timestamp};
use engine::{Ledger, Order, OrderState};

use super::truth::balance_of_holding;
use super::{Checks, Violation};
use crate::house::{House, is_open, is_recent};

/// Base units below which two reckonings of fees may differ.
const DUST: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

impl Checks {
    /// What has not settled yet, in words. [`None`] when all has.
    pub(crate) fn unsettled(
        &self,
        ledger: &Ledger,
        house: &House,
        now: Timestamp,
    ) -> Option<String> {
        unknown_order(ledger, house, now)
            .or_else(|| ledger.all_orders().find_map(|order| differs(order, house)))
            .or_else(|| ledger.open_orders().find_map(|order| lingers(order, house)))
            .or_else(|| self.neglected(ledger, house))
    }

    /// A position whose exit is not where it should be.
    fn neglected(&self, ledger: &Ledger, house: &House) -> Option<String> {
        ledger.positions().find_map(|position| {
            let holding = self.view.holdings.get(&position.id)?;
            let truth = balance_of_holding(house, holding).held();
            if (truth - position.held().get()).abs() > DUST {
                return Some(format!("{} holds {truth}, not {}", position.id, position.held()));
            }
            if let Some(closing) = &position.closing {
                return Some(format!("{} is still closing: {:?}", position.id, closing));
            }
            let entry_open = house.truth(&position.entry).is_some_and(is_open);
            let exit = position.exit_order.as_ref().and_then(|id| house.truth(id));
            let rests = exit.is_some_and(is_open);
            (!rests && !entry_open).then(|| {
                format!("{} of {} has no exit at the exchange", position.id, position.symbol)
            })
        })
    }

    /// What is left after everything was to be sold.
    pub(crate) fn not_flat(
        &self,
        ledger: &Ledger,
        house: &House,
        now: Timestamp,
    ) -> Option<String> {
        if let Some(position) = ledger.positions().next() {
            return Some(format!("{} still holds {}", position.id, position.held()));
        }
        let open = house.orders().iter().find(|order| is_open(order));
        if let Some(order) = open {
            return Some(format!("{} is still open", order.id));
        }
        self.unsettled(ledger, house, now)
    }

    /// Closed positions left exactly what the journal calls dust.
    pub(crate) fn dust_is_told(&self, house: &House) -> Result<(), Violation> {
        for (id, holding) in &self.view.holdings {
            let Some(told) = holding.dust else { continue };
            let left = balance_of_holding(house, holding).held();
            if (left - told.get()).abs() > DUST {
                let message = format!("{id}: {left} left at the exchange, {told} in the journal");
                return Err(Violation::new("conservation", message));
            }
        }
        Ok(())
    }
}

/// Orders that the exchange lists no more may be forgotten.
fn unknown_order(ledger: &Ledger, house: &House, now: Timestamp) -> Option<String> {
    let listed = |id: &ClientOrderId| house.truth(id).is_some_and(|order| is_recent(order, now));
    let unknown = |id: &&ClientOrderId| ledger.order(id).is_none() && listed(id);
    let id = house.accepted.iter().find(unknown)?;
    Some(format!("the journal does not know {id}"))
}

fn differs(order: &Order, house: &House) -> Option<String> {
    let id = &order.client_order_id;
    let Some(truth) = house.truth(id) else {
        let held_real = !order.executed_qty.is_zero() || order.state == OrderState::Working;
        return held_real.then(|| format!("{id} is {:?}, the exchange never had it", order.state));
    };
    if truth.executed_qty != order.executed_qty || truth.executed_quote != order.executed_quote {
        return Some(format!(
            "{id} filled {} for {}, not {} for {}",
            truth.executed_qty, truth.executed_quote, order.executed_qty, order.executed_quote
        ));
    }
    let base_fee = house.base_fee(truth);
    if (base_fee - order.fee_in(&order.base)).abs() > DUST {
        return Some(format!("{id} paid {base_fee}, not {}", order.fee_in(&order.base)));
    }
    (is_open(truth) != order.is_open())
        .then(|| format!("{id} is {:?} here, {:?} there", order.state, truth.status))
}

/// An order that should have ended by now.
fn lingers(order: &Order, house: &House) -> Option<String> {
    let rests = matches!(order.kind, domain::OrderKind::Limit { .. });
    let waits = order.state == OrderState::Working && rests && !order.cancel_requested;
    let there = house.truth(&order.client_order_id).is_some_and(is_open);
    (!waits || !there).then(|| format!("{} is {:?}", order.client_order_id, order.state))
}
