//! The exchange as the API sees it.

use std::sync::Arc;
use std::time::Duration;

use api::ports::{
    BoxFuture, BudgetInfo, BudgetLane, BudgetWindow, Exchange, ExchangeError, PingInfo, read,
};
use domain::{Candle, Interval, Symbol};
use engine::{Balance, Input, Mode, Quote};
use mexc::{Client, ClientError, ErrorClass};

use super::effects::finished_candles;
use super::feeds::{quote_input, to_balance};
use super::handle::CoreHandle;
use super::health::Health;
use super::streams::Interest;
use crate::clock;

/// How long a dry run or direct order waits for candles.
const CANDLES_WAIT: Duration = Duration::from_secs(1);
/// Candles asked for beyond the lookback.
const EXTRA_CANDLES: usize = 100;

/// Answers from memory where that is fresh enough, else by asking.
pub(crate) struct ExchangePort {
    pub(crate) client: Client,
    pub(crate) core: CoreHandle,
    pub(crate) health: Arc<Health>,
    pub(crate) mode: Mode,
    pub(crate) market_source: &'static str,
    pub(crate) price_max_age: Duration,
    pub(crate) interest: Arc<Interest>,
}

impl Exchange for ExchangePort {
    fn ping(&self) -> BoxFuture<'_, Result<PingInfo, ExchangeError>> {
        Box::pin(async move {
            self.client.time().await.map_err(|error| explain(&error))?;
            let markets = read(&self.core, |engine| engine.markets().len()).await;
            Ok(PingInfo {
                mode: self.mode.as_str(),
                markets_count: markets.unwrap_or(0),
                market_source: self.market_source.to_owned(),
                clock_offset_ms: self.health.clock_offset_ms(),
            })
        })
    }

    fn balances(&self) -> BoxFuture<'_, Result<Vec<Balance>, ExchangeError>> {
        Box::pin(async move {
            let balances = self.client.account().await.map_err(|error| explain(&error))?;
            Ok(balances.into_iter().map(to_balance).collect())
        })
    }

    fn budget(&self) -> BudgetInfo {
        let now = self.client.budget().snapshot();
        let window = |one: &limits::WindowLevel| BudgetWindow {
            name: one.name,
            limit: one.limit,
            left: one.left,
        };
        let lane = |(lane, waiting): &(limits::Lane, usize)| BudgetLane {
            lane: lane.as_str(),
            waiting: *waiting,
        };
        BudgetInfo {
            shared: now.is_shared,
            degraded: now.is_degraded,
            paused_ms: u64::try_from(now.paused_for.as_millis()).unwrap_or(u64::MAX),
            windows: now.windows.iter().map(window).collect(),
            waiting: now.waiting.iter().map(lane).collect(),
        }
    }

    fn price(&self, symbol: &Symbol) -> BoxFuture<'_, Result<Quote, ExchangeError>> {
        let symbol = symbol.clone();
        self.interest.look(&symbol, clock::now());
        Box::pin(async move {
            if let Some(quote) = self.remembered(&symbol).await {
                return Ok(quote);
            }
            let top = self.client.book_ticker(&symbol).await.map_err(|error| explain(&error))?;
            let quote = Quote { bid: top.bid, ask: top.ask, last: None, at: clock::now() };
            self.core.tell(vec![quote_input(top, quote.at)]);
            Ok(quote)
        })
    }

    fn ensure_candles(&self, symbol: &Symbol) -> BoxFuture<'_, ()> {
        let symbol = symbol.clone();
        Box::pin(async move {
            // Without candles the plan falls back and says so.
            let _ = tokio::time::timeout(CANDLES_WAIT, self.fetch_candles(symbol)).await;
        })
    }

    fn candles(
        &self,
        symbol: &Symbol,
        interval: Interval,
        count: usize,
    ) -> BoxFuture<'_, Result<Vec<Candle>, ExchangeError>> {
        let symbol = symbol.clone();
        Box::pin(async move {
            self.client.klines(&symbol, interval, count).await.map_err(|error| explain(&error))
        })
    }
}

impl ExchangePort {
    async fn remembered(&self, symbol: &Symbol) -> Option<Quote> {
        let symbol = symbol.clone();
        let known = read(&self.core, move |engine| engine.quote(&symbol).copied()).await;
        let fresh = |quote: &Quote| clock::now().since(quote.at) < self.price_max_age / 2;
        known.ok().flatten().filter(fresh)
    }

    async fn fetch_candles(&self, symbol: Symbol) {
        let wanted = symbol.clone();
        let now = clock::now();
        let missing = read(&self.core, move |engine| {
            let risk = &engine.settings().risk;
            let missing = !engine.has_candles(&wanted, now);
            missing.then_some((risk.atr_interval, risk.atr_lookback))
        });
        let Ok(Some((interval, lookback))) = missing.await else { return };
        let count = lookback + EXTRA_CANDLES;
        let candles = finished_candles(&self.client, &symbol, interval, count).await;
        self.core.tell(vec![Input::Candles { symbol, interval, candles }]);
    }
}

/// The client's error as the API tells it. No text of it holds a key, secret or signature.
fn explain(error: &ClientError) -> ExchangeError {
    let message = error.to_string();
    match error {
        ClientError::NoKeys => ExchangeError::Disabled(message),
        ClientError::Transport(_) => ExchangeError::Unreachable(message),
        ClientError::Unusable(_) => ExchangeError::Unreadable(message),
        ClientError::Api(api) => match api.class {
            ErrorClass::Rate { retry_after } => ExchangeError::RateLimited { message, retry_after },
            ErrorClass::InDoubt | ErrorClass::Maintenance => ExchangeError::Unreachable(message),
            _ => ExchangeError::Refused(message),
        },
    }
}
