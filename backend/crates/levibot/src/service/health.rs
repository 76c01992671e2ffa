//! What the service depends on, and how that is at present.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use api::ports::{Readiness, ReadinessPart};
use domain::Timestamp;

use super::{bot, clock};

/// Clock difference beyond which the exchange would refuse orders soon.
const CLOCK_TOLERANCE_MS: i64 = 1_000;

#[derive(Debug, Default)]
struct State {
    journal_error: Option<String>,
    exchange_error: Option<String>,
    markets: usize,
    prices_at: Option<Timestamp>,
    reconciled: bool,
    clock_offset_ms: Option<i64>,
}

/// Shared by everything that knows a part of it.
#[derive(Debug)]
pub(crate) struct Health {
    state: Mutex<State>,
    price_max_age: Duration,
    /// The bot, once it runs, and since when.
    bot: OnceLock<(telegram::Shared, Timestamp)>,
}

impl Health {
    pub(crate) fn new(price_max_age: Duration) -> Self {
        Self { state: Mutex::default(), price_max_age, bot: OnceLock::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is plain figures: a panic elsewhere cannot leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn journal(&self, error: Option<String>) {
        self.state().journal_error = error;
    }

    /// Notes whether the exchange answers. True when that changed.
    pub(crate) fn exchange(&self, error: Option<String>) -> bool {
        let mut state = self.state();
        let changed = state.exchange_error.is_some() != error.is_some();
        state.exchange_error = error;
        changed
    }

    pub(crate) fn markets(&self, count: usize) {
        self.state().markets = count;
    }

    pub(crate) fn prices(&self, at: Timestamp) {
        self.state().prices_at = Some(at);
    }

    pub(crate) fn clock_offset(&self, offset_ms: i64) {
        self.state().clock_offset_ms = Some(offset_ms);
    }

    pub(crate) fn clock_offset_ms(&self) -> Option<i64> {
        self.state().clock_offset_ms
    }

    pub(crate) fn reconciled(&self) {
        self.state().reconciled = true;
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

    pub(crate) fn readiness(&self) -> Readiness {
        let mut readiness = self.trading();
        let bot = self.bot.get().map(|(shared, since)| bot::readiness(shared, *since));
        readiness.parts.extend(bot);
        readiness
    }

    /// What trading depends on.
    fn trading(&self) -> Readiness {
        let state = self.state();
        let part = |name, ok, detail: String| ReadinessPart { name, ok, detail };
        let price_age = state.prices_at.map(|at| clock::now().since(at));
        let clock_ok = state.clock_offset_ms.is_some_and(|ms| ms.abs() <= CLOCK_TOLERANCE_MS);
        Readiness {
            parts: vec![
                part(
                    "journal",
                    state.journal_error.is_none(),
                    state.journal_error.clone().unwrap_or_else(|| "journal is writable".to_owned()),
                ),
                part(
                    "exchange",
                    state.exchange_error.is_none() && state.markets > 0,
                    match (&state.exchange_error, state.markets) {
                        (Some(error), _) => error.clone(),
                        (None, 0) => "market list not loaded yet".to_owned(),
                        (None, count) => format!("exchange answers, {count} pairs listed"),
                    },
                ),
                part(
                    "prices",
                    price_age.is_some_and(|age| age <= self.price_max_age),
                    price_age.map_or_else(
                        || "no prices yet".to_owned(),
                        |age| format!("prices are {} ms old", age.as_millis()),
                    ),
                ),
                part(
                    "clock",
                    clock_ok,
                    state.clock_offset_ms.map_or_else(
                        || "clock not compared with the exchange yet".to_owned(),
                        |ms| {
                            format!("exchange clock is {ms} ms ahead, at most {CLOCK_TOLERANCE_MS}")
                        },
                    ),
                ),
                part(
                    "reconciled",
                    state.reconciled,
                    if state.reconciled {
                        "journal and exchange were compared".to_owned()
                    } else {
                        "journal and exchange are still being compared".to_owned()
                    },
                ),
            ],
        }
    }
}
