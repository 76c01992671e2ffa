//! `/exchange/test-order`: a direct order, tried or real.
//!
//! A GET must never trade: links are followed, prefetched and repeated by machines.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{
    Check, CheckResult, ClientOrderId, ExchangeOrderId, Side, SignalKey, Symbol, TraceId,
};
use engine::{Input, ManualOrder, OrderDecision, OrderReply, Reply};
use serde::Serialize;
use utoipa::ToSchema;

use super::fill::{self, Ending, Watch};
use super::{Answer, AppState, unexpected};
use crate::app::{App, Pair};
use crate::error::ApiError;
use crate::json::{self, Num};
use crate::params::{Params, idempotency_key};
use crate::ports::ExchangeError;
use crate::schema;
use crate::schema::requests::OrderRequest;
use crate::view::PlanView;

/// Bounds fetching the price and candles that the order is judged by.
const PREPARE_TIME: Duration = Duration::from_secs(3);

/// Judges a direct order and sends nothing.
#[utoipa::path(
    get, path = "/exchange/test-order", tag = "exchange", operation_id = "tryOrder",
    params(OrderRequest),
    responses(
        (status = 200, description = "What would happen", body = OrderAnswer),
        (status = 404, description = "No such pair"),
        (status = 405, description = "`dry_run=false`: a GET never trades")
    )
)]
pub(super) async fn by_get(State(app): AppState, headers: HeaderMap, params: Params) -> Answer {
    if !params.switch("dry_run", true)? {
        return Err(ApiError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "a GET must never trade: send the same request as a POST, e.g. curl -X POST \
             \"http://…/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=5&dry_run=false\"",
        )
        .allow("POST"));
    }
    run(&app, &headers, &params).await
}

/// A direct order: judged only unless `dry_run` is false.
#[utoipa::path(
    post, path = "/exchange/test-order", tag = "exchange", operation_id = "testOrder",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "The same key enters once")),
    request_body(content((OrderRequest = "application/json"), (OrderRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Tried, or sent and waited for at most 5 s", body = OrderAnswer),
        (status = 404, description = "No such pair"),
        (status = 409, description = "Blocked by a risk check; `checks` has them all"),
        (status = 422, description = "The Idempotency-Key was used for another order"),
        (status = 502, description = "The exchange refused or failed"),
        (status = 503, description = "Not ready, or not sent")
    )
)]
pub(super) async fn by_post(State(app): AppState, headers: HeaderMap, params: Params) -> Answer {
    run(&app, &headers, &params).await
}

async fn run(app: &App, headers: &HeaderMap, params: &Params) -> Answer {
    let dry_run = params.switch("dry_run", true)?;
    let text = params.required("symbol", "a pair such as BTCUSDT")?;
    let (side, notional) = (params.side()?, params.notional("notional_usd")?);
    let key = identity(app, headers, dry_run)?;
    let pair = app.resolve(text).await?;
    let price_error = prepare(app, &pair).await;
    let order = ManualOrder { key, symbol: pair.symbol, side, notional, dry_run };
    if dry_run {
        return Ok(tried(app, submit(app, order).await?));
    }
    // Listening starts before the order does, so that no news of it is missed.
    let news = app.core.records();
    let reply = submit(app, order).await?;
    match (reply.decision, reply.client_order_id.clone()) {
        (OrderDecision::DryRun, _) => Err(unexpected(&Reply::Order(Box::new(reply)))),
        (OrderDecision::Blocked, _) => Err(blocked(reply, price_error)),
        (OrderDecision::Sent, id) => {
            let watch = match (side, id) {
                (Side::Buy, Some(id)) => Watch::order(id),
                _ => Watch::sale(reply.trace_id.clone()),
            };
            follow(app, reply, news, watch).await
        }
        (OrderDecision::Duplicate, Some(id)) => repeated(app, reply, &id, news).await,
        (OrderDecision::Duplicate, None) => Err(used_before(&reply)),
    }
}

async fn follow(app: &App, mut reply: OrderReply, news: fill::News, watch: Watch) -> Answer {
    let (ending, id) = fill::wait(app, news, watch).await?;
    reply.client_order_id = id;
    placed(app, reply, ending).await
}

async fn submit(app: &App, order: ManualOrder) -> Result<OrderReply, ApiError> {
    match app.core.submit(Input::ManualOrder(Box::new(order))).await? {
        Reply::Order(reply) => Ok(*reply),
        other => Err(unexpected(&other)),
    }
}

/// The caller's key for a real order, so that a repeated request enters nothing; a dry run must
/// not use it up.
fn identity(app: &App, headers: &HeaderMap, dry_run: bool) -> Result<SignalKey, ApiError> {
    let named = idempotency_key(headers)?.filter(|_| !dry_run);
    Ok(SignalKey::new(match named {
        Some(key) => format!("order:key:{key}"),
        None => format!("order:fresh:{}", (app.fresh_key)()),
    }))
}

/// Gets what the order is judged by. Without it the engine blocks the order and says so.
async fn prepare(app: &App, pair: &Pair) -> Option<ExchangeError> {
    let price = tokio::time::timeout(PREPARE_TIME, app.exchange.price(&pair.symbol));
    let candles = tokio::time::timeout(PREPARE_TIME, app.exchange.ensure_candles(&pair.symbol));
    let (price, _) = tokio::join!(price, candles);
    let too_slow = || {
        let sentence = format!("the exchange gave no price within {} s", PREPARE_TIME.as_secs());
        ExchangeError::Unreachable(sentence)
    };
    price.unwrap_or_else(|_| Err(too_slow())).err()
}

#[derive(Serialize, ToSchema)]
struct OrderAnswer {
    #[schema(value_type = schema::ExchangeName)]
    exchange: &'static str,
    #[schema(value_type = schema::OrderMode)]
    mode: &'static str,
    #[schema(value_type = String)]
    symbol: Symbol,
    #[schema(value_type = schema::Side)]
    side: Side,
    qty: Num,
    price: Option<Num>,
    notional: Num,
    requested_notional: Num,
    filled: bool,
    #[schema(value_type = schema::OrderOutcome)]
    status: &'static str,
    #[schema(value_type = String)]
    trace_id: TraceId,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    client_order_id: Option<ClientOrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    order_id: Option<ExchangeOrderId>,
    would_block: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    duplicate: bool,
    #[schema(value_type = Vec<schema::Check>)]
    checks: Vec<Check>,
    plan: Option<PlanView>,
}

impl OrderAnswer {
    fn new(app: &App, reply: OrderReply) -> Self {
        Self {
            exchange: app.mode.exchange(),
            mode: app.mode.as_str(),
            symbol: reply.symbol,
            side: reply.side,
            qty: reply.qty.into(),
            price: reply.price.map(Num::from),
            notional: reply.notional.into(),
            requested_notional: reply.requested_notional.into(),
            filled: false,
            status: "intended",
            trace_id: reply.trace_id,
            client_order_id: reply.client_order_id,
            order_id: None,
            would_block: reply.would_block,
            reason: Some(reply.reason).filter(|reason| !reason.is_empty()),
            duplicate: reply.decision == OrderDecision::Duplicate,
            checks: reply.checks,
            plan: reply.plan.as_ref().map(PlanView::from),
        }
    }
}

fn tried(app: &App, reply: OrderReply) -> Response {
    let would_block = reply.would_block;
    let answer = OrderAnswer::new(app, reply);
    json::ok(&OrderAnswer { mode: "dry_run", status: "dry_run", filled: !would_block, ..answer })
}

/// 409 with every check; 502 where the reason is that the exchange gave no price.
fn blocked(reply: OrderReply, price_error: Option<ExchangeError>) -> ApiError {
    let first = reply.checks.iter().find(|check| check.result == CheckResult::Block);
    let for_want_of_price = first.is_some_and(|check| check.name.starts_with("price"));
    let failed = match price_error.filter(|_| for_want_of_price) {
        Some(error) => ApiError::from(error),
        None => ApiError::conflict(
            "order_blocked",
            format!("Order blocked by risk check: {}", reply.reason),
        ),
    };
    failed.traced(reply.trace_id).judged(reply.reason, reply.checks)
}

async fn repeated(app: &App, reply: OrderReply, id: &ClientOrderId, news: fill::News) -> Answer {
    let known = fill::find(app, id).await?;
    if known.is_some_and(|order| order.symbol != reply.symbol || order.side != reply.side) {
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_mismatch",
            "this Idempotency-Key was used before for another symbol or side: use a new one",
        )
        .traced(reply.trace_id));
    }
    match fill::settled(app, id).await? {
        fill::Standing::Ended(ending) => placed(app, reply, ending).await,
        fill::Standing::Open => follow(app, reply, news, Watch::order(id.clone())).await,
        fill::Standing::Unknown => Err(used_before(&reply)),
    }
}

fn used_before(reply: &OrderReply) -> ApiError {
    ApiError::conflict(
        "idempotency_key_used",
        format!(
            "this Idempotency-Key was used before; GET /trace/{} shows what came of it",
            reply.trace_id
        ),
    )
    .traced(reply.trace_id.clone())
}

async fn placed(app: &App, reply: OrderReply, ending: Ending) -> Answer {
    let trace_id = reply.trace_id.clone();
    let plan = fill::plan_of(app, &trace_id).await?;
    let mut answer = OrderAnswer::new(app, reply);
    if let Some(plan) = &plan {
        answer.plan = Some(PlanView::from(plan));
    }
    let (status, progress) = match ending {
        Ending::Failed(refusal) => return Err(fill::failure(&refusal).traced(trace_id)),
        Ending::Filled(progress) => ("filled", Some(progress)),
        Ending::Canceled(progress) => ("canceled", Some(progress)),
        Ending::Open { status, progress } => (status, progress),
    };
    answer.status = status;
    answer.filled = status == "filled";
    if let Some(done) = progress.filter(|done| !done.executed_qty.is_zero()) {
        answer.qty = done.executed_qty.into();
        answer.price = done.executed_quote.average_price(done.executed_qty).map(Num::from);
        answer.notional = done.executed_quote.into();
        answer.order_id = done.order_id;
    }
    Ok(json::ok(&answer))
}
