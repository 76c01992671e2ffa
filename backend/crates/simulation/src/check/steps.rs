//! Checks after every step.

use std::collections::BTreeMap;

use domain::{Decimal, Price, Symbol};

use super::truth::flows_of;
use super::{Checks, Verdict, Violation};
use crate::house::House;

impl Checks {
    /// Looks at the exchange, if anything changed there.
    pub(crate) fn exchange(&mut self, house: &House) -> Verdict {
        if house.revision == self.seen_revision {
            return Ok(());
        }
        self.seen_revision = house.revision;
        self.nothing_foreign(house)?;
        self.one_entry_a_signal(house)?;
        house.listings().iter().try_for_each(|listing| never_short(house, &listing.symbol))
    }

    /// Every order at the exchange is one that was released.
    fn nothing_foreign(&self, house: &House) -> Verdict {
        let Some(id) = house.accepted.iter().find(|id| !self.sent.contains_key(*id)) else {
            return Ok(());
        };
        let message = format!("the exchange took {id}, which nobody released");
        Err(Violation::new("no order without cause", message))
    }

    fn one_entry_a_signal(&self, house: &House) -> Verdict {
        let mut of_trace = BTreeMap::new();
        for (id, intent) in super::truth::entries(&self.view) {
            let count: &mut u32 = of_trace.entry(&intent.trace_id).or_default();
            *count += u32::from(house.truth(id).is_some());
            if *count > 1 {
                let message = format!("trace {} entered twice", intent.trace_id);
                return Err(Violation::new("P1 one entry", message));
            }
        }
        for (identity, traces) in &self.traces_of {
            let entries = super::truth::entries(&self.view);
            let entries = entries.filter(|(_, intent)| traces.contains(&intent.trace_id));
            let taken: Vec<_> = entries.filter(|(id, _)| house.truth(id).is_some()).collect();
            if taken.len() > 1 {
                let message = format!("{identity} entered {} times", taken.len());
                return Err(Violation::new("P1 one entry", message));
            }
        }
        Ok(())
    }

    /// While the service is ready every open position has a plan, or a person was told.
    pub(crate) fn protected(&self) -> Verdict {
        let bare = self.view.open_holdings().find(|(_, holding)| holding.stop.is_none());
        match bare {
            Some((id, _)) if self.view.alarms == 0 => {
                Err(Violation::new("P3 a plan at once", format!("{id} has no plan and no alarm")))
            }
            _ => Ok(()),
        }
    }

    /// A price at or below the stop sets the sale off in the same step.
    pub(crate) fn stops_fire(&self, symbol: &Symbol, price: Price) -> Verdict {
        let missed = self.view.open_holdings().find(|(_, holding)| {
            holding.symbol == *symbol
                && !holding.closing
                && holding.stop.is_some_and(|stop| price <= stop)
        });
        match missed {
            Some((id, holding)) => {
                let message = format!("{id}: price {price}, stop {:?}", holding.stop);
                Err(Violation::new("P3 the stop fires", message))
            }
            None => Ok(()),
        }
    }
}

/// Sold and on offer never passes what was bought, less what went for fees.
fn never_short(house: &House, symbol: &Symbol) -> Verdict {
    let (bought, sold) = flows_of(house, symbol);
    if sold > bought.max(Decimal::ZERO) {
        let message = format!("{symbol}: {bought} bought, {sold} sold or on offer");
        return Err(Violation::new("never short", message));
    }
    Ok(())
}
