//! What is asked of the exchange again and again: clock, markets, prices, balances.

use std::sync::Arc;
use std::time::Duration;

use api::Metrics;
use api::ports::read;
use engine::{Balance, Input, Quote, Report, ReportKind};
use mexc::{Client, ClientError, TopOfBook};
use tokio::sync::Notify;

use super::handle::CoreHandle;
use super::health::Health;
use super::notices::notice;
use crate::clock;
use crate::market_list::{FRESH_FOR, MarketList, MarketListFile};

const CLOCK_EVERY: Duration = Duration::from_mins(1);
/// Pause before a market list that could not be had is asked for again.
const MARKETS_AGAIN: Duration = Duration::from_secs(20);
/// Least time between two market lists, whoever asks.
const MARKETS_APART: Duration = Duration::from_secs(10);
const PROTECTION_EVERY: Duration = Duration::from_secs(1);
const BALANCES_EVERY: Duration = Duration::from_secs(30);

/// What the feeds share.
#[derive(Clone)]
pub(crate) struct Feeds {
    pub(crate) client: Client,
    pub(crate) core: CoreHandle,
    pub(crate) health: Arc<Health>,
    pub(crate) balances_wanted: Arc<Notify>,
    pub(crate) clock_wanted: Arc<Notify>,
    pub(crate) markets_wanted: Arc<Notify>,
    /// Where the market list is kept; the exchange inside this process has it at hand.
    pub(crate) market_list: Option<MarketListFile>,
    pub(crate) price_poll: Duration,
    pub(crate) metrics: Arc<Metrics>,
}

impl Feeds {
    /// Measures the clock difference.
    pub(crate) async fn sync_clock(&self) -> Result<(), ClientError> {
        let offset_ms = self.watched(self.client.clock_offset_ms().await)?;
        self.client.set_offset_ms(offset_ms);
        self.take_offset(offset_ms);
        Ok(())
    }

    fn take_offset(&self, offset_ms: i64) {
        self.health.clock_offset(offset_ms);
        self.core.tell(vec![Input::ClockOffset { offset_ms }]);
    }

    /// Passes on what the client measured because the exchange refused our time.
    async fn follow_resyncs(self) {
        let mut resynced = self.client.resynced();
        while resynced.changed().await.is_ok() {
            let offset_ms = *resynced.borrow_and_update();
            self.take_offset(offset_ms);
            let message = "the exchange refused our time; its clock was measured again";
            let notice = notice(message, &[("offset_ms", offset_ms.to_string())]);
            let kind = ReportKind::ExchangeError;
            self.core.tell(vec![Input::Report(Report { kind, notice })]);
        }
    }

    /// Loads the market list at the start: the kept one serves while it is fresh, and while the
    /// exchange gives none.
    pub(crate) async fn first_markets(&self) -> Result<(), ClientError> {
        match &self.market_list {
            Some(file) => self.take_markets(file.load(&self.client, clock::now()).await?),
            None => self.load_markets().await?,
        }
        Ok(())
    }

    /// Loads the market list.
    pub(crate) async fn load_markets(&self) -> Result<(), ClientError> {
        let list = match &self.market_list {
            Some(file) => file.fetch(&self.client, clock::now()).await,
            None => self.client.exchange_info().await.map(MarketList::from),
        };
        self.take_markets(self.watched(list)?);
        Ok(())
    }

    fn take_markets(&self, MarketList { found, age, in_want }: MarketList) {
        if found.skipped > 0 {
            tracing::warn!(skipped = found.skipped, "unreadable entries in the market list");
        }
        if !age.is_zero() {
            tracing::info!(age_s = age.as_secs(), "the market list is the one that was kept");
        }
        self.health.markets(found.markets.len(), clock::now().minus(age));
        let mut inputs = vec![Input::Markets(Arc::new(found.markets))];
        if let Some(error) = in_want {
            let message = "the exchange gives no market list; the one that was kept is used";
            tracing::warn!(%error, age_s = age.as_secs(), "{message}");
            let details = [("age_s", age.as_secs().to_string()), ("error", error.to_string())];
            let notice = notice(message, &details);
            inputs.push(Input::Report(Report { kind: ReportKind::ExchangeError, notice }));
        }
        self.core.tell(inputs);
    }

    /// Loads the best bid and ask of every pair.
    pub(crate) async fn load_prices(&self) -> Result<(), ClientError> {
        let tops = self.watched(self.client.book_tickers().await)?;
        let at = clock::now();
        // An exchange whose books are all empty answers, but tells no price.
        if !tops.is_empty() {
            self.health.prices(at);
        }
        self.core.tell(tops.into_iter().map(|top| quote_input(top, at)).collect());
        Ok(())
    }

    /// Loads what the account holds; without keys there is nothing to load.
    pub(crate) async fn load_balances(&self) -> Result<(), ClientError> {
        if !self.client.has_keys() {
            return Ok(());
        }
        let balances = self.watched(self.client.account().await)?;
        self.core.tell(vec![Input::Balances(balances.into_iter().map(to_balance).collect())]);
        Ok(())
    }

    /// Notes whether the exchange answered; a change goes into the journal.
    fn watched<T>(&self, result: Result<T, ClientError>) -> Result<T, ClientError> {
        let error = result.as_ref().err().map(ToString::to_string);
        let changed = self.health.exchange(error.clone());
        if changed {
            let (kind, message) = match error {
                Some(error) => (ReportKind::ExchangeError, error),
                None => (ReportKind::Connected, "the exchange answers again".to_owned()),
            };
            tracing::warn!(%message, "exchange");
            self.core.tell(vec![Input::Report(Report { kind, notice: notice(message, &[]) })]);
        }
        result
    }

    /// Runs every feed until the service ends.
    pub(crate) fn spawn(&self) {
        tokio::spawn(self.clone().refresh_markets());
        self.every(self.price_poll, |feeds| async move { feeds.load_prices().await });
        tokio::spawn(self.clone().follow_resyncs());
        let (health, metrics) = (Arc::clone(&self.health), Arc::clone(&self.metrics));
        tokio::spawn(count_unprotected(self.core.clone(), health, metrics));
        let feeds = self.clone();
        tokio::spawn(async move {
            loop {
                let wanted = feeds.clock_wanted.notified();
                // Either an order was refused for its time or the minute is up.
                let _ = tokio::time::timeout(CLOCK_EVERY, wanted).await;
                log_failure("the clock", feeds.sync_clock().await);
            }
        });
        let feeds = self.clone();
        tokio::spawn(async move {
            loop {
                let wanted = feeds.balances_wanted.notified();
                // Either somebody asks or the time is up: both lead to the same.
                let _ = tokio::time::timeout(BALANCES_EVERY, wanted).await;
                log_failure("balances", feeds.load_balances().await);
            }
        });
    }

    /// The market list again: after a while, soon after a failure, and when an order was refused
    /// for its pair.
    async fn refresh_markets(self) {
        let mut pause = FRESH_FOR.saturating_sub(self.health.markets_age());
        loop {
            let wanted = self.markets_wanted.notified();
            // Either somebody asks or the time is up: both lead to the same.
            let _ = tokio::time::timeout(pause, wanted).await;
            let result = self.load_markets().await;
            pause = if result.is_ok() { FRESH_FOR } else { MARKETS_AGAIN };
            log_failure("the market list", result);
            tokio::time::sleep(MARKETS_APART).await;
        }
    }

    fn every<F, Fut>(&self, pause: Duration, load: F)
    where
        F: Fn(Self) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), ClientError>> + Send,
    {
        let feeds = self.clone();
        tokio::spawn(async move {
            let mut interval = tokio::time::interval(pause);
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            interval.tick().await;
            loop {
                interval.tick().await;
                log_failure("feed", load(feeds.clone()).await);
            }
        });
    }
}

/// Counts the seconds in which a holding has no working stop.
async fn count_unprotected(core: CoreHandle, health: Arc<Health>, metrics: Arc<Metrics>) {
    let mut last = clock::now();
    loop {
        tokio::time::sleep(PROTECTION_EVERY).await;
        let now = clock::now();
        let look =
            move |engine: &engine::Engine| (engine.unprotected(now).count(), engine.restricted());
        let (exposed, restricted) = read(&core, look).await.unwrap_or_default();
        health.unprotected(exposed);
        health.restricted(restricted);
        let count = u32::try_from(exposed).unwrap_or(u32::MAX);
        metrics.add_unprotected(now.since(last) * count);
        last = now;
    }
}

fn log_failure(what: &str, result: Result<(), ClientError>) {
    if let Err(error) = result {
        tracing::debug!(%error, "{what} could not be loaded");
    }
}

/// A top of the book as the engine takes it.
pub(crate) fn quote_input(top: TopOfBook, at: domain::Timestamp) -> Input {
    let quote = Quote { bid: top.bid, ask: top.ask, last: None, at };
    Input::Quote { symbol: top.symbol, quote }
}

/// A balance as the engine takes it.
pub(crate) fn to_balance(balance: mexc::AssetBalance) -> Balance {
    Balance { asset: balance.asset, free: balance.free, locked: balance.locked }
}
