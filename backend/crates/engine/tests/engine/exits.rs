//! Exit plans and their execution.

use std::time::Duration;

use domain::event::{CloseReason, Event, KillMode, PlanSource};
use domain::ids::Leg;
use domain::*;
use engine::*;

use crate::world::{World, price, qty, settings, symbol};

fn closed(world: &World) -> &domain::event::PositionClosed {
    match &world.last("POSITION_CLOSED").event {
        Event::PositionClosed(closed) => closed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_plan_follows_the_policy_and_the_atr() {
    // ATR is 1 and the entry 100 throughout.
    for (policy, stop, target) in [
        (PolicyName::Conservative, "98.5", "103"),
        (PolicyName::Moderate, "98", "105"),
        (PolicyName::Aggressive, "97.5", "107.5"),
    ] {
        let mut settings = settings();
        settings.risk.policy = policy;
        let mut world = World::with(settings);
        world.candles("BTCUSDT", "100", "1");
        world.bought("25", "0.25");
        let plan = world.last_plan();
        assert_eq!(plan.plan.source, PlanSource::Atr, "{policy}");
        assert_eq!(plan.plan.stop, price(stop), "{policy}");
        assert_eq!(plan.plan.targets.len(), 1);
        assert_eq!(plan.plan.targets[0].price, price(target), "{policy}");
    }
}

#[test]
fn without_candles_the_plan_is_the_fallback_and_says_so() {
    let mut world = World::new();
    world.bought("25", "0.25");
    let plan = &world.last_plan().plan;
    assert_eq!(plan.source, PlanSource::Fallback);
    assert_eq!(plan.stop, price("98"));
    assert_eq!(plan.targets[0].price, price("105"));
    assert!(plan.notes[0].contains("no candles"), "{:?}", plan.notes);
}

#[test]
fn a_fallback_plan_is_renewed_when_candles_come_in_time_and_followed_when_they_do_not() {
    let mut world = World::new();
    world.bought("25", "0.25");
    assert!(world.placed().is_empty(), "the first target waits for the candles");
    world.candles("BTCUSDT", "100", "2");
    assert_eq!(world.last_plan().revision, 2);
    assert_eq!(world.last_plan().plan.stop, price("96"));
    assert_eq!(world.one_placed().kind.limit_price(), Some(price("110")));

    let mut world = World::new();
    world.bought("25", "0.25");
    world.pass(Duration::from_secs(2));
    assert_eq!(world.one_placed().kind.limit_price(), Some(price("105")));
}

#[test]
fn the_target_rests_as_a_limit_sell_and_closes_the_position_with_a_profit() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    assert_eq!(target.side, Side::Sell);
    assert_eq!(target.kind, OrderKind::Limit { qty: qty("0.25"), price: price("105") });
    assert!(target.recv_window_ms <= 2_000);
    world.accept(&target.client_order_id);
    world.report(&target.client_order_id, OrderStatus::Filled, "0.25", "26.25");
    assert_eq!(closed(&world).reason, CloseReason::Targets);
    assert_eq!(closed(&world).realised_pnl.to_string(), "1.25");
    assert_eq!(world.engine.ledger().positions().count(), 0);
    assert_eq!(world.engine.ledger().exposure(), Notional::ZERO);
    assert_eq!(world.engine.ledger().realised_on(world.at.utc_day()).to_string(), "1.25");
}

#[test]
fn the_stop_cancels_the_target_waits_for_its_end_and_sells_the_remainder() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("BTCUSDT", "98.01");
    assert_eq!(world.count("POSITION_CLOSING"), 0);
    world.quote("BTCUSDT", "98");
    world.quote("BTCUSDT", "97");
    assert_eq!(world.count("POSITION_CLOSING"), 1);
    assert!(world.placed().is_empty(), "nothing is sold before the cancel is confirmed");
    // A part of the target was filled while it was being cancelled.
    world.report(&target.client_order_id, OrderStatus::PartiallyCanceled, "0.05", "5.25");
    let stop = world.one_placed();
    assert_eq!(stop.kind, OrderKind::Market { qty: qty("0.2") });
    world.accept(&stop.client_order_id);
    world.report(&stop.client_order_id, OrderStatus::Filled, "0.2", "19.4");
    assert_eq!(closed(&world).reason, CloseReason::Stop);
    assert_eq!(closed(&world).realised_pnl.to_string(), "-0.35");
}

#[test]
fn a_target_that_fills_while_the_stop_fires_leaves_nothing_to_sell() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("BTCUSDT", "97");
    let id = target.client_order_id.clone();
    world.step(Input::Cancelled { client_order_id: id, outcome: CancelOutcome::AlreadyDone });
    world.report(&target.client_order_id, OrderStatus::Filled, "0.25", "26.25");
    assert!(world.placed().is_empty());
    assert_eq!(world.count("POSITION_CLOSED"), 1);
    assert_eq!(closed(&world).dust, Qty::ZERO);
}

#[test]
fn a_cancel_reply_with_the_old_state_does_not_sell_twice() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("BTCUSDT", "97");
    let id = target.client_order_id.clone();
    world.step(Input::Cancelled { client_order_id: id, outcome: CancelOutcome::Accepted });
    world.report(&target.client_order_id, OrderStatus::New, "0", "0");
    assert!(world.placed().is_empty(), "the order still shows as new");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    assert_eq!(world.one_placed().kind, OrderKind::Market { qty: qty("0.25") });
}

#[test]
fn an_emergency_sale_that_comes_back_cancelled_is_repeated_with_an_alarm_until_nothing_is_left() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("BTCUSDT", "97");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    let mut ids = Vec::new();
    for round in 0..3 {
        let order = world.one_placed();
        ids.push(order.client_order_id.clone());
        world.accept(&order.client_order_id);
        world.report(&order.client_order_id, OrderStatus::Canceled, "0", "0");
        assert!(world.placed().is_empty(), "a pause before round {round} is repeated");
        world.pass(Duration::from_secs(5));
        world.quote("BTCUSDT", "96");
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3, "every attempt has its own id");
    assert_eq!(world.count("ALARM"), 3);
    let order = world.one_placed();
    world.accept(&order.client_order_id);
    world.report(&order.client_order_id, OrderStatus::PartiallyCanceled, "0.1", "9.6");
    let rest = world.one_placed();
    assert_eq!(rest.kind, OrderKind::Market { qty: qty("0.15") });
    world.accept(&rest.client_order_id);
    world.report(&rest.client_order_id, OrderStatus::Filled, "0.15", "14.4");
    assert_eq!(world.count("POSITION_CLOSED"), 1);
}

#[test]
fn a_sale_in_doubt_is_looked_up_not_repeated() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("BTCUSDT", "97");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    let stop = world.one_placed();
    world.outcome(&stop.client_order_id, PlaceOutcome::InDoubt { seen: "504".into() });
    world.pass(Duration::from_mins(5));
    world.quote("BTCUSDT", "90");
    assert!(world.placed().is_empty());
    world.report(&stop.client_order_id, OrderStatus::Filled, "0.25", "24");
    assert_eq!(world.count("POSITION_CLOSED"), 1);
}

#[test]
fn several_targets_rest_one_after_the_other_and_the_stop_moves_to_break_even() {
    let mut settings = settings();
    settings.exit.tp_shares = vec![50.into(), 30.into(), 20.into()];
    let mut world = World::with(settings);
    let text = "BTC/USDT LONG\nEntry: 100\nTargets: 110 120 130\nStop: 90";
    world.message(text, Some("1"));
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.last_plan().plan.source, PlanSource::Hint);
    for (number, size, at) in [(1, "0.125", "110"), (2, "0.075", "120"), (3, "0.05", "130")] {
        let order = world.one_placed();
        assert_eq!(order.kind, OrderKind::Limit { qty: qty(size), price: price(at) });
        world.accept(&order.client_order_id);
        let leg = world.engine.ledger().order(&order.client_order_id).unwrap().leg;
        assert_eq!(leg, Leg::Target(number));
        let quote = price(at).notional(qty(size)).to_string();
        world.report(&order.client_order_id, OrderStatus::Filled, size, &quote);
    }
    assert_eq!(world.last_plan().plan.stop, price("100"), "break-even after the first target");
    assert_eq!(closed(&world).dust, Qty::ZERO);
    assert_eq!(closed(&world).reason, CloseReason::Targets);
}

#[test]
fn senseless_hints_are_dropped_with_a_reason() {
    // A message that contradicts itself is not trusted by default.
    let mut settings = settings();
    settings.auto_route.min_confidence = 0.0;
    let mut world = World::with(settings);
    world.candles("BTCUSDT", "100", "1");
    let text = "BTC/USDT LONG\nEntry: 100\nTargets: 90 110\nStop: 980";
    world.message(text, Some("1"));
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::Filled, "0.25", "25");
    let plan = &world.last_plan().plan;
    assert_eq!(plan.stop, price("98"), "stop from the ATR");
    assert_eq!(plan.targets.len(), 1);
    assert_eq!(plan.targets[0].price, price("110"));
    assert_eq!(plan.notes.iter().filter(|note| note.contains("dropped")).count(), 2);
}

#[test]
fn targets_too_small_for_the_exchange_are_left_out() {
    let mut world = World::new();
    let text = "BTC/USDT LONG\nEntry: 100\nTargets: 101 102 103 104 105 106 107 108\nStop: 90";
    world.message(text, Some("1"));
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::PartiallyCanceled, "0.025", "2.5");
    let plan = &world.last_plan().plan;
    assert_eq!(plan.targets.len(), 2);
    let shares: Decimal = plan.targets.iter().map(|target| target.share).sum();
    assert_eq!(shares, Decimal::ONE);
}

#[test]
fn a_position_too_small_to_sell_is_closed_as_dust_and_remembered() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.buy("BTCUSDT", "25");
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::PartiallyCanceled, "0.005", "0.5");
    assert_eq!(closed(&world).reason, CloseReason::Dust);
    let dust: Vec<_> = world.engine.ledger().dust().collect();
    assert_eq!(dust, [(&symbol("BTCUSDT"), qty("0.005"))]);
}

#[test]
fn a_manual_sell_reduces_the_position_and_the_plan_goes_on() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    let reply = world.manual(SignalKey::new("sell"), "BTCUSDT", Side::Sell, "10", false);
    assert_eq!(reply.decision, OrderDecision::Sent);
    assert_eq!(reply.qty, qty("0.1"));
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    let sale = world.one_placed();
    assert_eq!(sale.kind, OrderKind::Market { qty: qty("0.1") });
    world.accept(&sale.client_order_id);
    world.report(&sale.client_order_id, OrderStatus::Filled, "0.1", "10");
    let target = world.one_placed();
    assert_eq!(target.kind, OrderKind::Limit { qty: qty("0.15"), price: price("105") });
}

#[test]
fn the_same_key_sells_once() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    let key = || SignalKey::new("sell");
    world.manual(key(), "BTCUSDT", Side::Sell, "10", false);
    world.restart();
    world.quote("BTCUSDT", "100");
    let again = world.manual(key(), "BTCUSDT", Side::Sell, "10", false);
    assert_eq!(again.decision, OrderDecision::Duplicate);
    assert_eq!(world.count("POSITION_CLOSING"), 1);
}

#[test]
fn spot_cannot_be_short() {
    let mut world = World::new();
    let reply = world.manual(SignalKey::new("sell"), "BTCUSDT", Side::Sell, "10", false);
    assert_eq!(reply.decision, OrderDecision::Blocked);
    assert!(reply.reason.contains("cannot be short"), "{}", reply.reason);
    assert_eq!(world.count("ORDER_BLOCKED"), 1);
}

#[test]
fn flatten_sells_everything_and_close_sells_one() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    let kill = Command::Kill { mode: KillMode::Flatten, reason: "test".into(), by: "me".into() };
    world.step(Input::Command(kill));
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    let sale = world.one_placed();
    world.accept(&sale.client_order_id);
    world.report(&sale.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(closed(&world).reason, CloseReason::KillSwitch);
    let gone = Command::ClosePosition { position_id: PositionId::new("pos-x"), by: "me".into() };
    world.step(Input::Command(gone));
    assert!(matches!(world.reply, Some(Reply::Refused(_))));
}

#[test]
fn the_trailing_stop_follows_the_price_up_and_never_down() {
    let mut settings = settings();
    settings.exit.trailing_pct = Some(Decimal::TWO);
    let mut world = World::with(settings);
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let before = world.count("RISK_SLTP");
    world.quote("BTCUSDT", "100.05");
    assert_eq!(world.count("RISK_SLTP"), before, "too small a step to tell");
    world.quote("BTCUSDT", "103");
    assert_eq!(world.last_plan().plan.stop, price("100.94"));
    world.quote("BTCUSDT", "101.5");
    assert_eq!(world.last_plan().plan.stop, price("100.94"));
    world.quote("BTCUSDT", "100.94");
    assert_eq!(world.count("POSITION_CLOSING"), 1);
}

#[test]
fn the_time_stop_sells_what_was_held_too_long() {
    let mut settings = settings();
    settings.exit.time_stop = Some(Duration::from_hours(4));
    let mut world = World::with(settings);
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.pass(Duration::from_hours(4) - Duration::from_secs(1));
    assert_eq!(world.count("POSITION_CLOSING"), 0);
    world.pass(Duration::from_secs(1));
    world.quote("BTCUSDT", "100");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    let sale = world.one_placed();
    world.accept(&sale.client_order_id);
    world.report(&sale.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(closed(&world).reason, CloseReason::Time);
}

#[test]
fn a_position_whose_price_went_stale_raises_one_alarm_and_pauses_entries() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    world.pass(Duration::from_secs(11));
    world.quote("ETHUSDT", "10");
    let blocked = world.buy("ETHUSDT", "10");
    assert_eq!(blocked.decision, OrderDecision::Blocked);
    assert!(blocked.reason.contains("unprotected"), "{}", blocked.reason);
    for _ in 0..20 {
        world.pass(Duration::from_secs(1));
    }
    assert_eq!(world.count("ALARM"), 1);
    assert_eq!(world.engine.unprotected(world.at).count(), 1);
    world.quote("BTCUSDT", "100");
    world.quote("ETHUSDT", "10");
    assert_eq!(world.engine.unprotected(world.at).count(), 0);
    assert_eq!(world.buy("ETHUSDT", "10").decision, OrderDecision::Sent);
}

#[test]
fn the_daily_loss_limit_pulls_the_kill_switch_by_itself() {
    let mut settings = settings();
    settings.risk.max_daily_loss = "1".parse().unwrap();
    let mut world = World::with(settings);
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("BTCUSDT", "95");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    let stop = world.one_placed();
    world.accept(&stop.client_order_id);
    world.report(&stop.client_order_id, OrderStatus::Filled, "0.25", "23.75");
    assert_eq!(world.engine.ledger().kill_mode(), Some(KillMode::Cancel));
    assert_eq!(world.buy("ETHUSDT", "10").decision, OrderDecision::Blocked);
    world.restart();
    assert_eq!(world.engine.ledger().kill_mode(), Some(KillMode::Cancel));
}

#[test]
fn a_position_that_is_partly_gone_is_adjusted_downwards_only() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    let id = world.position().id.clone();
    let adjust = |held: &str| {
        let held = qty(held);
        Input::Command(Command::AdjustPosition { position_id: id.clone(), held, by: "me".into() })
    };
    world.step(adjust("0.3"));
    assert!(matches!(world.reply, Some(Reply::Refused(CommandRefusal::NotLess(..)))));
    world.step(adjust("0.1"));
    assert_eq!(world.reply, Some(Reply::Done));
    assert_eq!(world.position().held(), qty("0.1"));
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    assert_eq!(world.one_placed().kind, OrderKind::Limit { qty: qty("0.1"), price: price("105") });
}
