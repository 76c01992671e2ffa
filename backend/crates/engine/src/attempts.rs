//! Further attempts after a proven absence, and what to do should the first one show up after all.

use domain::event::Origin;
use domain::ids::Leg;
use domain::{EntryKind, OrderKind};

use crate::ledger::Order;
use crate::risk::{self, EntryWish};
use crate::step::Step;

/// Attempts at one entry, the first included.
const MAX_ATTEMPTS: u32 = 3;

impl Step<'_> {
    /// An entry was proven never to have reached the exchange. While its signal is fresh it is
    /// judged anew, near the same price, and sent under a new id. A direct order is not: its caller
    /// was told, and asks again.
    pub(crate) fn try_entry_again(&mut self, order: &Order) {
        let age = self.at.since(order.signal_at.unwrap_or(order.created_at));
        let wanted = order.leg == Leg::Entry
            && order.origin == Origin::Signal
            && !order.cancel_requested
            && order.attempt < MAX_ATTEMPTS
            && age <= self.settings.signal_max_age;
        if !wanted {
            return;
        }
        let wish = EntryWish {
            origin: order.origin,
            symbol: order.symbol.clone(),
            notional: order.notional,
            entries: vec![order.kind.limit_price().unwrap_or(order.price)],
            entry_kind: Some(match order.kind {
                OrderKind::Limit { .. } => EntryKind::Limit,
                _ => EntryKind::Market,
            }),
            from: order.from.clone(),
            hints: order.hints.clone(),
            confidence: None,
            posted_at: order.signal_at,
            attempt: order.attempt + 1,
        };
        let mut verdict = risk::judge(&self.situation(), &wish);
        // The first attempt kept the pause. Another entry since then has begun a new one.
        if self.ledger.last_entry(&order.symbol).is_some_and(|last| last > order.created_at) {
            verdict.checks.push(risk::checks::cooldown(&self.situation(), &order.symbol));
        }
        if verdict.blocked() {
            self.emit_blocked(&wish, &verdict, &order.trace_id);
        } else {
            self.send_entry(&wish, &verdict, &order.trace_id);
        }
    }

    /// An order held to be absent is there after all. Alone it is simply adopted; if a successor was
    /// sent meanwhile, it is one too many: it is cancelled, and what it bought is sold.
    pub(crate) fn late_twin(&mut self, order: &Order) {
        let Some(twin) = self.ledger.order(&order.client_order_id).cloned() else { return };
        let message = format!(
            "order {} of {} was held to be absent and shows up after all ({})",
            twin.client_order_id,
            twin.symbol,
            twin.state.as_str()
        );
        self.alarm(Some(&twin.symbol), Some(&twin.trace_id), message);
        if !self.has_successor(&twin) {
            return;
        }
        self.cancel(&twin, "a later attempt has taken its place");
    }

    /// Whether an entry's fills are one too many: its successor was sent meanwhile.
    pub(crate) fn is_superseded(&self, order: &Order) -> bool {
        order.leg == Leg::Entry && self.has_successor(order)
    }

    fn has_successor(&self, twin: &Order) -> bool {
        self.ledger.all_orders().any(|other| {
            let same_cause = if twin.leg == Leg::Entry {
                other.leg == Leg::Entry && other.trace_id == twin.trace_id
            } else {
                other.leg != Leg::Entry && other.position_id == twin.position_id
            };
            same_cause && other.attempt > twin.attempt
        })
    }
}
