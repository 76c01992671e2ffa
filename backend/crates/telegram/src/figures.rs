//! Figures for Prometheus. Every family is there from the start, at zero.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use domain::Timestamp;
use engine::RouteAction;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

type Label = [(&'static str, &'static str); 1];

/// What Telegram does, counted.
#[derive(Debug)]
pub struct Figures {
    updates: Family<Label, Counter>,
    messages: Family<Label, Counter>,
    refused: Family<Label, Counter>,
    notifications: Family<Label, Counter>,
    commands: Counter,
    reconnects: Counter,
    flood_waits: Counter,
    up: Gauge,
    user_up: Gauge,
    user_reconnects: Counter,
    asked_for_missed: Counter,
    last_poll: Gauge<f64, AtomicU64>,
    last_message: Family<[(&'static str, String); 1], Gauge>,
    lag: Histogram,
    polled_at: AtomicI64,
}

const UPDATES: [&str; 6] = ["message", "edit", "command", "button", "other", "unreadable"];
const MESSAGES: [&str; 9] = [
    "executed",
    "dry_run",
    "blocked",
    "skipped",
    "duplicate",
    "scored_only",
    "short",
    "huge",
    "unfollowed",
];
const REFUSED: [&str; 5] = ["user", "button", "stale", "forwarded", "huge"];
const NOTIFICATIONS: [&str; 5] = ["sent", "merged", "repeated", "dropped", "failed"];

impl Default for Figures {
    fn default() -> Self {
        Self {
            updates: prepared("kind", &UPDATES),
            messages: prepared("outcome", &MESSAGES),
            refused: prepared("reason", &REFUSED),
            notifications: prepared("outcome", &NOTIFICATIONS),
            commands: Counter::default(),
            reconnects: Counter::default(),
            flood_waits: Counter::default(),
            up: Gauge::default(),
            user_up: Gauge::default(),
            user_reconnects: Counter::default(),
            asked_for_missed: Counter::default(),
            last_poll: Gauge::default(),
            last_message: Family::default(),
            lag: Histogram::new(exponential_buckets(0.25, 2.0, 16)),
            polled_at: AtomicI64::new(0),
        }
    }
}

fn prepared(name: &'static str, values: &[&'static str]) -> Family<Label, Counter> {
    let family = Family::default();
    for value in values {
        drop(family.get_or_create(&[(name, *value)]));
    }
    family
}

impl Figures {
    /// Puts the families `tg_*` into the exposition.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("tg_updates", "Updates by kind", self.updates.clone());
        registry.register("tg_messages", "Messages by what came of them", self.messages.clone());
        let refused = self.refused.clone();
        registry.register("tg_refused", "Commands, buttons and messages turned away", refused);
        let notifications = self.notifications.clone();
        registry.register("tg_notifications", "Notifications by what came of them", notifications);
        registry.register("tg_commands", "Commands carried out", self.commands.clone());
        registry.register("tg_reconnects", "Failed polls", self.reconnects.clone());
        registry.register(
            "tg_flood_waits",
            "Calls turned away as too many",
            self.flood_waits.clone(),
        );
        registry.register("tg_up", "1 while updates are polled with success", self.up.clone());
        self.register_user(registry);
        let last_poll = self.last_poll.clone();
        registry.register("tg_last_poll_timestamp_seconds", "The last successful poll", last_poll);
        let last_message = self.last_message.clone();
        registry.register(
            "tg_last_message_timestamp_seconds",
            "When the last message of a followed channel was posted",
            last_message,
        );
        let lag = self.lag.clone();
        registry.register("tg_lag_seconds", "From posting (whole seconds) to the decision", lag);
    }

    fn register_user(&self, registry: &mut Registry) {
        let up = self.user_up.clone();
        registry.register("tg_user_up", "1 while the user session follows its channels", up);
        let reconnects = self.user_reconnects.clone();
        registry.register("tg_user_reconnects", "Lost connections of the user session", reconnects);
        let asked = self.asked_for_missed.clone();
        let help = "Times a channel was asked for what was missed";
        registry.register("tg_user_asked_for_missed", help, asked);
    }

    pub(crate) fn user_up(&self) {
        self.user_up.set(1);
    }

    pub(crate) fn user_down(&self) {
        self.user_up.set(0);
        self.user_reconnects.inc();
    }

    pub(crate) fn asked_for_missed(&self) {
        self.asked_for_missed.inc();
    }

    pub(crate) fn update(&self, kind: &'static str) {
        self.updates.get_or_create(&[("kind", kind)]).inc();
    }

    pub(crate) fn message(&self, outcome: &'static str) {
        self.messages.get_or_create(&[("outcome", outcome)]).inc();
    }

    pub(crate) fn decided(
        &self,
        channel: &str,
        posted_at: Timestamp,
        now: Timestamp,
        action: RouteAction,
    ) {
        self.message(action.as_str());
        let channel = [("channel", channel.to_owned())];
        self.last_message.get_or_create(&channel).set(posted_at.as_millis() / 1_000);
        if action != RouteAction::Duplicate {
            self.lag.observe(now.since(posted_at).as_secs_f64());
        }
    }

    pub(crate) fn refuse(&self, reason: &'static str) {
        self.refused.get_or_create(&[("reason", reason)]).inc();
    }

    pub(crate) fn notification(&self, outcome: &'static str) {
        self.notifications.get_or_create(&[("outcome", outcome)]).inc();
    }

    pub(crate) fn command(&self) {
        self.commands.inc();
    }

    pub(crate) fn flood_wait(&self) {
        self.flood_waits.inc();
    }

    pub(crate) fn polled(&self, at: Timestamp) {
        self.up.set(1);
        self.polled_at.store(at.as_millis(), Ordering::Relaxed);
        let seconds = Duration::from_millis(at.as_millis().unsigned_abs()).as_secs_f64();
        self.last_poll.set(seconds);
    }

    pub(crate) fn poll_failed(&self) {
        self.up.set(0);
        self.reconnects.inc();
    }

    /// When updates were last polled with success; [`None`] before the first time.
    pub fn polled_at(&self) -> Option<Timestamp> {
        let millis = self.polled_at.load(Ordering::Relaxed);
        (millis > 0).then(|| Timestamp::from_millis(millis))
    }
}
