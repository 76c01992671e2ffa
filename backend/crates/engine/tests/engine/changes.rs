//! Messages about what an earlier one led to.

use domain::*;
use engine::*;

use crate::world::{World, price, qty, settings};

const BUY_BTC: &str = "BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110, 120\nStop Loss: 90";
const BUY_ETH: &str = "ETH/USDT LONG\nEntry: 99 - 101\nTargets: 110, 120\nStop Loss: 90";

/// A world in which message `1` of channel alpha bought 0.25 BTC at 100.
fn holding() -> World {
    let mut world = World::new();
    fill(&mut world, BUY_BTC, "1");
    world
}

fn fill(world: &mut World, text: &str, id: &str) {
    assert_eq!(world.message(text, Some(id)).action, RouteAction::Executed, "{text}");
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::Filled, "0.25", "25");
    for target in world.placed() {
        world.accept(&target.client_order_id);
    }
}

fn say(world: &mut World, text: &str, change: impl FnOnce(&mut Message)) -> SignalReply {
    let mut message = Message {
        source: "api".to_owned(),
        channel: Some("alpha".to_owned()),
        message_id: Some(text.to_owned()),
        reply_to: None,
        idempotency_key: None,
        posted_at: None,
        text: text.to_owned(),
        route: true,
    };
    change(&mut message);
    world.step(Input::Message(Box::new(message)));
    match world.reply.take() {
        Some(Reply::Signal(reply)) => *reply,
        other => panic!("no signal reply: {other:?}"),
    }
}

fn stop(world: &World) -> Price {
    world.engine.ledger().positions().next().unwrap().plan.as_ref().unwrap().stop
}

#[test]
fn a_stop_moves_up_to_the_entry_or_a_price_and_fires_there() {
    for (text, expected) in
        [("BTC: move stop to entry", "100"), ("BTC/USDT update: set stoploss 97.5", "97.5")]
    {
        let mut world = holding();
        world.quote("BTCUSDT", "104");
        let reply = say(&mut world, text, |_| ());
        assert_eq!(reply.action, RouteAction::Executed, "{text}: {}", reply.reason);
        assert_eq!(stop(&world), price(expected), "{text}");
        world.quote("BTCUSDT", expected);
        assert_eq!(world.count("POSITION_CLOSING"), 1, "{text}");
    }
}

#[test]
fn a_stop_is_never_lowered_and_never_put_at_or_above_the_price() {
    let cases = [
        ("BTC/USDT update: set stoploss 80", "104", "may only raise it"),
        ("BTC: move stop to entry", "99", "not below the price"),
        ("BTC: move stop to entry", "100", "not below the price"),
    ];
    for (text, now, expected) in cases {
        let mut world = holding();
        world.quote("BTCUSDT", now);
        let reply = say(&mut world, text, |_| ());
        assert_eq!(reply.action, RouteAction::Skipped, "{text}");
        assert!(reply.reason.contains(expected), "{}", reply.reason);
        assert_eq!(stop(&world), price("90"));
        assert_eq!(world.count("POSITION_CLOSING"), 0);
    }
}

#[test]
fn closing_a_part_counts_what_is_sold_already_and_keeps_the_plan_for_the_rest() {
    let mut world = holding();
    world.quote("BTCUSDT", "104");
    let reply = say(&mut world, "BTC/USDT close half of the position", |_| ());
    assert_eq!(reply.action, RouteAction::Executed, "{}", reply.reason);
    let target = world.engine.ledger().open_orders().next().unwrap().client_order_id.clone();
    world.report(&target, OrderStatus::Canceled, "0", "0");
    let sale = world.one_placed();
    assert_eq!(sale.kind, OrderKind::Market { qty: qty("0.125") });
    world.accept(&sale.client_order_id);
    world.report(&sale.client_order_id, OrderStatus::Filled, "0.125", "13");
    let position = world.engine.ledger().positions().next().unwrap();
    assert_eq!((position.held(), position.closing.is_none()), (qty("0.125"), true));
    assert_eq!(world.placed().len(), 1, "the target rests again");
    let again = say(&mut world, "BTC/USDT: close 50% now please", |_| ());
    assert_eq!(again.action, RouteAction::Skipped);
    assert!(again.reason.contains("sold already"), "{}", again.reason);
}

#[test]
fn a_part_that_the_exchange_would_not_take_is_not_tried() {
    let mut world = holding();
    world.quote("BTCUSDT", "104");
    let reply = say(&mut world, "BTC/USDT close 99% of the position", |_| ());
    assert_eq!(reply.action, RouteAction::Skipped);
    assert!(reply.reason.contains("too small for the exchange"), "{}", reply.reason);
}

#[test]
fn a_reply_speaks_of_the_signal_it_replies_to() {
    let mut world = holding();
    world.quote("ETHUSDT", "100");
    fill(&mut world, BUY_ETH, "2");
    world.quote("BTCUSDT", "104");
    world.quote("ETHUSDT", "104");
    let reply = say(&mut world, "move SL to entry", |message| message.reply_to = Some("2".into()));
    assert_eq!(reply.action, RouteAction::Executed, "{}", reply.reason);
    let stops: Vec<(String, Price)> = world
        .engine
        .ledger()
        .positions()
        .map(|p| (p.symbol.to_string(), p.plan.as_ref().unwrap().stop))
        .collect();
    assert!(stops.contains(&("ETHUSDT".into(), price("100"))), "{stops:?}");
    assert!(stops.contains(&("BTCUSDT".into(), price("90"))), "{stops:?}");
    let lost = say(&mut world, "move SL to breakeven", |message| {
        message.reply_to = Some("99".into());
    });
    assert!(lost.reason.contains("replies to message 99"), "{}", lost.reason);
}

#[test]
fn without_a_pair_the_one_open_thing_of_the_channel_is_meant_and_two_are_not_guessed_at() {
    let mut world = holding();
    world.quote("BTCUSDT", "104");
    let one = say(&mut world, "Move stop to entry now", |_| ());
    assert_eq!(one.action, RouteAction::Executed, "{}", one.reason);
    world.quote("ETHUSDT", "100");
    fill(&mut world, BUY_ETH, "2");
    world.quote("ETHUSDT", "104");
    let two = say(&mut world, "move your SL to entry", |_| ());
    assert_eq!(two.action, RouteAction::Skipped);
    assert!(two.reason.contains("BTCUSDT, ETHUSDT are open"), "{}", two.reason);
    let all = say(&mut world, "close all positions now", |_| ());
    assert_eq!(all.action, RouteAction::Executed, "{}", all.reason);
    assert!(world.engine.ledger().positions().all(engine::Position::is_leaving));
}

#[test]
fn another_channel_touches_nothing_but_what_a_person_opened() {
    let mut world = holding();
    world.quote("BTCUSDT", "104");
    for text in ["BTC: move stop to entry", "BTCUSDT long close", "close BTC/USDT now"] {
        let reply = say(&mut world, text, |message| message.channel = Some("beta".into()));
        assert_eq!(reply.action, RouteAction::Skipped, "{text}: {}", reply.reason);
    }
    assert_eq!(stop(&world), price("90"));
    let mut manual = World::new();
    manual.bought("25", "0.25");
    let reply =
        say(&mut manual, "close BTC/USDT now", |message| message.channel = Some("beta".into()));
    assert_eq!(reply.action, RouteAction::Executed, "{}", reply.reason);
}

#[test]
fn a_withdrawn_entry_is_cancelled_and_a_filled_one_stays() {
    let mut world = World::new();
    world.quote("BTCUSDT", "105");
    world.message(BUY_BTC, Some("1"));
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    let reply = say(&mut world, "#BTC/USDT Cancelled ❌\nTarget achieved before entry", |_| ());
    assert_eq!(reply.action, RouteAction::Executed, "{}", reply.reason);
    assert_eq!(world.count("ORDER_CANCEL_REQUESTED"), 1);
    let mut filled = holding();
    let reply = say(&mut filled, "#BTC/USDT Cancelled ❌\nTarget achieved before entry", |_| ());
    assert_eq!(reply.action, RouteAction::Skipped);
    assert_eq!(filled.count("POSITION_CLOSING"), 0);
}

#[test]
fn what_only_reports_changes_nothing_and_says_so() {
    let mut world = holding();
    world.quote("BTCUSDT", "104");
    let reply = say(&mut world, "#BTC/USDT Take-Profit target 1 ✅\nProfit: 20.8981% 📈", |_| ());
    assert_eq!(reply.action, RouteAction::Skipped);
    assert!(reply.reason.contains("asks for nothing"), "{}", reply.reason);
    assert_eq!(stop(&world), price("90"));
}

#[test]
fn a_dry_run_says_what_it_would_change() {
    let mut settings = settings();
    settings.auto_route.dry_run = true;
    let mut world = World::with(settings);
    world.bought("25", "0.25");
    world.quote("BTCUSDT", "104");
    let before = stop(&world);
    let reply = say(&mut world, "BTC: move stop to entry", |_| ());
    assert_eq!(reply.action, RouteAction::DryRun);
    assert!(reply.reason.contains("would apply: stop of BTCUSDT to 100"), "{}", reply.reason);
    assert_eq!(stop(&world), before);
}

#[test]
fn a_changed_stop_survives_a_restart_and_late_candles() {
    let mut world = holding();
    world.quote("BTCUSDT", "104");
    say(&mut world, "BTC: move stop to entry", |_| ());
    world.restart();
    world.candles("BTCUSDT", "104", "1");
    assert_eq!(stop(&world), price("100"));
}
