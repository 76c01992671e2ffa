//! `/equity`: what the account is worth, and what trading has made of it.

use axum::extract::State;
use domain::{Asset, Decimal, Event, Pnl, Record, Symbol, Timestamp};
use engine::{Balance, Engine};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::json::{self, Num};
use crate::paging::{self, Page};
use crate::params::Params;
use crate::ports::{HistoryFilter, read};
use crate::schema;

#[derive(Serialize, ToSchema)]
#[schema(as = Equity)]
struct Standing {
    /// What everything is valued in.
    quote_asset: String,
    /// All balances at the best bid, as far as they can be valued.
    equity: Num,
    /// Coins without a price, which `equity` does not count.
    unvalued: Vec<String>,
    /// Profit of what is held, at the best bid. Positions without a price are not counted.
    unrealised_pnl: Num,
    /// Realised this UTC day.
    realised_today: Num,
    /// Cost of everything held or on its way.
    exposure: Num,
    /// Closed positions, oldest first, with the running sum of their results.
    history: Vec<Point>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EquityPoint)]
struct Point {
    /// When the position was closed.
    #[schema(value_type = schema::Time)]
    at: Timestamp,
    seq: u64,
    #[schema(value_type = Option<String>)]
    symbol: Option<Symbol>,
    realised_pnl: Num,
    /// Since the first point of this page.
    cumulative: Num,
}

/// What the account is worth, and the curve of realised results.
#[utoipa::path(
    get, path = "/equity", tag = "risk", operation_id = "equity",
    params(crate::schema::requests::Paging),
    responses((status = 200, description = "As of now; the newest closed positions first in pages", body = Standing))
)]
pub(super) async fn equity(State(app): AppState, params: Params) -> Answer {
    let page = Page::from_params(&params)?;
    let filter = HistoryFilter::new(&["POSITION_CLOSED"], None, []);
    let page = paging::newest_records(&app, filter, page).await?;
    let (history, next_cursor) = (curve(&page.records), page.next_cursor);
    let now = app.core.now();
    let standing = read(&*app.core, move |engine| standing(engine, now)).await?;
    Ok(json::ok(&Standing { history, next_cursor, ..standing }))
}

fn curve(newest_first: &[Record]) -> Vec<Point> {
    let mut sum = Pnl::ZERO;
    let closed = newest_first.iter().rev().filter_map(|record| match &record.event {
        Event::PositionClosed(closed) => Some((record, closed.realised_pnl)),
        _ => None,
    });
    let point = |(record, result): (&Record, Pnl)| {
        sum = sum.saturating_add(result);
        Point {
            at: record.ts,
            seq: record.seq,
            symbol: record.symbol.clone(),
            realised_pnl: result.into(),
            cumulative: sum.into(),
        }
    };
    closed.map(point).collect()
}

fn standing(engine: &Engine, now: Timestamp) -> Standing {
    let (ledger, quote_asset) = (engine.ledger(), &engine.settings().quote_asset);
    let (equity, unvalued) = worth(engine);
    let gains = ledger
        .positions()
        .filter_map(|position| Some(position.unrealised_pnl(engine.quote(&position.symbol)?.bid)));
    Standing {
        quote_asset: quote_asset.to_string(),
        equity: Num(equity),
        unvalued,
        unrealised_pnl: gains.fold(Pnl::ZERO, Pnl::saturating_add).into(),
        realised_today: ledger.realised_on(now.utc_day()).into(),
        exposure: ledger.exposure().into(),
        history: Vec::new(),
        next_cursor: None,
    }
}

/// All balances at the best bid, and the coins that have no price.
pub(crate) fn worth(engine: &Engine) -> (Decimal, Vec<String>) {
    let quote_asset = &engine.settings().quote_asset;
    let mut unvalued = Vec::new();
    let mut equity = Decimal::ZERO;
    for balance in engine.balances() {
        match value(engine, quote_asset, balance) {
            Some(value) => equity = equity.saturating_add(value),
            None => unvalued.push(balance.asset.to_string()),
        }
    }
    (equity, unvalued)
}

/// In the quote asset; [`None`] where there is no price.
fn value(engine: &Engine, quote_asset: &Asset, balance: &Balance) -> Option<Decimal> {
    let total = balance.free.saturating_add(balance.locked);
    if total.is_zero() || balance.asset == *quote_asset {
        return Some(total);
    }
    let symbol = Symbol::from_exchange(&format!("{}{quote_asset}", balance.asset));
    total.checked_mul(engine.quote(&symbol)?.bid.get())
}
