//! How orders trade: types, priority, partial fills, market movement.

use domain::{Decimal, OrderStatus, Side};

use super::fixture::{ALICE, BOB, BTC, House, base, dec, limit, market, of_type, quote};
use super::{OrderType, Trade};

fn trades(house: &House) -> &[Trade] {
    house.exchange.ledger().trades()
}

#[test]
fn a_market_buy_by_quote_spends_at_most_its_amount() {
    let mut house = House::open(|_| {});
    let order = house.place(ALICE, &market(Side::Buy, quote("25"))).unwrap();
    assert_eq!(order.status, OrderStatus::Filled);
    assert!(order.qty.is_zero() && order.quote_amount == "25".parse().unwrap());
    assert_eq!(order.price.to_string(), "63000", "a protection price, never the fill price");
    let spent = order.executed_quote.get();
    assert!(spent <= dec("25") && spent > dec("24.9"), "{spent}");
    assert_eq!(house.free(ALICE, "BTC"), dec("10") + order.executed_qty.get());
    assert_eq!(house.free(ALICE, "USDT"), dec("1000000") - spent - spent * dec("0.0005"));
}

#[test]
fn a_large_taker_walks_several_levels_and_moves_the_price() {
    let mut house = House::open(|_| {});
    let before = house.exchange.top(BTC, house.now).ask.unwrap().price;
    let order = house.place(ALICE, &market(Side::Buy, quote("20000"))).unwrap();
    assert_eq!(order.status, OrderStatus::Filled);
    let mine = trades(&house);
    assert!(mine.len() > 2, "{} trades", mine.len());
    assert!(mine.windows(2).all(|pair| pair[0].price < pair[1].price));
    let quote: Decimal = mine.iter().map(|trade| trade.quote.get()).sum();
    assert_eq!(quote, order.executed_quote.get());
    let after = house.exchange.top(BTC, house.now).ask.unwrap().price;
    assert!(after > before);
    house.wait(5.0);
    let later = house.exchange.top(BTC, house.now).ask.unwrap().price;
    assert_eq!(later, before, "liquidity recovers");
}

#[test]
fn an_order_beyond_the_book_ends_partially_cancelled() {
    let mut house = House::open(|_| {});
    let order = house.place(ALICE, &market(Side::Sell, base("10"))).unwrap();
    assert_eq!(order.status, OrderStatus::Filled, "the book holds some 750000 USDT");
    let order = house.place(BOB, &market(Side::Sell, base("10"))).unwrap();
    assert_eq!(order.status, OrderStatus::PartiallyCanceled);
    assert!(!order.executed_qty.is_zero() && !order.remaining().is_zero());
    let third = house.place(ALICE, &market(Side::Buy, base("0.001"))).unwrap();
    assert_eq!(third.status, OrderStatus::Filled, "the other side is untouched");
}

#[test]
fn order_types_differ_in_what_happens_to_the_rest() {
    // Type, price, quantity: the state right after placing. The book's first ask is near 60000.3.
    let cases = [
        (OrderType::Limit, "60100", "0.001", OrderStatus::Filled),
        (OrderType::Limit, "59000", "0.001", OrderStatus::New),
        (OrderType::Limit, "60001", "1", OrderStatus::PartiallyFilled),
        (OrderType::LimitMaker, "59000", "0.001", OrderStatus::New),
        (OrderType::LimitMaker, "60100", "0.001", OrderStatus::Canceled),
        (OrderType::ImmediateOrCancel, "60100", "0.001", OrderStatus::Filled),
        (OrderType::ImmediateOrCancel, "60001", "1", OrderStatus::PartiallyCanceled),
        (OrderType::ImmediateOrCancel, "59000", "0.001", OrderStatus::Canceled),
        (OrderType::FillOrKill, "60100", "0.001", OrderStatus::Filled),
        (OrderType::FillOrKill, "60001", "1", OrderStatus::Canceled),
    ];
    for (order_type, price, qty, expected) in cases {
        let mut house = House::open(|_| {});
        let new = of_type(order_type, limit(Side::Buy, price, qty));
        let order = house.place(ALICE, &new).unwrap();
        assert_eq!(order.status, expected, "{order_type:?} {price} {qty}");
        let open = matches!(expected, OrderStatus::New | OrderStatus::PartiallyFilled);
        assert_eq!(house.balance(ALICE, "USDT").locked.is_zero(), !open);
    }
}

#[test]
fn a_resting_order_locks_its_notional_and_gives_it_back() {
    let mut house = House::open(|_| {});
    let order = house.place(ALICE, &limit(Side::Buy, "50000", "0.002")).unwrap();
    assert_eq!(house.balance(ALICE, "USDT").locked, dec("100"));
    assert_eq!(house.free(ALICE, "USDT"), dec("999900"));
    house.cancel(&order).unwrap();
    assert_eq!(house.balance(ALICE, "USDT").locked, Decimal::ZERO);
    assert_eq!(house.free(ALICE, "USDT"), dec("1000000"));
    let sell = house.place(ALICE, &limit(Side::Sell, "70000", "1.5")).unwrap();
    assert_eq!(house.balance(ALICE, "BTC").locked, dec("1.5"));
    house.cancel(&sell).unwrap();
    assert_eq!(house.free(ALICE, "BTC"), dec("10"));
}

#[test]
fn accounts_trade_with_each_other_by_price_then_time() {
    let mut house = House::open(|_| {});
    // Inside the spread, so that nobody else is in between.
    let late_best = house.place(BOB, &limit(Side::Sell, "60000.2", "0.01")).unwrap();
    let first = house.place(BOB, &limit(Side::Sell, "60000.1", "0.01")).unwrap();
    let second = house.place(BOB, &limit(Side::Sell, "60000.1", "0.01")).unwrap();
    let taker = house.place(ALICE, &limit(Side::Buy, "60000.2", "0.025")).unwrap();
    assert_eq!(taker.status, OrderStatus::Filled);
    let states = [&first, &second, &late_best].map(|order| house.state(order));
    let filled = states.each_ref().map(|order| order.executed_qty.to_string());
    assert_eq!(filled, ["0.01", "0.01", "0.005"]);
    assert_eq!(states[2].status, OrderStatus::PartiallyFilled);
    let (maker, taken): (Vec<&Trade>, Vec<&Trade>) =
        trades(&house).iter().partition(|trade| trade.is_maker);
    assert_eq!((maker.len(), taken.len()), (3, 3));
    assert!(maker.iter().all(|trade| trade.fee.is_zero() && trade.account == BOB));
    assert!(taken.iter().all(|trade| trade.fee == trade.quote.get() * dec("0.0005")));
    assert!(trades(&house).iter().all(|trade| !trade.is_self_trade));
}

#[test]
fn a_resting_buy_fills_at_its_own_price_when_the_mid_falls_through_it() {
    let mut house = House::open(|_| {});
    let order = house.place(ALICE, &limit(Side::Buy, "59500", "0.01")).unwrap();
    house.wait(60.0);
    assert_eq!(house.state(&order).status, OrderStatus::New, "the mid stayed above");
    house.set_price("59400");
    let order = house.state(&order);
    assert_eq!(order.status, OrderStatus::Filled);
    assert_eq!(order.executed_quote.get(), dec("595"));
    let trade = &trades(&house)[0];
    assert!(trade.is_maker && trade.fee.is_zero());
    assert_eq!(house.balance(ALICE, "USDT").total(), dec("999405"));
}

#[test]
fn a_crossing_between_two_looks_counts() {
    let mut house = House::open(|_| {});
    let order = house.place(ALICE, &limit(Side::Sell, "60500", "0.01")).unwrap();
    let touch = house.now.plus(std::time::Duration::from_secs(10));
    house.prices.set(BTC, "60600".parse().unwrap(), touch);
    house.prices.set(BTC, "60000".parse().unwrap(), touch.plus(std::time::Duration::from_secs(1)));
    house.wait(60.0);
    assert_eq!(house.state(&order).status, OrderStatus::Filled);
}

#[test]
fn a_large_resting_order_fills_bit_by_bit_with_the_flow() {
    let mut house = House::open(|_| {});
    house.wait(1.0);
    let order = house.place(ALICE, &limit(Side::Buy, "59999.8", "10")).unwrap();
    house.set_price("59999.8");
    house.wait(10.0);
    let after_ten = house.state(&order).executed_qty;
    assert_eq!(house.state(&order).status, OrderStatus::PartiallyFilled);
    house.wait(10.0);
    let after_twenty = house.state(&order).executed_qty;
    assert!(after_twenty > after_ten && !after_ten.is_zero());
    for _ in 0..600 {
        house.wait(1.0);
    }
    assert_eq!(house.state(&order).status, OrderStatus::Filled);
    assert_eq!(house.state(&order).executed_quote.get(), dec("599998"));
}

#[test]
fn frequent_looks_do_not_starve_an_order() {
    let mut house = House::open(|listing| listing.liquidity.daily_turnover = 864_000.0);
    let order = house.place(ALICE, &limit(Side::Buy, "59999.8", "0.0005")).unwrap();
    house.set_price("59999.8");
    for _ in 0..12_000 {
        house.wait(0.001);
    }
    assert_eq!(house.state(&order).status, OrderStatus::Filled, "10 USDT a second flow by");
}

#[test]
fn the_book_shows_resting_orders_among_the_levels_of_others() {
    let mut house = House::open(|_| {});
    house.place(ALICE, &limit(Side::Buy, "59999.9", "0.5")).unwrap();
    house.place(BOB, &limit(Side::Buy, "59999.9", "0.25")).unwrap();
    let bids = house.exchange.depth(BTC, Side::Buy, 10, house.now);
    assert_eq!(
        (bids[0].price.to_string(), bids[0].qty.to_string()),
        ("59999.9".into(), "0.75".into())
    );
    assert_eq!(bids.len(), 10);
    assert!(bids.windows(2).all(|pair| pair[0].price > pair[1].price));
    let asks = house.exchange.depth(BTC, Side::Sell, 1_000, house.now);
    assert!(asks[0].price > bids[0].price);
}

#[test]
fn trading_with_oneself_is_marked() {
    let mut house = House::open(|_| {});
    house.place(ALICE, &limit(Side::Sell, "60000.1", "0.01")).unwrap();
    house.place(ALICE, &limit(Side::Buy, "60000.1", "0.01")).unwrap();
    assert_eq!(trades(&house).len(), 2);
    assert!(trades(&house).iter().all(|trade| trade.is_self_trade));
    assert_eq!(house.balance(ALICE, "BTC").total(), dec("10"));
}
