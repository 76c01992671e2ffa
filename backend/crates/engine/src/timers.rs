//! What happens because time passed.

use std::time::Duration;

use domain::{PositionId, Timestamp};

use crate::ledger::{Order, OrderState, Position};
use crate::step::Step;

/// An order whose placing is not answered within this is in doubt: the longest signed window, and
/// the longest request after it.
const UNANSWERED: Duration = Duration::from_secs(90);

impl Step<'_> {
    /// Runs everything that is due. Cheap when nothing is.
    pub(crate) fn run_timers(&mut self) {
        self.expire_entries();
        self.doubt_the_unanswered();
        self.stop_by_time();
        self.retry_exits();
        self.send_due_probes();
        self.expire_shadows();
    }

    fn expire_entries(&mut self) {
        let at = self.at;
        let expired = |order: &&Order| {
            !order.cancel_requested && order.expires_at.is_some_and(|expires| expires <= at)
        };
        let Some(order) = self.ledger.open_entries().find(expired).cloned() else { return };
        self.cancel(&order, "ENTRY_TTL passed without a complete fill");
    }

    /// Moves every position on that waits for it; one that cannot move holds up no other.
    fn retry_exits(&mut self) {
        if !self.ledger.positions().any(|position| self.wants_exit(position)) {
            return;
        }
        let due: Vec<PositionId> = self
            .ledger
            .positions()
            .filter(|position| self.wants_exit(position))
            .map(|position| position.id.clone())
            .collect();
        for id in due {
            self.ensure_plan(&id);
            self.advance(&id);
        }
    }

    /// An answer that never came must not leave an order unwatched: the outside promises one, and
    /// this is what happens if it breaks that promise.
    fn doubt_the_unanswered(&mut self) {
        let at = self.at;
        let unanswered = |order: &&Order| {
            order.state == OrderState::Intended && at.since(order.created_at) > UNANSWERED
        };
        let Some(order) = self.ledger.open_orders().find(unanswered).cloned() else { return };
        self.doubt(&order, "no answer came from the client".to_owned());
    }

    /// A position with no exit order on its way that should have one by now.
    fn wants_exit(&self, position: &Position) -> bool {
        position.exit_order.is_none()
            && !position.is_paused(self.at)
            && (position.closing.is_some()
                || position.plan.is_none()
                || position.retry_at.is_some()
                || self.patience_over(position))
    }

    fn patience_over(&self, position: &Position) -> bool {
        position.plan.is_some()
            && !self.waits_for_candles(position)
            && self.ledger.order(&position.entry).is_none_or(|entry| !entry.is_open())
    }

    /// When [`crate::Engine::step`] should be called again at the latest.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let asking = self.desk.knows_the_market();
        let probes = self.desk.probes.values().filter(|p| asking && !p.in_flight);
        let probes = probes.map(|p| p.next_at);
        let expiries = self
            .ledger
            .open_entries()
            .filter(|order| !order.cancel_requested)
            .filter_map(|order| order.expires_at);
        // One that is past was tried just now and cannot move; the next input tries it again.
        let retries = self.ledger.positions().filter_map(|position| position.retry_at);
        let retries = retries.filter(|at| *at > self.at);
        let waiting = self
            .ledger
            .positions()
            .filter(|position| self.waits_for_candles(position))
            .map(|position| position.opened_at.plus(Duration::from_secs(2)));
        let shadows = self.next_shadow_due();
        probes.chain(expiries).chain(retries).chain(waiting).chain(shadows).min()
    }
}
