//! Checks of what the driver releases: order of records, write before act, limits at decision.

use domain::event::{KillMode, OrderNew};
use domain::ids::Leg;
use domain::{Decimal, Event, Notional, PlaceOrder, Record, Symbol};
use driver::{Released, SyncMode};
use engine::Effect;

use super::truth::{balance_of_holding, entries, exposure_of};
use super::{Checks, Verdict, Violation};
use crate::disk::Disk;
use crate::house::{House, is_open};

/// What one unit of the last decimal may add up to over some orders.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 8);

/// Where and when something was released.
pub(crate) struct Moment<'a> {
    pub(crate) house: &'a House,
    pub(crate) disk: &'a Disk,
    pub(crate) clock_ms: i64,
    pub(crate) mids: &'a dyn Fn(&Symbol) -> Decimal,
}

impl Checks {
    /// Looks at everything that a commit released.
    pub(crate) fn released<T>(&mut self, released: &Released<T>, moment: &Moment<'_>) -> Verdict {
        for record in &released.records {
            self.record(record, moment)?;
        }
        for effect in &released.effects {
            if let Effect::Place { order, .. } = effect {
                self.place(order, moment.disk)?;
            }
        }
        if !released.replies.is_empty() {
            self.acknowledge(moment.disk)?;
        }
        Ok(())
    }

    fn record(&mut self, record: &Record, moment: &Moment<'_>) -> Verdict {
        if record.seq != self.view.seq + 1 {
            let message = format!("record {} released after {}", record.seq, self.view.seq);
            return Err(Violation::new("sequence", message));
        }
        if let Event::OrderNew(new) = &record.event {
            self.order_new(record, new, moment)?;
        }
        self.shadow_or_trade(record)?;
        self.view.apply(record);
        self.note_message(record);
        if let Event::PositionClosed(closed) = &record.event {
            self.closed(&closed.position_id, moment)?;
        }
        Ok(())
    }

    /// What is followed without being traded is never traded, and the other way round.
    fn shadow_or_trade(&self, record: &Record) -> Verdict {
        let Some(trace_id) = &record.trace_id else { return Ok(()) };
        let (shadows, new) = (&self.view.shadows, matches!(&record.event, Event::OrderNew(_)));
        let traded = || self.view.intents.values().any(|intent| intent.trace_id == *trace_id);
        if new && shadows.contains(trace_id)
            || matches!(&record.event, Event::ShadowOpened(_)) && traded()
        {
            let message = format!("signal {trace_id} is both followed and traded");
            return Err(Violation::new("shadows trade nothing", message));
        }
        Ok(())
    }

    fn acknowledge(&mut self, disk: &Disk) -> Verdict {
        if disk.written_seq() < self.view.seq {
            let message = format!("answered at {}, written {}", self.view.seq, disk.written_seq());
            return Err(Violation::new("P2 written before answered", message));
        }
        self.acknowledged = self.view.seq;
        Ok(())
    }

    fn place(&mut self, order: &PlaceOrder, disk: &Disk) -> Verdict {
        let id = &order.client_order_id;
        let Some(intent) = self.view.intents.get(id) else {
            let message = format!("order {id} is sent without a journalled intent");
            return Err(Violation::new("no order without cause", message));
        };
        let same = intent.kind == order.kind
            && intent.side == order.side
            && intent.symbol == order.symbol
            && intent.acceptable_until_ms == order.acceptable_until_ms();
        if !same {
            let message = format!("order {id} differs from its intent");
            return Err(Violation::new("no order without cause", message));
        }
        let safe = match self.sync {
            SyncMode::Before => disk.synced_seq(),
            SyncMode::Beside => disk.written_seq(),
        };
        if safe < intent.seq {
            let message = format!("order {id} leaves at record {}, safe is {safe}", intent.seq);
            return Err(Violation::new("write, then act", message));
        }
        match self.sent.insert(id.clone(), order.clone()) {
            None => Ok(()),
            Some(_) => Err(Violation::new("ids are used once", format!("order {id} leaves twice"))),
        }
    }

    /// Right before an order's bytes leave: the kill switch was not pulled since it was decided on.
    pub(crate) fn leaves(&self, id: &domain::ClientOrderId) -> Verdict {
        let Some(intent) = self.view.intents.get(id) else { return Ok(()) };
        let stops = matches!(self.view.kill, Some(KillMode::Cancel | KillMode::Flatten));
        if stops && intent.leg == Leg::Entry && intent.seq < self.view.kill_seq {
            let message = format!("{id} leaves after the kill switch was pulled");
            return Err(Violation::new("P4 kill switch", message));
        }
        Ok(())
    }

    fn order_new(&self, record: &Record, new: &OrderNew, moment: &Moment<'_>) -> Verdict {
        if self.view.intents.contains_key(&new.client_order_id) {
            let message = format!("{} is decided on twice", new.client_order_id);
            return Err(Violation::new("ids are used once", message));
        }
        let Some(symbol) = &record.symbol else {
            return Err(Violation::new("journal", "an order without its pair"));
        };
        if new.leg == Leg::Entry {
            self.entry(record, symbol, new, moment)
        } else {
            self.exit(symbol, new, moment)
        }
    }

    fn exit(&self, symbol: &Symbol, new: &OrderNew, moment: &Moment<'_>) -> Verdict {
        let holding = new.position_id.as_ref().and_then(|id| self.view.holdings.get(id));
        let Some(holding) = holding else {
            let message = format!("{} sells for no position", new.client_order_id);
            return Err(Violation::new("no order without cause", message));
        };
        let other =
            holding.exits.iter().filter_map(|id| moment.house.truth(id)).find(|o| is_open(o));
        if let Some(other) = other {
            let message = format!("{} while {} is open", new.client_order_id, other.id);
            return Err(Violation::new("one exit at a time", message));
        }
        let value = new.price.notional(new.qty).get();
        if value < Decimal::ONE {
            let message = format!(
                "{} asks for {} {symbol} at {}: {value}, less than the exchange takes",
                new.client_order_id, new.qty, new.price
            );
            return Err(Violation::new("no futile order", message));
        }
        Ok(())
    }

    fn entry(
        &self,
        record: &Record,
        symbol: &Symbol,
        new: &OrderNew,
        moment: &Moment<'_>,
    ) -> Verdict {
        if let Some(mode) = self.view.kill {
            let message = format!("{} under kill switch {}", new.client_order_id, mode.as_str());
            return Err(Violation::new("P4 kill switch", message));
        }
        Self::room(record, moment)?;
        self.size(new)?;
        self.cooldown(record, symbol)?;
        self.counts(symbol, moment)?;
        self.exposure(new, moment)
    }

    /// The reserve is for exits.
    fn room(record: &Record, moment: &Moment<'_>) -> Verdict {
        let after = moment.disk.space(|space| space.on_reserve_after());
        if after.is_some_and(|after| record.seq > after) {
            let message = format!("record {} begins an entry on the journal's reserve", record.seq);
            return Err(Violation::new("entries stop before the journal", message));
        }
        Ok(())
    }

    fn policy(&self) -> engine::policy::Policy {
        engine::policy::Policy::of(self.view.policy.unwrap_or(self.settings.risk.policy))
    }

    fn size(&self, new: &OrderNew) -> Verdict {
        let of_policy = self.policy().max_notional;
        let most = self.settings.risk.max_notional.map_or(of_policy, |max| max.min(of_policy));
        if new.notional > most {
            let message = format!("{} of {}, at most {most}", new.client_order_id, new.notional);
            return Err(Violation::new("P4 order size", message));
        }
        let asked = match new.kind {
            domain::OrderKind::MarketQuote { notional } => notional,
            domain::OrderKind::Market { qty } => new.price.notional(qty),
            domain::OrderKind::Limit { qty, price }
            | domain::OrderKind::ImmediateOrCancel { qty, price } => price.notional(qty),
        };
        if asked > new.notional {
            let message = format!("asks for {asked}, reserves {}", new.notional);
            return Err(Violation::new("P4 order size", message));
        }
        Ok(())
    }

    fn cooldown(&self, record: &Record, symbol: &Symbol) -> Verdict {
        let pause = self.settings.risk.cooldown.unwrap_or_else(|| self.policy().cooldown);
        let Some((last, trace_id)) = self.view.last_entry.get(symbol) else { return Ok(()) };
        // A further attempt of the same entry is no further entry.
        if record.trace_id.as_ref() == Some(trace_id) {
            return Ok(());
        }
        let passed = record.ts.since(*last);
        if passed < pause {
            let message = format!("{symbol} again after {passed:?}, pause {pause:?}");
            return Err(Violation::new("P4 cooldown", message));
        }
        Ok(())
    }

    fn counts(&self, symbol: &Symbol, moment: &Moment<'_>) -> Verdict {
        let risk = &self.settings.risk;
        let ties_up = |entry: &(&domain::ClientOrderId, &super::view::Intent)| {
            exposure_of(moment.house, &self.view, *entry, moment.clock_ms) > Decimal::ONE
        };
        let open: Vec<&Symbol> =
            entries(&self.view).filter(ties_up).map(|(_, intent)| &intent.symbol).collect();
        let of_symbol = open.iter().filter(|other| **other == symbol).count();
        let (all_most, symbol_most) = (risk.max_open_positions, risk.max_positions_per_symbol);
        if open.len() >= all_most as usize || of_symbol >= symbol_most as usize {
            let message = format!(
                "{} open (most {all_most}), {of_symbol} in {symbol} (most {symbol_most})",
                open.len()
            );
            return Err(Violation::new("P4 positions", message));
        }
        Ok(())
    }

    fn exposure(&self, new: &OrderNew, moment: &Moment<'_>) -> Verdict {
        let tied: Decimal = entries(&self.view)
            .map(|entry| exposure_of(moment.house, &self.view, entry, moment.clock_ms))
            .sum();
        let most = self.settings.risk.max_total_exposure;
        let after = tied + new.notional.get();
        if after > most.get() + ROUNDING {
            let message = format!("{tied} tied up, {after} with {}, at most {most}", new.notional);
            return Err(Violation::new("P4 exposure", message));
        }
        Ok(())
    }

    /// A closed position has nothing left that could be sold.
    fn closed(&self, id: &domain::PositionId, moment: &Moment<'_>) -> Verdict {
        let Some(holding) = self.view.holdings.get(id) else {
            return Err(Violation::new("journal", format!("{id} closed, never opened")));
        };
        let left = balance_of_holding(moment.house, holding).held();
        let value = left * (moment.mids)(&holding.symbol);
        let entry_open = moment.house.truth(&holding.entry).is_some_and(is_open);
        // Half of it: the price the engine saw may be an older one.
        if value / Decimal::TWO > Notional::ZERO.get() + Decimal::ONE || entry_open {
            let message = format!("{id} is closed with {left} left, worth {value}");
            return Err(Violation::new("P3 closed is empty", message));
        }
        Ok(())
    }
}
