//! The dead-man's switch: an address outside is called while all is well, and notices silence.

use std::sync::Arc;
use std::time::Duration;

use api::ports::read;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::MissedTickBehavior;

use super::handle::CoreHandle;
use super::health::Health;
use crate::{clock, config};

/// A call that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of a moment at which a call was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Sent,
    Failed,
    Withheld,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Sent, Self::Failed, Self::Withheld];

    const fn label(self) -> [(&'static str, &'static str); 1] {
        match self {
            Self::Sent => [("outcome", "sent")],
            Self::Failed => [("outcome", "failed")],
            Self::Withheld => [("outcome", "withheld")],
        }
    }
}

/// Calls by what came of them, in the exposition from the start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beats(Family<[(&'static str, &'static str); 1], Counter>);

impl Beats {
    pub(crate) fn register(&self, registry: &mut Registry) {
        for outcome in Outcome::ALL {
            drop(self.0.get_or_create(&outcome.label()));
        }
        registry.register(
            "heartbeats",
            "Calls of HEARTBEAT_URL: sent, failed, or withheld because something is not well",
            self.0.clone(),
        );
    }

    fn count(&self, outcome: Outcome) {
        self.0.get_or_create(&outcome.label()).inc();
    }
}

/// Why no heartbeat can be sent.
#[derive(Debug, thiserror::Error)]
#[error("the client for HEARTBEAT_URL cannot be built: {0}")]
pub(crate) struct HeartbeatError(String);

/// Who is called, and what it depends on.
struct Heart {
    url: SecretString,
    http: reqwest::Client,
    core: CoreHandle,
    health: Arc<Health>,
    beats: Beats,
}

/// Calls the address until the service ends; nothing ever waits for it.
pub(crate) fn start(
    heartbeat: &config::Heartbeat,
    core: CoreHandle,
    health: Arc<Health>,
    beats: Beats,
) -> Result<(), HeartbeatError> {
    let Some(url) = heartbeat.url.clone() else { return Ok(()) };
    let http = reqwest::Client::builder()
        .timeout(PATIENCE)
        .referer(false)
        .tls_certs_merge(mexc::mozilla_roots())
        .build()
        .map_err(|error| HeartbeatError(error.without_url().to_string()))?;
    let heart = Heart { url, http, core, health, beats };
    tokio::spawn(heart.beat_every(heartbeat.every));
    Ok(())
}

impl Heart {
    async fn beat_every(self, pause: Duration) {
        if !self.core.started().await {
            return;
        }
        let mut due = tokio::time::interval(pause);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            due.tick().await;
            let outcome = self.beat().await;
            self.beats.count(outcome);
        }
    }

    async fn beat(&self) -> Outcome {
        if let Some(why) = self.trouble().await {
            tracing::warn!("heartbeat withheld: {why}");
            return Outcome::Withheld;
        }
        match self.call().await {
            Ok(()) => Outcome::Sent,
            Err(why) => {
                tracing::warn!("heartbeat failed: {why}");
                Outcome::Failed
            }
        }
    }

    /// What is not well: the judgement of `/readyz`, and whether every stop could fire.
    async fn trouble(&self) -> Option<String> {
        if !self.health.readiness().is_ready() {
            return Some(self.health.obstacle());
        }
        let now = clock::now();
        let exposed = read(&self.core, move |engine| {
            engine.unprotected(now).next().map(|(position, why)| (position.symbol.clone(), why))
        });
        match exposed.await {
            Ok(None) => None,
            Ok(Some((symbol, why))) => Some(format!("{symbol} is unprotected: {why}")),
            Err(_) => Some("the engine does not answer".to_owned()),
        }
    }

    /// The address may hold a secret, so no error repeats it.
    async fn call(&self) -> Result<(), String> {
        let answer = self.http.get(self.url.expose_secret()).send().await;
        let status = answer.map_err(|error| error.without_url().to_string())?.status();
        if status.is_success() { Ok(()) } else { Err(format!("it answered {status}")) }
    }
}
