//! What the simulator found, each as the shortest story that shows it.

use std::sync::Arc;
use std::time::Duration;

use domain::*;
use engine::*;

use crate::world::{World, market, price, qty, settings};

fn outside_the_band() -> PlaceOutcome {
    PlaceOutcome::Refused(Refusal {
        class: RefusalClass::Filter,
        code: Some(30_087),
        message: "The order price is outside the price protection range".to_owned(),
    })
}

/// Buys 0.25 BTC of which the exchange keeps 0.000125 as its fee; the fill is not visible yet.
fn bought_without_visible_fills(world: &mut World) -> (OrderSnapshot, Fill) {
    world.candles("BTCUSDT", "100", "1");
    world.buy("BTCUSDT", "25");
    let id = world.one_placed().client_order_id;
    world.accept(&id);
    let found = world.snapshot(&id, OrderStatus::Filled, "0.25", "25");
    let QueryOutcome::Found { order, fills } = found else { panic!("a snapshot") };
    world.answer(&id, QueryOutcome::Found { order: order.clone(), fills: Vec::new() });
    let fee_asset = Asset::from_exchange("BTC");
    (order, Fill { fee: Decimal::new(125, 6), fee_asset, ..fills[0].clone() })
}

#[test]
fn a_target_that_the_price_leapt_over_is_sold_at_what_the_market_pays() {
    // The limit at the target lay below the pair's price band, and was refused for good.
    let mut world = World::new();
    let mut banded = market("BTC");
    banded.rules.band_down = Some(Decimal::new(1, 1));
    world.step(Input::Markets(Arc::new(Markets::new([banded]))));
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    assert_eq!(target.kind.limit_price(), Some(price("105")));
    world.outcome(&target.client_order_id, outside_the_band());
    world.quote("BTCUSDT", "120");
    world.pass(Duration::from_secs(1));
    let again = world.one_placed();
    assert_eq!(again.kind, OrderKind::Limit { qty: qty("0.25"), price: price("118.8") });
}

#[test]
fn a_target_waits_for_the_fees_so_that_none_of_the_users_own_coins_is_sold() {
    let mut world = World::new();
    let (order, fill) = bought_without_visible_fills(&mut world);
    assert!(world.placed().is_empty(), "what the fee took is not known yet");
    let id = order.client_order_id.clone().unwrap();
    world.answer(&id, QueryOutcome::Found { order, fills: vec![fill] });
    assert_eq!(world.one_placed().kind.qty(), Some(qty("0.249875")));
}

#[test]
fn fees_that_never_show_up_hold_a_target_up_only_while_they_are_asked_for() {
    let mut world = World::new();
    let (order, _) = bought_without_visible_fills(&mut world);
    let id = order.client_order_id.clone().unwrap();
    for _ in 1..20 {
        assert!(world.placed().is_empty());
        assert!(world.pass_until_probed(&id));
        world.effects.clear();
        world.answer(&id, QueryOutcome::Failed { seen: "504".into() });
        world.answer(&id, QueryOutcome::Found { order: order.clone(), fills: Vec::new() });
    }
    world.pass(Duration::from_secs(1));
    assert_eq!(world.one_placed().kind.qty(), Some(qty("0.25")));
}

#[test]
fn a_stop_does_not_wait_for_the_fees_and_leaves_room_for_them() {
    let mut world = World::new();
    let (order, fill) = bought_without_visible_fills(&mut world);
    world.quote("BTCUSDT", "97");
    let stop = world.one_placed();
    assert_eq!(stop.kind, OrderKind::Market { qty: qty("0.2495") });
    world.accept(&stop.client_order_id);
    world.report(&stop.client_order_id, OrderStatus::Filled, "0.2495", "24.2");
    assert_eq!(world.count("POSITION_CLOSED"), 0, "what is left is not known yet");
    let id = order.client_order_id.clone().unwrap();
    world.answer(&id, QueryOutcome::Found { order, fills: vec![fill] });
    assert_eq!(world.count("POSITION_CLOSED"), 1);
    let dust: Vec<Qty> = world.engine.ledger().dust().map(|(_, qty)| qty).collect();
    assert_eq!(dust, [qty("0.000375")]);
}

#[test]
fn room_for_the_fees_is_left_of_the_whole_purchase_however_many_sales_it_takes() {
    let mut world = World::new();
    bought_without_visible_fills(&mut world);
    world.quote("BTCUSDT", "97");
    let first = world.one_placed();
    world.accept(&first.client_order_id);
    world.report(&first.client_order_id, OrderStatus::PartiallyCanceled, "0.2", "19.4");
    world.pass(Duration::from_secs(1));
    assert_eq!(world.one_placed().kind, OrderKind::Market { qty: qty("0.0495") });
}

#[test]
fn fees_are_asked_for_after_a_long_rest_on_the_book_too() {
    // The questions asked while it rested had used up those for the fees.
    let mut world = World::new();
    world.quote("BTCUSDT", "105");
    let text = "BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110, 120\nStop Loss: 90";
    world.message(text, Some("1"));
    let id = world.one_placed().client_order_id;
    world.accept(&id);
    for _ in 0..30 {
        assert!(world.pass_until_probed(&id));
        world.report(&id, OrderStatus::New, "0", "0");
        world.effects.clear();
    }
    assert!(world.pass_until_probed(&id));
    world.effects.clear();
    let found = world.snapshot(&id, OrderStatus::Filled, "0.25", "25");
    let QueryOutcome::Found { order, .. } = found else { panic!("a snapshot") };
    world.answer(&id, QueryOutcome::Found { order, fills: Vec::new() });
    assert!(world.pass_until_probed(&id), "the fees are still to be learnt");
}

#[test]
fn a_further_attempt_keeps_the_pause_after_another_entry() {
    let mut settings = settings();
    settings.risk.max_positions_per_symbol = 2;
    settings.risk.cooldown = Some(Duration::from_secs(10));
    let mut world = World::with(settings);
    let text = "BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110, 120\nStop Loss: 90";
    world.message(text, Some("1"));
    let first = world.one_placed();
    world.outcome(&first.client_order_id, PlaceOutcome::InDoubt { seen: "504".to_owned() });
    world.pass(Duration::from_secs(20));
    world.quote("BTCUSDT", "100");
    assert_eq!(world.message(text, Some("2")).action, RouteAction::Executed);
    world.placed();
    let server_time_ms = first.acceptable_until_ms() + 10_001;
    let absent = QueryOutcome::NotFound { server_time_ms, searched_lists: true };
    world.answer(&first.client_order_id, absent);
    assert_eq!(world.count("ORDER_RECONCILED"), 1);
    assert!(world.placed().is_empty(), "another entry was made a moment ago");
    assert_eq!(world.count("ORDER_BLOCKED"), 1);
}

#[test]
fn a_clock_that_is_set_back_while_the_service_is_down_holds_no_exit_up() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.outcome(&target.client_order_id, outside_the_band());
    world.at = world.at.minus(Duration::from_hours(1));
    world.restart();
    world.quote("BTCUSDT", "100");
    assert_eq!(world.one_placed().kind.limit_price(), Some(price("105")));
}

#[test]
fn fees_of_an_order_that_the_exchanges_list_shows_as_filled_are_asked_for() {
    // The list came before any answer to the order itself, so nobody was asking for it yet.
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.buy("BTCUSDT", "25");
    let id = world.one_placed().client_order_id;
    let found = world.snapshot(&id, OrderStatus::Filled, "0.25", "25");
    let QueryOutcome::Found { order, .. } = found else { panic!("a snapshot") };
    world.step(Input::Reconciled { orders: vec![order] });
    assert!(world.placed().is_empty(), "what the fee took is not known yet");
    let asks = |effect: &Effect| matches!(effect, Effect::Query { client_order_id, .. } if *client_order_id == id);
    assert!(world.effects.iter().any(asks));
}
