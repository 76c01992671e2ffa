//! `/trades`: what was filled.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::csv;
use crate::fold::trades::{self, TradeView};
use crate::json;
use crate::paging::{self, Page};
use crate::params::Params;
use crate::schema::requests::{Narrowing, Paging};

#[derive(Serialize, ToSchema)]
struct TradeList {
    trades: Vec<TradeView>,
    next_cursor: Option<String>,
}

const COLUMNS: [&str; 10] = [
    "seq",
    "at",
    "symbol",
    "side",
    "qty",
    "price",
    "quote",
    "client_order_id",
    "trace_id",
    "order_fees",
];

/// What was filled.
#[utoipa::path(
    get, path = "/trades", tag = "history", operation_id = "trades",
    params(Paging, Narrowing, ("format" = Option<String>, Query, pattern = "^(json|csv)$", description = "`json` or `csv`; else `Accept` decides. CSV pages go on with the header `X-Next-Cursor`")),
    responses((status = 200, description = "Fills, newest first", content((TradeList = "application/json"), (String = "text/csv"))))
)]
pub(super) async fn list(State(app): AppState, headers: HeaderMap, params: Params) -> Answer {
    let page = Page::from_params(&params)?;
    let filter = paging::narrowed(&app, &params, trades::FILLS).await?;
    let page = paging::newest_records(&app, filter, page).await?;
    let trades = trades::trades(&app, &page.records).await?;
    if csv::wanted(&headers, &params)? {
        return csv::answer("trades", &COLUMNS, &trades, page.next_cursor.as_deref());
    }
    Ok(json::ok(&TradeList { trades, next_cursor: page.next_cursor }))
}
