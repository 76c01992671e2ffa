//! What becomes of orders: answers, doubts and their resolution, fills.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::event::{
    Fee, OrderAccepted, OrderCancelRequested, OrderError, OrderInDoubt, OrderProgress,
    OrderReconciled, Resolution,
};
use domain::{
    CancelOutcome, ClientOrderId, Decimal, Event, ExchangeOrderId, Fill, OrderSnapshot,
    OrderStatus, PlaceOutcome, Qty, QueryOutcome, Refusal, RefusalClass,
};

use crate::effect::Effect;
use crate::ledger::{Order, OrderState, OrderStep};
use crate::step::Step;

/// First question after an answer or a doubt.
pub(crate) const FIRST_PROBE: Duration = Duration::from_millis(100);
/// Codes that say a pair takes no market orders by API (contract 13).
const NO_MARKET_ORDERS: [i64; 3] = [30_018, 30_019, 30_051];
/// Pause between cancels of one order.
const CANCEL_AGAIN: Duration = Duration::from_millis(1_500);
/// An accepted order that stays hidden for this long needs a person.
const HIDDEN_TOO_LONG: Duration = Duration::from_mins(1);
/// "Not found" more than this after the order proves nothing: the exchange may have forgotten it.
pub(crate) const PROOF_ENDS: Duration = Duration::from_hours(24);

impl Step<'_> {
    pub(crate) fn on_placed(&mut self, id: &ClientOrderId, outcome: PlaceOutcome) {
        let Some(order) = self.ledger.order(id).cloned() else { return };
        match outcome {
            PlaceOutcome::Accepted { order_id } => {
                self.accept(&order, order_id);
                self.desk.probe(id, self.at.plus(FIRST_PROBE / 2));
            }
            PlaceOutcome::Refused(refusal) => self.fail(&order, refusal, true),
            PlaceOutcome::NotSent { why } => {
                let refusal = Refusal { class: RefusalClass::Withheld, code: None, message: why };
                self.fail(&order, refusal, false);
            }
            PlaceOutcome::InDoubt { seen } => self.doubt(&order, seen),
        }
    }

    fn accept(&mut self, order: &Order, order_id: ExchangeOrderId) {
        if order.state.after(OrderStep::Accepted).is_none() {
            return;
        }
        let event = Event::OrderAccepted(OrderAccepted {
            client_order_id: order.client_order_id.clone(),
            order_id,
        });
        self.emit(Some(&order.symbol), Some(&order.trace_id), event);
    }

    fn fail(&mut self, order: &Order, refusal: Refusal, sent: bool) {
        if order.state.after(OrderStep::Failed).is_none() {
            return;
        }
        if refusal.code.is_some_and(|code| NO_MARKET_ORDERS.contains(&code)) {
            self.desk.without_market_orders.insert(order.symbol.clone());
        }
        let event = Event::OrderError(OrderError {
            client_order_id: order.client_order_id.clone(),
            sent,
            refusal,
        });
        self.emit(Some(&order.symbol), Some(&order.trace_id), event);
        self.desk.probes.remove(&order.client_order_id);
        self.effect(Effect::FetchBalances);
        self.after_exit_ended(order);
    }

    pub(crate) fn doubt(&mut self, order: &Order, seen: String) {
        if order.state.after(OrderStep::Doubted).is_some() {
            let id = order.client_order_id.clone();
            let event = Event::OrderInDoubt(OrderInDoubt { client_order_id: id, seen });
            self.emit(Some(&order.symbol), Some(&order.trace_id), event);
        }
        self.desk.probe(&order.client_order_id, self.at.plus(FIRST_PROBE));
    }

    pub(crate) fn on_cancelled(&mut self, id: &ClientOrderId, outcome: &CancelOutcome) {
        // Accepted or already done: either way only a question tells the final quantity.
        let pause = match outcome {
            CancelOutcome::Accepted | CancelOutcome::AlreadyDone => Duration::ZERO,
            CancelOutcome::Failed { .. } => FIRST_PROBE,
        };
        if self.ledger.order(id).is_some_and(Order::is_open) {
            self.desk.probe(id, self.at.plus(pause));
        }
    }

    /// Decides to cancel an order; the cancel is repeated until the exchange says the order ended.
    pub(crate) fn cancel(&mut self, order: &Order, reason: &str) {
        if order.cancel_requested || !order.is_open() {
            return;
        }
        let event = Event::OrderCancelRequested(OrderCancelRequested {
            client_order_id: order.client_order_id.clone(),
            reason: reason.to_owned(),
        });
        self.emit(Some(&order.symbol), Some(&order.trace_id), event);
        self.send_cancel(order);
    }

    fn send_cancel(&mut self, order: &Order) {
        // An order whose arrival is unknown is looked for first: its cancel follows once it is found.
        if order.state != OrderState::Working {
            return;
        }
        self.desk.probe(&order.client_order_id, self.at.plus(CANCEL_AGAIN));
        if let Some(probe) = self.desk.probes.get_mut(&order.client_order_id) {
            probe.cancel_sent_at = Some(self.at);
            probe.tries = 0;
        }
        self.effect(Effect::Cancel {
            symbol: order.symbol.clone(),
            client_order_id: order.client_order_id.clone(),
            order_id: order.order_id.clone(),
        });
    }

    pub(crate) fn on_queried(&mut self, id: &ClientOrderId, outcome: QueryOutcome) {
        if let Some(probe) = self.desk.probes.get_mut(id) {
            probe.in_flight = false;
            probe.tries = probe.tries.saturating_add(1);
        }
        let Some(order) = self.ledger.order(id).cloned() else {
            self.desk.probes.remove(id);
            return;
        };
        match outcome {
            QueryOutcome::Found { order: snapshot, fills } => {
                self.found(&order, &snapshot, &fills);
            }
            QueryOutcome::NotFound { server_time_ms, searched_lists } => {
                self.not_found(&order, server_time_ms, searched_lists);
            }
            QueryOutcome::Failed { .. } => {}
        }
        self.schedule_next_probe(id);
    }

    pub(crate) fn found(&mut self, order: &Order, snapshot: &OrderSnapshot, fills: &[Fill]) {
        if order.state == OrderState::InDoubt {
            let event = Event::OrderReconciled(OrderReconciled {
                client_order_id: order.client_order_id.clone(),
                resolution: Resolution::Found,
                order_id: Some(snapshot.order_id.clone()),
                evidence: format!("the exchange shows it as {:?}", snapshot.status),
            });
            self.emit(Some(&order.symbol), Some(&order.trace_id), event);
        }
        self.accept(order, snapshot.order_id.clone());
        // Accepting may have brought a final order back to life.
        let Some(accepted) = self.ledger.order(&order.client_order_id).cloned() else { return };
        self.record_progress(&accepted, snapshot, fills);
        if order.state == OrderState::NeverPlaced {
            self.late_twin(order);
        }
        let was_open = accepted.is_open();
        if let Some(order) = self.ledger.order(&order.client_order_id).cloned() {
            if was_open && order.state.is_final() {
                self.warn_of_failed_exit(&order);
            }
            self.count_look_for_fees(&order);
            self.settle(&order);
            self.cancel_again(&order);
        }
    }

    /// Takes over what the exchange's list says of an order, and does nothing about it yet.
    pub(crate) fn record_found(&mut self, id: &ClientOrderId, snapshot: &OrderSnapshot) {
        let Some(order) = self.ledger.order(id).cloned() else { return };
        self.accept(&order, snapshot.order_id.clone());
        let Some(accepted) = self.ledger.order(id).cloned() else { return };
        self.record_progress(&accepted, snapshot, &[]);
    }

    /// Only answers count: a failed question says nothing of fees.
    fn count_look_for_fees(&mut self, order: &Order) {
        if let Some(probe) = self.desk.probes.get_mut(&order.client_order_id)
            && !order.fees_complete
        {
            probe.fee_looks = probe.fee_looks.saturating_add(1);
        }
    }

    /// Repeats a cancel that has not shown its effect.
    fn cancel_again(&mut self, order: &Order) {
        let last = self.desk.probes.get(&order.client_order_id).and_then(|p| p.cancel_sent_at);
        let due = last.is_none_or(|sent| self.at.since(sent) >= CANCEL_AGAIN);
        if order.cancel_requested && order.is_open() && due {
            self.send_cancel(order);
        }
    }

    /// Emits the event that the snapshot's figures call for, if they say anything new.
    fn record_progress(&mut self, order: &Order, snapshot: &OrderSnapshot, fills: &[Fill]) {
        let mut progress = progress_of(order, snapshot, fills);
        self.value_fees(order, &mut progress.fees);
        let more = snapshot.executed_qty > order.executed_qty;
        let event = match snapshot.status {
            OrderStatus::Filled if order.is_open() => Event::OrderFilled(progress),
            OrderStatus::Canceled | OrderStatus::PartiallyCanceled if order.is_open() => {
                Event::OrderCanceled(progress)
            }
            _ if more && order.is_open() => Event::OrderPartialFill(progress),
            _ if more || fees_differ(order, &progress) => Event::OrderFees(progress),
            _ => return,
        };
        self.emit(Some(&order.symbol), Some(&order.trace_id), event);
        if more || snapshot.status.is_terminal() {
            self.effect(Effect::FetchBalances);
        }
    }

    /// Says what fees in a third asset (MX, where its holder chose to pay with it) were worth.
    fn value_fees(&self, order: &Order, fees: &mut [Fee]) {
        for fee in fees.iter_mut().filter(|fee| fee.asset != order.base && fee.asset != order.quote)
        {
            let pair = format!("{}{}", fee.asset, order.quote);
            let Ok(market) = self.desk.markets.resolve(&pair) else { continue };
            let price = self.desk.quote(&market.symbol).map(|quote| quote.bid);
            let amount = Qty::new(fee.amount).ok();
            fee.worth = price.zip(amount).map(|(price, amount)| price.notional(amount));
        }
    }

    /// "Not found" proves absence only after the signed window and a settling time have passed, and
    /// only when every list was searched.
    fn not_found(&mut self, order: &Order, server_time_ms: i64, searched_lists: bool) {
        let window_ends = order.timestamp_ms.saturating_add(i64::from(order.recv_window_ms));
        let settle = i64::try_from(self.settings.in_doubt_settle.as_millis()).unwrap_or(i64::MAX);
        let settled = server_time_ms > window_ends.saturating_add(settle);
        let proof_holds = self.at.since(order.created_at) < PROOF_ENDS;
        match order.state {
            OrderState::InDoubt if settled && searched_lists && proof_holds => {
                let evidence = format!(
                    "server time {server_time_ms} is past the signed window ({window_ends}) and \
                     {settle} ms more; order query, open orders and recent orders lack it"
                );
                let event = Event::OrderReconciled(OrderReconciled {
                    client_order_id: order.client_order_id.clone(),
                    resolution: Resolution::NeverPlaced,
                    order_id: None,
                    evidence,
                });
                self.emit(Some(&order.symbol), Some(&order.trace_id), event);
                self.after_exit_ended(order);
                self.try_entry_again(order);
            }
            OrderState::InDoubt if !proof_holds => self.alarm_hidden(order),
            OrderState::Working => {
                if self.at.since(order.created_at) > HIDDEN_TOO_LONG {
                    self.alarm_hidden(order);
                }
                self.cancel_again(order);
            }
            _ => {}
        }
    }
}

/// Cumulative figures for the journal. Fills are keyed by trade id, so a repeated one counts once.
fn progress_of(order: &Order, snapshot: &OrderSnapshot, fills: &[Fill]) -> OrderProgress {
    let mut seen = BTreeSet::new();
    let mut fees: BTreeMap<domain::Asset, Decimal> = BTreeMap::new();
    let mut covered = Decimal::ZERO;
    for fill in fills.iter().filter(|fill| fill.order_id == snapshot.order_id) {
        if seen.insert(&fill.trade_id) {
            covered += fill.qty.get();
            *fees.entry(fill.fee_asset.clone()).or_default() += fill.fee;
        }
    }
    let fees: Vec<Fee> =
        fees.into_iter().map(|(asset, amount)| Fee { asset, amount, worth: None }).collect();
    OrderProgress {
        client_order_id: order.client_order_id.clone(),
        order_id: snapshot.order_id.clone(),
        side: order.side,
        executed_qty: snapshot.executed_qty,
        executed_quote: snapshot.executed_quote,
        average_price: snapshot.executed_quote.average_price(snapshot.executed_qty),
        fees,
        fees_complete: covered >= snapshot.executed_qty.get(),
    }
}

/// Whether the fees of the same fills became better known.
fn fees_differ(order: &Order, progress: &OrderProgress) -> bool {
    progress.executed_qty == order.executed_qty
        && !order.fees_complete
        && (progress.fees_complete || progress.fees.len() > order.fees.len())
}
