//! After a restart everything goes on from the journal.

use std::time::Duration;

use domain::event::Event;
use domain::*;
use engine::*;

use crate::world::{World, price, qty, settings};

#[test]
fn replaying_the_journal_gives_the_state() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.report(&target.client_order_id, OrderStatus::PartiallyFilled, "0.1", "10.5");
    let before = world.engine.ledger().clone();
    world.restart();
    assert_eq!(world.engine.ledger(), &before);
}

#[test]
fn a_checkpoint_alone_gives_the_state() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    let at = world.at;
    let record = world.engine.checkpoint(at).unwrap();
    let before = world.engine.ledger().clone();
    world.journal = vec![record];
    world.restart();
    assert_eq!(world.engine.ledger(), &before);
}

#[test]
fn an_order_without_a_recorded_answer_is_in_doubt_and_looked_up_not_sent_again() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.restart();
    assert_eq!(world.count("ORDER_IN_DOUBT"), 1);
    assert!(world.effects.is_empty(), "nothing is asked before the market is known");
    world.quote("BTCUSDT", "100");
    assert!(world.placed().is_empty());
    let asks = |effect: &Effect| matches!(effect, Effect::Query { client_order_id, .. } if *client_order_id == order.client_order_id);
    assert!(world.effects.iter().any(asks));
    world.report(&order.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.position().held(), qty("0.25"));
    assert!(world.position().plan.is_some());
}

#[test]
fn the_stop_is_in_force_at_the_first_price_after_a_restart() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.restart();
    world.quote("BTCUSDT", "97");
    assert_eq!(world.count("POSITION_CLOSING"), 1);
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::Cancel { .. })));
}

#[test]
fn a_position_the_journal_lost_its_plan_of_gets_one() {
    let mut world = World::new();
    world.bought("25", "0.25");
    let torn = |record: &Record| !matches!(record.event, Event::RiskSltp(_));
    let kept: Vec<Record> = world.journal.iter().take_while(|r| torn(r)).cloned().collect();
    world.journal = kept;
    world.restart();
    world.quote("BTCUSDT", "100");
    world.step(Input::Reconciled { orders: Vec::new() });
    assert_eq!(world.count("RISK_SLTP"), 1);
    assert_eq!(world.position().plan.as_ref().unwrap().stop, price("98"));
}

#[test]
fn cooldowns_and_limits_survive() {
    let mut world = World::new();
    world.bought("25", "0.25");
    world.restart();
    world.pass(Duration::from_secs(5));
    world.quote("BTCUSDT", "100");
    let reply = world.buy("BTCUSDT", "25");
    assert_eq!(reply.decision, OrderDecision::Blocked);
    let blocked: Vec<&str> = reply
        .checks
        .iter()
        .filter(|check| check.result == CheckResult::Block)
        .map(|check| check.name.as_ref())
        .collect();
    assert_eq!(blocked, ["cooldown", "positions_per_symbol"]);
}

#[test]
fn coins_the_account_does_not_have_stop_new_entries_until_a_person_explains() {
    let usdt = |asset: &str, free: &str| Balance {
        asset: Asset::from_exchange(asset),
        free: free.parse().unwrap(),
        locked: Decimal::ZERO,
    };
    for (btc, stopped) in [("0.25", false), ("0.249999", true)] {
        let mut world = World::new();
        world.bought("25", "0.25");
        world.restart();
        world.quote("BTCUSDT", "100");
        world.step(Input::Balances(vec![usdt("USDT", "1000"), usdt("BTC", btc)]));
        world.step(Input::Reconciled { orders: Vec::new() });
        assert_eq!(world.engine.ledger().kill_mode().is_some(), stopped, "{btc}");
        assert!(world.position().plan.is_some(), "what is held stays looked after");
    }
}

#[test]
fn a_sale_or_purchase_under_way_explains_coins_that_are_not_there() {
    let balances = |btc: &str| {
        let balance = |asset: &str, free: &str| Balance {
            asset: Asset::from_exchange(asset),
            free: free.parse().unwrap(),
            locked: Decimal::ZERO,
        };
        Input::Balances(vec![balance("USDT", "1000"), balance("BTC", btc)])
    };
    // The stop was crossed right after the start: its sale left, and its answer is not there yet.
    let mut world = World::new();
    world.bought("25", "0.25");
    world.restart();
    world.quote("BTCUSDT", "90");
    assert_eq!(world.one_placed().side, Side::Sell);
    world.pass(Duration::from_millis(50));
    world.step(balances("0"));
    world.step(Input::Reconciled { orders: Vec::new() });
    assert_eq!(world.engine.ledger().kill_mode(), None, "the stop's sale is under way");

    // The list shows a purchase that filled after the balances were read.
    let mut world = World::new();
    world.quote("BTCUSDT", "100");
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.restart();
    world.quote("BTCUSDT", "100");
    world.step(balances("0"));
    world.pass(Duration::from_millis(50));
    let filled = world.snapshot(&order.client_order_id, OrderStatus::Filled, "0.25", "25");
    let QueryOutcome::Found { order: filled, .. } = filled else { panic!("{filled:?}") };
    world.step(Input::Reconciled { orders: vec![filled] });
    assert_eq!(world.position().held(), qty("0.25"));
    assert_eq!(world.engine.ledger().kill_mode(), None, "the balances are older than the purchase");
}

#[test]
fn another_account_starts_with_its_own_book_and_says_what_is_left_open() {
    let mut world = World::new();
    world.bought("25", "0.25");
    let paper = settings();
    let live = Settings { mode: Mode::Live, account: "mexc-1234abcd".to_owned(), ..settings() };
    world.restart_with(live);
    assert_eq!(world.engine.ledger().positions().count(), 0);
    assert_eq!(world.engine.ledger().positions_elsewhere().count(), 1);
    let Event::Alarm(alarm) = &world.last("ALARM").event else { panic!("an alarm") };
    assert!(alarm.message.contains("0.25 BTCUSDT on paper"), "{}", alarm.message);
    world.restart_with(paper);
    assert_eq!(world.position().held(), qty("0.25"));
}
