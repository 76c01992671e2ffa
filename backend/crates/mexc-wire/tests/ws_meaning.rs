//! What pushes mean: orders, deals, balances and prices in the domain's terms, and what is refused.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use domain::{OrderStatus, Side};
use mexc_wire::rest::Unusable;
use mexc_wire::ws::{
    AggreDeal, Body, PrivateAccount, PrivateDeals, PrivateOrders, PublicAggreBookTicker,
    PublicAggreDeals, PublicSpotKline, PushDataV3ApiWrapper, Update,
};

fn push(body: Body) -> PushDataV3ApiWrapper {
    PushDataV3ApiWrapper {
        symbol: Some("ETHUSDT".to_owned()),
        send_time: Some(1_760_000_000_000),
        body: Some(body),
        ..PushDataV3ApiWrapper::default()
    }
}

fn read(body: Body) -> Result<Update, Unusable> {
    Update::from_push(&push(body)).map(|update| update.unwrap())
}

fn order(status: i32, executed: &str) -> PrivateOrders {
    PrivateOrders {
        id: "C02__1".to_owned(),
        client_id: "levi-ea1-0".to_owned(),
        trade_type: 1,
        cumulative_quantity: executed.to_owned(),
        cumulative_amount: executed.to_owned(),
        status,
        ..PrivateOrders::default()
    }
}

fn deal() -> PrivateDeals {
    PrivateDeals {
        price: "2500".to_owned(),
        quantity: "0.5".to_owned(),
        amount: "1250".to_owned(),
        trade_type: 2,
        trade_id: "1X1".to_owned(),
        order_id: "C02__1".to_owned(),
        fee_amount: "0.0003998377369698171".to_owned(),
        fee_currency: "MX".to_owned(),
        time: 1_760_000_000_123,
        ..PrivateDeals::default()
    }
}

#[test]
fn states_of_orders_follow_the_code_and_what_was_executed() {
    let cases = [
        (1, "", OrderStatus::New),
        (1, "0", OrderStatus::New),
        (3, "0.5", OrderStatus::PartiallyFilled),
        (2, "2", OrderStatus::Filled),
        (4, "0", OrderStatus::Canceled),
        (4, "0.5", OrderStatus::PartiallyCanceled),
        (5, "0.5", OrderStatus::PartiallyCanceled),
    ];
    for (code, executed, expected) in cases {
        let update = read(Body::PrivateOrders(order(code, executed)));
        let Ok(Update::Order(snapshot)) = update else { panic!("{code}: {update:?}") };
        assert_eq!(snapshot.status, expected, "{code} {executed}");
        assert_eq!(snapshot.client_order_id.unwrap().as_str(), "levi-ea1-0");
    }
}

#[test]
fn an_order_whose_fills_cannot_be_told_is_refused_and_not_guessed() {
    let cases = [
        (order(2, ""), "cumulativeQuantity"),
        (order(2, "0"), "cumulativeQuantity"),
        (order(3, ""), "cumulativeQuantity"),
        (order(3, "many"), "cumulativeQuantity"),
        (order(3, "-1"), "cumulativeQuantity"),
        (order(9, "1"), "status"),
        (PrivateOrders { id: String::new(), ..order(1, "0") }, "id"),
        (PrivateOrders { trade_type: 3, ..order(1, "0") }, "tradeType"),
    ];
    for (order, field) in cases {
        let error = read(Body::PrivateOrders(order)).unwrap_err();
        assert!(error.to_string().contains(field), "{field}: {error}");
    }
    let nameless =
        PushDataV3ApiWrapper { symbol: None, ..push(Body::PrivateOrders(order(1, "0"))) };
    assert!(Update::from_push(&nameless).is_err());
}

#[test]
fn a_deal_is_a_fill_keyed_by_its_trade_id() {
    let Ok(Update::Deal(read)) = read(Body::PrivateDeals(deal())) else { panic!("no deal") };
    assert_eq!((read.side, read.is_maker, read.client_order_id), (Side::Sell, false, None));
    assert_eq!(read.fill.trade_id.as_str(), "1X1");
    assert_eq!(read.fill.fee.to_string(), "0.0003998377369698171");
    assert_eq!(read.fill.at.as_millis(), 1_760_000_000_123);
}

#[test]
fn a_deal_without_its_key_or_figures_is_no_fill() {
    let empty = String::new;
    for (broken, field) in [
        (PrivateDeals { trade_id: empty(), ..deal() }, "tradeId"),
        (PrivateDeals { order_id: empty(), ..deal() }, "orderId"),
        (PrivateDeals { price: empty(), ..deal() }, "price"),
        (PrivateDeals { quantity: empty(), ..deal() }, "quantity"),
        (PrivateDeals { fee_amount: "-1".to_owned(), ..deal() }, "feeAmount"),
        (PrivateDeals { fee_currency: empty(), ..deal() }, "feeCurrency"),
    ] {
        let error = read(Body::PrivateDeals(broken)).unwrap_err();
        assert!(error.to_string().contains(field), "{field}: {error}");
    }
}

#[test]
fn a_missing_quote_amount_follows_from_price_and_quantity() {
    let deal = PrivateDeals { amount: String::new(), ..deal() };
    let Ok(Update::Deal(read)) = read(Body::PrivateDeals(deal)) else { panic!("no deal") };
    assert_eq!(read.fill.quote.to_string(), "1250");
}

#[test]
fn an_empty_side_of_the_book_has_no_price() {
    for (bid, ask, expected) in
        [("1", "2", (true, true)), ("", "2", (false, true)), ("1", "0", (true, false))]
    {
        let ticker = PublicAggreBookTicker {
            bid_price: bid.to_owned(),
            ask_price: ask.to_owned(),
            version: "7".to_owned(),
            ..PublicAggreBookTicker::default()
        };
        let Ok(Update::BookTop(top)) = read(Body::PublicAggreBookTicker(ticker)) else {
            panic!("no top of the book")
        };
        assert_eq!((top.bid.is_some(), top.ask.is_some()), expected);
        assert_eq!((top.version, top.sent_at.as_millis()), (Some(7), 1_760_000_000_000));
    }
}

#[test]
fn a_trade_of_unknown_direction_is_still_a_price() {
    let trade = AggreDeal { price: "5".to_owned(), trade_type: 8, ..AggreDeal::default() };
    let deals = PublicAggreDeals { deals: vec![trade], ..PublicAggreDeals::default() };
    let Ok(Update::Trades(trades)) = read(Body::PublicAggreDeals(deals)) else {
        panic!("no trades")
    };
    assert_eq!((trades[0].taker, trades[0].id.as_ref()), (None, None));
}

#[test]
fn candles_count_in_seconds() {
    let text = |text: &str| text.to_owned();
    let kline = PublicSpotKline {
        interval: text("Min15"),
        window_start: 1_736_410_500,
        window_end: 1_736_411_400,
        opening_price: text("1"),
        closing_price: text("2"),
        highest_price: text("3"),
        lowest_price: text("0.5"),
        ..PublicSpotKline::default()
    };
    let Ok(Update::Kline(read)) = read(Body::PublicSpotKline(kline)) else { panic!("no candle") };
    assert_eq!(read.candle.open_time.as_millis(), 1_736_410_500_000);
    assert_eq!(read.closes_at.as_millis(), 1_736_411_400_000);
    assert_eq!((read.candle.close.to_string(), read.candle.volume.is_zero()), (text("2"), true));
}

#[test]
fn a_balance_needs_no_pair() {
    let account = PrivateAccount {
        vcoin_name: "USDT".to_owned(),
        balance_amount: "302.185113007893322435".to_owned(),
        r#type: "ENTRUST_PLACE".to_owned(),
        ..PrivateAccount::default()
    };
    let push = PushDataV3ApiWrapper { symbol: None, ..push(Body::PrivateAccount(account)) };
    let Ok(Some(Update::Balance(change))) = Update::from_push(&push) else { panic!("no balance") };
    assert_eq!(change.free.to_string(), "302.185113007893322435");
    assert!(change.locked.is_zero());
}
