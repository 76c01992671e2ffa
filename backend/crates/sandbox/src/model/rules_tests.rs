//! The exchange's rules as tables of cases: what is refused, with which code.

use domain::{Side, TradeSides};

use super::fixture::{ALICE, BOB, House, balances, base, limit, market, named, of_type, quote};
use super::{AccountSeed, NewOrder, OrderType, Rejection, Size};
use crate::market::{Listing, SymbolStatus};

fn code(result: Result<super::Order, Rejection>) -> i64 {
    result.map_or_else(|rejection| rejection.code(), |_| 0)
}

fn check(cases: &[(NewOrder, i64)], change: impl Fn(&mut Listing) + Copy) {
    for (order, expected) in cases {
        let got = House::open(change).place(ALICE, order);
        assert_eq!(code(got.clone()), *expected, "{order:?}: {got:?}");
    }
}

#[test]
fn sizes_at_just_under_and_just_over_each_bound() {
    check(
        &[
            (limit(Side::Buy, "60000", "0.000017"), 0),
            (limit(Side::Buy, "50000", "0.00002"), 0),
            (limit(Side::Buy, "50000", "0.000019"), 30_002),
            (limit(Side::Buy, "60000", "0"), 30_002),
            (limit(Side::Buy, "60000", "10"), 0),
            (limit(Side::Buy, "60000", "66.666667"), 30_003),
            (market(Side::Buy, quote("1")), 0),
            (market(Side::Buy, quote("0.99")), 30_002),
            (market(Side::Sell, base("0.000016")), 30_002),
            (market(Side::Sell, base("0.000017")), 0),
            (market(Side::Buy, quote("4000000")), 30_004),
            (market(Side::Buy, quote("4000000.01")), 30_003),
        ],
        |_| {},
    );
}

#[test]
fn the_smallest_quantity_binds_where_there_is_one() {
    let demand = |listing: &mut Listing| listing.min_qty = "0.001".parse().unwrap();
    check(
        &[(limit(Side::Buy, "60000", "0.001"), 0), (limit(Side::Buy, "60000", "0.000999"), 30_002)],
        demand,
    );
}

#[test]
fn numbers_with_too_many_decimals() {
    check(
        &[
            (limit(Side::Buy, "60000", "0.0010001"), 400),
            (limit(Side::Buy, "60000.001", "0.001"), 400),
            (market(Side::Buy, quote("10.001")), 400),
            (market(Side::Sell, base("0.0010001")), 400),
            (limit(Side::Buy, "60000.10", "0.0010"), 0),
        ],
        |_| {},
    );
}

#[test]
fn prices_stay_inside_the_band() {
    check(
        &[
            (limit(Side::Buy, "63000", "0.001"), 0),
            (limit(Side::Buy, "63000.01", "0.001"), 30_087),
            (limit(Side::Buy, "1000", "0.01"), 0),
            (limit(Side::Sell, "57000", "0.001"), 0),
            (limit(Side::Sell, "56999.99", "0.001"), 30_087),
            (limit(Side::Sell, "200000", "0.001"), 0),
            (of_type(OrderType::ImmediateOrCancel, limit(Side::Buy, "63000.01", "0.1")), 30_087),
        ],
        |_| {},
    );
}

#[test]
fn pairs_that_are_closed_in_one_way_or_another() {
    let buy = limit(Side::Buy, "60000", "0.001");
    let sell = limit(Side::Sell, "60000", "0.001");
    let at_market = market(Side::Buy, quote("10"));
    check(&[(buy.clone(), 10_007)], |listing| listing.open_to_api = false);
    check(&[(buy.clone(), 30_000)], |listing| listing.status = SymbolStatus::Paused);
    check(&[(buy.clone(), 30_000)], |listing| listing.status = SymbolStatus::Offline);
    check(&[(buy.clone(), 30_016)], |listing| listing.sides = TradeSides::Closed);
    let both = [(buy.clone(), 30_001), (sell.clone(), 0)];
    check(&both, |listing| listing.sides = TradeSides::SellOnly);
    check(&[(buy.clone(), 0), (sell, 30_001)], |listing| listing.sides = TradeSides::BuyOnly);
    check(&[(at_market, 30_019), (buy, 0)], |listing| listing.market_orders = false);
}

#[test]
fn unknown_pairs_and_ill_formed_orders() {
    let good = limit(Side::Buy, "60000", "0.001");
    let elsewhere = NewOrder { symbol: domain::Symbol::from_exchange("NOPEUSDT"), ..good.clone() };
    let unpriced = NewOrder { price: None, ..good.clone() };
    let by_quote = NewOrder { size: quote("10"), ..good };
    check(&[(elsewhere, -1121), (unpriced, 700_004), (by_quote, 700_004)], |_| {});
}

#[test]
fn client_order_ids() {
    let order = || limit(Side::Buy, "50000", "0.001");
    let longest = "a".repeat(32);
    for id in ["a", "A-b_9", longest.as_str()] {
        assert_eq!(code(House::open(|_| {}).place(ALICE, &named(id, order()))), 0, "{id}");
    }
    let too_long = "a".repeat(33);
    for id in ["", "a b", "ä", "a.b", too_long.as_str()] {
        assert_eq!(code(House::open(|_| {}).place(ALICE, &named(id, order()))), 700_008, "{id}");
    }
    let mut house = House::open(|_| {});
    let first = house.place(ALICE, &named("one", order())).unwrap();
    assert_eq!(code(house.place(ALICE, &named("one", order()))), 400);
    house.cancel(&first).unwrap();
    assert_eq!(code(house.place(ALICE, &named("one", order()))), 400, "an id is never free again");
    assert_eq!(code(house.place(BOB, &named("one", order()))), 0, "ids are per account");
}

#[test]
fn the_words_of_refusals() {
    let words = |order: &NewOrder| House::open(|_| {}).place(ALICE, order).unwrap_err().to_string();
    assert_eq!(
        words(&market(Side::Buy, quote("0.5"))),
        "The minimum transaction volume cannot be less than：1USDT"
    );
    assert_eq!(words(&limit(Side::Buy, "60000", "0.0000001")), " quantity scale is invalid");
    assert_eq!(words(&market(Side::Buy, quote("5.123"))), " amount scale is invalid");
    assert_eq!(words(&limit(Side::Sell, "60000", "11")), "Oversold");
    assert!(words(&named("a b", limit(Side::Sell, "60000", "1"))).contains("{1,32}"));
}

#[test]
fn an_order_needs_its_whole_price_and_the_fee_of_what_it_takes() {
    let house = |usdt: &str| {
        let poor = AccountSeed { key: "poor".to_owned(), ..balances(&[("USDT", usdt)]) };
        House::with_accounts(vec![poor], |_| {})
    };
    // Free quote, order, code. The best ask lies just above 60000.
    let resting = || limit(Side::Buy, "50000", "0.001");
    let taking = || limit(Side::Buy, "60300", "0.001");
    let cases = [
        ("50", resting(), 0),
        ("49.99", resting(), 30_004),
        ("60.3", taking(), 0),
        ("60.29", taking(), 30_004),
        ("63", market(Side::Buy, base("0.001")), 0),
        ("62.9", market(Side::Buy, base("0.001")), 30_004),
        ("100", market(Side::Buy, quote("100")), 0),
        ("99.99", market(Side::Buy, quote("100")), 30_004),
        ("100", limit(Side::Sell, "60000", "0.001"), 30_005),
        ("100", market(Side::Sell, quote("10")), 30_005),
    ];
    for (usdt, order, expected) in cases {
        assert_eq!(code(house(usdt).place(ALICE, &order)), expected, "{usdt} {order:?}");
    }
}

#[test]
fn spending_the_whole_balance_leaves_room_for_the_fee() {
    let poor = AccountSeed { key: "poor".to_owned(), ..balances(&[("USDT", "100")]) };
    let mut house = House::with_accounts(vec![poor], |_| {});
    let order = house.place(ALICE, &market(Side::Buy, quote("100"))).unwrap();
    assert_eq!(order.status, domain::OrderStatus::Filled);
    let left = house.free(ALICE, "USDT");
    assert!(left >= domain::Decimal::ZERO && left < domain::Decimal::ONE, "{left}");
}

#[test]
fn at_most_five_hundred_orders_rest() {
    let mut house = House::open(|_| {});
    for _ in 0..500 {
        house.place(ALICE, &limit(Side::Buy, "1000", "0.001")).unwrap();
    }
    assert_eq!(code(house.place(ALICE, &limit(Side::Buy, "1000", "0.001"))), 30_029);
    assert_eq!(code(house.place(ALICE, &market(Side::Buy, Size::Quote("5".parse().unwrap())))), 0);
    assert_eq!(code(house.place(BOB, &limit(Side::Buy, "1000", "0.001"))), 0);
}

#[test]
fn a_finished_or_foreign_order_cannot_be_cancelled() {
    let mut house = House::open(|_| {});
    let resting = house.place(ALICE, &limit(Side::Buy, "50000", "0.001")).unwrap();
    let filled = house.place(ALICE, &market(Side::Buy, quote("10"))).unwrap();
    let shown = house.cancel(&resting).unwrap();
    assert_eq!(shown.status, domain::OrderStatus::New, "the reply shows the state before");
    assert_eq!(house.cancel(&resting), Err(Rejection::AlreadyCancelled));
    assert_eq!(house.cancel(&filled), Err(Rejection::AlreadyFilled));
    let foreign = super::Order { account: BOB, ..resting.clone() };
    assert_eq!(house.cancel(&foreign), Err(Rejection::UnknownOrder));
    for rejection in
        [Rejection::AlreadyCancelled, Rejection::AlreadyFilled, Rejection::UnknownOrder]
    {
        assert_eq!(rejection.code(), -2011);
    }
}
