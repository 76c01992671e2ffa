//! Hand-written payloads: what the client must make of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use domain::{
    Candle, Decimal, Fill, Interval, Market, OrderSnapshot, OrderStatus, PlaceOutcome, Side,
    Symbol, TradeSides,
};
use mexc_wire::rest::{self, Account, Kline, MyTrade, Order, decode_markets};
use mexc_wire::{Answer, classify_place, decode};

macro_rules! payload {
    ($name:literal) => {
        include_bytes!(concat!("../../../testdata/mexc/", $name))
    };
}

fn order(change: impl FnOnce(&mut serde_json::Value)) -> Order {
    let mut json: serde_json::Value =
        serde_json::from_slice(payload!("order_query_market_filled.json")).unwrap();
    change(&mut json);
    serde_json::from_value(json).unwrap()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn an_acknowledgement_with_average_null_is_accepted() {
    // The original crashed on `average: null` after the exchange had taken the order.
    let answer = Answer::new(200, payload!("order_ack_average_null.json"));
    let PlaceOutcome::Accepted { order_id } = classify_place(&answer) else {
        panic!("not accepted: {:?}", classify_place(&answer))
    };
    assert_eq!(order_id.as_str(), "C02__700000000000000001021");
}

#[test]
fn the_average_price_comes_from_what_was_executed_not_from_the_protection_price() {
    let snapshot = OrderSnapshot::try_from(&order(|_| ())).unwrap();
    assert_eq!(snapshot.status, OrderStatus::Filled);
    assert_eq!(snapshot.side, Side::Buy);
    assert_eq!(snapshot.client_order_id.unwrap().as_str(), "levi-ea1-0011223344");
    let average = snapshot.executed_quote.average_price(snapshot.executed_qty).unwrap();
    assert_eq!(average.get(), dec("150"));
    assert_eq!(snapshot.created_at.as_millis(), 1_760_000_000_000);
}

#[test]
fn an_ended_order_with_a_fill_is_partially_cancelled_whatever_the_word() {
    for (word, executed, expected) in [
        ("CANCELED", "0", OrderStatus::Canceled),
        ("CANCELED", "0.1", OrderStatus::PartiallyCanceled),
        ("PARTIALLY_CANCELED", "0.1", OrderStatus::PartiallyCanceled),
        ("REJECTED", "0", OrderStatus::Canceled),
        ("EXPIRED", "0.1", OrderStatus::PartiallyCanceled),
        ("PENDING_CANCEL", "0", OrderStatus::New),
        ("NEW", "0.1", OrderStatus::PartiallyFilled),
        ("FILLED", "0.1", OrderStatus::Filled),
    ] {
        let order = order(|json| {
            json["status"] = word.into();
            json["executedQty"] = executed.into();
        });
        let status = OrderSnapshot::try_from(&order).unwrap().status;
        assert_eq!(status, expected, "{word} with {executed}");
    }
}

#[test]
fn what_an_order_traded_is_never_guessed() {
    for (field, value) in [
        ("executedQty", serde_json::Value::Null),
        ("cummulativeQuoteQty", serde_json::Value::Null),
        ("executedQty", "-1".into()),
        ("executedQty", "0".into()),
        ("status", "MELTED".into()),
    ] {
        let order = order(|json| json[field] = value.clone());
        assert!(OrderSnapshot::try_from(&order).is_err(), "{field} = {value}");
    }
    let fresh = order(|json| {
        json["status"] = "NEW".into();
        json["executedQty"] = serde_json::Value::Null;
        json["cummulativeQuoteQty"] = serde_json::Value::Null;
    });
    assert!(OrderSnapshot::try_from(&fresh).unwrap().executed_qty.is_zero());
}

#[test]
fn fees_keep_their_asset_and_every_decimal() {
    let trades: Vec<MyTrade> = decode(&Answer::new(200, payload!("my_trades.json"))).unwrap();
    let fills: Vec<Fill> = trades.iter().map(|trade| Fill::try_from(trade).unwrap()).collect();
    assert_eq!(fills[0].fee_asset.as_str(), "USDT");
    assert_eq!(fills[1].fee_asset.as_str(), "MX");
    assert_eq!(fills[1].fee, dec("0.0012345678901234567"));
    assert_eq!(fills[0].quote.get() + fills[1].quote.get(), dec("24.9"));
}

#[test]
fn a_fee_without_an_asset_is_not_a_fill() {
    let mut trades: Vec<MyTrade> = serde_json::from_slice(payload!("my_trades.json")).unwrap();
    trades[0].commission_asset = None;
    assert!(Fill::try_from(&trades[0]).is_err());
    trades[0].commission = None;
    assert!(Fill::try_from(&trades[0]).unwrap().fee.is_zero());
}

#[test]
fn candles_are_arrays_of_eight_and_more_is_ignored() {
    let klines: Vec<Kline> = decode(&Answer::new(200, payload!("klines.json"))).unwrap();
    let candles: Vec<Candle> = klines.iter().map(|kline| kline.try_into().unwrap()).collect();
    assert_eq!(candles[0].high.get(), dec("151"));
    assert_eq!(candles[1].low.get(), dec("148"));
    assert_eq!(klines[0].quote_volume.0, dec("180637.625"));
    assert_eq!(
        serde_json::to_string(&klines[0]).unwrap(),
        r#"[1760000400000,"150.1","151","149.9","150.5","1200.25",1760001300000,"180637.625"]"#
    );
    assert!(serde_json::from_str::<Kline>(r#"[1,"1","1","1","1","1",2]"#).is_err());
    let written = Kline::from_candle(&candles[0], Interval::M15);
    assert_eq!(written.close_time, klines[0].close_time);
    assert_eq!(Candle::try_from(&written).unwrap(), candles[0]);
}

fn markets() -> rest::MarketList {
    decode_markets(payload!("exchange_info_with_broken_entries.json")).unwrap()
}

fn market(list: &rest::MarketList, symbol: &str) -> Market {
    list.markets.get(&Symbol::from_exchange(symbol)).unwrap().clone()
}

#[test]
fn a_broken_entry_is_counted_and_costs_no_other() {
    let list = markets();
    assert_eq!((list.markets.len(), list.skipped), (2, 5));
    assert!(decode_markets(b"{}").is_err());
    assert!(decode_markets(b"<html>").is_err());
}

#[test]
fn bytes_that_are_no_text_cost_no_other_entry() {
    let whole = String::from_utf8_lossy(payload!("exchange_info_with_broken_entries.json"));
    let (_, rest) = whole.split_once("\"symbols\":[").unwrap();
    let entry = b"{\"symbols\":[{\"symbol\":\"XUSDT\",\"fullName\":\"\xff\xfe\"},";
    let list = decode_markets(&[entry.as_slice(), rest.as_bytes()].concat()).unwrap();
    assert_eq!((list.markets.len(), list.skipped), (2, 6));
}

#[test]
fn the_rules_of_a_pair_follow_the_contract() {
    let sol = market(&markets(), "SOLUSDT");
    assert!(sol.open && sol.market_orders);
    assert_eq!(sol.sides, TradeSides::Both);
    let rules = sol.rules;
    assert_eq!((rules.step, rules.tick), (dec("0.001"), dec("0.01")));
    assert_eq!(rules.min_qty.get(), dec("0.0001"));
    assert_eq!((rules.min_notional.get(), rules.min_notional_market.get()), (dec("1"), dec("2")));
    assert_eq!(rules.max_notional.get(), dec("2000000"));
    assert_eq!(rules.max_notional_market.get(), dec("100000"));
    assert_eq!((rules.band_up, rules.band_down), (Some(dec("0.02")), Some(dec("0.03"))));
}

#[test]
fn a_minimum_quantity_above_the_precision_is_a_step_too() {
    let market = market(&markets(), "币安人生USDT");
    assert_eq!(market.rules.step, dec("0.1"));
    assert_eq!(market.sides, TradeSides::SellOnly);
    assert!(market.open && !market.market_orders);
    assert_eq!(market.rules.min_notional_market.get(), dec("5"));
    assert_eq!(market.rules.max_notional_market.get(), dec("2000000"));
    assert_eq!((market.rules.band_up, market.rules.band_down), (None, None));
}

#[test]
fn a_pair_is_open_only_when_online_and_open_to_the_api() {
    let entry = |status: &str, allowed: bool, sides: i64| {
        let text = format!(
            r#"{{"symbols":[{{"symbol":"AUSDT","status":"{status}","baseAsset":"A",
            "baseAssetPrecision":2,"quoteAsset":"USDT","quotePrecision":2,
            "isSpotTradingAllowed":{allowed},"tradeSideType":{sides}}}]}}"#
        );
        market(&decode_markets(text.as_bytes()).unwrap(), "AUSDT")
    };
    for (status, allowed, open) in [
        ("1", true, true),
        ("ENABLED", true, true),
        ("1", false, false),
        ("2", true, false),
        ("3", true, false),
    ] {
        assert_eq!(entry(status, allowed, 1).open, open, "{status} {allowed}");
    }
    for (number, sides) in [
        (1, TradeSides::Both),
        (2, TradeSides::BuyOnly),
        (3, TradeSides::SellOnly),
        (4, TradeSides::Closed),
        (9, TradeSides::Closed),
    ] {
        assert_eq!(entry("1", true, number).sides, sides, "{number}");
    }
}

#[test]
fn the_usable_balance_is_the_smaller_of_free_and_available() {
    let account: Account = serde_json::from_str(
        r#"{"balances":[{"asset":"A","free":"5","locked":"1","available":"4.5"},
            {"asset":"B","free":"5","locked":"1","available":null},
            {"asset":"C","free":5.25,"locked":0}]}"#,
    )
    .unwrap();
    let usable: Vec<Decimal> = account.balances.iter().map(rest::Balance::usable).collect();
    assert_eq!(usable, [dec("4.5"), dec("5"), dec("5.25")]);
}
