//! `/orders`: what was sent, and cancelling it.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::ClientOrderId;
use engine::{Command, Input};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState, BY, done};
use crate::app::App;
use crate::csv;
use crate::error::ApiError;
use crate::fold::orders;
use crate::json;
use crate::paging::{self, Page};
use crate::params::{Params, Segment};
use crate::ports::{HistoryFilter, read};
use crate::schema::requests::{Narrowing, Paging};
use crate::view::OrderView;

#[derive(Serialize, ToSchema)]
struct OrderList {
    orders: Vec<OrderView>,
    next_cursor: Option<String>,
}

const COLUMNS: [&str; 19] = [
    "created_at",
    "symbol",
    "side",
    "type",
    "leg",
    "attempt",
    "status",
    "qty",
    "price",
    "limit_price",
    "notional",
    "executed_qty",
    "executed_quote",
    "average_price",
    "fees",
    "client_order_id",
    "order_id",
    "trace_id",
    "position_id",
];

/// Orders as they stand.
#[utoipa::path(
    get, path = "/orders", tag = "history", operation_id = "orders",
    params(Paging, Narrowing, ("status" = Option<String>, Query, pattern = "^(open|all)$", description = "`open` or `all`; `all` unless given"), ("format" = Option<String>, Query, pattern = "^(json|csv)$", description = "`json` or `csv`; else `Accept` decides. CSV pages go on with the header `X-Next-Cursor`")),
    responses((status = 200, description = "Orders, newest first", content((OrderList = "application/json"), (String = "text/csv"))))
)]
pub(super) async fn list(State(app): AppState, headers: HeaderMap, params: Params) -> Answer {
    let (page, as_csv) = (Page::from_params(&params)?, csv::wanted(&headers, &params)?);
    let filter = paging::narrowed(&app, &params, orders::FIRST).await?;
    match params.optional("status").as_deref() {
        None | Some("all") => {}
        Some("open") => return list_of(open(&app, filter).await?, None, as_csv),
        Some(_) => {
            return Err(ApiError::bad_parameter("status is not known: give open or all"));
        }
    }
    let page = paging::newest_records(&app, filter, page).await?;
    let orders = orders::orders(&app, &page.records).await?;
    list_of(orders, page.next_cursor, as_csv)
}

fn list_of(orders: Vec<OrderView>, next_cursor: Option<String>, as_csv: bool) -> Answer {
    if as_csv {
        return csv::answer("orders", &COLUMNS, &orders, next_cursor.as_deref());
    }
    Ok(json::ok(&OrderList { orders, next_cursor }))
}

/// All orders that have not ended; limits keep them few.
async fn open(app: &App, filter: HistoryFilter) -> Result<Vec<OrderView>, ApiError> {
    let wanted = move |order: &&engine::ledger::order::Order| {
        let (symbol, trace) = (order.symbol.as_str(), order.trace_id.as_str());
        filter.admits(orders::FIRST[0], Some(symbol), Some(trace))
    };
    let mut open = read(&*app.core, move |engine| {
        engine.ledger().open_orders().filter(wanted).cloned().collect::<Vec<_>>()
    })
    .await?;
    open.sort_by_key(|order| std::cmp::Reverse(order.created_at));
    Ok(open.iter().map(|order| OrderView::new(order, None)).collect())
}

#[derive(Serialize, ToSchema)]
struct CancelAnswer {
    #[schema(value_type = String)]
    client_order_id: ClientOrderId,
    status: &'static str,
}

/// Cancels an open order.
#[utoipa::path(
    post, path = "/orders/{id}/cancel", tag = "history", operation_id = "cancelOrder",
    params(("id" = String, Path, description = "A `client_order_id`")),
    responses(
        (status = 200, description = "Asked for", body = CancelAnswer),
        (status = 404, description = "No such open order"),
        (status = 409, description = "It protects a position")
    )
)]
pub(super) async fn cancel(State(app): AppState, Segment(id): Segment) -> Answer {
    let client_order_id = ClientOrderId::new(id);
    let command =
        Command::CancelOrder { client_order_id: client_order_id.clone(), by: BY.to_owned() };
    done(app.core.submit(Input::Command(command)).await?)?;
    Ok(json::ok(&CancelAnswer { client_order_id, status: "cancel_requested" }))
}
