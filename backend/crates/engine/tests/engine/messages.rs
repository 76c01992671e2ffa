//! From a message to an order, and every way it does not become one.

use std::time::Duration;

use domain::*;
use engine::*;

use crate::world::{World, price, settings};

const BUY_BTC: &str = "BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110, 120\nStop Loss: 90";

#[test]
fn a_signal_leaves_the_whole_story_under_one_trace() {
    let mut world = World::new();
    let reply = world.message(BUY_BTC, Some("1"));
    assert_eq!(reply.action, RouteAction::Executed);
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::Filled, "0.25", "25");
    let traced: Vec<&str> = world
        .journal
        .iter()
        .filter(|record| record.trace_id.as_ref() == Some(&reply.trace_id))
        .map(|record| record.event.event_type())
        .collect();
    for expected in [
        "SIGNAL_INGEST",
        "SIGNAL_SCORED",
        "ORDER_NEW",
        "AUTO_ROUTE_EXECUTED",
        "ORDER_ACCEPTED",
        "ORDER_FILLED",
        "POSITION_OPENED",
        "RISK_SLTP",
    ] {
        assert!(traced.contains(&expected), "{expected} in {traced:?}");
    }
}

#[test]
fn the_same_message_enters_once_whatever_happens_between() {
    let mut world = World::new();
    let first = world.message(BUY_BTC, Some("1"));
    let again = world.message(BUY_BTC, Some("1"));
    assert_eq!(again.action, RouteAction::Duplicate);
    assert_eq!(again.trace_id, first.trace_id);
    let edited = world.message(&format!("{BUY_BTC} (edited)"), Some("1"));
    assert_eq!(edited.action, RouteAction::Duplicate);
    world.restart();
    world.pass(Duration::from_hours(24));
    assert_eq!(world.message(BUY_BTC, Some("1")).action, RouteAction::Duplicate);
    assert_eq!(world.count("ORDER_NEW"), 1);
}

#[test]
fn without_an_id_the_content_identifies_for_the_window() {
    let mut world = World::new();
    world.message(BUY_BTC, None);
    let spaced = BUY_BTC.replace('\n', "\n\n ");
    assert_eq!(world.message(&spaced, None).action, RouteAction::Duplicate);
    world.pass(Duration::from_mins(59));
    assert_eq!(world.message(BUY_BTC, None).action, RouteAction::Duplicate);
    world.pass(Duration::from_mins(2));
    world.quote("BTCUSDT", "100");
    let later = world.message(BUY_BTC, None);
    assert_ne!(later.action, RouteAction::Duplicate);
}

#[test]
fn a_message_within_the_cooldown_is_blocked_with_every_figure() {
    let mut world = World::new();
    world.message(BUY_BTC, Some("1"));
    world.pass(Duration::from_secs(10));
    let reply = world.message(BUY_BTC, Some("2"));
    assert_eq!(reply.action, RouteAction::Blocked);
    let cooldown = reply.checks.iter().find(|check| check.name == "cooldown").unwrap();
    assert_eq!(cooldown.result, CheckResult::Block);
    assert!(cooldown.detail.contains("20.0 s left"), "{}", cooldown.detail);
    assert_eq!(world.count("ORDER_BLOCKED"), 1);
    assert_eq!(world.count("AUTO_ROUTE_SKIPPED"), 1);
    assert_eq!(world.count("ORDER_NEW"), 1);
}

#[test]
fn what_is_not_to_be_traded_is_skipped_with_its_reason() {
    type Change = fn(&mut Settings);
    let cases: [(&str, Change, &str); 5] = [
        ("off", |s| s.auto_route.enabled = false, "AUTO_ROUTE_ENABLED"),
        ("exchange", |s| s.auto_route.exchange_matches = false, "AUTO_ROUTE_EXCH"),
        ("confidence", |s| s.auto_route.min_confidence = 1.0, "AUTO_ROUTE_MIN_CONF"),
        ("age", |s| s.signal_max_age = Duration::from_secs(30), "SIGNAL_MAX_AGE_SEC"),
        ("unknown", |_| (), "Unknown symbol for MEXC"),
    ];
    for (name, change, expected) in cases {
        let mut settings = settings();
        change(&mut settings);
        let mut world = World::with(settings);
        let text =
            if name == "unknown" { BUY_BTC.replace("BTC", "NOPE") } else { BUY_BTC.to_owned() };
        let posted_at = Some(world.at.minus(Duration::from_mins(1)));
        let message = Message {
            source: "api".to_owned(),
            channel: None,
            message_id: None,
            reply_to: None,
            idempotency_key: Some(name.to_owned()),
            posted_at,
            text,
            route: true,
        };
        world.step(Input::Message(Box::new(message)));
        let Some(Reply::Signal(reply)) = world.reply.take() else { panic!("no reply") };
        assert_eq!(reply.action, RouteAction::Skipped, "{name}: {}", reply.reason);
        assert!(reply.reason.contains(expected), "{name}: {}", reply.reason);
        assert_eq!(world.count("AUTO_ROUTE_SKIPPED"), 1, "{name}");
        assert!(world.placed().is_empty(), "{name}");
    }
}

#[test]
fn a_dry_run_shows_checks_and_plan_and_sends_nothing() {
    let mut settings = settings();
    settings.auto_route.dry_run = true;
    let mut world = World::with(settings);
    let reply = world.message(BUY_BTC, Some("1"));
    assert_eq!(reply.action, RouteAction::DryRun);
    assert!(!reply.checks.is_empty());
    assert_eq!(reply.plan.unwrap().stop, price("90"));
    assert_eq!(world.count("AUTO_ROUTE_DRYRUN"), 1);
    assert!(world.placed().is_empty());
}

#[test]
fn an_entry_above_the_zone_rests_and_is_withdrawn_when_its_time_is_up_or_its_stop_is_crossed() {
    let mut world = World::new();
    world.quote("BTCUSDT", "105");
    world.message(BUY_BTC, Some("1"));
    let entry = world.one_placed();
    assert_eq!(entry.kind.limit_price(), Some(price("101")));
    world.accept(&entry.client_order_id);
    world.pass(Duration::from_secs(3_599));
    assert_eq!(world.count("ORDER_CANCEL_REQUESTED"), 0);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.count("ORDER_CANCEL_REQUESTED"), 1);

    let mut world = World::new();
    world.quote("BTCUSDT", "105");
    world.message(BUY_BTC, Some("1"));
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.quote("BTCUSDT", "89");
    assert_eq!(world.count("ORDER_CANCEL_REQUESTED"), 1);
    world.report(&entry.client_order_id, OrderStatus::Canceled, "0", "0");
    assert_eq!(world.engine.ledger().exposure(), Notional::ZERO);
}

#[test]
fn a_sell_signal_closes_what_is_held_or_is_blocked() {
    let mut world = World::new();
    let text = "BTC/USDT SHORT\nEntry: 99 - 101\nTargets: 90, 80\nStop Loss: 110";
    let reply = world.message(text, Some("0"));
    assert_eq!(reply.action, RouteAction::Blocked);
    assert!(reply.reason.contains("cannot be short"), "{}", reply.reason);
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    let reply = world.message(text, Some("1"));
    assert_eq!(reply.action, RouteAction::Executed);
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    assert_eq!(world.one_placed().side, Side::Sell);
}

#[test]
fn scoring_only_leaves_no_trace() {
    let mut world = World::new();
    let before = world.journal.len();
    let message = Message {
        source: "api".to_owned(),
        channel: None,
        message_id: None,
        reply_to: None,
        idempotency_key: None,
        posted_at: None,
        text: BUY_BTC.to_owned(),
        route: false,
    };
    world.step(Input::Message(Box::new(message)));
    let Some(Reply::Signal(reply)) = world.reply.take() else { panic!("no reply") };
    assert_eq!(reply.score.unwrap().label, Intent::Buy);
    assert_eq!(world.journal.len(), before);
}

/// The entry never reached the exchange, and that is proven `after` its decision.
fn proven_absent(world: &mut World, order: &PlaceOrder, after: Duration) {
    let id = &order.client_order_id;
    world.outcome(id, PlaceOutcome::InDoubt { seen: "cut".to_owned() });
    world.pass(after);
    world.quote("BTCUSDT", "100");
    let server_time_ms = order.acceptable_until_ms() + 20_000;
    world.answer(id, QueryOutcome::NotFound { server_time_ms, searched_lists: true });
}

#[test]
fn a_fresh_signal_whose_order_is_proven_absent_is_sent_again_under_a_new_id() {
    let mut world = World::new();
    let reply = world.message(BUY_BTC, Some("1"));
    let first = world.one_placed();
    proven_absent(&mut world, &first, Duration::from_secs(16));
    let second = world.one_placed();
    assert_ne!(second.client_order_id, first.client_order_id);
    assert!(second.client_order_id.as_str().starts_with("levi-ea2-"));
    assert_eq!(world.last("ORDER_NEW").trace_id, Some(reply.trace_id));
    proven_absent(&mut world, &second, Duration::from_secs(16));
    let third = world.one_placed();
    proven_absent(&mut world, &third, Duration::from_secs(16));
    assert!(world.placed().is_empty(), "three attempts are enough");
}

#[test]
fn an_old_signal_a_moved_price_or_a_kill_switch_end_the_attempts() {
    let mut world = World::new();
    world.message(BUY_BTC, Some("1"));
    let first = world.one_placed();
    proven_absent(&mut world, &first, Duration::from_mins(6));
    assert!(world.placed().is_empty(), "older than SIGNAL_MAX_AGE_SEC");

    let mut world = World::new();
    world.message(BUY_BTC, Some("1"));
    let first = world.one_placed();
    let id = &first.client_order_id;
    world.outcome(id, PlaceOutcome::InDoubt { seen: "cut".to_owned() });
    world.quote("BTCUSDT", "104");
    let server_time_ms = first.acceptable_until_ms() + 20_000;
    world.answer(id, QueryOutcome::NotFound { server_time_ms, searched_lists: true });
    assert!(world.placed().is_empty(), "the price moved away");
    assert_eq!(world.count("ORDER_BLOCKED"), 1);
}

#[test]
fn a_late_twin_is_cancelled_and_what_it_bought_is_sold() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.message(BUY_BTC, Some("1"));
    let first = world.one_placed();
    proven_absent(&mut world, &first, Duration::from_secs(16));
    let second = world.one_placed();
    world.accept(&second.client_order_id);
    world.report(&second.client_order_id, OrderStatus::Filled, "0.25", "25");
    world.placed();
    let probed = world.pass_until_probed(&first.client_order_id);
    assert!(probed, "the first is still looked for");
    world.report(&first.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.count("ALARM"), 1);
    let sale = world.one_placed();
    assert_eq!((sale.side, sale.kind.qty()), (Side::Sell, Some("0.25".parse().unwrap())));
    world.accept(&sale.client_order_id);
    world.report(&sale.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.engine.ledger().positions().count(), 1, "only the second attempt's is left");
}
