//! What `/stream` tells beside the journal when asked with `beside=true`: prices of what is held,
//! and health when it changed. These events have names and no `id`: coming back resumes the
//! journal alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::Event as SseEvent;
use domain::Symbol;
use engine::{Engine, Quote};
use serde::Serialize;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::app::App;
use crate::json::Num;
use crate::ports::read;

const PERIOD: Duration = Duration::from_secs(1);

#[derive(Serialize)]
struct Price {
    bid: Num,
    ask: Num,
    at: domain::Timestamp,
}

impl From<Quote> for Price {
    fn from(quote: Quote) -> Self {
        Self { bid: quote.bid.into(), ask: quote.ask.into(), at: quote.at }
    }
}

/// One listener's view of what is not in the journal.
pub(super) struct Beside {
    app: Arc<App>,
    clock: Interval,
    told: BTreeMap<Symbol, Quote>,
    health: Vec<(&'static str, bool)>,
}

impl Beside {
    pub(super) fn new(app: Arc<App>) -> Self {
        let mut clock = interval(PERIOD);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { app, clock, told: BTreeMap::new(), health: Vec::new() }
    }

    /// Waits for the next look. May be dropped at any point without losing anything.
    pub(super) async fn due(&mut self) {
        self.clock.tick().await;
    }

    /// What changed since the last look; [`None`] when the service stops.
    pub(super) async fn news(&mut self) -> Option<Vec<SseEvent>> {
        let held = read(&*self.app.core, held).await.ok()?;
        let moved: BTreeMap<Symbol, Price> = held
            .iter()
            .filter(|(symbol, quote)| self.told.get(*symbol).is_none_or(|old| old.at != quote.at))
            .map(|(symbol, quote)| (symbol.clone(), Price::from(*quote)))
            .collect();
        self.told = held;
        let quotes = (!moved.is_empty()).then(|| event("quotes", &moved)).flatten();
        Some(quotes.into_iter().chain(self.health()).collect())
    }

    fn health(&mut self) -> Option<SseEvent> {
        let parts = self.app.core.readiness().parts;
        let now: Vec<_> = parts.iter().map(|part| (part.name, part.ok)).collect();
        if now == self.health {
            return None;
        }
        self.health = now;
        event("health", &parts)
    }
}

fn held(engine: &Engine) -> BTreeMap<Symbol, Quote> {
    let symbols = engine.ledger().positions().map(|position| &position.symbol);
    symbols.filter_map(|symbol| Some((symbol.clone(), *engine.quote(symbol)?))).collect()
}

fn event<T: Serialize>(name: &str, data: &T) -> Option<SseEvent> {
    let text = serde_json::to_string(data)
        .inspect_err(|error| tracing::error!(%error, name, "a stream event has no JSON"));
    Some(SseEvent::default().event(name).data(text.ok()?))
}
