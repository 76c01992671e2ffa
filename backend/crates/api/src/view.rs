//! What callers see of orders, positions and plans: amounts as numbers.

use domain::event::{ExitPlan, Fee, PlanSource};
use domain::ids::Leg;
use domain::{
    Asset, ClientOrderId, ExchangeOrderId, PolicyName, PositionId, Price, Refusal, Side, Symbol,
    Timestamp, TraceId,
};
use engine::Quote;
use engine::ledger::order::Order;
use engine::ledger::position::Position;
use serde::Serialize;
use utoipa::ToSchema;

use crate::json::Num;
use crate::schema;

/// An exit plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanView {
    stop: Num,
    targets: Vec<TargetView>,
    #[schema(value_type = schema::PlanSource)]
    source: PlanSource,
    #[serde(skip_serializing_if = "Option::is_none")]
    atr: Option<Num>,
    #[schema(value_type = schema::PolicyName)]
    policy: PolicyName,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TargetView {
    price: Num,
    share: Num,
}

impl From<&ExitPlan> for PlanView {
    fn from(plan: &ExitPlan) -> Self {
        let target =
            |t: &domain::event::Target| TargetView { price: t.price.into(), share: Num(t.share) };
        Self {
            stop: plan.stop.into(),
            targets: plan.targets.iter().map(target).collect(),
            source: plan.source,
            atr: plan.atr.map(Num),
            policy: plan.policy,
            notes: plan.notes.clone(),
        }
    }
}

/// A fee in its own asset.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeeView {
    #[schema(value_type = String)]
    asset: Asset,
    amount: Num,
}

impl From<&Fee> for FeeView {
    fn from(fee: &Fee) -> Self {
        Self { asset: fee.asset.clone(), amount: Num(fee.amount) }
    }
}

pub(crate) fn fees(fees: &[Fee]) -> Vec<FeeView> {
    fees.iter().map(FeeView::from).collect()
}

/// An order of ours, open or ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderView {
    #[schema(value_type = String)]
    client_order_id: ClientOrderId,
    #[schema(value_type = Option<String>)]
    order_id: Option<ExchangeOrderId>,
    #[schema(value_type = String)]
    trace_id: TraceId,
    #[schema(value_type = String)]
    symbol: Symbol,
    #[schema(value_type = schema::Side)]
    side: Side,
    #[serde(rename = "type")]
    #[schema(value_type = schema::OrderType)]
    kind: &'static str,
    #[schema(value_type = schema::Origin)]
    origin: domain::event::Origin,
    leg: String,
    attempt: u32,
    #[schema(value_type = schema::OrderStatus)]
    status: &'static str,
    /// Base quantity expected or asked for.
    qty: Num,
    /// The price it was judged at.
    price: Num,
    limit_price: Option<Num>,
    notional: Num,
    executed_qty: Num,
    executed_quote: Num,
    average_price: Option<Num>,
    fees: Vec<FeeView>,
    fees_complete: bool,
    cancel_requested: bool,
    #[schema(value_type = Option<String>)]
    position_id: Option<PositionId>,
    #[schema(value_type = schema::Time)]
    created_at: Timestamp,
    #[schema(value_type = Option<schema::Time>)]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Refusal>)]
    error: Option<Refusal>,
}

impl OrderView {
    pub(crate) fn new(order: &Order, error: Option<Refusal>) -> Self {
        Self {
            client_order_id: order.client_order_id.clone(),
            order_id: order.order_id.clone(),
            trace_id: order.trace_id.clone(),
            symbol: order.symbol.clone(),
            side: order.side,
            kind: order.kind.as_str(),
            origin: order.origin,
            leg: leg(order.leg),
            attempt: order.attempt,
            status: order.state.as_str(),
            qty: order.qty.into(),
            price: order.price.into(),
            limit_price: order.kind.limit_price().map(Num::from),
            notional: order.notional.into(),
            executed_qty: order.executed_qty.into(),
            executed_quote: order.executed_quote.into(),
            average_price: order.average_price().map(Num::from),
            fees: fees(&order.fees),
            fees_complete: order.fees_complete,
            cancel_requested: order.cancel_requested,
            position_id: order.position_id.clone(),
            created_at: order.created_at,
            expires_at: order.expires_at,
            error,
        }
    }
}

/// `entry`, `target_1`, `stop`, `close`.
fn leg(leg: Leg) -> String {
    match leg {
        Leg::Entry => "entry".to_owned(),
        Leg::Target(number) => format!("target_{number}"),
        Leg::Stop => "stop".to_owned(),
        Leg::Close => "close".to_owned(),
    }
}

/// An open position.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PositionView {
    #[schema(value_type = String)]
    id: PositionId,
    status: &'static str,
    #[schema(value_type = String)]
    symbol: Symbol,
    /// Base held now.
    qty: Num,
    entry_price: Option<Num>,
    /// What the held part cost.
    cost: Num,
    #[schema(value_type = schema::Time)]
    opened_at: Timestamp,
    #[schema(value_type = String)]
    trace_id: TraceId,
    #[schema(value_type = String)]
    entry_order: ClientOrderId,
    #[schema(value_type = Option<String>)]
    exit_order: Option<ClientOrderId>,
    plan: Option<PlanView>,
    targets_done: u8,
    /// Best bid; what a sale now would get at first.
    price: Option<Num>,
    unrealised_pnl: Option<Num>,
    realised_pnl: Num,
    /// Whether a plan is in force and everything is there that carries it out.
    protected: bool,
    /// What is missing, where something is.
    unprotected_because: Option<&'static str>,
    closing: bool,
}

impl PositionView {
    /// `missing` says why its stop could not fire right now, if it could not.
    pub(crate) fn new(
        position: &Position,
        quote: Option<&Quote>,
        missing: Option<&'static str>,
    ) -> Self {
        let bid: Option<Price> = quote.map(|quote| quote.bid);
        Self {
            id: position.id.clone(),
            status: "open",
            symbol: position.symbol.clone(),
            qty: position.held().into(),
            entry_price: position.entry_price().map(Num::from),
            cost: position.cost_of_held().into(),
            opened_at: position.opened_at,
            trace_id: position.trace_id.clone(),
            entry_order: position.entry.clone(),
            exit_order: position.exit_order.clone(),
            plan: position.plan.as_ref().map(PlanView::from),
            targets_done: position.targets_done,
            price: bid.map(Num::from),
            unrealised_pnl: bid.map(|bid| position.unrealised_pnl(bid).into()),
            realised_pnl: position.realised_pnl().into(),
            protected: missing.is_none(),
            unprotected_because: missing,
            closing: position.closing.is_some(),
        }
    }
}
