//! The REST protocol over a real socket.

use crate::support::{Client, config, now_ms, scripted};
use sandbox::MarketSpec;
use serde_json::{Value, json};

const LIMIT_BUY: [(&str, &str); 5] = [
    ("symbol", "BTCUSDT"),
    ("side", "BUY"),
    ("type", "LIMIT"),
    ("quantity", "0.01"),
    ("price", "60000"),
];

fn with<'a>(
    params: &[(&'a str, &'a str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = params.iter().filter(|(name, _)| changes.iter().all(|(other, _)| name != other));
    kept.chain(changes.iter().filter(|(_, value)| !value.is_empty())).copied().collect()
}

fn free(account: &Value, asset: &str) -> String {
    let balances = account["balances"].as_array().unwrap();
    let found = balances.iter().find(|balance| balance["asset"] == asset).unwrap();
    found["free"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_order_is_acknowledged_filled_and_seen_everywhere() {
    let (sandbox, client) = scripted().await;
    let market = [
        ("symbol", "BTCUSDT"),
        ("side", "BUY"),
        ("type", "MARKET"),
        ("quoteOrderQty", "25"),
        ("newClientOrderId", "levi-1"),
    ];
    let ack = client.order(&market).await.ok();
    assert!(ack["orderId"].as_str().unwrap().starts_with("C02__"));
    assert!(ack.get("status").is_none() && ack.get("clientOrderId").is_none());
    assert_eq!(ack["origQty"], "0");
    let by_id = [("symbol", "BTCUSDT"), ("origClientOrderId", "levi-1")];
    let order = client.signed("GET", "/order", &by_id).await.ok();
    assert_eq!(order["status"], "FILLED");
    assert_eq!(order["orderId"], ack["orderId"]);
    assert_eq!(order["time"].as_i64().unwrap() % 1_000, 0);
    let trades = client.signed("GET", "/myTrades", &[("symbol", "BTCUSDT")]).await.ok();
    assert_eq!(trades[0]["clientOrderId"], "levi-1");
    assert_eq!(trades[0]["commissionAsset"], "USDT");
    let account = client.signed("GET", "/account", &[]).await.ok();
    assert!(free(&account, "BTC").parse::<f64>().unwrap() > 1.0);
    let admin = client.get("/__admin/orders").await.ok();
    assert_eq!(admin[0]["client_order_id"], "levi-1");
    let counts = client.get("/__admin/counts").await.ok();
    assert_eq!(counts["POST /api/v3/order"], 1);
    let accounts = client.get("/__admin/accounts").await.ok();
    assert_eq!(accounts[0]["key"], crate::support::KEY);
    assert!(!accounts.to_string().contains(crate::support::SECRET));
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_limit_order_rests_fills_when_the_price_comes_and_cannot_be_cancelled_then() {
    let (_sandbox, client) = scripted().await;
    client.set_price("65000").await;
    let order = with(&LIMIT_BUY, &[("newClientOrderId", "rest-1")]);
    let id = client.order(&order).await.ok()["orderId"].as_str().unwrap().to_owned();
    let pair = [("symbol", "BTCUSDT")];
    let open = client.signed("GET", "/openOrders", &pair).await.ok();
    assert_eq!((open[0]["status"].as_str(), &open[0]["updateTime"]), (Some("NEW"), &Value::Null));
    let account = client.signed("GET", "/account", &[]).await.ok();
    assert_eq!(free(&account, "USDT"), "9400");
    client.set_price("59000").await;
    let query = [("symbol", "BTCUSDT"), ("orderId", id.as_str())];
    let order = client.signed("GET", "/order", &query).await.ok();
    assert_eq!(order["status"], "FILLED");
    assert_eq!(order["cummulativeQuoteQty"], "600");
    let reply = client.signed("DELETE", "/order", &query).await;
    assert_eq!(reply.body["msg"], "Order filled.");
    assert_eq!(reply.refused(), (400, -2011));
    assert_eq!(client.signed("GET", "/openOrders", &pair).await.ok(), serde_json::json!([]));
    let all = client.signed("GET", "/allOrders", &pair).await.ok();
    assert_eq!(all[0]["orderId"], id);
}

#[tokio::test]
async fn cancels_show_the_state_before_and_work_in_bulk() {
    let (_sandbox, client) = scripted().await;
    let order = with(&LIMIT_BUY, &[("newClientOrderId", "c-1"), ("price", "62500")]);
    client.order(&order).await.ok();
    let by_id = [("symbol", "BTCUSDT"), ("origClientOrderId", "c-1")];
    let reply = client.signed("DELETE", "/order", &by_id).await.ok();
    assert_eq!((reply["status"].as_str(), reply["executedQty"].as_str()), (Some("NEW"), Some("0")));
    let again = client.signed("DELETE", "/order", &by_id).await;
    assert_eq!(again.body["msg"], "Order cancelled");
    let state = client.signed("GET", "/order", &by_id).await.ok();
    assert_eq!(state["status"], "CANCELED");
    for _ in 0..2 {
        client.order(&with(&LIMIT_BUY, &[])).await.ok();
    }
    let pair = [("symbol", "BTCUSDT")];
    let bulk = client.signed("DELETE", "/openOrders", &pair).await.ok();
    assert_eq!(bulk.as_array().unwrap().len(), 2);
    let empty = client.signed("DELETE", "/openOrders", &pair).await.ok();
    assert_eq!(empty, serde_json::json!([]));
    assert_eq!(client.signed("DELETE", "/order/all", &[]).await.ok()["code"], 200);
}

#[tokio::test]
async fn parameters_may_come_in_the_body_unless_it_says_urlencoded() {
    let (_sandbox, client) = scripted().await;
    let text = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=60000";
    client.signed_body("/order", text, "application/json").await.ok();
    let form = "application/x-www-form-urlencoded";
    assert_eq!(client.signed_body("/order", text, form).await.refused(), (400, 700_013));
    assert_eq!(client.get("/__admin/orders").await.ok().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn wrong_keys_signatures_and_times_are_refused_before_anything_happens() {
    let (_sandbox, client) = scripted().await;
    let forged = Client { secret: "guess".to_owned(), ..client.clone() };
    assert_eq!(forged.order(&LIMIT_BUY).await.refused(), (400, 700_002));
    let stranger = Client { key: "mx0nobody".to_owned(), ..client.clone() };
    assert_eq!(stranger.order(&LIMIT_BUY).await.refused(), (400, 10_072));
    let nameless = client.get("/api/v3/account?timestamp=1&signature=00").await;
    assert_eq!(nameless.body["msg"], "api key required");
    assert_eq!(nameless.refused(), (400, 400));
    for (age_ms, window, expected) in [(9_000, "5000", 700_003), (0, "60001", 700_005)] {
        let timestamp = (now_ms() - age_ms).to_string();
        let query = mexc_wire::Query::new().with("recvWindow", window).with("timestamp", timestamp);
        let query = query.signed(crate::support::SECRET.as_bytes());
        let target = format!("/api/v3/account?{}", query.as_str());
        let reply =
            client.send("GET", &target, &[("X-MEXC-APIKEY", crate::support::KEY)], "").await;
        assert_eq!(reply.refused(), (400, expected), "{age_ms} {window}");
    }
    let unsigned =
        client.send("GET", "/api/v3/account", &[("X-MEXC-APIKEY", crate::support::KEY)], "");
    let unsigned = unsigned.await;
    assert!(unsigned.body["msg"].as_str().unwrap().contains("'signature'"));
    assert_eq!(unsigned.refused(), (400, 700_004));
    assert_eq!(client.get("/__admin/orders").await.ok(), serde_json::json!([]));
}

#[tokio::test]
async fn bad_orders_are_refused_with_the_exchange_s_codes() {
    let (_sandbox, client) = scripted().await;
    let cases: [(&[(&str, &str)], i64); 14] = [
        (&[("symbol", "NOPEUSDT")], -1121),
        (&[("symbol", "")], 700_004),
        (&[("side", "HOLD")], 700_004),
        (&[("type", "STOP_LIMIT")], 500),
        (&[("quantity", "")], 700_004),
        (&[("quantity", "1e3")], 700_004),
        (&[("quantity", "-1")], 700_004),
        (&[("price", "NaN")], 700_004),
        (&[("price", "0")], 700_004),
        (&[("quantity", "0.0000001")], 400),
        (&[("quantity", "0.00001")], 30_002),
        (&[("quantity", "1")], 30_004),
        (&[("price", "70000")], 30_087),
        (&[("newClientOrderId", "ä")], 700_008),
    ];
    for (changes, code) in cases {
        let order = with(&LIMIT_BUY, changes);
        assert_eq!(client.order(&order).await.refused(), (400, code), "{changes:?}");
        let test = client.signed("POST", "/order/test", &order).await;
        assert_eq!(test.refused(), (400, code), "test {changes:?}");
    }
    let tested = client.signed("POST", "/order/test", &LIMIT_BUY).await.ok();
    assert_eq!(tested, serde_json::json!({}));
    let padded = with(&LIMIT_BUY, &[("quantity", "0.0100"), ("price", "60000.")]);
    let ack = client.order(&padded).await.ok();
    assert_eq!((ack["origQty"].as_str(), ack["price"].as_str()), (Some("0.01"), Some("60000")));
    let unknown = [("symbol", "BTCUSDT"), ("orderId", "C02__1")];
    assert_eq!(client.signed("GET", "/order", &unknown).await.refused(), (400, -2013));
    assert_eq!(client.signed("DELETE", "/order", &unknown).await.refused(), (400, -2011));
    assert_eq!(client.signed("GET", "/order", &unknown[..1]).await.refused(), (400, 700_004));
}

#[tokio::test]
async fn a_batch_answers_for_each_order() {
    let (_sandbox, client) = scripted().await;
    let orders = r#"[
        {"symbol":"BTCUSDT","side":"BUY","type":"LIMIT_ORDER","quantity":"0.01","price":"60000","newClientOrderId":"b1"},
        {"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","quantity":"0.00001","price":"60000","newClientOrderId":"b2"}
    ]"#;
    let reply = client.signed("POST", "/batchOrders", &[("batchOrders", orders)]).await.ok();
    assert!(reply[0]["orderId"].is_string() && reply[0]["newClientOrderId"] == "b1");
    assert_eq!((&reply[1]["code"], &reply[1]["newClientOrderId"]), (&30_002.into(), &"b2".into()));
}

#[tokio::test]
async fn accounts_do_not_see_each_other() {
    let (_sandbox, client) = scripted().await;
    let other =
        Client { key: "mx0other".to_owned(), secret: "secret2".to_owned(), ..client.clone() };
    let id = client.order(&LIMIT_BUY).await.ok()["orderId"].as_str().unwrap().to_owned();
    let query = [("symbol", "BTCUSDT"), ("orderId", id.as_str())];
    assert_eq!(other.signed("GET", "/order", &query).await.refused(), (400, -2013));
    assert_eq!(other.signed("DELETE", "/order", &query).await.refused(), (400, -2011));
    assert_eq!(other.signed("GET", "/openOrders", &[]).await.ok(), serde_json::json!([]));
}

#[tokio::test]
async fn market_data_is_there_from_the_first_second() {
    let market = MarketSpec::Synthetic { seed: 1 };
    let sandbox = sandbox::start(config(market, None)).await.unwrap();
    let client = Client::new(&sandbox);
    for interval in ["1m", "5m", "15m", "30m", "60m", "4h", "1d", "1W", "1M"] {
        let target = format!("/api/v3/klines?symbol=ETHUSDT&interval={interval}");
        assert_eq!(client.get(&target).await.ok().as_array().unwrap().len(), 500, "{interval}");
    }
    let trades = client.get("/api/v3/trades?symbol=BTCUSDT").await.ok();
    assert_eq!(trades.as_array().unwrap().len(), 500);
    let markets = client.get("/api/v3/exchangeInfo").await.ok();
    let markets = mexc_wire::rest::decode_markets(markets.to_string().as_bytes()).unwrap();
    assert!(markets.markets.len() >= 60, "every listing can be read by the client's types");
    assert!(
        client.get("/api/v3/defaultSymbols").await.ok()["data"].as_array().unwrap().len() >= 60
    );
    let depth = client.get("/api/v3/depth?symbol=PEPEUSDT&limit=5").await.ok();
    assert_eq!(depth["bids"].as_array().unwrap().len(), 5);
    for path in ["ticker/24hr", "ticker/price", "ticker/bookTicker"] {
        let all = client.get(&format!("/api/v3/{path}")).await.ok();
        assert!(all.as_array().unwrap().len() >= 60, "{path}");
    }
    assert_eq!(client.get("/api/v1/contract/detail").await.ok()["data"], serde_json::json!([]));
    let cases = [
        ("/api/v3/klines?symbol=NOPEUSDT&interval=1m", -1121),
        ("/api/v3/klines?symbol=BTCUSDT&interval=1h", -1121),
        ("/api/v3/depth?symbol=btcusdt", -1121),
        ("/api/v3/depth", 700_004),
        ("/api/v3/aggTrades?symbol=BTCUSDT&startTime=1", -1128),
        ("/api/v3/aggTrades?symbol=BTCUSDT&startTime=0&endTime=3600001", -1127),
        ("/api/v3/exchangeInfo?symbols=BTCUSDT,NOPE", -1121),
    ];
    for (target, code) in cases {
        assert_eq!(client.get(target).await.refused(), (400, code), "{target}");
    }
    let coins = client.signed("GET", "/capital/config/getall", &[]).await.ok();
    assert!(coins.as_array().unwrap().iter().any(|coin| coin["coin"] == "USDT"));
    assert_eq!(client.get("/api/v3/nothing").await.status, 404);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn what_an_account_does_not_have_is_answered_as_such() {
    let (_sandbox, client) = scripted().await;
    let offline = client.get("/api/v3/symbol/offline").await.ok();
    assert_eq!(offline["data"], json!([]));
    let groups = client.signed("GET", "/strategy/group", &[]).await.ok();
    assert_eq!((&groups["code"], &groups["data"]), (&json!(200), &json!([])));
    let off = client.signed("GET", "/mxDeduct/enable", &[]).await.ok();
    assert_eq!(off["data"], json!({"mxDeductEnable": false}));
    let deduct =
        |on: &'static [(&'static str, &'static str)]| client.signed("POST", "/mxDeduct/enable", on);
    assert_eq!(deduct(&[("mxDeductEnable", "false")]).await.ok()["data"], off["data"]);
    assert_eq!(deduct(&[("mxDeductEnable", "true")]).await.refused(), (400, 700_007));
    assert_eq!(deduct(&[]).await.refused(), (400, 700_004));
}
