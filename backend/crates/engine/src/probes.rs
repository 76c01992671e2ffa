//! Asking the exchange for orders, at the right pace.

use std::time::Duration;

use domain::{ClientOrderId, OrderKind};

use crate::effect::Effect;
use crate::ledger::{Order, OrderState};
use crate::orders::FIRST_PROBE;
use crate::step::Step;

/// Longest pause between questions about an order that should end by itself.
const SLOWEST_PROBE: Duration = Duration::from_secs(2);
/// Pause between questions about an order that rests.
const RESTING_PROBE: Duration = Duration::from_secs(2);
/// Pause between questions about an order held to be absent.
const TWIN_PROBE: Duration = Duration::from_secs(15);
/// Fees may show up about a second after the fill; asking ends after this many answers without.
const FEE_LOOKS: u32 = 20;
/// A question is taken for lost after this; the client gives up long before.
const LOST_QUESTION: Duration = Duration::from_mins(1);

impl Step<'_> {
    pub(crate) fn alarm_hidden(&mut self, order: &Order) {
        let id = &order.client_order_id;
        let Some(probe) = self.desk.probes.get_mut(id) else { return };
        if std::mem::replace(&mut probe.alarmed, true) {
            return;
        }
        let settle = match &order.position_id {
            Some(position) => format!(
                "then say what is really held of {position} by POST /positions/adjust: that \
                 settles it, and the position is sold by its plan again"
            ),
            None => format!("then settle it by POST /orders/{id}/cancel"),
        };
        let message = format!(
            "order {id} ({} {}) cannot be found at the exchange although it may exist: look it up \
             in the exchange's order list; when it is a day old and not there, {settle}",
            order.side, order.symbol
        );
        self.alarm(Some(&order.symbol), Some(&order.trace_id), message);
    }

    pub(crate) fn schedule_next_probe(&mut self, id: &ClientOrderId) {
        let Some(order) = self.ledger.order(id) else { return };
        let tries = self.desk.probes.get(id).map_or(0, |probe| probe.tries);
        let looks = self.desk.probes.get(id).map_or(0, |probe| probe.fee_looks);
        let wants_fees = !order.fees_complete && looks < FEE_LOOKS;
        if order.is_watched_for_a_twin(self.at) {
            if let Some(probe) = self.desk.probes.get_mut(id) {
                probe.next_at = self.at.plus(TWIN_PROBE);
            }
            return;
        }
        if order.state.is_final() && !wants_fees {
            self.desk.probes.remove(id);
            return;
        }
        let rests = matches!(order.kind, OrderKind::Limit { .. })
            && order.state == OrderState::Working
            && !order.cancel_requested;
        let pause = if rests {
            RESTING_PROBE
        } else {
            (FIRST_PROBE * 2_u32.saturating_pow(tries.min(5))).min(SLOWEST_PROBE)
        };
        if let Some(probe) = self.desk.probes.get_mut(id) {
            let again = std::mem::take(&mut probe.ask_again);
            probe.next_at = if again { self.at } else { self.at.plus(pause) };
        }
    }

    /// Asks for every order whose time has come.
    pub(crate) fn send_due_probes(&mut self) {
        // An answer may call for a decision, and that needs the market: after a start it comes first.
        if !self.desk.knows_the_market() {
            return;
        }
        let at = self.at;
        let lost = at.minus(LOST_QUESTION);
        let due =
            |probe: &crate::desk::Probe| probe.next_at <= if probe.in_flight { lost } else { at };
        if !self.desk.probes.values().any(due) {
            return;
        }
        let ids: Vec<ClientOrderId> =
            self.desk.probes.iter().filter(|(_, p)| due(p)).map(|(id, _)| id.clone()).collect();
        for id in ids {
            self.send_probe(&id);
        }
    }

    fn send_probe(&mut self, id: &ClientOrderId) {
        let Some(order) = self.ledger.order(id) else {
            self.desk.probes.remove(id);
            return;
        };
        let window_ends = order.timestamp_ms.saturating_add(i64::from(order.recv_window_ms));
        let effect = Effect::Query {
            symbol: order.symbol.clone(),
            client_order_id: id.clone(),
            order_id: order.order_id.clone(),
            search_lists: self.wants_lists(order, window_ends),
        };
        if let Some(probe) = self.desk.probes.get_mut(id) {
            probe.in_flight = true;
            probe.next_at = self.at;
        }
        self.effect(effect);
    }

    /// The lists cost many times what the order query costs, so they are searched only where they
    /// can end a doubt, or where a working order stays hidden.
    fn wants_lists(&self, order: &Order, window_ends: i64) -> bool {
        let settle = i64::try_from(self.settings.in_doubt_settle.as_millis()).unwrap_or(i64::MAX);
        let hidden = self.desk.probes.get(&order.client_order_id).is_some_and(|p| p.tries >= 5);
        match order.state {
            OrderState::InDoubt => self.exchange_now_ms() > window_ends.saturating_add(settle),
            OrderState::Working => order.cancel_requested && hidden,
            _ => false,
        }
    }
}
