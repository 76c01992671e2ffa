//! The exchange restricts a pair from one market list to the next.

use std::sync::Arc;

use domain::event::Event;
use domain::{ClientOrderId, Market, Markets, OrderKind, TradeSides};
use engine::Input;

use crate::world::{World, market, qty};

fn list(btc: Option<Market>) -> Input {
    Input::Markets(Arc::new(Markets::new(btc.into_iter().chain([market("ETH")]))))
}

fn closed() -> Market {
    Market { open: false, ..market("BTC") }
}

fn sides(sides: TradeSides) -> Market {
    Market { sides, ..market("BTC") }
}

/// Told changes as `from>to`.
fn told(world: &World) -> Vec<String> {
    let of = |record: &domain::Record| match &record.event {
        Event::MexcSymbolRestricted(notice) => {
            assert_eq!(record.symbol.as_ref().map(domain::Symbol::as_str), Some("BTCUSDT"));
            assert!(!notice.details["positions"].is_empty());
            Some(format!("{}>{}", notice.details["from"], notice.details["to"]))
        }
        _ => None,
    };
    world.journal.iter().filter_map(of).collect()
}

/// A position whose target rests, and that target.
fn holding() -> (World, ClientOrderId) {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    (world, target.client_order_id)
}

#[test]
fn a_holder_is_told_of_each_change_once() {
    let (mut world, _) = holding();
    let steps = [
        Some(sides(TradeSides::Both)),
        Some(sides(TradeSides::SellOnly)),
        Some(sides(TradeSides::SellOnly)),
        Some(sides(TradeSides::Closed)),
        Some(closed()),
        None,
        None,
        Some(sides(TradeSides::BuyOnly)),
        Some(sides(TradeSides::Both)),
        Some(sides(TradeSides::Both)),
    ];
    for step in steps {
        world.step(list(step));
    }
    let expected =
        ["open>sell_only", "sell_only>closed", "closed>gone", "gone>buy_only", "buy_only>open"];
    assert_eq!(told(&world), expected);
    // The end of a restriction is no alarm.
    assert_eq!(world.count("ALARM"), 4);
    assert_eq!(world.engine.restricted(), 0);
}

#[test]
fn what_nobody_holds_is_not_told() {
    let mut world = World::new();
    world.step(list(Some(closed())));
    world.step(list(None));
    assert_eq!((told(&world), world.count("ALARM")), (Vec::new(), 0));
}

#[test]
fn a_restricted_pair_is_not_bought_and_a_sell_only_one_is_still_sold() {
    for (restricted, word) in [
        (Some(closed()), "closed to api orders"),
        (Some(sides(TradeSides::SellOnly)), "does not take buy orders"),
        (Some(sides(TradeSides::Closed)), "does not take buy orders"),
        (None, "unknown symbol"),
    ] {
        let mut world = World::new();
        world.step(list(restricted));
        let reply = world.buy("BTCUSDT", "25");
        assert_eq!(reply.decision, engine::OrderDecision::Blocked, "{word}");
        assert!(reply.reason.to_lowercase().contains(word), "{}", reply.reason);
    }
    let (mut world, target) = holding();
    world.step(list(Some(sides(TradeSides::SellOnly))));
    assert_eq!(world.engine.restricted(), 1);
    world.quote("BTCUSDT", "97");
    world.report(&target, domain::OrderStatus::Canceled, "0", "0");
    assert_eq!(world.one_placed().kind, OrderKind::Market { qty: qty("0.25") });
}
