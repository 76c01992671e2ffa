//! Every recorded REST payload decodes into its type, and what was recorded live is written back
//! with the same JSON types. The recordings lie beside the checkout; without them the tests say so
//! and pass.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use domain::{Candle, Fill, OrderSnapshot, PlaceOutcome};
use mexc_wire::rest::{
    Account, AggTrade, ApiKeyInfo, AvgPrice, BatchOutcome, BookTicker, CancelReply, Depth,
    Envelope, ExchangeInfo, Kline, KycStatus, ListenKey, ListenKeys, MxDeduct, MyTrade, NamedOrder,
    OfflineSymbol, OneOrMany, Order, OrderAck, PriceTicker, PublicTrade, ServerTime, StrategyGroup,
    SymbolInfo, Ticker24h, TradeFee, Uid, decode_markets,
};
use mexc_wire::{Answer, ErrorClass, classify, classify_place, decode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

struct Fixture {
    name: String,
    kind: String,
    method: String,
    path: String,
    status: u16,
    body: Value,
}

fn fixtures() -> Vec<Fixture> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/mexc/fixtures");
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no recorded payloads at {}", folder.display());
        return Vec::new();
    };
    let mut names: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names.iter().filter_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Option<Fixture> {
    let name = path.file_name()?.to_str()?.to_owned();
    if name.starts_with("ws_") || name.starts_with("request_") {
        return None;
    }
    let json: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Some(Fixture {
        kind: text(&json["kind"]),
        method: text(&json["request"]["method"]),
        path: text(&json["request"]["path"]).replace("/api/v3", ""),
        status: u16::try_from(json["status"].as_u64()?).unwrap(),
        body: json["body"].clone(),
        name,
    })
}

/// Decodes the body as `T`; a live recording must be written back with the same values.
fn check<T: DeserializeOwned + Serialize>(fixture: &Fixture) -> T {
    let body = fixture.body.to_string();
    let read: T = decode(&Answer::new(fixture.status, body.as_bytes()))
        .unwrap_or_else(|error| panic!("{}: {error}", fixture.name));
    if fixture.kind == "live-recording" {
        same(&fixture.name, &fixture.body, &serde_json::to_value(&read).unwrap());
    }
    read
}

/// Whether everything recorded is written with the same value and JSON type. Fields that carry
/// nothing for us are left out when writing; the libraries of two recordings turned null into `""`
/// and a number into text (contract 6).
fn same(at: &str, recorded: &Value, written: &Value) {
    match (recorded, written) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                if key != "conceptPlateIds" {
                    same(&format!("{at}.{key}"), value, right.get(key).unwrap_or(&Value::Null));
                }
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            assert_eq!(left.len(), right.len(), "{at}");
            for (i, (left, right)) in left.iter().zip(right).enumerate() {
                same(&format!("{at}[{i}]"), left, right);
            }
        }
        (Value::String(text), Value::Null) if text.is_empty() => {}
        (Value::String(text), Value::Number(number)) if *text == number.to_string() => {}
        _ => assert_eq!(recorded, written, "{at}"),
    }
}

fn orders(fixture: &Fixture, orders: &[Order]) {
    for order in orders {
        let snapshot = OrderSnapshot::try_from(order);
        assert!(snapshot.is_ok(), "{}: {snapshot:?}", fixture.name);
    }
}

fn decode_by_path(fixture: &Fixture) {
    match (fixture.method.as_str(), fixture.path.as_str()) {
        ("GET", "/time") => drop(check::<ServerTime>(fixture)),
        ("GET", "/ping") | ("POST", "/order/test") => {
            assert_eq!(check::<Value>(fixture), json!({}));
        }
        ("GET", "/exchangeInfo") => exchange_info(fixture),
        ("GET", "/depth") => drop(check::<Depth>(fixture)),
        ("GET", "/trades") => drop(check::<Vec<PublicTrade>>(fixture)),
        ("GET", "/aggTrades") => drop(check::<Vec<AggTrade>>(fixture)),
        ("GET", "/klines") => {
            for kline in check::<Vec<Kline>>(fixture) {
                Candle::try_from(&kline).unwrap();
            }
        }
        ("GET", "/avgPrice") => drop(check::<AvgPrice>(fixture)),
        ("GET", "/ticker/24hr") => drop(check::<OneOrMany<Ticker24h>>(fixture)),
        ("GET", "/ticker/price") => drop(check::<OneOrMany<PriceTicker>>(fixture)),
        ("GET", "/ticker/bookTicker") => drop(check::<OneOrMany<BookTicker>>(fixture)),
        ("POST", "/order") => drop(check::<OrderAck>(fixture)),
        ("GET", "/order") => orders(fixture, &[check(fixture)]),
        ("GET", "/openOrders" | "/allOrders") => orders(fixture, &check::<Vec<Order>>(fixture)),
        ("DELETE", "/order") => drop(check::<CancelReply>(fixture)),
        ("DELETE", "/openOrders") => drop(check::<Vec<CancelReply>>(fixture)),
        ("GET", "/account") => drop(check::<Account>(fixture)),
        ("GET", "/myTrades") => {
            for trade in check::<Vec<MyTrade>>(fixture) {
                Fill::try_from(&trade).unwrap();
            }
        }
        ("GET", "/tradeFee") => drop(check::<Envelope<TradeFee>>(fixture)),
        ("GET", "/defaultSymbols" | "/selfSymbols") => {
            assert!(!check::<Envelope<Vec<String>>>(fixture).data.unwrap().is_empty());
        }
        ("GET", "/uid") => drop(check::<Uid>(fixture)),
        ("GET", "/kyc/status") => drop(check::<KycStatus>(fixture)),
        ("GET", "/apiKeyInfo") => drop(check::<ApiKeyInfo>(fixture)),
        ("GET", "/userDataStream") => drop(check::<ListenKeys>(fixture)),
        (_, "/userDataStream") => drop(check::<ListenKey>(fixture)),
        _ => decode_rare(fixture),
    }
}

fn decode_rare(fixture: &Fixture) {
    match (fixture.method.as_str(), fixture.path.as_str()) {
        ("POST", "/batchOrders") => {
            for outcome in check::<Vec<BatchOutcome>>(fixture) {
                let refused = outcome.code.is_some();
                assert_eq!(outcome.placed().is_none(), refused, "{}", fixture.name);
            }
        }
        ("DELETE", "/order/all") => {
            let body = fixture.body.to_string();
            let done = decode::<Envelope<Value>>(&Answer::new(fixture.status, body.as_bytes()));
            assert_eq!(done.is_ok(), fixture.name.contains("_ok"), "{}", fixture.name);
        }
        (_, "/mxDeduct/enable") => drop(check::<Envelope<MxDeduct>>(fixture)),
        ("POST", "/strategy/group") => drop(check::<Envelope<StrategyGroup>>(fixture)),
        ("GET", "/strategy/group") => {
            assert!(!check::<Envelope<Vec<StrategyGroup>>>(fixture).data.unwrap().is_empty());
        }
        ("GET", "/symbol/offline") => {
            assert!(!check::<Envelope<Vec<OfflineSymbol>>>(fixture).data.unwrap().is_empty());
        }
        (method, path) => panic!("{}: {method} {path} has no type", fixture.name),
    }
}

fn exchange_info(fixture: &Fixture) {
    if fixture.body.get("symbols").is_none() {
        check::<SymbolInfo>(fixture);
        return;
    }
    let info = check::<ExchangeInfo>(fixture);
    let list = decode_markets(fixture.body.to_string().as_bytes()).unwrap();
    assert_eq!((list.markets.len(), list.skipped), (info.symbols.len(), 0), "{}", fixture.name);
}

#[test]
fn every_recorded_reply_decodes() {
    for fixture in fixtures().iter().filter(|fixture| fixture.status == 200) {
        decode_by_path(fixture);
    }
}

#[test]
fn every_recorded_acknowledgement_is_accepted() {
    let all = fixtures();
    let acks = all.iter().filter(|f| (f.method.as_str(), f.path.as_str()) == ("POST", "/order"));
    for fixture in acks.filter(|fixture| fixture.status == 200) {
        let body = fixture.body.to_string();
        let outcome = classify_place(&Answer::new(200, body.as_bytes()));
        let named: NamedOrder = serde_json::from_str(&body).unwrap();
        assert!(
            matches!(&outcome, PlaceOutcome::Accepted { order_id } if order_id.as_str() == named.order_id),
            "{}: {outcome:?}",
            fixture.name
        );
    }
}

#[test]
fn every_recorded_error_has_its_class() {
    for fixture in fixtures().iter().filter(|fixture| fixture.status != 200) {
        let body = fixture.body.to_string();
        let error = classify(&Answer::new(fixture.status, body.as_bytes()));
        let expected = match fixture.name.trim_end_matches(".json") {
            "error_10007_symbol_not_api" | "error_minus1121_symbol" => ErrorClass::Symbol,
            "error_10072_key" | "error_700002_signature" | "error_700006_ip" => ErrorClass::Auth,
            "error_10101_balance_chinese" | "error_30004_insufficient" => ErrorClass::Funds,
            "error_30002_min_notional"
            | "error_30002_min_notional_doc"
            | "error_400_quantity_scale" => ErrorClass::Filter,
            "error_429_rate" => ErrorClass::Rate { retry_after: None },
            "error_700003_timestamp" => ErrorClass::Clock,
            "error_700011_interface" => ErrorClass::Account,
            "error_700013_content_type" | "aggTrades_error_window_too_long" => {
                ErrorClass::Malformed
            }
            "error_minus1003_503" => ErrorClass::InDoubt,
            "error_minus2011_already_cancelled" | "error_minus2011_unknown_order" => {
                ErrorClass::AlreadyDone
            }
            "error_minus2013_order_missing" => ErrorClass::NotFound,
            name => panic!("{name} has no expected class: {error:?}"),
        };
        assert_eq!(error.class, expected, "{}", fixture.name);
        assert_eq!(error.code, fixture.body["code"].as_i64(), "{}", fixture.name);
    }
}
