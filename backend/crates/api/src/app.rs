//! Everything the routes share.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::{Symbol, UnknownSymbol};
use engine::settings::Mode;
use tokio::sync::Semaphore;

use crate::auth::ApiKeys;
use crate::bot_updates::BotUpdates;
use crate::error::ApiError;
use crate::hooks::Hooks;
use crate::labels::Labels;
use crate::metrics::Metrics;
use crate::openapi::Document;
use crate::operation::Operation;
use crate::ports::{Core, Exchange, History, NotReady, read};
use crate::session::Sessions;

/// How long a real order waits for its fill.
const FILL_WAIT: Duration = Duration::from_secs(5);
/// How long a request waits for the first market list.
const MARKETS_WAIT: Duration = Duration::from_secs(8);
/// A listener of the live stream that takes nothing for so long is let go.
const STREAM_PATIENCE: Duration = Duration::from_secs(30);
/// Live streams at a time.
const MAX_STREAMS: usize = 64;

/// Who may call, and under which names.
#[derive(Debug, Clone)]
pub struct Access {
    /// Accepted keys; none means that only loopback peers may change anything.
    pub keys: ApiKeys,
    /// The address the service listens on (`HOST`).
    pub bound: IpAddr,
    /// Peers that count as this machine beside loopback (`TRUSTED_PEERS`).
    pub trusted_peers: Vec<IpAddr>,
}

/// The service as the routes see it.
pub struct App {
    pub(crate) core: Arc<dyn Core>,
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) history: Arc<dyn History>,
    pub(crate) operation: Arc<dyn Operation>,
    pub(crate) labels: Arc<dyn Labels>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) access: Access,
    pub(crate) mode: Mode,
    pub(crate) fresh_key: Box<dyn Fn() -> String + Send + Sync>,
    pub(crate) fill_wait: Duration,
    pub(crate) markets_wait: Duration,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) stream_patience: Duration,
    pub(crate) document: Document,
    pub(crate) sessions: Sessions,
    pub(crate) hooks: Hooks,
    pub(crate) bot_updates: Option<BotUpdates>,
}

/// The ports, as trait objects.
pub struct Ports {
    /// The engine behind its loop.
    pub core: Arc<dyn Core>,
    /// The exchange.
    pub exchange: Arc<dyn Exchange>,
    /// The journal's past.
    pub history: Arc<dyn History>,
    /// The process.
    pub operation: Arc<dyn Operation>,
    /// Where labels are kept.
    pub labels: Arc<dyn Labels>,
}

impl App {
    /// Puts the parts together. `fresh_key` gives a new, never repeated text for each call: the
    /// identity of a direct order whose caller named none.
    pub fn new(
        ports: Ports,
        metrics: Arc<Metrics>,
        access: Access,
        mode: Mode,
        fresh_key: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            core: ports.core,
            exchange: ports.exchange,
            history: ports.history,
            operation: ports.operation,
            labels: ports.labels,
            metrics,
            access,
            mode,
            fresh_key: Box::new(fresh_key),
            fill_wait: FILL_WAIT,
            markets_wait: MARKETS_WAIT,
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            stream_patience: STREAM_PATIENCE,
            document: Document::default(),
            sessions: Sessions::default(),
            hooks: Hooks::default(),
            bot_updates: None,
        }
    }

    /// Replaces how long a listener of the live stream may take nothing (30 s).
    pub fn with_stream_patience(mut self, patience: Duration) -> Self {
        self.stream_patience = patience;
        self
    }

    /// With sessions that outlive the process; without, they end with it.
    pub fn with_sessions(mut self, sessions: Sessions) -> Self {
        self.sessions = sessions;
        self
    }

    /// With these webhooks; without, there are none.
    pub fn with_hooks(mut self, hooks: Hooks) -> Self {
        self.hooks = hooks;
        self
    }

    /// With the webhook of a Telegram bot at `/hooks/telegram`; without, there is none.
    pub fn with_bot_updates(mut self, bot: BotUpdates) -> Self {
        self.bot_updates = Some(bot);
        self
    }

    /// With what its router found to be documented.
    pub(crate) fn with_document(mut self, described: &utoipa::openapi::OpenApi) -> Self {
        match Document::new(described) {
            Ok(document) => self.document = document,
            Err(error) => tracing::error!(%error, "there is no OpenAPI document"),
        }
        self
    }

    /// Replaces how long a real order waits for its fill (5 s) and a request for the first market
    /// list (8 s).
    pub fn with_waits(mut self, fill: Duration, markets: Duration) -> Self {
        self.fill_wait = fill;
        self.markets_wait = markets;
        self
    }

    /// How many listen to the live stream.
    pub(crate) fn open_streams(&self) -> usize {
        MAX_STREAMS.saturating_sub(self.streams.available_permits())
    }

    /// The pair that `text` names, with its name for people. Waits for the first market list.
    pub(crate) async fn resolve(&self, text: &str) -> Result<Pair, ApiError> {
        let deadline = tokio::time::Instant::now() + self.markets_wait;
        loop {
            if let Some(found) = self.lookup(text).await? {
                return Ok(found?);
            }
            if tokio::time::Instant::now() >= deadline {
                return Err(NotReady::new("the market list has not been loaded yet").into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// [`None`] while there is no market list.
    pub(crate) async fn lookup(
        &self,
        text: &str,
    ) -> Result<Option<Result<Pair, UnknownSymbol>>, NotReady> {
        let text = text.to_owned();
        read(&*self.core, move |engine| {
            let markets = engine.markets();
            if markets.is_empty() {
                return None;
            }
            Some(
                markets.resolve(&text).map(|market| Pair {
                    symbol: market.symbol.clone(),
                    display: market.display(),
                }),
            )
        })
        .await
    }
}

/// A listed pair.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// `BTCUSDT`.
    pub(crate) symbol: Symbol,
    /// `BTC/USDT`.
    pub(crate) display: String,
}
