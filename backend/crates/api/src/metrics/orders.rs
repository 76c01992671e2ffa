//! Orders as they go by: how each ended, and how long it took.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::event::{OrderNew, Resolution};
use domain::{ClientOrderId, Event, Timestamp};
use engine::ledger::order::{Order, OrderState};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::families::{Labels, latency, prepared};

const EXCHANGES: [&str; 2] = ["paper", "mexc"];
const STATUSES: [&str; 3] = ["ok", "error", "blocked"];
const KINDS: [&str; 3] = ["market", "limit", "ioc"];

/// What must be remembered of an order until it ends.
#[derive(Debug, Clone, Copy)]
struct Tracked {
    kind: &'static str,
    decided_at: Timestamp,
    counted: bool,
}

pub(super) struct OrderMetrics {
    exchange: &'static str,
    orders: Family<Labels<3>, Counter>,
    ack: Histogram,
    fill: Histogram,
    open: Mutex<HashMap<ClientOrderId, Tracked>>,
}

impl OrderMetrics {
    pub(super) fn new(exchange: &'static str) -> Self {
        let sets = EXCHANGES.iter().flat_map(|exchange| {
            STATUSES.iter().flat_map(move |status| {
                KINDS.iter().map(move |kind| labels(exchange, status, kind))
            })
        });
        Self {
            exchange,
            orders: prepared(sets),
            ack: latency(),
            fill: latency(),
            open: Mutex::default(),
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let orders = self.orders.clone();
        registry.register("exec_orders", "Orders by exchange, outcome and type", orders);
        registry.register("order_ack_seconds", "From decision to acceptance", self.ack.clone());
        registry.register(
            "order_fill_seconds",
            "From decision to complete fill",
            self.fill.clone(),
        );
    }

    pub(super) fn adopt(&self, order: &Order) {
        let counted = !matches!(order.state, OrderState::Intended | OrderState::InDoubt);
        let tracked = Tracked { kind: order.kind.as_str(), decided_at: order.created_at, counted };
        self.open().insert(order.client_order_id.clone(), tracked);
    }

    pub(super) fn observe(&self, at: Timestamp, event: &Event) {
        match event {
            Event::OrderNew(new) => self.decided(at, new),
            Event::OrderBlocked(blocked) => self.count("blocked", known_kind(&blocked.kind)),
            Event::OrderAccepted(accepted) => self.accepted(&accepted.client_order_id, at),
            Event::OrderReconciled(settled) => match settled.resolution {
                Resolution::Found => self.accepted(&settled.client_order_id, at),
                Resolution::NeverPlaced => self.failed(&settled.client_order_id),
            },
            Event::OrderError(error) => self.failed(&error.client_order_id),
            Event::OrderPartialFill(progress) => self.accepted(&progress.client_order_id, at),
            Event::OrderFilled(progress) => self.filled(&progress.client_order_id, at),
            Event::OrderCanceled(progress) => {
                self.accepted(&progress.client_order_id, at);
                self.open().remove(&progress.client_order_id);
            }
            _ => {}
        }
    }

    fn decided(&self, at: Timestamp, new: &OrderNew) {
        let tracked = Tracked { kind: new.kind.as_str(), decided_at: at, counted: false };
        self.open().insert(new.client_order_id.clone(), tracked);
    }

    /// The exchange has the order, however we learnt of it; counted once.
    fn accepted(&self, id: &ClientOrderId, at: Timestamp) {
        let first_news = self.open().get_mut(id).and_then(|tracked| {
            let first = !std::mem::replace(&mut tracked.counted, true);
            first.then_some(*tracked)
        });
        if let Some(tracked) = first_news {
            self.ack.observe(at.since(tracked.decided_at).as_secs_f64());
            self.count("ok", tracked.kind);
        }
    }

    fn filled(&self, id: &ClientOrderId, at: Timestamp) {
        self.accepted(id, at);
        let ended = self.open().remove(id);
        if let Some(tracked) = ended {
            self.fill.observe(at.since(tracked.decided_at).as_secs_f64());
        }
    }

    fn failed(&self, id: &ClientOrderId) {
        let ended = self.open().remove(id);
        if let Some(tracked) = ended.filter(|tracked| !tracked.counted) {
            self.count("error", tracked.kind);
        }
    }

    fn count(&self, status: &'static str, kind: &'static str) {
        self.orders.get_or_create(&labels(self.exchange, status, kind)).inc();
    }

    fn open(&self) -> MutexGuard<'_, HashMap<ClientOrderId, Tracked>> {
        // Each critical section is one map operation: a panic elsewhere leaves nothing half done.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn labels(exchange: &'static str, status: &'static str, kind: &'static str) -> Labels<3> {
    [("exchange", exchange), ("status", status), ("type", kind)]
}

fn known_kind(kind: &str) -> &'static str {
    KINDS.into_iter().find(|known| *known == kind).unwrap_or("market")
}

#[cfg(test)]
#[path = "orders_tests.rs"]
mod tests;
