//! Our replies have the keys and JSON types of recorded ones.

use std::collections::BTreeMap;

use crate::support::{fixture, scripted};
use serde_json::Value;

const PAIR: [(&str, &str); 1] = [("symbol", "BTCUSDT")];

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn kinds(value: &Value) -> BTreeMap<&str, &'static str> {
    let fields = value.as_object().unwrap().iter();
    fields.map(|(name, value)| (name.as_str(), kind(value))).collect()
}

/// Same keys, same types, where `exceptions` names what differs for a reason.
fn same_shape(ours: &Value, recorded: &str, pick: impl Fn(&Value) -> &Value, exceptions: &[&str]) {
    let Some(body) = fixture(recorded) else {
        return;
    };
    let (mut ours, mut theirs) = (kinds(ours), kinds(pick(&body)));
    for name in exceptions {
        ours.remove(name);
        theirs.remove(name);
    }
    assert_eq!(ours, theirs, "{recorded}");
}

fn whole(body: &Value) -> &Value {
    body
}

fn first(body: &Value) -> &Value {
    &body[0]
}

#[tokio::test]
async fn order_replies_look_like_recorded_ones() {
    let (_sandbox, client) = scripted().await;
    let order = |kind, client_id| {
        let size = if kind == "MARKET" { ("quoteOrderQty", "25") } else { ("quantity", "0.001") };
        [
            ("symbol", "BTCUSDT"),
            ("side", "BUY"),
            ("type", kind),
            size,
            ("price", "62500"),
            ("newClientOrderId", client_id),
        ]
    };
    let ack = client.order(&order("LIMIT", "a")).await.ok();
    // Recorded in 2024; stpMode came in 2025-09.
    same_shape(&ack, "order_ack_limit_buy_2024_08", whole, &["stpMode"]);
    client.order(&order("MARKET", "b")).await.ok();
    let query = [("symbol", "BTCUSDT"), ("origClientOrderId", "b")];
    let filled = client.signed("GET", "/order", &query).await.ok();
    same_shape(&filled, "orderQuery_limit_sell_filled_2025_09", whole, &[]);
    let open = client.signed("GET", "/openOrders", &PAIR).await.ok();
    same_shape(&open[0], "orderQuery_limit_sell_filled_2025_09", whole, &["updateTime"]);
    assert_eq!(kind(&open[0]["updateTime"]), "null");
    let trades = client.signed("GET", "/myTrades", &PAIR).await.ok();
    same_shape(&trades[0], "myTrades_taker_buy_2025_06", first, &["clientOrderId"]);
    let cancelled = client.signed("DELETE", "/openOrders", &PAIR).await.ok();
    // The recorded orders had no client ids.
    let ids = ["clientOrderId", "origClientOrderId"];
    same_shape(&cancelled[0], "openOrdersCancel_live_2024_06", first, &ids);
}

#[tokio::test]
async fn account_replies_look_like_recorded_ones() {
    let (_sandbox, client) = scripted().await;
    let account = client.signed("GET", "/account", &[]).await.ok();
    same_shape(&account, "account_live_2025", whole, &[]);
    same_shape(&account["balances"][0], "account_live_2025", |b| &b["balances"][0], &[]);
    let fee = client.signed("GET", "/tradeFee", &PAIR).await.ok();
    same_shape(&fee, "tradeFee_doc", whole, &[]);
    same_shape(&fee["data"], "tradeFee_doc", |body| &body["data"], &[]);
    same_shape(&client.signed("GET", "/uid", &[]).await.ok(), "uid_ok", whole, &[]);
    let kyc = client.signed("GET", "/kyc/status", &[]).await.ok();
    same_shape(&kyc, "kycStatus_doc", whole, &[]);
    let key = client.signed("GET", "/apiKeyInfo", &[("accessKey", crate::support::KEY)]).await.ok();
    same_shape(&key, "apiKeyInfo_ok", whole, &[]);
    let deduct = client.signed("GET", "/mxDeduct/enable", &[]).await.ok();
    same_shape(&deduct, "mxDeduct_get_doc", whole, &[]);
    let symbols = client.signed("GET", "/selfSymbols", &[]).await.ok();
    same_shape(&symbols, "defaultSymbols_2025_01", whole, &[]);
}

#[tokio::test]
async fn market_replies_look_like_recorded_ones() {
    let (_sandbox, client) = scripted().await;
    let get = async |path: &str| client.get(&format!("/api/v3/{path}symbol=BTCUSDT")).await.ok();
    let info = get("exchangeInfo?").await;
    let recorded = "exchangeInfo_symbol_BTCUSDT_2025_12";
    same_shape(&info, recorded, whole, &[]);
    // Of no meaning to anyone (contract 8).
    same_shape(&info["symbols"][0], recorded, |b| &b["symbols"][0], &["conceptPlateIds"]);
    same_shape(
        &info["symbols"][0]["filters"][0],
        recorded,
        |body| &body["symbols"][0]["filters"][0],
        &[],
    );
    let depth = get("depth?").await;
    same_shape(&depth, "depth_limit10", whole, &[]);
    assert_eq!(kind(&depth["asks"][0][0]), "string");
    assert!(depth["asks"][0][1].as_str().unwrap().ends_with("00"), "padded to eight decimals");
    same_shape(&get("ticker/24hr?").await, "ticker24hr_single", whole, &[]);
    same_shape(&get("ticker/price?").await, "tickerPrice_single", whole, &[]);
    same_shape(&get("ticker/bookTicker?").await, "bookTicker_single", whole, &[]);
    same_shape(&get("avgPrice?").await, "avgPrice_BTCUSDT", whole, &[]);
    same_shape(&get("trades?").await[0], "trades_limit10", first, &[]);
    same_shape(&get("aggTrades?").await[0], "aggTrades_window", first, &[]);
    same_shape(&get("time?").await, "time_ok", whole, &[]);
    if let Some(recorded) = fixture("klines_5m_limit100") {
        let ours = get("klines?interval=5m&").await;
        let row = |row: &Value| row.as_array().unwrap().iter().map(kind).collect::<Vec<_>>();
        assert_eq!(row(&ours[0]), row(&recorded[0]));
    }
}

#[tokio::test]
async fn errors_read_like_recorded_ones() {
    let (_sandbox, client) = scripted().await;
    let order = |size, price| {
        [
            ("symbol", "BTCUSDT"),
            ("side", "BUY"),
            ("type", "LIMIT"),
            ("quantity", size),
            ("price", price),
        ]
    };
    let forged = crate::support::Client { secret: "guess".to_owned(), ..client.clone() };
    let cases = [
        (client.order(&order("0.00001", "60000")).await, "error_30002_min_notional"),
        (client.order(&order("1", "60000")).await, "error_30004_insufficient"),
        (client.order(&order("0.0000001", "60000")).await, "error_400_quantity_scale"),
        (forged.order(&order("0.001", "60000")).await, "error_700002_signature"),
        (client.get("/api/v3/klines?symbol=NOPE&interval=1m").await, "error_minus1121_symbol"),
    ];
    for (ours, recorded) in cases {
        if let Some(body) = fixture(recorded) {
            assert_eq!(ours.body["code"], body["code"], "{recorded}");
            assert_eq!(ours.body["msg"], body["msg"], "{recorded}");
        }
    }
}
