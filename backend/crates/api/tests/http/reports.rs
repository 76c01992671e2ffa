//! What spreadsheets and charts take: CSV, the account's worth, the stages of a trace.

use crate::client;
use crate::service::Service;

async fn after_a_round_trip() -> (Service, String) {
    let service = Service::start().await;
    let bought = service.buy("BTCUSDT").await.success();
    let id = service.get("/positions").await.success()["positions"][0]["id"].clone();
    service.post(&format!("/positions/{}/close", id.as_str().unwrap())).await.success();
    (service, bought["trace_id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn lists_are_written_as_csv_with_the_digits_of_json() {
    let (service, trace) = after_a_round_trip().await;
    let accept = [("Host", "localhost"), ("Accept", "text/csv")];
    let by_accept = client::raw(service.at, "GET", "/trades", &accept, b"").await;
    assert_eq!(by_accept.header("content-type").as_deref(), Some("text/csv; charset=utf-8"));
    assert_eq!(by_accept.body, service.get("/trades?format=csv").await.body);
    let mut lines = by_accept.body.lines();
    assert!(lines.next().unwrap().starts_with("seq,at,symbol,side,qty,price,quote,"));
    let (sold, bought) = (lines.next().unwrap(), lines.next().unwrap());
    assert!(sold.contains(",BTCUSDT,sell,0.000231,43250.5,9.9908655,"), "{sold}");
    assert!(bought.contains(",buy,") && bought.contains(&trace), "{bought}");
    for target in ["/orders?format=csv", "/orders?format=csv&status=open"] {
        let orders = service.get(target).await;
        assert!(orders.body.starts_with("created_at,symbol,side,type,"), "{}", orders.body);
    }
    let closed = service.get("/positions?status=closed&format=csv").await;
    assert!(closed.body.lines().nth(1).unwrap().contains(",BTCUSDT,manual,0.000231,"));
    assert_eq!(service.get("/trades?format=xml").await.status, 400);
}

#[tokio::test]
async fn a_page_of_csv_tells_where_the_next_begins() {
    let (service, _) = after_a_round_trip().await;
    let (mut cursor, mut rows) = (String::new(), Vec::new());
    for _ in 0..10 {
        let page = service.get(&format!("/trades?format=csv&limit=1{cursor}")).await;
        // A cancel that added no fill makes a page without a row.
        rows.extend(page.body.lines().skip(1).map(str::to_owned));
        match page.header("x-next-cursor") {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].contains(",sell,") && rows[1].contains(",buy,"), "{rows:?}");
}

#[tokio::test]
async fn equity_is_what_balances_are_worth_and_what_trading_made_of_them() {
    let (service, _) = after_a_round_trip().await;
    let json = service.get("/equity").await.success();
    assert_eq!(json["quote_asset"], "USDT");
    assert!(json["equity"].as_f64().unwrap() > 0.0, "{json}");
    let history = json["history"].as_array().unwrap();
    assert_eq!(history.len(), 1, "{json}");
    assert_eq!(history[0]["cumulative"], history[0]["realised_pnl"]);
    assert_eq!(json["realised_today"], history[0]["realised_pnl"]);
}

#[tokio::test]
async fn a_trace_tells_its_stages_in_the_order_of_a_life() {
    let (service, trace) = after_a_round_trip().await;
    let json = service.get(&format!("/trace/{trace}?limit=1")).await.success();
    let stages = json["stages"].as_array().unwrap();
    let names: Vec<&str> = stages.iter().map(|stage| stage["name"].as_str().unwrap()).collect();
    let life = ["checked", "sent", "acknowledged", "filled", "protected", "leaving", "closed"];
    assert_eq!(names, life);
    let times: Vec<u64> =
        stages.iter().map(|stage| stage["since_start_us"].as_u64().unwrap()).collect();
    assert!(times.is_sorted() && times[0] == 0, "{times:?}");
}

#[tokio::test]
async fn a_message_that_is_not_traded_has_stages_from_its_posting_on() {
    let service = Service::start().await;
    let message = r#"{"text":"good morning","posted_at":"2020-01-02T03:04:05Z"}"#;
    let came = service.send("POST", "/signals/ingest-and-score", message).await.success();
    let trace = came["trace_id"].as_str().unwrap();
    let json = service.get(&format!("/trace/{trace}")).await.success();
    let names: Vec<_> =
        json["stages"].as_array().unwrap().iter().map(|stage| &stage["name"]).collect();
    assert_eq!(names, ["posted", "received", "scored", "not_traded"]);
    assert_eq!(json["stages"][0]["at"], "2020-01-02T03:04:05.000000Z");
    assert!(json["stages"][1]["since_previous_us"].as_u64().unwrap() > 0, "{json}");
}
