//! Orders of ours that the journal lost.

use domain::ids::Leg;
use domain::*;
use engine::*;

use crate::world::{World, amount, price, qty, settings};

fn world(btc: &str) -> World {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    holds(&mut world, btc);
    world
}

fn holds(world: &mut World, btc: &str) {
    let free = |asset: &str, free: &str| Balance {
        asset: Asset::from_exchange(asset),
        free: free.parse().unwrap(),
        locked: Decimal::ZERO,
    };
    world.pass(std::time::Duration::from_millis(1));
    world.step(Input::Balances(vec![free("USDT", "1000"), free("BTC", btc)]));
}

fn entry() -> ClientOrderId {
    derived("lost signal", Leg::Entry, 1)
}

fn derived(cause: &str, leg: Leg, attempt: u32) -> ClientOrderId {
    let settings = settings();
    ClientOrderId::derive(&settings.bot_id, &settings.account, cause, leg, attempt)
}

fn sale_of(entry: &ClientOrderId, leg: Leg, attempt: u32) -> ClientOrderId {
    derived(PositionId::derive(entry).as_str(), leg, attempt)
}

fn shown(id: &ClientOrderId, status: OrderStatus, executed: &str, quote: &str) -> OrderSnapshot {
    let (leg, attempt) = id.leg_and_attempt().unwrap();
    OrderSnapshot {
        order_id: ExchangeOrderId::new(format!("X-{id}")),
        client_order_id: Some(id.clone()),
        symbol: Symbol::from_exchange("BTCUSDT"),
        side: if leg == Leg::Entry { Side::Buy } else { Side::Sell },
        status,
        executed_qty: qty(executed),
        executed_quote: amount(quote),
        created_at: Timestamp::EPOCH.plus(std::time::Duration::from_secs(u64::from(attempt))),
    }
}

fn reconcile(world: &mut World, orders: Vec<OrderSnapshot>) {
    world.step(Input::Reconciled { orders });
    world.quote("BTCUSDT", "102");
    assert_eq!(world.count("ALARM"), 1);
    assert!(world.engine.ledger().kill_mode().is_some(), "entries stop until it is explained");
}

#[test]
fn a_lost_purchase_is_protected_again() {
    let mut world = world("0.25");
    reconcile(&mut world, vec![shown(&entry(), OrderStatus::Filled, "0.25", "25")]);
    assert_eq!(world.count("ORDER_ADOPTED"), 1);
    let position = world.position();
    assert_eq!((position.held(), position.entry_price()), (qty("0.25"), Some(price("100"))));
    assert_eq!(position.plan.as_ref().unwrap().stop, price("98"));
    world.report(&entry(), OrderStatus::Filled, "0.25", "25");
    assert!(world.one_placed().kind.limit_price().is_some(), "its target rests");
    world.restart();
    assert_eq!(world.position().held(), qty("0.25"));
}

#[test]
fn what_was_sold_of_it_is_counted_and_a_resting_target_stays() {
    let mut world = world("0.15");
    let (first, second) =
        (sale_of(&entry(), Leg::Target(1), 1), sale_of(&entry(), Leg::Target(2), 2));
    let orders = vec![
        shown(&second, OrderStatus::New, "0", "0"),
        shown(&first, OrderStatus::Filled, "0.1", "11"),
        shown(&entry(), OrderStatus::Filled, "0.25", "25"),
    ];
    reconcile(&mut world, orders);
    assert_eq!(world.count("ORDER_ADOPTED"), 3);
    let position = world.position();
    assert_eq!((position.held(), position.targets_done), (qty("0.15"), 1));
    assert_eq!(position.exit_order.as_ref(), Some(&second));
    assert!(world.placed().is_empty());
    assert_eq!(world.count("ORDER_CANCEL_REQUESTED"), 0);
}

#[test]
fn a_purchase_that_was_sold_completely_leaves_nothing_to_look_after() {
    let mut world = world("0");
    let stop = sale_of(&entry(), Leg::Stop, 1);
    let orders = vec![
        shown(&stop, OrderStatus::Filled, "0.25", "24"),
        shown(&entry(), OrderStatus::Filled, "0.25", "25"),
    ];
    reconcile(&mut world, orders);
    world.report(&entry(), OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.engine.ledger().positions().count(), 0);
    assert_eq!(world.count("POSITION_CLOSED"), 1);
    assert!(world.placed().is_empty());
}

#[test]
fn a_lost_sale_of_a_known_position_reduces_it() {
    let mut world = world("0");
    world.bought("25", "0.25");
    let position = world.position().id.clone();
    world.placed();
    holds(&mut world, "0.1");
    let sale = derived(position.as_str(), Leg::Close, 7);
    reconcile(&mut world, vec![shown(&sale, OrderStatus::Filled, "0.15", "15")]);
    assert_eq!(world.position().held(), qty("0.1"));
}

#[test]
fn a_resting_purchase_is_cancelled_because_its_signal_is_lost() {
    let mut world = world("0");
    reconcile(&mut world, vec![shown(&entry(), OrderStatus::New, "0", "0")]);
    assert_eq!(world.count("ORDER_ADOPTED"), 1);
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::Cancel { .. })));
    assert_eq!(world.engine.ledger().positions().count(), 0);
}

#[test]
fn what_is_uncertain_is_left_alone_and_told() {
    let sold = sale_of(&derived("another", Leg::Entry, 1), Leg::Stop, 1);
    let odd = ClientOrderId::new("levi-unknown");
    let odd =
        OrderSnapshot { client_order_id: Some(odd), ..shown(&entry(), OrderStatus::New, "0", "0") };
    let cases = [
        ("0.25", vec![shown(&sold, OrderStatus::Filled, "0.25", "25")], "belongs to no purchase"),
        ("0.1", vec![shown(&entry(), OrderStatus::Filled, "0.25", "25")], "has only 0.1"),
        ("0", vec![odd], "not of a form"),
    ];
    for (btc, orders, reason) in cases {
        let mut world = world(btc);
        reconcile(&mut world, orders);
        assert_eq!(world.count("ORDER_ADOPTED"), 0, "{reason}");
        let told = format!("{:?}", world.journal);
        assert!(told.contains(reason), "{reason}");
        assert!(world.placed().is_empty() && world.engine.ledger().positions().count() == 0);
    }
}

#[test]
fn orders_of_the_user_and_of_other_bots_are_none_of_ours() {
    let mut world = world("1");
    let other = |id: &str| OrderSnapshot {
        client_order_id: Some(ClientOrderId::new(id)),
        ..shown(&entry(), OrderStatus::New, "0", "0")
    };
    world.step(Input::Reconciled { orders: vec![other("mine"), other("levi2-ea1-x")] });
    assert_eq!((world.count("ALARM"), world.count("ORDER_ADOPTED")), (0, 0));
    assert!(world.effects.iter().all(|effect| !matches!(effect, Effect::Cancel { .. })));
}

#[test]
fn an_order_that_ended_is_known_longer_than_the_exchange_lists_it() {
    let mut world = world("0.25");
    let entry = world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.report(&target.client_order_id, OrderStatus::Filled, "0.25", "26.25");
    assert_eq!(world.count("POSITION_CLOSED"), 1);
    world.pass(std::time::Duration::from_hours(30));
    // Old orders are forgotten when a new one is journalled.
    world.quote("ETHUSDT", "10");
    world.buy("ETHUSDT", "25");
    assert_eq!(world.count("ORDER_NEW"), 3);
    let orders = vec![
        shown(&entry, OrderStatus::Filled, "0.25", "25"),
        shown(&target.client_order_id, OrderStatus::Filled, "0.25", "26.25"),
    ];
    world.restart();
    world.step(Input::Reconciled { orders });
    assert_eq!((world.count("ORDER_ADOPTED"), world.count("ALARM")), (0, 0));
}
