//! `/userDataStream`: making, renewing, ending and listing listen keys (contract 12).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::auth::Signed;
use super::clock;
use super::refused::Refused;
use super::shared::Shared;

type Answer = Result<Json<Value>, Refused>;

pub(super) async fn create(State(shared): State<Arc<Shared>>, signed: Signed) -> Answer {
    let key = shared.listen_keys().create(signed.account, clock::now());
    let key = key.ok_or_else(|| Refused::bad(400, "listenKey limit exceeded"))?;
    Ok(Json(json!({"listenKey": key})))
}

pub(super) async fn renew(State(shared): State<Arc<Shared>>, signed: Signed) -> Answer {
    let key = signed.params.require("listenKey")?;
    let renewed = shared.listen_keys().renew(signed.account, key, clock::now());
    reply(key, renewed)
}

pub(super) async fn delete(State(shared): State<Arc<Shared>>, signed: Signed) -> Answer {
    let key = signed.params.require("listenKey")?;
    let deleted = shared.listen_keys().delete(signed.account, key, clock::now());
    reply(key, deleted)
}

pub(super) async fn list(State(shared): State<Arc<Shared>>, signed: Signed) -> Json<Value> {
    let now = clock::now();
    let mut keys = shared.listen_keys();
    let (mine, left) = (keys.of(signed.account, now), keys.left(signed.account, now));
    Json(json!({"total": keys.per_account(), "listenKey": mine, "available": left}))
}

fn reply(key: &str, known: bool) -> Answer {
    if known {
        Ok(Json(json!({"listenKey": key})))
    } else {
        Err(Refused::bad(400, "listenKey does not exist"))
    }
}
