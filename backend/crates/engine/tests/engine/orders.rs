//! Orders: intent, answers, doubt and its resolution, duplicates.

use std::time::Duration;

use domain::event::KillMode;
use domain::*;
use engine::*;

use crate::world::{World, amount, qty};

fn doubt(seen: &str) -> PlaceOutcome {
    PlaceOutcome::InDoubt { seen: seen.to_owned() }
}

fn not_found(world: &World, order: &PlaceOrder, after_window_ms: i64, lists: bool) -> QueryOutcome {
    let _ = world;
    let server_time_ms = order.acceptable_until_ms() + after_window_ms;
    QueryOutcome::NotFound { server_time_ms, searched_lists: lists }
}

#[test]
fn a_market_buy_sends_a_cost_and_a_client_id_once() {
    // The original sent a quantity where the exchange wants a cost, so every market buy failed.
    let mut world = World::new();
    let reply = world.buy("BTCUSDT", "25");
    assert_eq!(reply.decision, OrderDecision::Sent);
    let order = world.one_placed();
    assert_eq!(order.kind, OrderKind::MarketQuote { notional: amount("25") });
    assert!(order.client_order_id.as_str().starts_with("levi-ea1-"));
    assert_eq!(reply.client_order_id, Some(order.client_order_id));
    assert_eq!(world.types().last(), Some(&"ORDER_NEW"));
}

#[test]
fn an_acknowledgement_carries_no_fills_only_a_query_does() {
    // The original crashed on the acknowledgement's missing average, with the order live.
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.accept(&order.client_order_id);
    assert_eq!(world.engine.ledger().positions().count(), 0);
    assert!(world.engine.ledger().last_entry(&order.symbol).is_some(), "the cooldown runs");
    world.pass(Duration::from_millis(200));
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::Query { .. })));
    world.report(&order.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.position().held(), qty("0.25"));
    assert_eq!(world.position().entry_price().unwrap().to_string(), "100");
}

#[test]
fn a_refused_order_is_an_error_and_is_not_tried_again() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    let refusal = Refusal {
        class: RefusalClass::Funds,
        code: Some(30004),
        message: "Insufficient position".to_owned(),
    };
    world.outcome(&order.client_order_id, PlaceOutcome::Refused(refusal));
    assert_eq!(world.types().last(), Some(&"ORDER_ERROR"));
    world.pass(Duration::from_mins(10));
    assert!(world.placed().is_empty());
    assert_eq!(world.engine.ledger().exposure(), Notional::ZERO);
}

#[test]
fn in_doubt_holds_its_exposure_and_places_nothing_else() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.outcome(&order.client_order_id, doubt("503"));
    assert_eq!(world.types().last(), Some(&"ORDER_IN_DOUBT"));
    assert_eq!(world.engine.ledger().exposure(), amount("25"));
    world.pass(Duration::from_hours(1));
    assert!(world.placed().is_empty());
}

#[test]
fn a_doubt_ends_when_the_exchange_shows_the_order() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.outcome(&order.client_order_id, doubt("time-out"));
    world.report(&order.client_order_id, OrderStatus::Filled, "0.25", "25");
    let tail: Vec<_> = world.types().into_iter().skip_while(|t| *t != "ORDER_IN_DOUBT").collect();
    assert_eq!(
        tail[..6],
        [
            "ORDER_IN_DOUBT",
            "ORDER_RECONCILED",
            "ORDER_ACCEPTED",
            "ORDER_FILLED",
            "POSITION_OPENED",
            "RISK_SLTP"
        ]
    );
    // The late acknowledgement, and the same report again, change nothing.
    let before = world.journal.len();
    world.accept(&order.client_order_id);
    world.report(&order.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.journal.len(), before);
    assert_eq!(world.position().held(), qty("0.25"));
}

#[test]
fn absence_is_proven_only_after_window_and_settling_with_every_list_searched() {
    let settle = 10_000;
    for (after_window_ms, lists, proven) in [
        (-1, true, false),
        (settle, true, false),
        (settle + 1, false, false),
        (settle + 1, true, true),
    ] {
        let mut world = World::new();
        world.buy("BTCUSDT", "25");
        let order = world.one_placed();
        world.outcome(&order.client_order_id, doubt("time-out"));
        let answer = not_found(&world, &order, after_window_ms, lists);
        world.answer(&order.client_order_id, answer);
        assert_eq!(
            world.count("ORDER_RECONCILED"),
            usize::from(proven),
            "{after_window_ms} {lists}"
        );
        let open = world.engine.ledger().open_orders().count();
        assert_eq!(open, usize::from(!proven));
    }
}

#[test]
fn not_found_a_day_later_proves_nothing_and_raises_an_alarm_once() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.outcome(&order.client_order_id, doubt("time-out"));
    world.pass(Duration::from_hours(25));
    for _ in 0..3 {
        let answer = not_found(&world, &order, 90_000_000, true);
        world.answer(&order.client_order_id, answer);
    }
    assert_eq!(world.count("ORDER_RECONCILED"), 0);
    assert_eq!(world.count("ALARM"), 1);
}

#[test]
fn a_person_settles_an_entry_that_nothing_can_prove_absent_any_more() {
    for (hours, settled) in [(1, false), (25, true)] {
        let mut world = World::new();
        world.buy("BTCUSDT", "25");
        let order = world.one_placed();
        world.outcome(&order.client_order_id, doubt("time-out"));
        world.pass(Duration::from_hours(hours));
        let id = order.client_order_id.clone();
        world.step(Input::Command(Command::CancelOrder { client_order_id: id, by: "me".into() }));
        assert_eq!(world.count("ORDER_RECONCILED"), usize::from(settled), "{hours} h");
        assert_eq!(world.engine.ledger().exposure() == Notional::ZERO, settled, "{hours} h");
    }
}

#[test]
fn a_person_settles_an_exit_that_nothing_can_prove_absent_any_more() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.outcome(&target.client_order_id, doubt("time-out"));
    world.pass(Duration::from_hours(25));
    world.quote("BTCUSDT", "100");
    assert!(world.placed().is_empty(), "the doubtful exit may still be there");
    let position_id = world.position().id.clone();
    let held = qty("0.25");
    world.step(Input::Command(Command::AdjustPosition { position_id, held, by: "me".into() }));
    assert_eq!(world.count("ORDER_RECONCILED"), 1);
    world.pass(Duration::from_secs(31));
    assert!(world.one_placed().kind.limit_price().is_some(), "the target rests again");
}

#[test]
fn not_found_right_after_the_acknowledgement_means_nothing() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.accept(&order.client_order_id);
    let answer = not_found(&world, &order, -4_900, false);
    world.answer(&order.client_order_id, answer);
    assert_eq!(world.engine.ledger().open_orders().count(), 1);
    world.report(&order.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.position().held(), qty("0.25"));
}

#[test]
fn an_order_held_absent_that_shows_up_after_all_is_adopted() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.outcome(&order.client_order_id, doubt("time-out"));
    let answer = not_found(&world, &order, 20_000, true);
    world.answer(&order.client_order_id, answer);
    assert_eq!(
        world.engine.ledger().order(&order.client_order_id).unwrap().state,
        OrderState::NeverPlaced
    );
    world.report(&order.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.position().held(), qty("0.25"));
    let state = world.engine.ledger().order(&order.client_order_id).unwrap().state;
    assert_eq!(state, OrderState::Filled);
}

#[test]
fn partial_fills_are_cumulative_and_older_news_changes_nothing() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    let id = &order.client_order_id;
    world.accept(id);
    world.report(id, OrderStatus::PartiallyFilled, "0.1", "10");
    world.report(id, OrderStatus::PartiallyFilled, "0.2", "20");
    world.report(id, OrderStatus::PartiallyFilled, "0.1", "10");
    assert_eq!(world.position().held(), qty("0.2"));
    world.report(id, OrderStatus::PartiallyCanceled, "0.2", "20");
    assert_eq!(world.position().held(), qty("0.2"));
    assert_eq!(world.position().cost, amount("20"));
    assert_eq!(world.count("POSITION_OPENED"), 1);
}

#[test]
fn base_fees_reduce_what_can_be_sold_and_late_fees_are_taken_over() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let id = world.one_placed().client_order_id;
    world.accept(&id);
    let QueryOutcome::Found { order, fills } =
        world.snapshot(&id, OrderStatus::Filled, "0.25", "25")
    else {
        panic!("a snapshot");
    };
    world.answer(&id, QueryOutcome::Found { order: order.clone(), fills: Vec::new() });
    assert_eq!(world.position().held(), qty("0.25"));
    let fee = Fill {
        fee: Decimal::new(25, 5),
        fee_asset: Asset::from_exchange("BTC"),
        ..fills[0].clone()
    };
    // The same execution twice counts once.
    world.answer(&id, QueryOutcome::Found { order, fills: vec![fee.clone(), fee] });
    assert_eq!(world.position().held(), qty("0.24975"));
    assert_eq!(world.count("ORDER_FEES"), 1);
}

#[test]
fn a_fee_in_a_third_asset_leaves_the_coins_alone_and_counts_at_its_worth() {
    for (asset, known, worth) in [("ETH", true, "0.1"), ("MX", false, "0")] {
        let mut world = World::new();
        world.buy("BTCUSDT", "25");
        let id = world.one_placed().client_order_id;
        world.accept(&id);
        let QueryOutcome::Found { order, fills } =
            world.snapshot(&id, OrderStatus::Filled, "0.25", "25")
        else {
            panic!("a snapshot");
        };
        let fee = Decimal::new(1, 2);
        let fill = Fill { fee, fee_asset: Asset::from_exchange(asset), ..fills[0].clone() };
        world.answer(&id, QueryOutcome::Found { order, fills: vec![fill] });
        assert_eq!(world.position().held(), qty("0.25"), "{asset}");
        assert_eq!(world.position().quote_fees, amount(worth), "{asset}, price known: {known}");
    }
}

#[test]
fn the_same_key_sends_one_order() {
    let mut world = World::new();
    let key = SignalKey::new("my-key");
    let first = world.buy_as(key.clone(), "BTCUSDT", "25");
    world.pass(Duration::from_hours(2));
    world.quote("BTCUSDT", "100");
    let second = world.buy_as(key, "BTCUSDT", "25");
    assert_eq!(second.decision, OrderDecision::Duplicate);
    assert_eq!(second.client_order_id, first.client_order_id);
    assert_eq!(world.placed().len(), 1);
}

#[test]
fn a_dry_run_sends_nothing_and_starts_no_cooldown() {
    let mut world = World::new();
    let reply = world.manual(SignalKey::new("dry"), "BTCUSDT", Side::Buy, "10", true);
    assert_eq!(reply.decision, OrderDecision::DryRun);
    assert!(!reply.would_block);
    assert_eq!(reply.qty, qty("0.1"));
    assert!(reply.plan.is_some());
    assert!(world.placed().is_empty());
    assert_eq!(world.buy("BTCUSDT", "10").decision, OrderDecision::Sent);
    let reply = world.manual(SignalKey::new("dry2"), "BTCUSDT", Side::Buy, "10", true);
    assert!(reply.would_block);
    assert!(reply.reason.contains("last entry"), "{}", reply.reason);
}

#[test]
fn the_kill_switch_revokes_cancels_and_blocks_until_resumed() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.accept(&order.client_order_id);
    let kill = Command::Kill { mode: KillMode::Cancel, reason: "test".into(), by: "me".into() };
    world.step(Input::Command(kill));
    assert!(world.effects.contains(&Effect::RevokeQueued));
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::Cancel { .. })));
    assert_eq!(world.buy("ETHUSDT", "25").decision, OrderDecision::Blocked);
    // A fill that was in flight still gets its exit plan.
    world.report(&order.client_order_id, OrderStatus::PartiallyCanceled, "0.1", "10");
    assert!(world.position().plan.is_some());
    world.step(Input::Command(Command::Resume { by: "me".into() }));
    assert_eq!(world.buy("ETHUSDT", "25").decision, OrderDecision::Sent);
}

#[test]
fn an_order_held_back_before_it_was_sent_frees_its_exposure() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.outcome(&order.client_order_id, PlaceOutcome::NotSent { why: "revoked".into() });
    assert_eq!(world.engine.ledger().exposure(), Notional::ZERO);
    assert_eq!(world.types().last(), Some(&"ORDER_ERROR"));
}

#[test]
fn quotes_that_trigger_nothing_say_nothing() {
    let mut world = World::new();
    let before = world.journal.len();
    for step in 0..100 {
        world.quote("BTCUSDT", &format!("{}", 100 + step));
    }
    assert_eq!(world.journal.len(), before);
    assert!(world.effects.is_empty());
}
