//! What people ask for: policy, kill switch, closing and cancelling.

use domain::event::{
    CloseReason, KillMode, KillSwitch, OrderReconciled, PositionAdjusted, Resolution,
    RiskPolicyChanged,
};
use domain::{ClientOrderId, Event, PositionId, Qty};

use crate::effect::Effect;
use crate::input::Command;
use crate::ledger::{Order, OrderState};
use crate::orders::PROOF_ENDS;
use crate::reply::{CommandRefusal, Reply};
use crate::step::Step;

impl Step<'_> {
    pub(crate) fn on_command(&mut self, command: Command) {
        let reply = match command {
            Command::SetPolicy { policy, by } => {
                let from = self.ledger.policy();
                let event = Event::RiskPolicyChanged(RiskPolicyChanged { from, to: policy, by });
                self.emit(None, None, event);
                Reply::Done
            }
            Command::Kill { mode, reason, by } => {
                self.kill(mode, reason, by);
                Reply::Done
            }
            Command::Resume { by } => {
                let event = KillSwitch { mode: None, reason: "trading resumes".to_owned(), by };
                self.emit(None, None, Event::KillSwitch(event));
                Reply::Done
            }
            Command::ClosePosition { position_id, .. } => self.close_position(&position_id),
            Command::AdjustPosition { position_id, held, by } => {
                self.adjust_position(&position_id, held, &by)
            }
            Command::CancelOrder { client_order_id, by } => {
                self.cancel_order(&client_order_id, &by)
            }
        };
        self.reply(reply);
    }

    pub(crate) fn kill(&mut self, mode: KillMode, reason: String, by: String) {
        let event = Event::KillSwitch(KillSwitch { mode: Some(mode), reason, by });
        self.emit(None, None, event);
        if mode == KillMode::Entries {
            return;
        }
        self.effect(Effect::RevokeQueued);
        let entries: Vec<Order> = self.ledger.open_entries().cloned().collect();
        for order in entries {
            self.cancel(&order, "kill switch");
        }
        if mode == KillMode::Flatten {
            self.flatten();
        }
    }

    fn flatten(&mut self) {
        let open: Vec<PositionId> = self
            .ledger
            .positions()
            .filter(|position| position.closing.as_ref().is_none_or(|c| !c.down_to.is_zero()))
            .map(|position| position.id.clone())
            .collect();
        for id in open {
            self.close(&id, CloseReason::KillSwitch, None);
        }
    }

    fn close_position(&mut self, id: &PositionId) -> Reply {
        if self.ledger.position(id).is_none() {
            return Reply::Refused(CommandRefusal::NoSuchPosition(id.to_string()));
        }
        self.close(id, CloseReason::Manual, None);
        Reply::Done
    }

    fn adjust_position(&mut self, id: &PositionId, held: Qty, by: &str) -> Reply {
        let Some(position) = self.ledger.position(id).cloned() else {
            return Reply::Refused(CommandRefusal::NoSuchPosition(id.to_string()));
        };
        if held > position.held() {
            let refusal = CommandRefusal::NotLess(id.to_string(), position.held(), held);
            return Reply::Refused(refusal);
        }
        let event = Event::PositionAdjusted(PositionAdjusted {
            position_id: id.clone(),
            from: position.held(),
            to: held,
            by: by.to_owned(),
        });
        self.emit(Some(&position.symbol), Some(&position.trace_id), event);
        // A resting target was sized for what was held before: it is renewed.
        match position.exit_order.as_ref().and_then(|order| self.ledger.order(order)).cloned() {
            Some(order) if self.settle_by_word(&order, by) => self.advance(id),
            Some(order) => self.cancel(&order, "the position was adjusted"),
            None => self.advance(id),
        }
        Reply::Done
    }

    /// After a day "not found" proves nothing, so an order still in doubt stays so until a person
    /// has looked at the exchange's own list and says so.
    fn settle_by_word(&mut self, order: &Order, by: &str) -> bool {
        let beyond_proof = self.at.since(order.created_at) >= PROOF_ENDS;
        if order.state != OrderState::InDoubt || !beyond_proof {
            return false;
        }
        let event = Event::OrderReconciled(OrderReconciled {
            client_order_id: order.client_order_id.clone(),
            resolution: Resolution::NeverPlaced,
            order_id: None,
            evidence: format!("in doubt for more than a day, and {by} says that it is not there"),
        });
        self.emit(Some(&order.symbol), Some(&order.trace_id), event);
        true
    }

    fn cancel_order(&mut self, id: &ClientOrderId, by: &str) -> Reply {
        let Some(order) = self.ledger.order(id).filter(|order| order.is_open()).cloned() else {
            return Reply::Refused(CommandRefusal::NoSuchOrder(id.to_string()));
        };
        if !order.is_open_entry() {
            return Reply::Refused(CommandRefusal::ProtectsPosition(id.to_string()));
        }
        if !self.settle_by_word(&order, by) {
            self.cancel(&order, &format!("asked for by {by}"));
        }
        Reply::Done
    }
}
