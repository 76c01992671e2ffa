//! What watches over open positions beside the stop itself: the trailing stop, the time stop, and
//! the watch over the watchers.

use std::time::Duration;

use domain::event::CloseReason;
use domain::{Decimal, PositionId, Price, Symbol, Timestamp};

use crate::desk::Desk;
use crate::ledger::{Ledger, Position};
use crate::settings::Settings;
use crate::step::Step;

/// A stop is moved only by steps of at least a thousandth, so that a rising price does not fill the
/// journal.
const TRAIL_STEP: Decimal = Decimal::from_parts(1_001, 0, 0, false, 3);
/// So many exits in a row without effect are no protection.
const FAILING: u32 = 3;
/// A position may lack a working stop for this long before a person is told.
const ALARM_AFTER: Duration = Duration::from_secs(5);

/// Why a position's stop could not fire right now; [`None`] when it could.
pub(crate) fn exposed(
    settings: &Settings,
    desk: &Desk,
    position: &Position,
    at: Timestamp,
) -> Option<&'static str> {
    if !settings.executor_enabled {
        return Some("the executor is off (MEXC_ENABLE is false)");
    }
    if position.plan.is_none() {
        return Some("it has no exit plan");
    }
    if desk.markets.get(&position.symbol).is_none() {
        return Some("the exchange does not list it");
    }
    if position.exit_failures >= FAILING {
        return Some("its exit orders keep failing");
    }
    let age = desk.quote(&position.symbol).map(|quote| at.since(quote.at));
    match age {
        None => Some("no price of it is known"),
        Some(age) if age > settings.risk.price_max_age => Some("its price is not fresh"),
        Some(_) => None,
    }
}

/// Positions whose stop could not fire right now, with the reason.
pub(crate) fn unprotected<'a>(
    settings: &'a Settings,
    ledger: &'a Ledger,
    desk: &'a Desk,
    at: Timestamp,
) -> impl Iterator<Item = (&'a Position, &'static str)> {
    ledger.positions().filter_map(move |position| {
        exposed(settings, desk, position, at).map(|reason| (position, reason))
    })
}

impl Step<'_> {
    /// The stop follows a rising price.
    pub(crate) fn trail(&mut self, symbol: &Symbol, price: Price) {
        let Some(pct) = self.settings.exit.trailing_pct else { return };
        let factor = Decimal::ONE - pct / Decimal::ONE_HUNDRED;
        let Some(stop) = price.times(factor) else { return };
        let raised = |position: &&Position| {
            position.symbol == *symbol
                && position.closing.is_none()
                && position.plan.as_ref().is_some_and(|plan| {
                    plan.stop.times(TRAIL_STEP).is_some_and(|least| stop >= least)
                })
        };
        if !self.ledger.positions().any(|position| raised(&position)) {
            return;
        }
        let rising: Vec<Position> = self.ledger.positions().filter(raised).cloned().collect();
        for position in rising {
            self.raise_stop(&position, stop, price);
        }
    }

    fn raise_stop(&mut self, position: &Position, stop: Price, price: Price) {
        let market = self.desk.markets.get(&position.symbol);
        let rounded = market.and_then(|market| stop.floor_to(market.rules.tick));
        let (Some(stop), Some(mut plan), Some(entry)) =
            (rounded, position.plan.clone(), position.entry_price())
        else {
            return;
        };
        if stop > plan.stop {
            plan.stop = stop;
            let reason = format!("trailing stop follows {price}");
            self.emit_plan(position, entry, Some(&reason), plan);
        }
    }

    /// Sells positions that were held for too long.
    pub(crate) fn stop_by_time(&mut self) {
        let Some(longest) = self.settings.exit.time_stop else { return };
        let at = self.at;
        let over = |position: &&Position| {
            !position.is_leaving() && at.since(position.opened_at) >= longest
        };
        while self.out.fault.is_none() {
            let due = self.ledger.positions().find(over).map(|position| position.id.clone());
            let Some(id) = due else { return };
            let price = self.ledger.position(&id).and_then(|p| self.desk.quote(&p.symbol));
            let price = price.map(|quote| quote.bid);
            self.close(&id, CloseReason::Time, price);
        }
    }

    /// Tells a person, once per outage, that a stop could not fire.
    pub(crate) fn watch_protection(&mut self) {
        let at = self.at;
        let now: Vec<(PositionId, &'static str)> =
            unprotected(self.settings, self.ledger, self.desk, at)
                .map(|(position, reason)| (position.id.clone(), reason))
                .collect();
        self.desk.unprotected_since.retain(|id, _| now.iter().any(|(other, _)| other == id));
        for (id, reason) in now {
            let outage = self.desk.unprotected_since.entry(id.clone()).or_insert((at, false));
            if outage.1 || at.since(outage.0) < ALARM_AFTER {
                continue;
            }
            outage.1 = true;
            let Some(position) = self.ledger.position(&id).cloned() else { continue };
            let message = format!(
                "position {id} ({} {}) is unprotected: {reason}, so its stop cannot fire. Sell it \
                 at the exchange if this lasts",
                position.held(),
                position.symbol
            );
            self.alarm(Some(&position.symbol), Some(&position.trace_id), message);
        }
    }
}
