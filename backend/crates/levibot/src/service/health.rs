//! What the service depends on, and how that is at present.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use api::ports::{Readiness, ReadinessPart};
use domain::{Room, Timestamp};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use super::{bot, user};
use crate::clock;

/// Clock difference beyond which the exchange would refuse orders soon.
const CLOCK_TOLERANCE_MS: i64 = 1_000;
/// A market list beyond this age may miss that a pair was closed.
const OLD_LIST: Duration = Duration::from_mins(30);

#[derive(Debug)]
struct State {
    journal_error: Option<String>,
    exchange_error: Option<String>,
    markets: usize,
    markets_at: Timestamp,
    streams_down: Vec<&'static str>,
    unprotected: usize,
    room: Option<(Room, bool)>,
    prices_at: Option<Timestamp>,
    reconciled: bool,
    clock_offset_ms: Option<i64>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            journal_error: None,
            exchange_error: None,
            markets: 0,
            markets_at: Timestamp::EPOCH,
            streams_down: Vec::new(),
            unprotected: 0,
            room: None,
            prices_at: None,
            reconciled: false,
            clock_offset_ms: None,
        }
    }
}

/// Shared by everything that knows a part of it.
#[derive(Debug)]
pub(crate) struct Health {
    state: Mutex<State>,
    price_max_age: Duration,
    /// The bot, once it runs, and since when.
    bot: OnceLock<(telegram::Shared, Timestamp)>,
    /// The Telegram user session, once it runs, and since when.
    user: OnceLock<(telegram::Shared, Timestamp)>,
    restricted: Gauge,
    clock_offset: Gauge<f64, AtomicU64>,
    /// Since when something waits to be journalled, ms since the epoch; 0 when nothing does.
    pending_since_ms: Arc<AtomicI64>,
    free_bytes: Gauge,
    on_reserve: Gauge,
}

/// How long the oldest decision has waited for the journal, read at each scrape: the loop itself
/// cannot tell while it waits for the disk.
#[derive(Debug)]
struct JournalLag(Arc<AtomicI64>);

impl Collector for JournalLag {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let since = self.0.load(Ordering::Relaxed);
        let pending = (since > 0).then(|| clock::now().since(Timestamp::from_millis(since)));
        let lag = ConstGauge::new(pending.unwrap_or_default().as_secs_f64());
        let help = "How long the oldest decision has waited to be journalled";
        lag.encode(encoder.encode_descriptor(
            "journal_lag_seconds",
            help,
            None,
            lag.metric_type(),
        )?)
    }
}

impl Health {
    pub(crate) fn new(price_max_age: Duration) -> Self {
        Self {
            state: Mutex::default(),
            price_max_age,
            bot: OnceLock::new(),
            user: OnceLock::new(),
            restricted: Gauge::default(),
            clock_offset: Gauge::default(),
            pending_since_ms: Arc::default(),
            free_bytes: Gauge::default(),
            on_reserve: Gauge::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is plain figures: a panic elsewhere cannot leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn journal(&self, error: Option<String>) {
        self.state().journal_error = error;
    }

    /// Something is to be journalled from now on, unless something was already.
    pub(crate) fn journal_pending(&self) {
        let now = clock::now().as_millis();
        // The core's thread alone writes this.
        let _ =
            self.pending_since_ms.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Everything is journalled.
    pub(crate) fn journal_done(&self) {
        self.pending_since_ms.store(0, Ordering::Relaxed);
    }

    /// Notes whether the exchange answers. True when that changed.
    pub(crate) fn exchange(&self, error: Option<String>) -> bool {
        let mut state = self.state();
        let changed = state.exchange_error.is_some() != error.is_some();
        state.exchange_error = error;
        changed
    }

    /// Notes a market list, and from when it is.
    pub(crate) fn markets(&self, count: usize, at: Timestamp) {
        let mut state = self.state();
        (state.markets, state.markets_at) = (count, at);
    }

    /// How old the market list is.
    pub(crate) fn markets_age(&self) -> Duration {
        clock::now().since(self.state().markets_at)
    }

    /// Notes which streams are down.
    pub(crate) fn streams_down(&self, streams: Vec<&'static str>) {
        self.state().streams_down = streams;
    }

    /// Notes how many open positions have no working stop.
    pub(crate) fn unprotected(&self, positions: usize) {
        self.state().unprotected = positions;
    }

    pub(crate) fn prices(&self, at: Timestamp) {
        self.state().prices_at = Some(at);
    }

    pub(crate) fn clock_offset(&self, offset_ms: i64) {
        self.state().clock_offset_ms = Some(offset_ms);
        let ms = i32::try_from(offset_ms).unwrap_or(i32::MAX);
        self.clock_offset.set(f64::from(ms) / 1_000.0);
    }

    pub(crate) fn clock_offset_ms(&self) -> Option<i64> {
        self.state().clock_offset_ms
    }

    pub(crate) fn reconciled(&self) {
        self.state().reconciled = true;
    }

    /// Notes how many held pairs the exchange restricts.
    pub(crate) fn restricted(&self, pairs: usize) {
        self.restricted.set(i64::try_from(pairs).unwrap_or(i64::MAX));
    }

    /// Puts what is nowhere else into the exposition.
    pub(crate) fn register(&self, registry: &mut Registry) {
        let help = "Held pairs that the exchange does not let buy and sell at present";
        registry.register("restricted_holdings", help, self.restricted.clone());
        let help = "How far the exchange's clock is ahead of ours";
        registry.register("clock_offset_seconds", help, self.clock_offset.clone());
        registry.register_collector(Box::new(JournalLag(Arc::clone(&self.pending_since_ms))));
        let help = "Bytes free on the disk of LOG_DIR";
        registry.register("disk_free_bytes", help, self.free_bytes.clone());
        let help = "Whether the disk is full and the journal lives on its reserve: 1 or 0";
        registry.register("journal_on_reserve", help, self.on_reserve.clone());
    }

    /// Notes the room left for the journal, and whether it is too short for entries.
    pub(crate) fn room(&self, room: Option<(Room, bool)>) {
        if let Some((room, _)) = room {
            self.free_bytes.set(i64::try_from(room.free).unwrap_or(i64::MAX));
            self.on_reserve.set(i64::from(room.on_reserve));
        }
        self.state().room = room;
    }

    /// What stands in the way of trading, in one sentence.
    pub(crate) fn obstacle(&self) -> String {
        let readiness = self.trading();
        let broken = readiness.parts.iter().filter(|part| !part.ok);
        let sentences: Vec<&str> = broken.map(|part| part.detail.as_str()).collect();
        if sentences.is_empty() { "starting".to_owned() } else { sentences.join("; ") }
    }

    /// Watches the bot from now on.
    pub(crate) fn watch_bot(&self, shared: telegram::Shared) {
        // There is one bot; a second call changes nothing.
        let _ = self.bot.set((shared, clock::now()));
    }

    /// Watches the user session from now on.
    pub(crate) fn watch_user(&self, shared: telegram::Shared) {
        // There is one session; a second call changes nothing.
        let _ = self.user.set((shared, clock::now()));
    }

    pub(crate) fn readiness(&self) -> Readiness {
        let mut readiness = self.trading();
        let bot = self.bot.get().map(|(shared, since)| bot::readiness(shared, *since));
        readiness.parts.extend(bot);
        let user = self.user.get().map(|(shared, since)| user::readiness(shared, *since));
        readiness.parts.extend(user);
        readiness
    }

    /// What trading depends on.
    fn trading(&self) -> Readiness {
        let state = self.state();
        let prices = self.prices_part(&state);
        let streams = streams_part(&state, prices.ok);
        Readiness {
            parts: vec![
                journal_part(&state),
                disk_part(&state),
                exchange_part(&state),
                prices,
                streams,
                stops_part(&state),
                clock_part(&state),
                reconciled_part(&state),
            ],
        }
    }

    fn prices_part(&self, state: &State) -> ReadinessPart {
        let age = state.prices_at.map(|at| clock::now().since(at));
        let detail = age.map_or_else(
            || "no prices yet".to_owned(),
            |age| format!("prices are {} ms old", age.as_millis()),
        );
        ReadinessPart::new("prices", age.is_some_and(|age| age <= self.price_max_age), detail)
    }
}

fn journal_part(state: &State) -> ReadinessPart {
    let detail = state.journal_error.clone();
    let detail = detail.unwrap_or_else(|| "journal is writable".to_owned());
    ReadinessPart::new("journal", state.journal_error.is_none(), detail)
}

/// Exits go on while the journal can be written, so a full disk alone makes nothing unready.
fn disk_part(state: &State) -> ReadinessPart {
    let Some((room, is_short)) = state.room else {
        return ReadinessPart::new("disk", true, "the disk was not looked at yet".to_owned());
    };
    let free = room.free >> 20;
    let detail = match (is_short, room.on_reserve) {
        (false, _) => format!("{free} MB free for the journal"),
        (true, false) => format!("{free} MB free for the journal: no new entries"),
        (true, true) => format!("{free} MB free, the journal lives on its reserve: no new entries"),
    };
    ReadinessPart::new("disk", true, detail).degraded_if(is_short)
}

fn exchange_part(state: &State) -> ReadinessPart {
    let age = clock::now().since(state.markets_at);
    let detail = match (&state.exchange_error, state.markets) {
        (Some(error), _) => error.clone(),
        (None, 0) => "market list not loaded yet".to_owned(),
        (None, count) => {
            format!("exchange answers, {count} pairs listed {} s ago", age.as_secs())
        }
    };
    let is_old = state.markets > 0 && age > OLD_LIST;
    let ok = state.exchange_error.is_none() && state.markets > 0;
    ReadinessPart::new("exchange", ok, detail).degraded_if(is_old)
}

/// Streams are a comfort: without them the service asks by REST, and trades.
fn streams_part(state: &State, has_prices: bool) -> ReadinessPart {
    if state.streams_down.is_empty() {
        return ReadinessPart::new("streams", true, "no stream is down".to_owned());
    }
    let down = state.streams_down.join(" and ");
    let instead = if has_prices {
        "asked for by REST, stops are watched on those prices"
    } else {
        "not known, and stops cannot be watched"
    };
    let detail = format!("no stream of {down}: prices and orders are {instead}");
    ReadinessPart::new("streams", has_prices, detail).degraded_if(true)
}

/// A position may wait for its first order, so this alone makes nothing unready.
fn stops_part(state: &State) -> ReadinessPart {
    let detail = match state.unprotected {
        0 => "every open position has a working stop".to_owned(),
        count => format!("{count} open position(s) without a working stop"),
    };
    ReadinessPart::new("stops", true, detail).degraded_if(state.unprotected > 0)
}

fn clock_part(state: &State) -> ReadinessPart {
    let ok = state.clock_offset_ms.is_some_and(|ms| ms.abs() <= CLOCK_TOLERANCE_MS);
    let detail = state.clock_offset_ms.map_or_else(
        || "clock not compared with the exchange yet".to_owned(),
        |ms| format!("exchange clock is {ms} ms ahead, at most {CLOCK_TOLERANCE_MS}"),
    );
    ReadinessPart::new("clock", ok, detail)
}

fn reconciled_part(state: &State) -> ReadinessPart {
    let how = if state.reconciled { "were compared" } else { "are still being compared" };
    ReadinessPart::new("reconciled", state.reconciled, format!("journal and exchange {how}"))
}
