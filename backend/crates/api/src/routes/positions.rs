//! `/positions`: what is held, what was held, and leaving it.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::event::{CloseReason, PositionClosed};
use domain::{Event, PositionId, Qty, Record, Symbol, Timestamp, TraceId};
use engine::{Command, Engine, Input};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState, BY, done};
use crate::app::App;
use crate::csv;
use crate::error::ApiError;
use crate::json::{self, Num};
use crate::paging::{self, Page};
use crate::params::{Params, Segment};
use crate::ports::{HistoryFilter, read};
use crate::schema;
use crate::schema::requests::{AdjustRequest, Narrowing, Paging};
use crate::view::PositionView;

#[derive(Serialize, ToSchema)]
struct PositionList {
    positions: Vec<AnyPosition>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum AnyPosition {
    Open(Box<PositionView>),
    Closed(Box<ClosedView>),
}

/// What is held, or was.
#[utoipa::path(
    get, path = "/positions", tag = "history", operation_id = "positions",
    params(Paging, Narrowing, ("status" = Option<String>, Query, pattern = "^(open|closed)$", description = "`open` or `closed`; `open` unless given"), ("format" = Option<String>, Query, pattern = "^(json|csv)$", description = "`json`, or `csv` for closed ones; else `Accept` decides. CSV pages go on with the header `X-Next-Cursor`")),
    responses((status = 200, description = "Positions, newest first", content((PositionList = "application/json"), (String = "text/csv"))))
)]
pub(super) async fn list(State(app): AppState, headers: HeaderMap, params: Params) -> Answer {
    let page = Page::from_params(&params)?;
    let filter = paging::narrowed(&app, &params, &["POSITION_CLOSED"]).await?;
    match params.optional("status").as_deref() {
        None | Some("open") => open(&app, filter).await,
        Some("closed") => closed(&app, filter, page, csv::wanted(&headers, &params)?).await,
        Some(_) => Err(ApiError::bad_parameter("status is not known: give open or closed")),
    }
}

/// All open positions, newest first; limits keep them few.
async fn open(app: &App, filter: HistoryFilter) -> Answer {
    let now = app.core.now();
    let positions = read(&*app.core, move |engine| views(engine, &filter, now)).await?;
    let positions = positions.into_iter().map(|view| AnyPosition::Open(view.into())).collect();
    Ok(json::ok(&PositionList { positions, next_cursor: None }))
}

fn views(engine: &Engine, filter: &HistoryFilter, now: Timestamp) -> Vec<PositionView> {
    let wanted = |symbol: &Symbol, trace: &TraceId| {
        filter.admits("POSITION_CLOSED", Some(symbol.as_str()), Some(trace.as_str()))
    };
    let mut held: Vec<_> =
        engine.ledger().positions().filter(|p| wanted(&p.symbol, &p.trace_id)).collect();
    held.sort_by_key(|position| std::cmp::Reverse(position.opened_at));
    held.into_iter()
        .map(|position| {
            let quote = engine.quote(&position.symbol);
            PositionView::new(position, quote, engine.why_unprotected(position, now))
        })
        .collect()
}

#[derive(Serialize, ToSchema)]
struct ClosedView {
    #[schema(value_type = String)]
    id: PositionId,
    status: &'static str,
    #[schema(value_type = Option<String>)]
    symbol: Option<Symbol>,
    qty: Num,
    entry_price: Num,
    exit_price: Option<Num>,
    realised_pnl: Num,
    dust: Num,
    #[schema(value_type = schema::CloseReason)]
    reason: CloseReason,
    #[schema(value_type = schema::Time)]
    opened_at: Timestamp,
    #[schema(value_type = schema::Time)]
    closed_at: Timestamp,
    #[schema(value_type = Option<String>)]
    trace_id: Option<TraceId>,
}

const COLUMNS: [&str; 11] = [
    "closed_at",
    "opened_at",
    "symbol",
    "reason",
    "qty",
    "entry_price",
    "exit_price",
    "realised_pnl",
    "dust",
    "id",
    "trace_id",
];

async fn closed(app: &App, filter: HistoryFilter, page: Page, as_csv: bool) -> Answer {
    let page = paging::newest_records(app, filter, page).await?;
    let closed = page.records.iter().filter_map(closed_view);
    if as_csv {
        let closed: Vec<ClosedView> = closed.collect();
        return csv::answer("positions", &COLUMNS, &closed, page.next_cursor.as_deref());
    }
    let positions = closed.map(|view| AnyPosition::Closed(view.into())).collect();
    Ok(json::ok(&PositionList { positions, next_cursor: page.next_cursor }))
}

fn closed_view(record: &Record) -> Option<ClosedView> {
    let Event::PositionClosed(closed) = &record.event else {
        return None;
    };
    let PositionClosed { position_id, reason, qty, entry_price, .. } = closed.clone();
    Some(ClosedView {
        id: position_id,
        status: "closed",
        symbol: record.symbol.clone(),
        qty: qty.into(),
        entry_price: entry_price.into(),
        exit_price: closed.exit_price.map(Num::from),
        realised_pnl: closed.realised_pnl.into(),
        dust: closed.dust.into(),
        reason,
        opened_at: closed.opened_at,
        closed_at: record.ts,
        trace_id: record.trace_id.clone(),
    })
}

#[derive(Serialize, ToSchema)]
struct CloseAnswer {
    #[schema(value_type = String)]
    id: PositionId,
    status: &'static str,
}

/// Sells what is left of a position at the market.
#[utoipa::path(
    post, path = "/positions/{id}/close", tag = "history", operation_id = "closePosition",
    params(("id" = String, Path, description = "A position's `id`")),
    responses(
        (status = 200, description = "Being sold", body = CloseAnswer),
        (status = 404, description = "No such open position")
    )
)]
pub(super) async fn close(State(app): AppState, Segment(id): Segment) -> Answer {
    let id = PositionId::new(id);
    let command = Command::ClosePosition { position_id: id.clone(), by: BY.to_owned() };
    done(app.core.submit(Input::Command(command)).await?)?;
    Ok(json::ok(&CloseAnswer { id, status: "closing" }))
}

#[derive(Serialize, ToSchema)]
struct AdjustAnswer {
    #[schema(value_type = String)]
    id: PositionId,
    held: Num,
}

/// The user's word on a difference that could not be explained: what is really held.
#[utoipa::path(
    post, path = "/positions/adjust", tag = "history", operation_id = "adjustPosition",
    request_body(content((AdjustRequest = "application/json"), (AdjustRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Noted", body = AdjustAnswer),
        (status = 404, description = "No such open position")
    )
)]
pub(super) async fn adjust(State(app): AppState, params: Params) -> Answer {
    let id = PositionId::new(params.required("position_id", "the id of an open position")?);
    let held: Qty = params.parse("held", "the base quantity that is really held, 0 for none")?;
    let command = Command::AdjustPosition { position_id: id.clone(), held, by: BY.to_owned() };
    done(app.core.submit(Input::Command(command)).await?)?;
    Ok(json::ok(&AdjustAnswer { id, held: held.into() }))
}
