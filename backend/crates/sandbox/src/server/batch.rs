//! `POST /batchOrders`: up to 20 orders of one pair, each with its own outcome (contract 10.3).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use mexc_wire::{Params, Query};
use serde_json::{Map, Value, json};

use super::auth::Signed;
use super::orders::new_order;
use super::refused::Refused;
use super::shared::Shared;
use crate::model::{Order, Rejection};

const MAX_ORDERS: usize = 20;

pub(super) async fn place(
    State(shared): State<Arc<Shared>>,
    signed: Signed,
) -> Result<Json<Vec<Value>>, Refused> {
    let malformed = Rejection::Parameter("batchOrders");
    let text = signed.params.require("batchOrders")?;
    let orders: Vec<Map<String, Value>> =
        serde_json::from_str(text).map_err(|_| malformed.clone())?;
    let one_pair = orders.windows(2).all(|pair| pair[0].get("symbol") == pair[1].get("symbol"));
    if orders.is_empty() || orders.len() > MAX_ORDERS || !one_pair {
        return Err(malformed.into());
    }
    let outcomes = orders.iter().map(|order| outcome(&shared, &signed, order));
    Ok(Json(outcomes.collect()))
}

fn outcome(shared: &Shared, signed: &Signed, order: &Map<String, Value>) -> Value {
    let params = params(order);
    let placed = new_order(&params).and_then(|new| {
        shared.with(|exchange, now| {
            exchange.place_thin(signed.account, &new, signed.thin_fill.unwrap_or(100), now)
        })
    });
    let mut outcome = match placed {
        Ok(Order { symbol, id, .. }) => {
            json!({"symbol": symbol, "orderId": id.as_str(), "orderListId": -1})
        }
        Err(refused) => json!(refused.body()),
    };
    if let Some(id) = params.get("newClientOrderId") {
        outcome["newClientOrderId"] = json!(id);
    }
    outcome
}

/// The element's fields as request parameters. Some clients write the type as `LIMIT_ORDER`.
fn params(order: &Map<String, Value>) -> Params {
    let query = order.iter().fold(Query::new(), |query, (name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let text = if name == "type" && text == "LIMIT_ORDER" { "LIMIT".to_owned() } else { text };
        query.with(name, text)
    });
    Params::parse(query.as_str(), "")
}
