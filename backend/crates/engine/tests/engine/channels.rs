//! What a channel's outcomes make of its record, and the record of its confidence.

use domain::event::{ChannelTrust, Event};
use domain::*;
use engine::*;

use crate::world::{World, amount, settings};

const BUY_BTC: &str = "BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110, 120\nStop Loss: 90";

/// A world that trades nothing.
fn dry() -> World {
    let mut settings = settings();
    settings.auto_route.dry_run = true;
    World::with(settings)
}

/// One signal at 100, then the price that ends it.
fn outcome(world: &mut World, id: &str, end: &str) {
    world.quote("BTCUSDT", "100");
    world.message(BUY_BTC, Some(id));
    world.quote("BTCUSDT", end);
}

fn scored(world: &World) -> (Score, ChannelTrust) {
    match &world.last("SIGNAL_SCORED").event {
        Event::SignalScored(scored) => (scored.score.clone(), scored.channel.clone().unwrap()),
        other => panic!("{other:?}"),
    }
}

fn record(world: &World) -> &engine::ledger::channels::ChannelRecord {
    world.engine.ledger().followed().channel("api", "alpha").unwrap()
}

#[test]
fn outcomes_of_a_dry_run_earn_trust_and_the_reasons_say_so() {
    let mut world = dry();
    for id in 0..14 {
        outcome(&mut world, &format!("w{id}"), "110");
    }
    for id in 0..6 {
        outcome(&mut world, &format!("l{id}"), "90");
    }
    world.quote("BTCUSDT", "100");
    world.message(BUY_BTC, Some("last"));
    let (score, channel) = scored(&world);
    // ((20 · 0.5 + 14) / 40) / 0.5
    assert_eq!(channel.trust, "1.2".parse().unwrap());
    assert_eq!((channel.won, channel.decided), (14, 20));
    let expected = (channel.model_confidence * 1.2).min(1.0);
    assert!((score.confidence - expected).abs() < 1e-9, "{score:?}");
    let said = "channel alpha: 14 of 20 signals reached their first target before the stop";
    assert!(score.reasons.iter().any(|reason| reason.starts_with(said)), "{:?}", score.reasons);
}

#[test]
fn a_poor_record_takes_a_channel_out_of_trading_and_it_is_still_followed() {
    let mut world = dry();
    for id in 0..40 {
        outcome(&mut world, &id.to_string(), "90");
    }
    world.quote("BTCUSDT", "100");
    let reply = world.message(BUY_BTC, Some("last"));
    assert_eq!(reply.action, RouteAction::Skipped);
    assert!(reply.reason.contains("AUTO_ROUTE_MIN_CONF"), "{}", reply.reason);
    assert_eq!(world.count("SHADOW_OPENED"), 41);
    assert_eq!(scored(&world).1.trust, "0.5".parse().unwrap());
}

#[test]
fn the_record_counts_messages_signals_and_ends() {
    let mut world = dry();
    outcome(&mut world, "1", "110");
    outcome(&mut world, "2", "90");
    world.message("good morning", Some("3"));
    let record = record(&world);
    assert_eq!((record.messages, record.signals, record.won, record.lost), (3, 2, 1, 1));
    assert_eq!(record.last_message_at, world.at);
    assert_eq!(record.mean_r(), Some(Decimal::ZERO));
    assert_eq!((record.shadow, record.realised), (Pnl::ZERO, Pnl::ZERO));
}

#[test]
fn repeating_a_signal_that_is_still_open_counts_once() {
    let mut world = dry();
    for id in ["1", "2", "3"] {
        world.message(BUY_BTC, Some(id));
    }
    world.quote("BTCUSDT", "110");
    assert_eq!(world.count("SHADOW_CLOSED"), 3);
    assert_eq!((record(&world).signals, record(&world).won), (1, 1));
}

#[test]
fn a_trades_own_result_is_its_outcome() {
    for (exit, status, quote, won, lost) in
        [("90", "stop", "22.5", 0, 1), ("110", "target", "27.5", 1, 0)]
    {
        let mut world = World::new();
        world.message("BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110\nStop Loss: 90", Some("1"));
        let entry = world.one_placed().client_order_id;
        world.accept(&entry);
        world.report(&entry, OrderStatus::Filled, "0.25", "25");
        let target = world.one_placed().client_order_id;
        world.accept(&target);
        world.quote("BTCUSDT", exit);
        if status == "stop" {
            world.report(&target, OrderStatus::Canceled, "0", "0");
            let sale = world.one_placed().client_order_id;
            world.accept(&sale);
            world.report(&sale, OrderStatus::Filled, "0.25", quote);
        } else {
            world.report(&target, OrderStatus::Filled, "0.25", quote);
        }
        assert_eq!(world.count("POSITION_CLOSED"), 1, "{status}");
        let record = record(&world);
        assert_eq!((record.signals, record.won, record.lost), (1, won, lost), "{status}");
        let sold = amount(quote).minus(amount("25"));
        assert_eq!((record.realised, record.shadow), (sold, Pnl::ZERO));
        assert!(record.outcomes.iter().all(|outcome| outcome.traded));
        assert_eq!(world.count("SHADOW_OPENED"), 0);
        let before = world.engine.ledger().clone();
        world.restart();
        assert_eq!(world.engine.ledger(), &before);
    }
}

#[test]
fn a_signal_whose_order_failed_does_not_hold_up_the_next_one() {
    let mut world = World::new();
    for (id, signals) in [("1", 1), ("2", 2)] {
        world.quote("BTCUSDT", "100");
        assert_eq!(world.message(BUY_BTC, Some(id)).action, RouteAction::Executed);
        let entry = world.one_placed().client_order_id;
        let refusal = Refusal {
            class: RefusalClass::Funds,
            code: Some(30_004),
            message: "Insufficient balance".to_owned(),
        };
        world.outcome(&entry, PlaceOutcome::Refused(refusal));
        world.pass(std::time::Duration::from_mins(1));
        assert_eq!((record(&world).signals, record(&world).ended()), (signals, 0));
    }
}

#[test]
fn a_record_goes_with_the_channel_to_another_account() {
    let mut world = dry();
    outcome(&mut world, "1", "110");
    let live = Settings { mode: Mode::Live, account: "mexc-main".to_owned(), ..settings() };
    world.restart_with(live);
    assert_eq!(record(&world).won, 1);
}

#[test]
fn what_a_rule_blocked_is_booked_to_it() {
    let mut settings = settings();
    settings.risk.max_total_exposure = amount("1");
    let mut world = World::with(settings);
    for (id, end) in [("1", "110"), ("2", "90"), ("3", "90")] {
        outcome(&mut world, id, end);
    }
    let rules = world.engine.ledger().followed().rules_since(0);
    let account = &rules["total_exposure"];
    assert_eq!((account.won, account.lost, account.neither), (1, 2, 0));
    assert_eq!((account.sum_r, account.pnl.to_string()), (-Decimal::ONE, "-2.5".to_owned()));
    assert_eq!(account.pnl, account.pnl_alone);
    assert_eq!(account.mean_r(), Some("-0.3333".parse().unwrap()));
    let tomorrow = world.at.utc_day() + 1;
    let later = world.engine.ledger().followed().rules_since(tomorrow);
    assert_eq!(later["total_exposure"].ended(), 0);
}

#[test]
fn leaving_is_not_made_harder_by_a_poor_record() {
    let mut world = dry();
    for id in 0..40 {
        outcome(&mut world, &id.to_string(), "90");
    }
    world.message("Close BTC/USDT now", Some("close"));
    let Event::SignalScored(scored) = &world.last("SIGNAL_SCORED").event else {
        panic!("no score")
    };
    assert_eq!(scored.channel, None);
}
