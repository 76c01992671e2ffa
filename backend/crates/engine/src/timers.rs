//! What happens because time passed.

use domain::{PositionId, Timestamp};

use crate::ledger::{Order, Position};
use crate::step::Step;

impl Step<'_> {
    /// Runs everything that is due. Cheap when nothing is.
    pub(crate) fn run_timers(&mut self) {
        self.expire_entries();
        self.stop_by_time();
        self.retry_exits();
        self.send_due_probes();
    }

    fn expire_entries(&mut self) {
        let at = self.at;
        let expired = |order: &&Order| {
            !order.cancel_requested && order.expires_at.is_some_and(|expires| expires <= at)
        };
        let Some(order) = self.ledger.open_entries().find(expired).cloned() else { return };
        self.cancel(&order, "ENTRY_TTL passed without a complete fill");
    }

    fn retry_exits(&mut self) {
        let due: Option<PositionId> =
            self.ledger.positions().find(|p| self.wants_exit(p)).map(|p| p.id.clone());
        if let Some(id) = due {
            self.advance(&id);
        }
    }

    /// A position with no exit order on its way that should have one by now.
    fn wants_exit(&self, position: &Position) -> bool {
        let paused = position.retry_at.is_some_and(|at| self.at < at);
        position.exit_order.is_none()
            && !paused
            && (position.closing.is_some()
                || position.retry_at.is_some()
                || self.patience_over(position))
    }

    fn patience_over(&self, position: &Position) -> bool {
        position.exit_orders == 0
            && position.plan.is_some()
            && !self.waits_for_candles(position)
            && self.ledger.order(&position.entry).is_none_or(|entry| !entry.is_open())
    }

    /// When [`crate::Engine::step`] should be called again at the latest.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let probes = self.desk.probes.values().filter(|p| !p.in_flight).map(|p| p.next_at);
        let expiries = self
            .ledger
            .open_entries()
            .filter(|order| !order.cancel_requested)
            .filter_map(|order| order.expires_at);
        let retries = self.ledger.positions().filter_map(|position| position.retry_at);
        let waiting = self
            .ledger
            .positions()
            .filter(|position| self.waits_for_candles(position))
            .map(|position| position.opened_at.plus(std::time::Duration::from_secs(2)));
        probes.chain(expiries).chain(retries).chain(waiting).min()
    }
}
