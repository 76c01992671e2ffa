//! `/exchange/ping`, `/exchange/balance`, `/exchange/markets`, `/exchange/ticker/{symbol}`.

use axum::extract::State;
use domain::{Asset, Decimal};
use engine::{Balance, Quote};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::json::{self, Num};
use crate::params::{Params, Segment};
use crate::ports::{BudgetInfo, NotReady, read};
use crate::schema;

const MAX_MARKETS: usize = 10_000;

#[derive(Serialize, ToSchema)]
struct Ping {
    #[schema(value_type = schema::ExchangeName)]
    exchange: &'static str,
    #[schema(value_type = schema::Mode)]
    mode: &'static str,
    markets_count: usize,
    market_source: String,
    clock_offset_ms: Option<i64>,
}

/// Asks the exchange whether it answers.
#[utoipa::path(
    get, path = "/exchange/ping", tag = "exchange", operation_id = "ping", responses(
        (status = 200, description = "It answers", body = Ping),
        (status = 502, description = "It does not")
    )
)]
pub(super) async fn ping(State(app): AppState) -> Answer {
    let info = app.exchange.ping().await?;
    Ok(json::ok(&Ping {
        exchange: app.mode.exchange(),
        mode: info.mode,
        markets_count: info.markets_count,
        market_source: info.market_source,
        clock_offset_ms: info.clock_offset_ms,
    }))
}

/// How much may still be asked of the exchange: exits go before entries, entries before questions.
#[utoipa::path(
    get, path = "/exchange/budget", tag = "exchange", operation_id = "budget",
    responses((status = 200, description = "As of now", body = BudgetInfo))
)]
pub(super) async fn budget(State(app): AppState) -> Answer {
    Ok(json::ok(&app.exchange.budget()))
}

#[derive(Serialize, ToSchema)]
struct Balances {
    #[schema(value_type = schema::ExchangeName)]
    exchange: &'static str,
    balances: Vec<BalanceView>,
}

#[derive(Serialize, ToSchema)]
struct BalanceView {
    #[schema(value_type = String)]
    asset: Asset,
    free: Num,
    locked: Num,
    total: Num,
}

impl From<Balance> for BalanceView {
    fn from(balance: Balance) -> Self {
        let total = balance.free.saturating_add(balance.locked);
        let (free, locked) = (Num(balance.free), Num(balance.locked));
        Self { asset: balance.asset, free, locked, total: Num(total) }
    }
}

/// The account's balances, fresh.
#[utoipa::path(
    get, path = "/exchange/balance", tag = "exchange", operation_id = "balance", responses(
        (status = 200, description = "What the account holds", body = Balances),
        (status = 502, description = "The exchange does not answer"),
        (status = 503, description = "No keys are set")
    )
)]
pub(super) async fn balance(State(app): AppState) -> Answer {
    let balances = app.exchange.balances().await?;
    let balances = balances.into_iter().map(BalanceView::from).collect();
    Ok(json::ok(&Balances { exchange: app.mode.exchange(), balances }))
}

#[derive(Serialize, ToSchema)]
struct MarketList {
    #[schema(value_type = schema::ExchangeName)]
    exchange: &'static str,
    total: usize,
    markets: Vec<String>,
}

/// The pairs that are listed.
#[utoipa::path(
    get, path = "/exchange/markets", tag = "exchange", operation_id = "markets",
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 10000, description = "Names wanted; all unless given")),
    responses(
        (status = 200, description = "Pairs by name", body = MarketList),
        (status = 503, description = "The list has not been loaded yet")
    )
)]
pub(super) async fn markets(State(app): AppState, params: Params) -> Answer {
    let limit = params.count("limit", MAX_MARKETS)?.unwrap_or(MAX_MARKETS);
    let exchange = app.mode.exchange();
    let list = read(&*app.core, move |engine| {
        let names = engine.markets().iter().take(limit);
        MarketList {
            exchange,
            total: engine.markets().len(),
            markets: names.map(domain::Market::display).collect(),
        }
    })
    .await?;
    if list.total == 0 {
        return Err(NotReady::new("the market list has not been loaded yet").into());
    }
    Ok(json::ok(&list))
}

#[derive(Serialize, ToSchema)]
struct Ticker {
    #[schema(value_type = schema::ExchangeName)]
    exchange: &'static str,
    symbol: String,
    price: Num,
    bid: Num,
    ask: Num,
    #[schema(value_type = schema::Time)]
    at: domain::Timestamp,
}

/// The present price of a pair.
#[utoipa::path(
    get, path = "/exchange/ticker/{*symbol}", tag = "exchange", operation_id = "ticker",
    params(("symbol" = String, Path, description = "A pair in any spelling", example = "BTCUSDT")),
    responses(
        (status = 200, description = "The present price", body = Ticker),
        (status = 404, description = "No such pair"),
        (status = 502, description = "The exchange does not answer")
    )
)]
pub(super) async fn ticker(State(app): AppState, Segment(text): Segment) -> Answer {
    let pair = app.resolve(text.trim_matches('/')).await?;
    let quote = app.exchange.price(&pair.symbol).await?;
    Ok(json::ok(&Ticker {
        exchange: app.mode.exchange(),
        symbol: pair.display,
        price: Num(last_or_middle(&quote)),
        bid: quote.bid.into(),
        ask: quote.ask.into(),
        at: quote.at,
    }))
}

/// The last trade; before one is seen, the middle of the book.
fn last_or_middle(quote: &Quote) -> Decimal {
    let middle = || quote.bid.get().saturating_add(quote.ask.get()) / Decimal::TWO;
    quote.last.map_or_else(middle, domain::Price::get)
}
