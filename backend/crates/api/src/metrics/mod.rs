//! Figures for Prometheus, in `OpenMetrics` text. Every family is there from the start, at zero.

mod channels;
mod families;
mod orders;
mod state;

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use domain::{Decimal, Event, Record};
use engine::ledger::order::Order;
use engine::settings::Mode;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::ports::Readiness;
pub(crate) use channels::ChannelFigures;
use channels::ChannelGauges;
use families::{Durations, HttpLabels, Labels, SignalOutcome, latency};
use orders::OrderMetrics;
pub(crate) use state::EngineState;
use state::StateGauges;

/// Everything that is counted and measured.
pub struct Metrics {
    registry: Registry,
    orders: OrderMetrics,
    events: Family<Labels<1>, Counter>,
    signals: Family<Labels<1>, Counter>,
    hooks: Family<Labels<1>, Counter>,
    positions_opened: Counter,
    positions_closed: Family<Labels<1>, Counter>,
    realised_pnl: Gauge<f64, AtomicU64>,
    state: StateGauges,
    channels: ChannelGauges,
    http_requests: Family<HttpLabels, Counter>,
    http_duration: Durations,
    http_panics: Counter,
    http_streams: Gauge,
    decisions: Histogram,
    unprotected: Counter<f64, AtomicU64>,
}

impl Metrics {
    /// All families at zero. `mode` decides the `exchange` label; `more` registers the families of
    /// other parts (streams, request budgets) under the prefix `levibot`.
    pub fn new(mode: Mode, version: &'static str, more: impl FnOnce(&mut Registry)) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("levibot"),
            orders: OrderMetrics::new(mode.exchange()),
            events: families::events(),
            signals: families::signals(),
            hooks: families::hooks(),
            positions_opened: Counter::default(),
            positions_closed: families::positions_closed(),
            realised_pnl: Gauge::default(),
            state: StateGauges::default(),
            channels: ChannelGauges::default(),
            http_requests: families::http_requests(),
            http_duration: families::http_duration(),
            http_panics: Counter::default(),
            http_streams: Gauge::default(),
            decisions: latency(),
            unprotected: Counter::default(),
        };
        metrics.register(version);
        more(&mut metrics.registry);
        metrics
    }

    fn register(&mut self, version: &'static str) {
        let registry = &mut self.registry;
        self.orders.register(registry);
        registry.register("build", "The running version", Info::new([("version", version)]));
        registry.register("events", "Journal events by type", self.events.clone());
        registry.register("signals", "Messages by what came of them", self.signals.clone());
        registry.register("hooks", "Webhooks by what came of them", self.hooks.clone());
        let opened = self.positions_opened.clone();
        registry.register("positions_opened", "Positions opened", opened);
        let closed = self.positions_closed.clone();
        registry.register("positions_closed", "Positions closed, by reason", closed);
        let realised = self.realised_pnl.clone();
        registry.register("realised_pnl_quote", "Profit realised since the start", realised);
        self.state.register(registry);
        self.channels.register(registry);
        registry.register("http_requests", "HTTP requests", self.http_requests.clone());
        let duration = self.http_duration.clone();
        registry.register("http_request_duration_seconds", "Time to answer", duration);
        registry.register("http_panics", "Handlers that panicked", self.http_panics.clone());
        let streams = self.http_streams.clone();
        registry.register("http_streams", "Listeners of the live stream", streams);
        registry.register(
            "unprotected_seconds",
            "Seconds in which a holding had no working stop, summed over holdings",
            self.unprotected.clone(),
        );
        let decisions = self.decisions.clone();
        registry.register(
            "decision_duration_seconds",
            "One engine step, text to effects",
            decisions,
        );
    }

    /// Counts time in which a holding had no working stop.
    pub fn add_unprotected(&self, time: Duration) {
        self.unprotected.inc_by(time.as_secs_f64());
    }

    /// Counts a journalled record. Call it once for every record written, not for replayed ones.
    pub fn observe(&self, record: &Record) {
        let event = &record.event;
        self.events.get_or_create(&[("type", event.event_type())]).inc();
        self.orders.observe(record.ts, event);
        if let Some(outcome) = SignalOutcome::of(event) {
            self.signals.get_or_create(&[("outcome", outcome.as_str())]).inc();
        }
        match event {
            Event::PositionOpened(_) => {
                self.positions_opened.inc();
            }
            Event::PositionClosed(closed) => {
                let reason = families::close_reason(closed.reason);
                self.positions_closed.get_or_create(&[("reason", reason)]).inc();
                self.realised_pnl.inc_by(to_float(closed.realised_pnl.get()));
            }
            _ => {}
        }
    }

    /// Takes up an order that was open when the journal was replayed, so that its end is counted
    /// under its own type.
    pub fn adopt(&self, order: &Order) {
        self.orders.adopt(order);
    }

    /// Measures one decision: from the input to its events and effects.
    pub fn observe_decision(&self, took: Duration) {
        self.decisions.observe(took.as_secs_f64());
    }

    pub(crate) fn http(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let labels = families::http_labels(route, method, status);
        self.http_requests.get_or_create(&labels).inc();
        let route = [("route", route.to_owned())];
        self.http_duration.get_or_create(&route).observe(took.as_secs_f64());
    }

    pub(crate) fn hook(&self, outcome: &'static str) {
        self.hooks.get_or_create(&[("outcome", outcome)]).inc();
    }

    pub(crate) fn panicked(&self) {
        self.http_panics.inc();
    }

    pub(crate) fn set_streams(&self, open: usize) {
        self.http_streams.set(i64::try_from(open).unwrap_or(i64::MAX));
    }

    pub(crate) fn set_state(&self, state: &EngineState) {
        self.state.set(state);
    }

    pub(crate) fn set_readiness(&self, readiness: &Readiness) {
        self.state.set_readiness(readiness);
    }

    pub(crate) fn set_channels(&self, figures: &ChannelFigures) {
        self.channels.set(figures);
    }

    /// The whole exposition, `OpenMetrics` 1.0 text.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(16 * 1024);
        if encode(&mut text, &self.registry).is_err() {
            // Writing to a String does not fail; an encoder of `more` may.
            tracing::error!("metrics could not be encoded completely");
        }
        text
    }
}

/// For gauges only: Prometheus keeps floats.
fn to_float(value: Decimal) -> f64 {
    f64::try_from(value).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_there_from_the_start_at_zero() {
        let text = Metrics::new(Mode::Paper, "2.0.0", |_| {}).text();
        for exchange in ["paper", "mexc"] {
            for status in ["ok", "error", "blocked"] {
                for kind in ["market", "limit", "ioc"] {
                    let line = format!(
                        "levibot_exec_orders_total{{exchange=\"{exchange}\",status=\"{status}\",type=\"{kind}\"}} 0\n"
                    );
                    assert!(text.contains(&line), "{line}");
                }
            }
        }
        for line in [
            "levibot_build_info{version=\"2.0.0\"} 1\n",
            "levibot_events_total{type=\"ORDER_NEW\"} 0\n",
            "levibot_signals_total{outcome=\"executed\"} 0\n",
            "levibot_positions 0\n",
            "levibot_positions_opened_total 0\n",
            "levibot_positions_closed_total{reason=\"stop\"} 0\n",
            "levibot_exposure_quote 0.0\n",
            "levibot_exposure_limit_quote 0.0\n",
            "levibot_daily_loss_limit_quote 0.0\n",
            "levibot_equity_quote 0.0\n",
            "levibot_orders_in_doubt 0\n",
            "levibot_order_in_doubt_seconds 0.0\n",
            "levibot_unprotected_positions 0\n",
            "levibot_ready 0\n",
            "levibot_readiness{check=\"journal\"} 0\n",
            "levibot_degraded{check=\"streams\"} 0\n",
            "levibot_realised_pnl_quote 0.0\n",
            "levibot_realised_pnl_today_quote 0.0\n",
            "levibot_order_ack_seconds_count 0\n",
            "levibot_order_fill_seconds_count 0\n",
            "levibot_decision_duration_seconds_count 0\n",
            "levibot_http_panics_total 0\n",
            "levibot_http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 0\n",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn others_may_register_families_of_their_own() {
        let more = |registry: &mut Registry| {
            registry.register("stream_up", "1 while connected", Gauge::<i64>::default());
        };
        assert!(Metrics::new(Mode::Live, "2.0.0", more).text().contains("levibot_stream_up 0\n"));
    }

    #[test]
    fn a_method_of_the_callers_own_invention_makes_no_new_series() {
        let metrics = Metrics::new(Mode::Paper, "2.0.0", |_| {});
        let method = Method::from_bytes(b"INVENTED").unwrap();
        metrics.http("unmatched", &method, StatusCode::NOT_FOUND, Duration::ZERO);
        assert!(metrics.text().contains(
            "levibot_http_requests_total{route=\"unmatched\",method=\"other\",status=\"404\"} 1\n"
        ));
    }
}
