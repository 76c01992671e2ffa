//! What an account is told, in which order, and that it adds up.

use domain::{Decimal, OrderStatus, Side};

use super::event::{BalanceCause, Event};
use super::fixture::{ALICE, BOB, House, base, limit, market, quote};
use super::{AccountId, Balance};

fn told(house: &mut House, account: AccountId) -> Vec<String> {
    let (_, events) = house.exchange.take_recorded();
    let mine = events.into_iter().filter(|event| event.account() == account);
    mine.map(|event| match event {
        Event::Order { order, .. } => format!("{:?}", order.status),
        Event::Deal(trade) => format!("deal {}", trade.qty),
        Event::Balance(event) => {
            format!("{:?} {} {}", event.cause, event.asset, event.free_change.normalize())
        }
    })
    .collect()
}

#[test]
fn a_resting_order_is_told_from_placing_to_cancel() {
    let mut house = House::open(|_| ());
    told(&mut house, ALICE);
    let order = house.place(ALICE, &limit(Side::Buy, "59900", "0.1")).unwrap();
    assert_eq!(told(&mut house, ALICE), ["Placed USDT -5990", "New"]);
    house.cancel(&order).unwrap();
    assert_eq!(told(&mut house, ALICE), ["Canceled", "Cancelled USDT 5990"]);
    assert_eq!(told(&mut house, BOB), [""; 0]);
}

#[test]
fn a_fill_is_told_as_order_then_deal_then_balances() {
    let mut house = House::open(|_| ());
    told(&mut house, ALICE);
    house.place(ALICE, &limit(Side::Buy, "59900", "0.1")).unwrap();
    told(&mut house, ALICE);
    house.set_price("59000");
    // Paid out of what was locked: nothing free changes but the coins.
    let expected = ["Filled", "deal 0.1", "Traded USDT 0", "Traded BTC 0.1"];
    assert_eq!(told(&mut house, ALICE), expected);
}

#[test]
fn a_market_order_is_told_fill_by_fill_with_its_fees_apart() {
    let mut house = House::open(|_| ());
    told(&mut house, ALICE);
    house.place(ALICE, &market(Side::Buy, quote("1000"))).unwrap();
    let told = told(&mut house, ALICE);
    assert_eq!(told[..2], ["New", "PartiallyFilled"]);
    assert!(told[2].starts_with("deal ") && told[3].starts_with("Traded USDT -"), "{told:?}");
    assert!(told[4].starts_with("Fee USDT -") && told[5].starts_with("Traded BTC "), "{told:?}");
    assert_eq!(told.last().unwrap(), "Filled");
}

#[test]
fn balances_told_add_up_to_balances_held() {
    let mut house = House::open(|_| ());
    let start = |house: &House, asset| house.balance(ALICE, asset);
    let mut known = [("USDT", start(&house, "USDT")), ("BTC", start(&house, "BTC"))];
    house.exchange.take_recorded();
    for step in 0..60_i64 {
        let price = (59_000 + step * 37 % 2_000).to_string();
        match step % 5 {
            0 => drop(house.place(ALICE, &limit(Side::Buy, &price, "0.01"))),
            1 => drop(house.place(BOB, &limit(Side::Sell, &price, "0.007"))),
            2 => drop(house.place(ALICE, &market(Side::Sell, base("0.002")))),
            3 => drop(house.exchange.cancel_open(ALICE, None, house.now)),
            _ => house.set_price(&price),
        }
        let (_, events) = house.exchange.take_recorded();
        for event in events {
            let Event::Balance(event) = event else { continue };
            let of_asset = known.iter_mut().find(|(name, _)| event.asset.as_str() == *name);
            let Some((_, balance)) = of_asset.filter(|_| event.account == ALICE) else { continue };
            let free = balance.free + event.free_change;
            let locked = balance.locked + event.locked_change;
            *balance = Balance { free, locked };
            assert_eq!(event.balance, *balance, "step {step} {:?}", event.cause);
            assert!(event.cause != BalanceCause::Fee || event.locked_change == Decimal::ZERO);
        }
        for (asset, balance) in known {
            assert_eq!(balance, house.balance(ALICE, asset), "step {step} {asset}");
        }
    }
    let ended = house.exchange.ledger().orders().iter();
    assert!(ended.filter(|order| order.status == OrderStatus::Filled).count() > 5);
}
