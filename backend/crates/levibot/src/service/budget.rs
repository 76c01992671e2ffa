//! The request budget: made from the configuration, watched, and told about.

use std::fmt;
use std::sync::Arc;

use domain::event::Notice;
use engine::{Input, Mode, Report, ReportKind};
use limits::{
    Budget, BudgetEvent, BudgetSettings, BudgetSnapshot, InvalidRedisUrl, RedisStore, Start,
};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use secrecy::ExposeSecret;
use tokio::sync::mpsc;

use super::handle::CoreHandle;
use super::notices::notice;
use crate::config::{Config, Redis};

/// A budget with the news about it.
pub(crate) struct Budgeting {
    pub(crate) budget: Budget,
    news: mpsc::UnboundedReceiver<BudgetEvent>,
}

impl Budgeting {
    /// The paper exchange was born with this process: nobody can have used it before, and nobody
    /// else does.
    pub(crate) fn new(config: &Config) -> Result<Self, InvalidRedisUrl> {
        let (tell, news) = mpsc::unbounded_channel();
        let settings = settings(config);
        let budget = match (&config.mexc.redis, config.engine.mode) {
            (_, Mode::Paper) => Budget::local(&settings, Start::Full),
            (None, _) => Budget::local(&settings, Start::Empty),
            (Some(redis), mode) => {
                let store = store(config, redis, mode)?;
                // At shutdown nobody may be listening any more.
                Budget::shared(&settings, store, move |event| drop(tell.send(event)))
            }
        };
        Ok(Self { budget, news })
    }

    /// Tells the journal and the log what becomes of the sharing.
    pub(crate) fn report_to(mut self, core: CoreHandle) {
        tokio::spawn(async move {
            while let Some(event) = self.news.recv().await {
                match &event {
                    BudgetEvent::Degraded { .. } => tracing::error!("{event}"),
                    BudgetEvent::Recovered { .. } => tracing::warn!("{event}"),
                }
                let report = Report { kind: ReportKind::Budget, notice: told(&event) };
                core.tell(vec![Input::Report(report)]);
            }
        });
    }
}

pub(crate) fn settings(config: &Config) -> BudgetSettings {
    let limits = config.mexc.limits;
    BudgetSettings {
        ip_weight_10s: limits.ip_weight_10s,
        uid_weight_10s: limits.uid_weight_10s,
        orders_per_sec: limits.orders_per_sec,
        account_per_sec: limits.account_per_sec,
        spacing: config.mexc.rate_limit,
    }
}

/// Another exchange is another budget: a sandbox must not use up the real one's.
fn store(config: &Config, redis: &Redis, mode: Mode) -> Result<Arc<RedisStore>, InvalidRedisUrl> {
    let address = config.mexc.base_url.split("://").last().unwrap_or_default();
    let exchange = if mode == Mode::Live { "mexc" } else { address };
    RedisStore::new(redis.url.expose_secret(), &redis.prefix, exchange, &config.engine.account)
}

fn told(event: &BudgetEvent) -> Notice {
    let state = match event {
        BudgetEvent::Degraded { .. } => "degraded",
        BudgetEvent::Recovered { .. } => "shared",
    };
    notice(event.to_string(), &[("state", state.to_owned())])
}

/// Puts the budget's gauges into the exposition, read at each scrape.
pub(crate) fn register(budget: &Budget, registry: &mut Registry) {
    registry.register_collector(Box::new(Gauges(budget.clone())));
}

struct Gauges(Budget);

impl fmt::Debug for Gauges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gauges")
    }
}

impl Collector for Gauges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let now = self.0.snapshot();
        let windows = |of: fn(&limits::WindowLevel) -> u32| {
            let windows = now.windows.iter();
            windows.map(move |window| ("window", window.name, i64::from(of(window)))).collect()
        };
        let waiting = now.waiting.iter();
        let waiting = waiting.map(|(lane, count)| ("lane", lane.as_str(), to_gauge(*count)));
        let lines: [(&str, &str, Vec<Line>); 3] = [
            ("budget_limit", "What may be used within a window", windows(|window| window.limit)),
            ("budget_left", "What is left of it", windows(|window| window.left)),
            ("budget_waiting", "Requests that wait for their turn", waiting.collect()),
        ];
        for (name, help, lines) in lines {
            family(&mut encoder, name, help, &lines)?;
        }
        for (name, help, value) in singles(&now) {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

/// Label, its value, the figure.
type Line = (&'static str, &'static str, i64);

fn family(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    lines: &[Line],
) -> fmt::Result {
    let kind = ConstGauge::new(0_i64).metric_type();
    let mut family = encoder.encode_descriptor(name, help, None, kind)?;
    for (label, of, value) in lines {
        ConstGauge::new(*value).encode(family.encode_family(&[(*label, *of)])?)?;
    }
    Ok(())
}

fn singles(now: &BudgetSnapshot) -> [(&'static str, &'static str, i64); 4] {
    let paused = i64::try_from(now.paused_for.as_millis()).unwrap_or(i64::MAX);
    let questions = i64::try_from(now.questions).unwrap_or(i64::MAX);
    [
        ("budget_shared", "1 if the budget is to be shared", i64::from(now.is_shared)),
        ("budget_degraded", "1 while it is not, for want of Redis", i64::from(now.is_degraded)),
        ("budget_paused_ms", "How long the exchange still wants silence", paused),
        ("budget_store_questions", "How often Redis was asked", questions),
    ]
}

fn to_gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
