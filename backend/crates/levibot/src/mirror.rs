//! Mirroring the real exchange's public market: what it says is told to a sandbox.
//!
//! Best prices of all pairs are asked for every two seconds; of the pairs that somebody looks at,
//! holds or has ordered, trades, best prices and candles are streamed as well. What fails is tried
//! again for as long as the process runs; meanwhile the sandbox lets its prices grow old.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use limits::{Budget, BudgetSettings, Start};
use mexc::{
    CandleQuery, Client, ClientConfig, ClientError, ConfigError, MarketStreams, StreamConfig,
    StreamError, StreamEvent,
};
use sandbox::{CandleWish, MirrorFeed};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, interval_at, timeout};

use crate::clock;
use crate::market_list::{FRESH_FOR, MarketListFile};

/// How long the exchange has to answer at the start.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// How long it then has for its pairs and prices.
const PRICES_WITHIN: Duration = Duration::from_secs(20);
const QUOTES_EVERY: Duration = Duration::from_secs(2);
const DAYS_EVERY: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Whom to mirror.
#[derive(Debug, Clone)]
pub(crate) struct Original {
    /// REST address.
    pub(crate) base_url: String,
    /// WebSocket address.
    pub(crate) ws_url: String,
    /// Weight it allows one address in 10 s.
    pub(crate) ip_weight_10s: u32,
    /// Least time between two requests.
    pub(crate) spacing: Duration,
}

/// Why nothing is mirrored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MirrorError {
    /// It does not answer, or not with what is needed.
    #[error("{0}")]
    Client(#[from] ClientError),
    /// An address is wrong.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The streams' address is wrong.
    #[error("{0}")]
    Stream(#[from] StreamError),
    /// It takes too long.
    #[error("no answer from {address} within {within:?}")]
    Silent {
        /// Whom.
        address: String,
        /// How long.
        within: Duration,
    },
}

/// Begins to mirror; the pairs and their prices are there when this returns. The pairs are kept in
/// `folder`.
///
/// # Errors
/// [`MirrorError`] when the exchange does not answer in time.
pub(crate) async fn start(
    original: &Original,
    folder: Option<&Path>,
) -> Result<MirrorFeed, MirrorError> {
    let settings = BudgetSettings {
        ip_weight_10s: original.ip_weight_10s,
        ..BudgetSettings::with_spacing(original.spacing)
    };
    let budget = Budget::local(&settings, Start::Empty);
    let client = Client::new(&ClientConfig::new(&original.base_url, budget))?;
    within(ANSWER_WITHIN, original, client.time()).await?;
    let file = folder.map(|folder| MarketListFile::new(folder, &original.base_url));
    let (feed, wishes) = within(PRICES_WITHIN, original, first(&client, file.as_ref())).await?;
    let mirroring = Mirroring { client, feed: feed.clone(), file };
    mirroring.spawn(wishes);
    follow(original, feed.clone())?;
    Ok(feed)
}

async fn within<T>(
    limit: Duration,
    original: &Original,
    answer: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, MirrorError> {
    let silent = || MirrorError::Silent { address: original.base_url.clone(), within: limit };
    Ok(timeout(limit, answer).await.map_err(|_| silent())??)
}

async fn first(
    client: &Client,
    file: Option<&MarketListFile>,
) -> Result<(MirrorFeed, mpsc::Receiver<CandleWish>), ClientError> {
    let now = clock::now();
    let found = match file {
        Some(file) => file.load(client, now).await?.found,
        None => client.exchange_info().await?,
    };
    let (feed, wishes) = MirrorFeed::new(&found.symbols());
    quotes(client, &feed).await?;
    Ok((feed, wishes))
}

async fn quotes(client: &Client, feed: &MirrorFeed) -> Result<(), ClientError> {
    let asked = Instant::now();
    let tickers = client.all_book_tickers().await?;
    feed.book_tickers(&tickers, asked.elapsed());
    Ok(())
}

/// What the tasks share.
#[derive(Clone)]
struct Mirroring {
    client: Client,
    feed: MirrorFeed,
    file: Option<MarketListFile>,
}

impl Mirroring {
    fn spawn(self, wishes: mpsc::Receiver<CandleWish>) {
        self.every("best prices", (QUOTES_EVERY, QUOTES_EVERY), |own| async move {
            quotes(&own.client, &own.feed).await
        });
        self.every("days", (Duration::ZERO, DAYS_EVERY), |own| async move {
            own.feed.days(&own.client.all_day_tickers().await?);
            Ok(())
        });
        self.every("pairs", (FRESH_FOR, FRESH_FOR), Self::list);
        tokio::spawn(grant(self.client, wishes));
    }

    async fn list(self) -> Result<(), ClientError> {
        let found = match &self.file {
            Some(file) => file.fetch(&self.client, clock::now()).await?.found,
            None => self.client.exchange_info().await?,
        };
        self.feed.list(&found.symbols());
        Ok(())
    }

    /// Does it after a while and again and again; says when it begins to fail and when it works again.
    fn every<F, Fut>(&self, what: &'static str, (first, pause): (Duration, Duration), work: F)
    where
        F: Fn(Self) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), ClientError>> + Send,
    {
        let own = self.clone();
        tokio::spawn(async move {
            let mut pace = interval_at(tokio::time::Instant::now() + first, pause);
            pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut failing = false;
            loop {
                pace.tick().await;
                let result = work(own.clone()).await;
                match (&result, failing) {
                    (Err(error), false) => tracing::warn!(
                        %error, "the mirrored exchange does not tell its {what}; what is known grows old"
                    ),
                    (Ok(()), true) => {
                        tracing::info!("the mirrored exchange tells its {what} again");
                    }
                    _ => {}
                }
                failing = result.is_err();
            }
        });
    }
}

/// Candles are asked for one after the other; who waits for them gets no answer when there is none.
async fn grant(client: Client, mut wishes: mpsc::Receiver<CandleWish>) {
    while let Some(CandleWish { symbol, request, answer }) = wishes.recv().await {
        let asked = CandleQuery {
            interval: request.interval,
            from_ms: request.from.map(domain::Timestamp::as_millis),
            to_ms: request.to.map(domain::Timestamp::as_millis),
            limit: request.limit,
        };
        match client.candles(&symbol, asked).await {
            // Nobody may be waiting any more.
            Ok(candles) => drop(answer.send(candles)),
            Err(error) => tracing::warn!(%symbol, %error, "the mirrored exchange gives no candles"),
        }
    }
}

/// Streams what is wanted, for as long as the process runs.
fn follow(original: &Original, feed: MirrorFeed) -> Result<(), StreamError> {
    let told = feed.clone();
    let sink = move |event| match event {
        StreamEvent::Update(update) => told.update(&update),
        StreamEvent::Up { connection } => {
            tracing::info!(connection, "a mirrored stream is up");
        }
        StreamEvent::Down { connection, why } => {
            tracing::warn!(connection, why, "a mirrored stream is down; prices come by REST");
        }
        // The stream itself wrote a line about it; best prices come by REST.
        StreamEvent::Refused { .. } => {}
    };
    let streams = MarketStreams::start(StreamConfig::new(&original.ws_url), Arc::new(sink))?;
    tokio::spawn(async move {
        let mut subscribed = std::collections::BTreeSet::new();
        let mut pace = interval(LOOK_EVERY);
        loop {
            pace.tick().await;
            let wanted = feed.wanted();
            for channel in wanted.difference(&subscribed) {
                streams.subscribe(channel.clone());
            }
            for channel in subscribed.difference(&wanted) {
                streams.unsubscribe(channel);
            }
            subscribed = wanted;
        }
    });
    Ok(())
}
