//! Positions that are hard to leave: each was once a way to leave one unprotected.

use std::sync::Arc;
use std::time::Duration;

use domain::event::{CloseReason, Event, KillMode};
use domain::*;
use engine::*;

use crate::world::{World, amount, market, price, qty, settings, symbol};

fn stopped_out(world: &mut World) -> PlaceOrder {
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("BTCUSDT", "97");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    world.one_placed()
}

fn refused(code: i64, class: RefusalClass) -> PlaceOutcome {
    PlaceOutcome::Refused(Refusal { class, code: Some(code), message: "no".to_owned() })
}

fn btc_free(free: &str) -> Input {
    let balance = |asset: &str, free: &str| Balance {
        asset: Asset::from_exchange(asset),
        free: free.parse().unwrap(),
        locked: Decimal::ZERO,
    };
    Input::Balances(vec![balance("USDT", "1000"), balance("BTC", free)])
}

#[test]
fn a_pair_paid_in_another_coin_is_not_bought_with_limits_in_usdt() {
    let mut world = World::new();
    let eth_btc =
        Market { symbol: symbol("ETHBTC"), quote: Asset::from_exchange("BTC"), ..market("ETH") };
    world.step(Input::Markets(Arc::new(Markets::new([eth_btc]))));
    world.quote("ETHBTC", "0.05");
    let reply = world.buy("ETHBTC", "25");
    assert_eq!(reply.decision, OrderDecision::Blocked);
    assert!(reply.reason.contains("QUOTE_ASSET"), "{}", reply.reason);
}

#[test]
fn one_position_that_cannot_move_holds_up_no_other() {
    let mut world = World::new();
    let first = stopped_out(&mut world);
    world.outcome(&first.client_order_id, refused(30_016, RefusalClass::Symbol));
    world.candles("ETHUSDT", "10", "0.1");
    world.buy("ETHUSDT", "25");
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::Filled, "2.5", "25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("ETHUSDT", "9");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    let second = world.one_placed();
    world.outcome(&second.client_order_id, refused(30_016, RefusalClass::Symbol));
    world.pass(Duration::from_secs(31));
    let symbols: Vec<Symbol> = world.placed().into_iter().map(|order| order.symbol).collect();
    assert_eq!(symbols.len(), 2, "{symbols:?}");
}

#[test]
fn a_pair_that_refuses_market_orders_is_left_by_a_bounded_limit_order() {
    for code in [30_018, 30_019] {
        let mut world = World::new();
        let stop = stopped_out(&mut world);
        world.outcome(&stop.client_order_id, refused(code, RefusalClass::Symbol));
        world.pass(Duration::from_secs(1));
        let again = world.one_placed();
        let bound = price("96.03");
        assert_eq!(again.kind, OrderKind::ImmediateOrCancel { qty: qty("0.25"), price: bound });
    }
}

#[test]
fn a_bounded_sale_stays_inside_the_pairs_price_band() {
    let mut world = World::new();
    let mut banded = market("BTC");
    banded.market_orders = false;
    banded.rules.band_down = Some(Decimal::new(5, 3));
    world.step(Input::Markets(Arc::new(Markets::new([banded]))));
    world.candles("BTCUSDT", "100", "1");
    world.buy("BTCUSDT", "25");
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::Filled, "0.25", "25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("BTCUSDT", "97");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    assert_eq!(world.one_placed().kind.limit_price(), Some(price("96.52")));
}

#[test]
fn old_balances_do_not_shrink_a_sale_and_fresh_ones_do() {
    let mut world = World::new();
    world.step(btc_free("0.001"));
    let stop = stopped_out(&mut world);
    assert_eq!(stop.kind, OrderKind::Market { qty: qty("0.25") }, "that figure was old");
    assert!(world.effects.contains(&Effect::FetchBalances));
    world.outcome(&stop.client_order_id, refused(30_005, RefusalClass::Funds));
    world.pass(Duration::from_secs(1));
    world.placed();
    let mut world = World::new();
    let stop = stopped_out(&mut world);
    world.outcome(&stop.client_order_id, refused(30_005, RefusalClass::Funds));
    world.at = world.at.plus(Duration::from_millis(50));
    world.step(btc_free("0.2"));
    world.pass(Duration::from_secs(1));
    assert_eq!(world.one_placed().kind, OrderKind::Market { qty: qty("0.2") });
}

#[test]
fn coins_that_are_gone_raise_one_alarm_that_says_what_to_do() {
    let mut world = World::new();
    let stop = stopped_out(&mut world);
    world.outcome(&stop.client_order_id, refused(30_005, RefusalClass::Funds));
    let before = world.count("ALARM");
    world.at = world.at.plus(Duration::from_millis(50));
    world.step(btc_free("0"));
    for _ in 0..10 {
        world.pass(Duration::from_secs(1));
        world.quote("BTCUSDT", "97");
    }
    assert!(world.placed().is_empty());
    assert_eq!(world.count("ALARM"), before + 1);
    let Event::Alarm(alarm) = &world.last("ALARM").event else { panic!("an alarm") };
    assert!(alarm.message.contains("/positions/adjust"), "{}", alarm.message);
}

#[test]
fn a_pair_that_vanishes_from_the_list_is_still_sold_and_told() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.step(Input::Markets(Arc::new(Markets::new([market("ETH")]))));
    world.step(Input::Markets(Arc::new(Markets::new([market("ETH")]))));
    assert_eq!(world.count("ALARM"), 1);
    world.quote("BTCUSDT", "97");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    assert_eq!(world.one_placed().kind, OrderKind::Market { qty: qty("0.25") });
    world.quote("ETHUSDT", "10");
    let reply = world.manual(SignalKey::new("x"), "BTCUSDT", Side::Buy, "10", true);
    assert!(reply.would_block);
}

#[test]
fn a_cancel_without_effect_is_repeated_also_when_the_order_hides() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.quote("BTCUSDT", "97");
    let cancels = |world: &World| {
        world.effects.iter().filter(|effect| matches!(effect, Effect::Cancel { .. })).count()
    };
    assert_eq!(cancels(&world), 1);
    world.pass(Duration::from_secs(2));
    world.answer(
        &target.client_order_id,
        QueryOutcome::NotFound { server_time_ms: 0, searched_lists: false },
    );
    assert_eq!(cancels(&world), 2);
}

#[test]
fn news_of_a_cancel_while_a_question_is_on_its_way_asks_again_at_once() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    let id = target.client_order_id.clone();
    world.accept(&id);
    world.pass(Duration::from_secs(1));
    world.quote("BTCUSDT", "97");
    world.step(Input::Cancelled { client_order_id: id.clone(), outcome: CancelOutcome::Accepted });
    world.effects.clear();
    world.report(&id, OrderStatus::New, "0", "0");
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::Query { .. })));
}

#[test]
fn a_target_the_exchange_cancels_by_itself_is_placed_again_after_a_pause() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    assert!(world.placed().is_empty(), "not at once, or it would go round in circles");
    world.pass(Duration::from_secs(1));
    assert_eq!(world.one_placed().kind.limit_price(), Some(price("105")));
}

#[test]
fn a_close_signal_cancels_an_entry_that_is_still_on_its_way() {
    let mut world = World::new();
    world.quote("BTCUSDT", "105");
    let buy = "BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110, 120\nStop Loss: 90";
    world.message(buy, Some("1"));
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    let sell = "BTC/USDT SHORT\nEntry: 104 - 106\nTargets: 90, 80\nStop Loss: 110";
    let reply = world.message(sell, Some("2"));
    assert_eq!(reply.action, RouteAction::Executed, "{}", reply.reason);
    assert_eq!(world.count("ORDER_CANCEL_REQUESTED"), 1);
}

#[test]
fn the_stop_fires_during_a_partial_sale_too() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    world.manual(SignalKey::new("part"), "BTCUSDT", Side::Sell, "10", false);
    world.quote("BTCUSDT", "97");
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    assert_eq!(world.one_placed().kind, OrderKind::Market { qty: qty("0.25") });
}

#[test]
fn what_fills_after_flatten_is_sold_as_well() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    let kill = Command::Kill { mode: KillMode::Flatten, reason: String::new(), by: "me".into() };
    world.step(Input::Command(kill));
    world.report(&entry.client_order_id, OrderStatus::PartiallyCanceled, "0.1", "10");
    let sale = world.one_placed();
    assert_eq!((sale.side, sale.kind), (Side::Sell, OrderKind::Market { qty: qty("0.1") }));
}

#[test]
fn an_answer_that_never_comes_is_a_doubt() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.pass(Duration::from_secs(91));
    assert_eq!(world.count("ORDER_IN_DOUBT"), 1);
    assert!(world.pass_until_probed(&order.client_order_id));
}

#[test]
fn a_question_without_an_answer_is_asked_again() {
    let mut world = World::new();
    world.buy("BTCUSDT", "25");
    let order = world.one_placed();
    world.accept(&order.client_order_id);
    assert!(world.pass_until_probed(&order.client_order_id));
    world.effects.clear();
    world.pass(Duration::from_secs(59));
    assert!(world.effects.is_empty());
    world.pass(Duration::from_secs(2));
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::Query { .. })));
}

#[test]
fn a_plan_counts_its_targets_by_the_whole_entry_not_by_its_first_fill() {
    let mut world = World::new();
    let text = "BTC/USDT LONG\nEntry: 100\nTargets: 110 120 130 140\nStop: 90";
    world.message(text, Some("1"));
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::PartiallyFilled, "0.015", "1.5");
    assert_eq!(world.last_plan().plan.targets.len(), 4);
}

#[test]
fn a_fallback_stop_is_renewed_by_candles_even_when_the_targets_were_named() {
    let mut world = World::new();
    let text = "BTC/USDT LONG\nEntry: 100\nTargets: 110 120";
    let mut lenient = settings();
    lenient.auto_route.min_confidence = 0.0;
    let mut lenient = World::with(lenient);
    std::mem::swap(&mut world, &mut lenient);
    world.message(text, Some("1"));
    let entry = world.one_placed();
    world.accept(&entry.client_order_id);
    world.report(&entry.client_order_id, OrderStatus::Filled, "0.25", "25");
    assert_eq!(world.last_plan().plan.stop, price("98"));
    world.candles("BTCUSDT", "100", "2");
    assert_eq!(world.last_plan().plan.stop, price("96"));
}

#[test]
fn fees_that_come_after_the_close_count_in_the_days_loss() {
    let mut world = World::new();
    let stop = stopped_out(&mut world);
    let id = stop.client_order_id.clone();
    world.accept(&id);
    let QueryOutcome::Found { order, fills } =
        world.snapshot(&id, OrderStatus::Filled, "0.25", "24.25")
    else {
        panic!("a snapshot");
    };
    world.answer(&id, QueryOutcome::Found { order: order.clone(), fills: Vec::new() });
    let day = world.at.utc_day();
    assert_eq!(world.engine.ledger().realised_on(day).to_string(), "-0.75");
    let fee = Fill { fee: Decimal::new(1, 2), ..fills[0].clone() };
    world.answer(&id, QueryOutcome::Found { order, fills: vec![fee] });
    assert_eq!(world.engine.ledger().realised_on(day).to_string(), "-0.76");
}

#[test]
fn without_the_executor_nothing_is_sent_not_even_an_exit() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    world.placed();
    let off = Settings { executor_enabled: false, ..settings() };
    world.restart_with(off);
    let id = world.position().exit_order.clone().unwrap();
    world.report(&id, OrderStatus::Canceled, "0", "0");
    world.quote("BTCUSDT", "97");
    assert!(world.placed().is_empty());
    assert_eq!(world.engine.unprotected(world.at).count(), 1);
}

#[test]
fn what_was_written_off_is_neither_profit_nor_loss() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    let position_id = world.position().id.clone();
    let held = Qty::ZERO;
    world.step(Input::Command(Command::AdjustPosition { position_id, held, by: "me".into() }));
    world.report(&target.client_order_id, OrderStatus::Canceled, "0", "0");
    let Event::PositionClosed(closed) = &world.last("POSITION_CLOSED").event else { panic!() };
    assert_eq!((closed.reason, closed.realised_pnl), (CloseReason::Dust, Pnl::ZERO));
    assert_eq!(world.engine.ledger().exposure(), amount("0"));
}
