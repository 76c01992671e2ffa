//! Bad requests, each with its status and code, and the service going on.

use crate::client;
use crate::service::Service;

#[tokio::test]
async fn bad_parameters_are_named_with_their_value() {
    let service = Service::start().await;
    let order = |query: &str| format!("/exchange/test-order?{query}");
    let table = [
        (order("symbol=BTCUSDT&side=hold&notional_usd=5"), "side=\"hold\""),
        (order("symbol=BTCUSDT&side=buy&notional_usd=-5"), "notional_usd=\"-5\""),
        (order("symbol=BTCUSDT&side=buy&notional_usd=NaN"), "notional_usd=\"NaN\""),
        (order("symbol=BTCUSDT&side=buy&notional_usd=1e400"), "notional_usd=\"1e400\""),
        (order("symbol=BTCUSDT&side=buy&notional_usd=0"), "notional_usd=0"),
        (order("symbol=BTCUSDT&side=buy"), "notional_usd is missing"),
        (order("side=buy&notional_usd=5"), "symbol is missing"),
        (order("symbol=BTCUSDT&notional_usd=5"), "side is missing"),
        (order("symbol=BTCUSDT&side=buy&notional_usd=5&dry_run=maybe"), "dry_run=\"maybe\""),
        (order("symbol=BTCUSDT&side=buy&side=sell&notional_usd=5"), "\"side\" is given twice"),
        ("/exchange/markets?limit=0".to_owned(), "limit=\"0\""),
        ("/events?limit=1001".to_owned(), "limit=\"1001\""),
        ("/events?limit=x".to_owned(), "limit=\"x\""),
        ("/events?cursor=5".to_owned(), "cursor=\"5\""),
        ("/events?type=NOPE".to_owned(), "type=\"NOPE\""),
        ("/orders?status=some".to_owned(), "status"),
        ("/stream?last_event_id=x".to_owned(), "Last-Event-ID \"x\""),
        ("/exchange/ticker/%FF".to_owned(), "UTF-8"),
    ];
    for (target, named) in table {
        let answer = service.get(&target).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "bad_parameter"), "{target}");
        let sentence = answer.json()["error"].as_str().unwrap_or_default().to_owned();
        assert!(sentence.contains(named), "{target}: {sentence}");
    }
    assert!(service.bench.journal.types().is_empty());
}

#[tokio::test]
async fn bad_bodies_are_refused() {
    let service = Service::start().await;
    let table = [
        ("POST", "/signals/ingest-and-score", "{", 400),
        ("POST", "/signals/ingest-and-score", "{}", 400),
        ("POST", "/signals/ingest-and-score", r#"{"text":["x"]}"#, 400),
        ("POST", "/signals/ingest-and-score", r#"{"text":" "}"#, 400),
        ("POST", "/signals/score", r#"{"text":"x","posted_at":"yesterday"}"#, 400),
        ("PUT", "/risk/policy", r#"{"policy":"reckless"}"#, 400),
        ("PUT", "/risk/policy", "", 400),
        ("POST", "/risk/kill", r#"{"mode":"everything"}"#, 400),
    ];
    for (method, target, body, status) in table {
        let answer = service.send(method, target, body).await;
        assert_eq!(answer.status, status, "{target} {body}: {}", answer.body);
        assert_eq!(answer.code(), "bad_parameter");
    }
    let plain = [("Host", "localhost"), ("Content-Type", "text/plain")];
    let answer = client::raw(service.at, "POST", "/signals/score", &plain, b"buy BTC").await;
    assert_eq!((answer.status, answer.code().as_str()), (415, "unsupported_media_type"));
}

#[tokio::test]
async fn what_is_no_route_or_not_its_method_answers_json() {
    let service = Service::start().await;
    let table = [
        ("GET", "/nothing", 404, "unknown_route", None),
        ("DELETE", "/exchange/ping", 405, "method_not_allowed", Some("GET,HEAD")),
        ("GET", "/risk/kill", 405, "method_not_allowed", Some("POST")),
        ("POST", "/risk/policy", 405, "method_not_allowed", Some("GET,HEAD,PUT")),
        ("POST", "/positions/none/close", 404, "unknown_position", None),
        ("POST", "/orders/none/cancel", 404, "unknown_order", None),
        ("GET", "/trace/none", 404, "unknown_trace", None),
    ];
    for (method, target, status, code, allow) in table {
        let answer = service.send(method, target, "").await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {target}");
        assert_eq!(answer.header("allow").as_deref(), allow, "{method} {target}");
    }
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_and_the_sender_gets_to_know() {
    let service = Service::start().await;
    let body = vec![b'x'; 10_000_000];
    let headers = [("Host", "localhost"), ("Content-Type", "application/json")];
    for target in ["/signals/ingest-and-score", "/risk/kill", "/exchange/test-order"] {
        let answer = client::raw(service.at, "POST", target, &headers, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"), "{target}");
    }
    service.get("/healthz").await.success();
}

#[tokio::test]
async fn a_chunked_body_is_counted_while_it_arrives() {
    let service = Service::start().await;
    let mut body = Vec::new();
    for _ in 0..40 {
        body.extend_from_slice(b"c350\r\n");
        body.extend(std::iter::repeat_n(b'x', 50_000));
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"0\r\n\r\n");
    let target = "/signals/score";
    let answer = client::chunked(service.at, target, &body).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
}

#[tokio::test]
async fn while_not_ready_money_waits_but_reading_and_the_kill_switch_answer() {
    let service = Service::start().await;
    service.bench.set_not_ready("reconciling with the exchange");
    for (target, body) in [
        ("/signals/ingest-and-score", r#"{"text":"BUY BTC"}"#),
        ("/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=10&dry_run=false", ""),
        ("/positions/none/close", ""),
    ] {
        let answer = service.send("POST", target, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "not_ready"), "{target}");
        assert!(answer.header("retry-after").is_some());
        assert!(answer.body.contains("reconciling with the exchange"));
    }
    for target in ["/positions", "/orders", "/events", "/risk/status", "/metrics/prom", "/livez"] {
        assert_eq!(service.get(target).await.status, 200, "{target}");
    }
    let ready = service.get("/readyz").await;
    assert_eq!((ready.status, ready.code().as_str()), (503, "not_ready"));
    assert_eq!(ready.json()["checks"][0]["name"], "reconciled");
    assert_eq!(service.post("/risk/kill").await.success()["kill_mode"], "cancel");
    assert_eq!(service.post("/risk/resume").await.success()["killed"], false);
}

#[tokio::test]
async fn health_answers_and_the_index_names_the_routes() {
    let service = Service::start().await;
    for target in ["/healthz", "/livez", "/readyz"] {
        service.get(target).await.success();
    }
    assert!(service.get("/").await.body.contains("POST /signals/ingest-and-score"));
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing_and_the_service_goes_on() {
    let service = Service::start().await;
    service.bench.set_panics();
    let answer = service.get("/readyz").await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "internal"));
    assert!(!answer.body.contains("secret"));
    service.get("/readyz").await.success();
    let metrics = service.get("/metrics/prom").await.body;
    assert!(metrics.contains("levibot_http_panics_total 1\n"));
    assert!(metrics.contains(
        "levibot_http_requests_total{route=\"/readyz\",method=\"GET\",status=\"500\"} 1\n"
    ));
}
