//! `/openapi.json` against the running service: every route is in it, everything in it is a route,
//! and what is answered has the shape it tells, with no field left out of the description.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::client::Answer;
use crate::desk::Fate;
use crate::service::Service;

async fn document(service: &Service) -> Value {
    let answer = service.get("/openapi.json").await;
    assert_eq!(answer.status, 200);
    answer.json()
}

fn operations(document: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            found.push((method.to_uppercase(), path.clone()));
        }
    }
    found
}

/// Method and path of every route as axum's own router prints them.
fn routed(service: &Service) -> BTreeSet<(String, String)> {
    let printed = &service.routes;
    let mut found = BTreeSet::new();
    for part in printed.split("RouteId(").skip(1) {
        let Some((number, rest)) = part.split_once("): ") else { continue };
        let Some(router) = rest.strip_prefix("MethodRouter(") else { continue };
        let marker = format!("RouteId({number}): \"");
        let (_, after) = printed.split_once(&marker).expect("a path for each route");
        let path = after.split('"').next().expect("the path ends").replace("{*", "{");
        for method in ["get", "put", "post", "delete", "patch"] {
            if !router.contains(&format!("{method}: None")) {
                found.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    found
}

#[tokio::test]
async fn the_document_names_exactly_the_routes_of_the_router() {
    let service = Service::start().await;
    let described: BTreeSet<_> = operations(&document(&service).await).into_iter().collect();
    let routed = routed(&service);
    assert!(routed.len() > 20, "the router's own list could not be read: {}", service.routes);
    assert_eq!(described, routed);
}

#[tokio::test]
async fn every_operation_of_the_document_is_answered() {
    let service = Service::start().await;
    for (method, path) in operations(&document(&service).await) {
        if path == "/stream" {
            continue; // It does not end; `stream.rs` listens to it.
        }
        let target = path.replace("{symbol}", "BTC/USDT").replace(['{', '}'], "");
        let answer = service.send(&method, &target, "").await;
        assert_ne!(answer.status, 405, "{method} {target}");
        assert!(!answer.body.contains("unknown_route"), "{method} {target}");
    }
}

#[tokio::test]
async fn operations_have_names_of_their_own_and_say_what_they_do() {
    let service = Service::start().await;
    let document = document(&service).await;
    let mut names = BTreeSet::new();
    for (method, path) in operations(&document) {
        let operation = &document["paths"][&path][method.to_lowercase()];
        let name = operation["operationId"].as_str().expect("an operationId");
        assert!(names.insert(name.to_owned()), "{name} is used twice");
        assert!(operation["summary"].is_string(), "{method} {path} says nothing");
        assert!(operation["responses"]["default"].is_object(), "{method} {path}");
        assert!(method != "GET" || operation.get("requestBody").is_none(), "{path} has a body");
    }
    assert_eq!(document["openapi"], "3.1.0");
}

/// Answers held against their schemas, where a field that is not described is a fault too.
struct Contract(Value);

impl Contract {
    async fn of(service: &Service) -> Self {
        let mut document = document(service).await;
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        schemas.values_mut().for_each(close);
        Self(document)
    }

    fn holds(&self, method: &str, path: &str, answer: &Answer) {
        let responses = &self.0["paths"][path][method]["responses"];
        let status = answer.status.to_string();
        let response = responses.get(&status).unwrap_or(&responses["default"]);
        let schema = &response["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path} {status} has no schema");
        let whole = json!({"allOf": [schema], "components": self.0["components"]});
        let validator = jsonschema::validator_for(&whole).expect("a schema");
        let faults: Vec<String> = validator
            .iter_errors(&answer.json())
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{method} {path} {status}: {faults:#?}\n{}", answer.body);
    }
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.entry("additionalProperties").or_insert(Value::Bool(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

/// A desk with something of everything: a filled buy with its plan, a refused and a doubtful order,
/// a scored and a traded message, a closed position.
async fn story(service: &Service) -> String {
    let bought = service.buy("BTCUSDT").await.success();
    service.bench.set_fate(Fate::Refused(domain::RefusalClass::Funds));
    service.buy("ETHUSDT").await;
    service.bench.set_fate(Fate::InDoubt);
    service.buy("SOLUSDT").await.success();
    service.bench.set_fate(Fate::Fills);
    let id = service.get("/positions").await.success()["positions"][0]["id"].clone();
    let id = id.as_str().expect("a position").to_owned();
    service.post(&format!("/positions/{id}/close")).await.success();
    bought["trace_id"].as_str().expect("a trace").to_owned()
}

#[tokio::test]
async fn what_is_answered_has_the_shape_that_is_told() {
    let service = Service::start().await;
    let contract = Contract::of(&service).await;
    let trace = story(&service).await;
    let message =
        r#"{"text":"BUY BTCUSDT 43000 TP 44000 SL 42500","channel":"a","message_id":"1"}"#;
    let dry = "symbol=BTCUSDT&side=buy&notional_usd=10&dry_run=true";
    let table = [
        ("get", "/", "/", ""),
        ("get", "/healthz", "/healthz", ""),
        ("get", "/session", "/session", ""),
        ("get", "/settings", "/settings", ""),
        ("get", "/log-level", "/log-level", ""),
        ("put", "/log-level", "/log-level", r#"{"filter":"warn"}"#),
        ("put", "/log-level", "/log-level", r#"{"filter":"loud"}"#),
        ("post", "/session", "/session", r#"{"key":"x"}"#),
        ("delete", "/session", "/session", ""),
        ("get", "/livez", "/livez", ""),
        ("get", "/readyz", "/readyz", ""),
        ("get", "/exchange/ping", "/exchange/ping", ""),
        ("get", "/exchange/balance", "/exchange/balance", ""),
        ("get", "/exchange/budget", "/exchange/budget", ""),
        ("get", "/exchange/markets", "/exchange/markets?limit=2", ""),
        ("get", "/exchange/ticker/{symbol}", "/exchange/ticker/BTC/USDT", ""),
        ("get", "/exchange/ticker/{symbol}", "/exchange/ticker/NOPE", ""),
        ("get", "/exchange/candles/{symbol}", "/exchange/candles/BTC/USDT?limit=2", ""),
        ("get", "/exchange/test-order", &format!("/exchange/test-order?{dry}"), ""),
        ("post", "/exchange/test-order", &format!("/exchange/test-order?{dry}"), ""),
        ("get", "/exchange/test-order", "/exchange/test-order?dry_run=false", ""),
        ("post", "/signals/ingest-and-score", "/signals/ingest-and-score", message),
        ("post", "/signals/score", "/signals/score", message),
        ("post", "/signals/score", "/signals/score", ""),
        ("get", "/signals", "/signals", ""),
        ("post", "/signals/labels", "/signals/labels", r#"{"text":"SUI 1.1","intent":"NO_TRADE"}"#),
        ("post", "/signals/labels", "/signals/labels", r#"{"text":"SUI 1.1"}"#),
        ("get", "/signals/labels", "/signals/labels", ""),
        ("get", "/channels", "/channels", ""),
        ("get", "/orders", "/orders", ""),
        ("get", "/orders", "/orders?status=open", ""),
        ("get", "/positions", "/positions", ""),
        ("get", "/positions", "/positions?status=closed", ""),
        ("get", "/trades", "/trades", ""),
        ("get", "/events", "/events", ""),
        ("get", "/trace/{trace_id}", &format!("/trace/{trace}"), ""),
        ("get", "/trace/{trace_id}", "/trace/nothing", ""),
        ("get", "/risk/policy", "/risk/policy", ""),
        ("put", "/risk/policy", "/risk/policy", r#"{"policy":"aggressive"}"#),
        ("get", "/risk/status", "/risk/status", ""),
        ("get", "/equity", "/equity", ""),
        ("get", "/risk/report", "/risk/report", ""),
        ("post", "/risk/kill", "/risk/kill", r#"{"mode":"entries"}"#),
        ("post", "/risk/resume", "/risk/resume", ""),
        ("post", "/positions/{id}/close", "/positions/none/close", ""),
        ("post", "/orders/{id}/cancel", "/orders/none/cancel", ""),
        ("post", "/positions/adjust", "/positions/adjust?position_id=x&held=0", ""),
    ];
    for (method, path, target, body) in table {
        let answer = service.send(&method.to_uppercase(), target, body).await;
        contract.holds(method, path, &answer);
    }
}

#[tokio::test]
async fn orders_sent_blocked_refused_and_doubtful_have_the_shapes_that_are_told() {
    let service = Service::start().await;
    let contract = Contract::of(&service).await;
    for fate in
        [Fate::Fills, Fate::Fills, Fate::Refused(domain::RefusalClass::Funds), Fate::InDoubt]
    {
        service.bench.set_fate(fate);
        let symbol = if fate == Fate::Fills { "BTCUSDT" } else { "ETHUSDT" };
        contract.holds("post", "/exchange/test-order", &service.buy(symbol).await);
    }
    contract.holds("get", "/positions", &service.get("/positions").await);
    contract.holds("get", "/orders", &service.get("/orders").await);
    contract.holds("get", "/trades", &service.get("/trades").await);
    service.bench.set_not_ready("testing");
    contract.holds("get", "/readyz", &service.get("/readyz").await);
    contract.holds("post", "/exchange/test-order", &service.buy("SOLUSDT").await);
}
