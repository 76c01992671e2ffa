//! What the service holds and how it is, read at the moment of a scrape.

use std::sync::atomic::AtomicU64;

use domain::{Decimal, Notional, Pnl, Timestamp};
use engine::Engine;
use engine::ledger::order::OrderState;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::to_float;
use crate::ports::Readiness;
use crate::routes::worth;

/// The checks of readiness, so that each has its series from the start.
const CHECKS: [&str; 7] =
    ["journal", "exchange", "prices", "streams", "stops", "clock", "reconciled"];

/// What the engine holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EngineState {
    positions: usize,
    unprotected: usize,
    open_orders: usize,
    in_doubt: usize,
    /// Since when the oldest order in doubt exists.
    doubted_for_ms: i64,
    exposure: Notional,
    exposure_limit: Notional,
    /// Zero stands for no limit.
    daily_loss_limit: Notional,
    realised_today: Pnl,
    equity: Decimal,
    killed: bool,
}

impl EngineState {
    pub(crate) fn of(engine: &Engine, now: Timestamp) -> Self {
        let ledger = engine.ledger();
        let risk = &engine.settings().risk;
        let doubtful = || ledger.open_orders().filter(|order| order.state == OrderState::InDoubt);
        let oldest = doubtful().map(|order| order.created_at).min();
        let doubted_for = oldest.map_or(0, |at| now.since(at).as_millis());
        Self {
            positions: ledger.positions().count(),
            unprotected: engine.unprotected(now).count(),
            open_orders: ledger.open_orders().count(),
            in_doubt: doubtful().count(),
            doubted_for_ms: i64::try_from(doubted_for).unwrap_or(i64::MAX),
            exposure: ledger.exposure(),
            exposure_limit: risk.max_total_exposure,
            daily_loss_limit: risk.max_daily_loss,
            realised_today: ledger.realised_on(now.utc_day()),
            equity: worth(engine).0,
            killed: ledger.kill_mode().is_some(),
        }
    }
}

type ByCheck = Family<[(&'static str, &'static str); 1], Gauge>;
type Figure = Gauge<f64, AtomicU64>;

#[derive(Default)]
pub(super) struct StateGauges {
    positions: Gauge,
    unprotected: Gauge,
    open_orders: Gauge,
    in_doubt: Gauge,
    doubted_for: Figure,
    exposure: Figure,
    exposure_limit: Figure,
    daily_loss_limit: Figure,
    realised_today: Figure,
    equity: Figure,
    killed: Gauge,
    ready: Gauge,
    readiness: ByCheck,
    degraded: ByCheck,
}

impl StateGauges {
    pub(super) fn register(&self, registry: &mut Registry) {
        for check in CHECKS {
            drop(self.readiness.get_or_create(&[("check", check)]));
            drop(self.degraded.get_or_create(&[("check", check)]));
        }
        for (name, help, gauge) in [
            ("positions", "Open positions", &self.positions),
            (
                "unprotected_positions",
                "Open positions whose stop could not fire now",
                &self.unprotected,
            ),
            ("open_orders", "Orders that have not ended", &self.open_orders),
            ("orders_in_doubt", "Orders of which nobody knows whether they stand", &self.in_doubt),
            ("kill_switch", "1 while the kill switch is pulled", &self.killed),
            ("ready", "1 while the service may trade", &self.ready),
        ] {
            registry.register(name, help, gauge.clone());
        }
        for (name, help, figure) in [
            (
                "order_in_doubt_seconds",
                "Since when the oldest order in doubt was decided; 0 without one",
                &self.doubted_for,
            ),
            ("exposure_quote", "Cost of everything held or on its way", &self.exposure),
            ("exposure_limit_quote", "The most it may be", &self.exposure_limit),
            (
                "daily_loss_limit_quote",
                "The most that may be lost in a UTC day; 0 without a limit",
                &self.daily_loss_limit,
            ),
            ("realised_pnl_today_quote", "Profit realised this UTC day", &self.realised_today),
            (
                "equity_quote",
                "All balances at the best bid, as far as they can be valued",
                &self.equity,
            ),
        ] {
            registry.register(name, help, figure.clone());
        }
        let readiness = self.readiness.clone();
        registry.register("readiness", "1 for each check of /readyz that passes", readiness);
        let degraded = self.degraded.clone();
        registry.register("degraded", "1 for each that is worse than it should be", degraded);
    }

    pub(super) fn set(&self, state: &EngineState) {
        for (gauge, count) in [
            (&self.positions, state.positions),
            (&self.unprotected, state.unprotected),
            (&self.open_orders, state.open_orders),
            (&self.in_doubt, state.in_doubt),
        ] {
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        self.doubted_for.set(to_float(Decimal::new(state.doubted_for_ms, 3)));
        self.exposure.set(to_float(state.exposure.get()));
        self.exposure_limit.set(to_float(state.exposure_limit.get()));
        self.daily_loss_limit.set(to_float(state.daily_loss_limit.get()));
        self.realised_today.set(to_float(state.realised_today.get()));
        self.equity.set(to_float(state.equity));
        self.killed.set(i64::from(state.killed));
    }

    pub(super) fn set_readiness(&self, readiness: &Readiness) {
        self.ready.set(i64::from(readiness.is_ready()));
        for part in &readiness.parts {
            let check = [("check", part.name)];
            self.readiness.get_or_create(&check).set(i64::from(part.ok));
            self.degraded.get_or_create(&check).set(i64::from(part.degraded));
        }
    }
}
