//! What is asked of the exchange again and again: clock, markets, prices, balances.

use std::sync::Arc;
use std::time::Duration;

use api::Metrics;
use api::ports::read;
use engine::{Balance, Input, Quote, Report, ReportKind};
use mexc::{Client, ClientError, TopOfBook};
use tokio::sync::Notify;

use super::clock;
use super::handle::CoreHandle;
use super::health::Health;
use super::notices::notice;

const CLOCK_EVERY: Duration = Duration::from_mins(1);
const MARKETS_EVERY: Duration = Duration::from_mins(10);
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

    /// Loads the market list.
    pub(crate) async fn load_markets(&self) -> Result<(), ClientError> {
        let found = self.watched(self.client.exchange_info().await)?;
        if found.skipped > 0 {
            tracing::warn!(skipped = found.skipped, "unreadable entries in the market list");
        }
        self.health.markets(found.markets.len());
        self.core.tell(vec![Input::Markets(Arc::new(found.markets))]);
        Ok(())
    }

    /// Loads the best bid and ask of every pair.
    pub(crate) async fn load_prices(&self) -> Result<(), ClientError> {
        let tops = self.watched(self.client.book_tickers().await)?;
        let at = clock::now();
        self.health.prices(at);
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
        self.every(MARKETS_EVERY, |feeds| async move { feeds.load_markets().await });
        self.every(self.price_poll, |feeds| async move { feeds.load_prices().await });
        tokio::spawn(self.clone().follow_resyncs());
        tokio::spawn(count_unprotected(self.core.clone(), Arc::clone(&self.metrics)));
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
async fn count_unprotected(core: CoreHandle, metrics: Arc<Metrics>) {
    let mut last = clock::now();
    loop {
        tokio::time::sleep(PROTECTION_EVERY).await;
        let now = clock::now();
        let exposed = read(&core, move |engine| engine.unprotected(now).count()).await;
        let count = u32::try_from(exposed.unwrap_or(0)).unwrap_or(u32::MAX);
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
