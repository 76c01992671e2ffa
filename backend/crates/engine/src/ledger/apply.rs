//! Applying a record: the only way the ledger changes.

use std::time::Duration;

use domain::event::{
    OrderNew, OrderProgress, PositionClosed, PositionClosing, PositionOpened, Resolution, RiskSltp,
    SignalIngest,
};
use domain::ids::Leg;
use domain::{
    ClientOrderId, Decimal, Event, Notional, Pnl, PositionId, Qty, Record, Side, Symbol, Timestamp,
    TraceId,
};

use super::position::LONGEST_PAUSE;
use super::{Closing, Ledger, Order, OrderStep, Position};

/// Ended orders are kept this long, so that late news of them is still understood: twice as long as
/// the exchange lists them, lest one that it still lists is taken for an unknown one at a restart.
const ENDED_ORDERS_KEPT: Duration = Duration::from_hours(48);
/// And so much longer at most.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// Why a record does not fit the state: the journal is damaged, or the engine is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// A record is missing or repeated.
    #[error("journal record {found} follows {last}: records are missing or repeated")]
    Gap {
        /// Number of the last applied record.
        last: u64,
        /// Number of the offending one.
        found: u64,
    },
    /// An order event without the order.
    #[error("record {0} speaks of order {1}, which the journal does not know")]
    NoSuchOrder(u64, ClientOrderId),
    /// A position event without the position.
    #[error("record {0} speaks of position {1}, which the journal does not know")]
    NoSuchPosition(u64, PositionId),
    /// An event that must name its pair and trace does not.
    #[error("record {0} ({1}) lacks its symbol or trace id")]
    Incomplete(u64, &'static str),
    /// A checkpoint of another version of the layout.
    #[error("checkpoint layout {0} is not understood by this version of LeviBot")]
    CheckpointVersion(u32),
    /// A checkpoint that cannot be written or read.
    #[error("checkpoint cannot be used: {0}")]
    Checkpoint(String),
}

impl Ledger {
    /// Applies one record.
    ///
    /// # Errors
    /// [`ApplyError`] when it does not fit; the ledger must not be used any further then.
    pub fn apply(&mut self, record: &Record) -> Result<(), ApplyError> {
        if let Event::Checkpoint(checkpoint) = &record.event
            && self.seq == 0
        {
            *self = Self::restore(checkpoint)?;
            self.seq = record.seq;
            return Ok(());
        }
        if record.seq != self.seq + 1 {
            return Err(ApplyError::Gap { last: self.seq, found: record.seq });
        }
        self.seq = record.seq;
        self.followed.observe(record, &self.book);
        self.apply_event(record)
    }

    fn apply_event(&mut self, record: &Record) -> Result<(), ApplyError> {
        match &record.event {
            Event::SignalIngest(event) => self.on_ingest(record, event),
            Event::OrderNew(event) | Event::OrderAdopted(event) => self.on_order_new(record, event),
            Event::OrderAccepted(event) => {
                let order = self.order_mut(record.seq, &event.client_order_id)?;
                order.order_id = Some(event.order_id.clone());
                self.step(record, &event.client_order_id, OrderStep::Accepted)
            }
            Event::OrderInDoubt(event) => {
                self.step(record, &event.client_order_id, OrderStep::Doubted)
            }
            Event::OrderReconciled(event) if event.resolution == Resolution::NeverPlaced => {
                self.step(record, &event.client_order_id, OrderStep::ProvenAbsent)
            }
            Event::OrderError(event) => {
                self.step(record, &event.client_order_id, OrderStep::Failed)
            }
            Event::OrderPartialFill(event) => {
                self.on_progress(record, event, OrderStep::PartlyFilled)
            }
            Event::OrderFilled(event) => self.on_progress(record, event, OrderStep::Filled),
            Event::OrderCanceled(event) => self.on_progress(record, event, OrderStep::Canceled),
            Event::OrderFees(event) => self.take_progress(record, event),
            Event::OrderCancelRequested(event) => {
                self.order_mut(record.seq, &event.client_order_id)?.cancel_requested = true;
                Ok(())
            }
            Event::PositionOpened(event) => self.on_position_opened(record, event),
            Event::RiskSltp(event) => self.on_plan(record, event),
            Event::PositionClosing(event) => self.on_closing(record, event),
            Event::PositionAdjusted(event) => {
                let position = self.position_mut(record.seq, &event.position_id)?;
                let gone = position.held().saturating_sub(event.to);
                position.written_off = position.written_off.saturating_add(gone);
                Ok(())
            }
            Event::PositionClosed(event) => self.on_closed(record, event),
            Event::AccountSelected(event) => {
                self.select(&event.account);
                Ok(())
            }
            Event::RiskPolicyChanged(event) => {
                self.policy = event.to;
                Ok(())
            }
            Event::KillSwitch(event) => {
                self.kill = event.mode;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn select(&mut self, account: &str) {
        if self.account == account {
            return;
        }
        let book = self.parked.remove(account).unwrap_or_default();
        let before = std::mem::replace(&mut self.book, book);
        let name = std::mem::replace(&mut self.account, account.to_owned());
        if !name.is_empty() {
            self.parked.insert(name, before);
        }
    }

    fn on_ingest(&mut self, record: &Record, event: &SignalIngest) -> Result<(), ApplyError> {
        let trace_id = trace_of(record)?;
        self.book.seen.insert(trace_id, event.content_hash.as_deref(), record.ts);
        Ok(())
    }

    fn on_order_new(&mut self, record: &Record, new: &OrderNew) -> Result<(), ApplyError> {
        let (symbol, trace_id) = (symbol_of(record)?.clone(), trace_of(record)?.clone());
        self.forget_ended_orders(record.ts);
        self.book.seen.insert(&trace_id, None, record.ts);
        if new.leg == Leg::Entry {
            self.book.last_entries.insert(symbol.clone(), record.ts);
        }
        if let Some(id) = &new.position_id {
            let position = self.position_mut(record.seq, id)?;
            position.exit_order = Some(new.client_order_id.clone());
            position.exit_orders += 1;
            position.retry_at = None;
        }
        let order = Order::from_intent(symbol, trace_id, record.ts, new);
        self.book.open.insert(order.client_order_id.clone());
        self.book.orders.insert(order.client_order_id.clone(), order);
        Ok(())
    }

    /// Forgets old orders, once an hour of journal time: a look at all of them with every new one
    /// would make a busy day's replay slow. Replay does the same at the same place.
    fn forget_ended_orders(&mut self, at: Timestamp) {
        if at < self.book.next_prune {
            return;
        }
        self.book.next_prune = at.plus(PRUNE_EVERY);
        let oldest = at.minus(ENDED_ORDERS_KEPT);
        let positions = &self.book.positions;
        self.book.orders.retain(|_, order| {
            let needed = order.position_id.as_ref().is_some_and(|id| positions.contains_key(id));
            needed || order.ended_at.is_none_or(|ended| ended >= oldest)
        });
    }

    /// Moves an order along its transition table; news that cannot move it changes nothing.
    fn step(
        &mut self,
        record: &Record,
        id: &ClientOrderId,
        step: OrderStep,
    ) -> Result<(), ApplyError> {
        let order = self.order_mut(record.seq, id)?;
        let Some(next) = order.state.after(step) else { return Ok(()) };
        order.state = next;
        order.ended_at = next.is_final().then_some(record.ts);
        let achieved = !order.executed_qty.is_zero() || order.cancel_requested;
        let (leg, position) = (order.leg, order.position_id.clone());
        if next.is_final() {
            self.book.open.remove(id);
        } else {
            self.book.open.insert(id.clone());
        }
        if next.is_final() && leg != Leg::Entry {
            self.release_exit(record, id, position.as_ref(), achieved);
        }
        Ok(())
    }

    /// An exit order ended: the position may send another, after a pause if it achieved nothing.
    fn release_exit(
        &mut self,
        record: &Record,
        id: &ClientOrderId,
        position: Option<&PositionId>,
        achieved: bool,
    ) {
        let Some(position) = position.and_then(|id| self.book.positions.get_mut(id)) else {
            return;
        };
        if position.exit_order.as_ref() != Some(id) {
            return;
        }
        position.exit_order = None;
        if achieved {
            position.exit_failures = 0;
        } else {
            position.retry_at = Some(record.ts.plus(pause_after(position.exit_failures)));
            position.exit_failures = position.exit_failures.saturating_add(1);
        }
    }

    fn on_progress(
        &mut self,
        record: &Record,
        progress: &OrderProgress,
        step: OrderStep,
    ) -> Result<(), ApplyError> {
        self.take_progress(record, progress)?;
        if step == OrderStep::Filled {
            self.count_target(record.seq, &progress.client_order_id)?;
        }
        self.step(record, &progress.client_order_id, step)
    }

    fn count_target(&mut self, seq: u64, id: &ClientOrderId) -> Result<(), ApplyError> {
        let order = self.order_mut(seq, id)?;
        if let (Leg::Target(number), Some(position)) = (order.leg, order.position_id.clone())
            && let Some(position) = self.book.positions.get_mut(&position)
        {
            position.targets_done = position.targets_done.max(number);
        }
        Ok(())
    }

    /// Takes over cumulative figures and moves the position by the difference.
    fn take_progress(
        &mut self,
        record: &Record,
        progress: &OrderProgress,
    ) -> Result<(), ApplyError> {
        let order = self.order_mut(record.seq, &progress.client_order_id)?;
        let before = Figures::of(order);
        order.advance(progress);
        let moved = Figures::of(order).minus(&before);
        let (side, position) = (order.side, order.position_id.clone());
        let Some(id) = position else { return Ok(()) };
        match self.book.positions.get_mut(&id) {
            Some(position) => moved.book(side, position),
            // Fees of the last exit that became known after the position was closed.
            None => self.book_late_fee(record.ts, moved.quote_fee),
        }
        Ok(())
    }

    fn book_late_fee(&mut self, at: Timestamp, fee: Decimal) {
        let Ok(cost) = Pnl::new(-fee) else { return };
        if fee > Decimal::ZERO {
            let day = at.utc_day();
            let realised = self.realised_on(day).saturating_add(cost);
            self.book.realised.insert(day, realised);
        }
    }

    fn on_position_opened(
        &mut self,
        record: &Record,
        event: &PositionOpened,
    ) -> Result<(), ApplyError> {
        let order = self.order_mut(record.seq, &event.client_order_id)?;
        order.position_id = Some(event.position_id.clone());
        let mut position = Position::open(
            event.position_id.clone(),
            order.symbol.clone(),
            order.trace_id.clone(),
            order.client_order_id.clone(),
            record.ts,
        );
        Figures::of(order).book(Side::Buy, &mut position);
        self.book.positions.insert(position.id.clone(), position);
        Ok(())
    }

    fn on_plan(&mut self, record: &Record, event: &RiskSltp) -> Result<(), ApplyError> {
        let position = self.position_mut(record.seq, &event.position_id)?;
        position.plan = Some(event.plan.clone());
        position.plan_revision = event.revision;
        Ok(())
    }

    fn on_closing(&mut self, record: &Record, event: &PositionClosing) -> Result<(), ApplyError> {
        if let Some(trace_id) = &event.asked_by {
            self.book.seen.insert(trace_id, None, record.ts);
        }
        let position = self.position_mut(record.seq, &event.position_id)?;
        let down_to = event.qty.map_or(Qty::ZERO, |qty| position.held().saturating_sub(qty));
        position.closing = event.reason.map(|reason| Closing { reason, down_to });
        position.retry_at = None;
        Ok(())
    }

    fn on_closed(&mut self, record: &Record, event: &PositionClosed) -> Result<(), ApplyError> {
        let Some(position) = self.book.positions.remove(&event.position_id) else {
            return Err(ApplyError::NoSuchPosition(record.seq, event.position_id.clone()));
        };
        let day = record.ts.utc_day();
        let today = self.realised_on(day).saturating_add(event.realised_pnl);
        self.book.realised.insert(day, today);
        self.book.realised.retain(|kept, _| *kept > day - 8);
        if !event.dust.is_zero() {
            let dust = self.book.dust.entry(position.symbol).or_insert(Qty::ZERO);
            *dust = dust.saturating_add(event.dust);
        }
        Ok(())
    }

    fn order_mut(&mut self, seq: u64, id: &ClientOrderId) -> Result<&mut Order, ApplyError> {
        self.book.orders.get_mut(id).ok_or_else(|| ApplyError::NoSuchOrder(seq, id.clone()))
    }

    fn position_mut(&mut self, seq: u64, id: &PositionId) -> Result<&mut Position, ApplyError> {
        self.book.positions.get_mut(id).ok_or_else(|| ApplyError::NoSuchPosition(seq, id.clone()))
    }
}

/// Pause before the next selling attempt: 250 ms, doubled by each failure, at most 30 s.
fn pause_after(failures: u32) -> Duration {
    Duration::from_millis(250_u64 << failures.min(7)).min(LONGEST_PAUSE)
}

fn symbol_of(record: &Record) -> Result<&Symbol, ApplyError> {
    let missing = || ApplyError::Incomplete(record.seq, record.event.event_type());
    record.symbol.as_ref().ok_or_else(missing)
}

fn trace_of(record: &Record) -> Result<&TraceId, ApplyError> {
    let missing = || ApplyError::Incomplete(record.seq, record.event.event_type());
    record.trace_id.as_ref().ok_or_else(missing)
}

/// Cumulative figures of an order, and their differences.
struct Figures {
    qty: Qty,
    quote: Notional,
    base_fee: Decimal,
    quote_fee: Decimal,
}

impl Figures {
    fn of(order: &Order) -> Self {
        Self {
            qty: order.executed_qty,
            quote: order.executed_quote,
            base_fee: order.fee_in(&order.base),
            quote_fee: order.fee_in(&order.quote) + order.fees_elsewhere(),
        }
    }

    fn minus(self, before: &Self) -> Self {
        Self {
            qty: self.qty.saturating_sub(before.qty),
            quote: self.quote.saturating_sub(before.quote),
            base_fee: self.base_fee - before.base_fee,
            quote_fee: self.quote_fee - before.quote_fee,
        }
    }

    fn book(self, side: Side, position: &mut Position) {
        match side {
            Side::Buy => {
                position.bought = position.bought.saturating_add(self.qty);
                position.cost = position.cost.saturating_add(self.quote);
            }
            Side::Sell => {
                position.sold = position.sold.saturating_add(self.qty);
                position.proceeds = position.proceeds.saturating_add(self.quote);
            }
        }
        let base_fees = (position.base_fees.get() + self.base_fee).max(Decimal::ZERO);
        position.base_fees = Qty::new(base_fees.round_dp(18)).unwrap_or(position.base_fees);
        let quote_fees = (position.quote_fees.get() + self.quote_fee).max(Decimal::ZERO);
        position.quote_fees = Notional::new(quote_fees.round_dp(18)).unwrap_or(position.quote_fees);
    }
}
