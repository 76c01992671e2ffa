//! Waiting for an order to end, by the journal's news of it.

use std::sync::Arc;

use axum::http::StatusCode;
use domain::event::{ExitPlan, OrderProgress, Resolution};
use domain::ids::Leg;
use domain::{
    ClientOrderId, Event, ExchangeOrderId, Notional, Qty, Record, Refusal, RefusalClass, TraceId,
};
use engine::ledger::order::{Order, OrderState};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::error::ApiError;
use crate::fold::orders::subject;
use crate::paging;
use crate::ports::{HistoryFilter, NotReady, read};

/// A trace has few failed orders; its newest ones are looked through.
const MAX_ERRORS: usize = 100;

/// The journal, live.
pub(super) type News = Receiver<Arc<Record>>;

/// How far an order got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) order_id: Option<ExchangeOrderId>,
    pub(super) executed_qty: Qty,
    pub(super) executed_quote: Notional,
}

impl From<&OrderProgress> for Progress {
    fn from(progress: &OrderProgress) -> Self {
        Self {
            order_id: Some(progress.order_id.clone()),
            executed_qty: progress.executed_qty,
            executed_quote: progress.executed_quote,
        }
    }
}

impl From<&Order> for Progress {
    fn from(order: &Order) -> Self {
        Self {
            order_id: order.order_id.clone(),
            executed_qty: order.executed_qty,
            executed_quote: order.executed_quote,
        }
    }
}

/// How an order stands when the waiting is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// Completely filled.
    Filled(Progress),
    /// Ended without, or with a part filled.
    Canceled(Progress),
    /// Refused, held back, or proven never to have arrived.
    Failed(Refusal),
    /// It lives on, or nobody knows.
    Open {
        /// `intended`, `working`, `in_doubt`; `closing` before the sale is sent.
        status: &'static str,
        /// As far as it got.
        progress: Option<Progress>,
    },
}

/// What the ledger says of an order.
pub(super) enum Standing {
    /// It ended like this.
    Ended(Ending),
    /// It lives.
    Open,
    /// It is not remembered.
    Unknown,
}

/// Which order is waited for.
#[derive(Debug)]
pub(super) struct Watch {
    id: Option<ClientOrderId>,
    sale_of: Option<TraceId>,
}

impl Watch {
    /// This order.
    pub(super) fn order(id: ClientOrderId) -> Self {
        Self { id: Some(id), sale_of: None }
    }

    /// The sale that the position of this trace sends next: a resting target must be off the book
    /// before, so its id is not known yet.
    pub(super) fn sale(trace: TraceId) -> Self {
        Self { id: None, sale_of: Some(trace) }
    }

    fn take(&mut self, record: &Record) -> Option<Ending> {
        if let Event::OrderNew(new) = &record.event {
            let ours = self.sale_of.is_some() && record.trace_id == self.sale_of;
            if self.id.is_none() && ours && new.leg == Leg::Close {
                self.id = Some(new.client_order_id.clone());
            }
        }
        ending(&record.event, self.id.as_ref()?)
    }

    async fn standing(&self, app: &App) -> Result<Standing, ApiError> {
        match &self.id {
            Some(id) => settled(app, id).await,
            None => Ok(Standing::Unknown),
        }
    }
}

/// Waits until the order ends, at most as long as the service is set to. Tells the order's id too.
pub(super) async fn wait(
    app: &App,
    mut news: News,
    mut watch: Watch,
) -> Result<(Ending, Option<ClientOrderId>), ApiError> {
    let deadline = Instant::now() + app.fill_wait;
    loop {
        match timeout_at(deadline, news.recv()).await {
            Ok(Ok(record)) => {
                if let Some(ending) = watch.take(&record) {
                    return Ok((ending, watch.id));
                }
            }
            Ok(Err(RecvError::Lagged(_))) => {
                if let Standing::Ended(ending) = watch.standing(app).await? {
                    return Ok((ending, watch.id));
                }
            }
            Ok(Err(RecvError::Closed)) | Err(_) => {
                return Ok((as_it_stands(app, &watch).await?, watch.id));
            }
        }
    }
}

fn ending(event: &Event, id: &ClientOrderId) -> Option<Ending> {
    if subject(event) != Some(id) {
        return None;
    }
    match event {
        Event::OrderFilled(progress) => Some(Ending::Filled(progress.into())),
        Event::OrderCanceled(progress) => Some(Ending::Canceled(progress.into())),
        Event::OrderError(error) => Some(Ending::Failed(error.refusal.clone())),
        Event::OrderReconciled(settled) if settled.resolution == Resolution::NeverPlaced => {
            Some(Ending::Failed(never_placed()))
        }
        _ => None,
    }
}

/// The order, while the ledger remembers it.
pub(super) async fn find(app: &App, id: &ClientOrderId) -> Result<Option<Order>, NotReady> {
    let id = id.clone();
    read(&*app.core, move |engine| engine.ledger().order(&id).cloned()).await
}

/// What the ledger says of the order.
pub(super) async fn settled(app: &App, id: &ClientOrderId) -> Result<Standing, ApiError> {
    let Some(order) = find(app, id).await? else { return Ok(Standing::Unknown) };
    Ok(match order.state {
        OrderState::Filled => Standing::Ended(Ending::Filled((&order).into())),
        OrderState::Canceled => Standing::Ended(Ending::Canceled((&order).into())),
        OrderState::Failed => Standing::Ended(Ending::Failed(why_failed(app, &order).await?)),
        OrderState::NeverPlaced => Standing::Ended(Ending::Failed(never_placed())),
        OrderState::Intended | OrderState::InDoubt | OrderState::Working => Standing::Open,
    })
}

async fn as_it_stands(app: &App, watch: &Watch) -> Result<Ending, ApiError> {
    if let Standing::Ended(ending) = watch.standing(app).await? {
        return Ok(ending);
    }
    let Some(id) = &watch.id else {
        return Ok(Ending::Open { status: "closing", progress: None });
    };
    let order = find(app, id).await?;
    let status = order.as_ref().map_or("intended", |order| order.state.as_str());
    Ok(Ending::Open { status, progress: order.as_ref().map(Progress::from) })
}

fn never_placed() -> Refusal {
    Refusal {
        class: RefusalClass::Withheld,
        code: None,
        message: "the order never reached the exchange".to_owned(),
    }
}

/// The ledger keeps that an order failed, the journal why.
async fn why_failed(app: &App, order: &Order) -> Result<Refusal, ApiError> {
    let filter = HistoryFilter::new(&["ORDER_ERROR"], None, [order.trace_id.clone()]);
    let records = paging::parse(&app.history.newest(filter, None, MAX_ERRORS).await?)?;
    let refusal = records.into_iter().find_map(|record| match record.event {
        Event::OrderError(error) if error.client_order_id == order.client_order_id => {
            Some(error.refusal)
        }
        _ => None,
    });
    Ok(refusal.unwrap_or_else(|| Refusal {
        class: RefusalClass::Withheld,
        code: None,
        message: "the order failed; the journal does not say why".to_owned(),
    }))
}

/// The plan in force for the position of a trace.
pub(super) async fn plan_of(app: &App, trace: &TraceId) -> Result<Option<ExitPlan>, NotReady> {
    let trace = trace.clone();
    read(&*app.core, move |engine| {
        let position = engine.ledger().positions().find(|position| position.trace_id == trace)?;
        position.plan.clone()
    })
    .await
}

/// A refusal as an answer: the exchange failed us, except where the fault is ours.
pub(super) fn failure(refusal: &Refusal) -> ApiError {
    let (status, code) = match refusal.class {
        RefusalClass::Funds => (StatusCode::BAD_GATEWAY, "insufficient_funds"),
        RefusalClass::Filter => (StatusCode::BAD_GATEWAY, "exchange_filter"),
        RefusalClass::Symbol => (StatusCode::BAD_GATEWAY, "symbol_not_tradable"),
        RefusalClass::Auth => (StatusCode::BAD_GATEWAY, "exchange_auth"),
        RefusalClass::Clock => (StatusCode::BAD_GATEWAY, "exchange_clock"),
        RefusalClass::Rate => (StatusCode::TOO_MANY_REQUESTS, "exchange_rate_limited"),
        RefusalClass::Maintenance => (StatusCode::BAD_GATEWAY, "exchange_maintenance"),
        RefusalClass::Account => (StatusCode::BAD_GATEWAY, "exchange_account"),
        RefusalClass::Malformed => (StatusCode::BAD_GATEWAY, "exchange_malformed"),
        RefusalClass::Withheld => (StatusCode::SERVICE_UNAVAILABLE, "order_not_sent"),
    };
    let failed = ApiError::new(status, code, refusal.message.clone());
    let later = matches!(refusal.class, RefusalClass::Rate | RefusalClass::Maintenance);
    if later { failed.retry_after(std::time::Duration::from_secs(10)) } else { failed }
}
