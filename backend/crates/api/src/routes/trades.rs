//! `/trades`: what was filled.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState};
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

/// What was filled.
#[utoipa::path(
    get, path = "/trades", tag = "history", operation_id = "trades",
    params(Paging, Narrowing),
    responses((status = 200, description = "Fills, newest first", body = TradeList))
)]
pub(super) async fn list(State(app): AppState, params: Params) -> Answer {
    let page = Page::from_params(&params)?;
    let filter = paging::narrowed(&app, &params, trades::FILLS).await?;
    let page = paging::newest_records(&app, filter, page).await?;
    let trades = trades::trades(&app, &page.records).await?;
    Ok(json::ok(&TradeList { trades, next_cursor: page.next_cursor }))
}
