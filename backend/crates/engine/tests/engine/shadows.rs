//! Signals that are not traded, followed on the market.

use std::time::Duration;

use domain::event::{Event, ShadowClosed, ShadowFate, ShadowOpened};
use domain::*;
use engine::*;
use proptest::prelude::*;

use crate::world::{World, price, settings, symbol};

const BUY_BTC: &str = "BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110, 120\nStop Loss: 90";

fn dry() -> Settings {
    let mut settings = settings();
    settings.auto_route.dry_run = true;
    settings
}

/// A dry run that follows one signal, entered at 100.
fn following() -> World {
    let mut world = World::with(dry());
    world.message(BUY_BTC, Some("1"));
    world
}

fn opened(world: &World) -> &ShadowOpened {
    match &world.last("SHADOW_OPENED").event {
        Event::ShadowOpened(opened) => opened,
        other => panic!("{other:?}"),
    }
}

fn closed(world: &World) -> &ShadowClosed {
    match &world.last("SHADOW_CLOSED").event {
        Event::ShadowClosed(closed) => closed,
        other => panic!("{other:?}"),
    }
}

/// Outcome, result in units of risk, profit or loss.
fn end(world: &World) -> (&'static str, String, String) {
    let closed = closed(world);
    (closed.outcome.as_str(), closed.r.to_string(), closed.pnl.to_string())
}

fn quote(world: &mut World, bid: &str, ask: &str, last: Option<&str>) {
    let quote = Quote { bid: price(bid), ask: price(ask), last: last.map(price), at: world.at };
    world.step(Input::Quote { symbol: symbol("BTCUSDT"), quote });
}

#[test]
fn a_signal_of_a_dry_run_is_entered_at_the_ask_and_has_the_signals_own_plan() {
    let world = following();
    let shadow = opened(&world);
    assert_eq!((shadow.source.as_str(), shadow.channel.as_str()), ("api", "alpha"));
    assert_eq!((shadow.fate, shadow.counts, shadow.enter_by), (ShadowFate::DryRun, true, None));
    assert_eq!([shadow.entry, shadow.stop, shadow.target], ["100", "90", "110"].map(price));
    assert!(world.effects.iter().all(|effect| !effect.needs_sync()));
}

#[test]
fn it_ends_at_the_first_target_or_the_stop_whichever_is_certain() {
    for (bid, ask, last, outcome, r, pnl) in [
        ("110", "110.1", None, "target", "1", "2.5"),
        ("130", "131", None, "target", "1", "2.5"),
        ("90", "90.1", None, "stop", "-1", "-2.5"),
        ("80", "80.1", None, "stop", "-2", "-5"),
        // A trade at the stop, whatever is bid now.
        ("95", "95.1", Some("90"), "stop", "-1", "-2.5"),
        // Both between two quotes: the stop counts.
        ("111", "112", Some("89"), "stop", "-1", "-2.5"),
    ] {
        let mut world = following();
        quote(&mut world, bid, ask, last);
        let expected = (outcome, r.to_owned(), pnl.to_owned());
        assert_eq!(end(&world), expected, "{bid} {ask} {last:?}");
        assert_eq!(world.engine.ledger().followed().shadow_count(), 0);
    }
}

#[test]
fn what_only_comes_near_ends_nothing() {
    let mut world = following();
    for (bid, ask, last) in
        [("90.01", "90.1", None), ("109.99", "110.5", None), ("100", "101", Some("110"))]
    {
        quote(&mut world, bid, ask, last);
    }
    assert_eq!(world.count("SHADOW_CLOSED"), 0);
}

#[test]
fn an_entry_below_the_market_is_waited_for_and_given_up_in_time() {
    let mut world = World::with(dry());
    world.quote("BTCUSDT", "105");
    world.message(BUY_BTC, Some("1"));
    assert_eq!(opened(&world).entry, price("101"));
    world.quote("BTCUSDT", "101.01");
    assert_eq!(world.count("SHADOW_ENTERED"), 0);
    world.quote("BTCUSDT", "101");
    assert_eq!(world.count("SHADOW_ENTERED"), 1);

    let mut world = World::with(dry());
    world.quote("BTCUSDT", "105");
    world.message(BUY_BTC, Some("1"));
    world.pass(Duration::from_mins(59));
    assert_eq!(world.count("SHADOW_CLOSED"), 0);
    world.pass(Duration::from_mins(1));
    assert_eq!(end(&world), ("not_entered", "0".to_owned(), "0".to_owned()));
}

#[test]
fn a_fall_through_entry_and_stop_at_once_is_a_loss() {
    let mut world = World::with(dry());
    world.quote("BTCUSDT", "105");
    world.message(BUY_BTC, Some("1"));
    world.quote("BTCUSDT", "90");
    let types = world.types();
    assert_eq!(types[types.len() - 2..], ["SHADOW_ENTERED", "SHADOW_CLOSED"]);
    assert_eq!(end(&world).0, "stop");
}

#[test]
fn without_an_outcome_it_is_given_up_at_the_present_bid() {
    let mut world = following();
    let due = world.at.plus(Duration::from_hours(72));
    let at = world.at;
    assert_eq!(world.engine.next_deadline(at), Some(due));
    world.quote("BTCUSDT", "105");
    world.pass(Duration::from_hours(72));
    assert_eq!(end(&world), ("expired", "0.5".to_owned(), "1.25".to_owned()));
    let at = world.at;
    assert_eq!(world.engine.next_deadline(at), None);
}

#[test]
fn a_target_passed_while_nobody_looked_is_no_win_but_a_stop_is_a_loss() {
    for (found, outcome) in [("110", "unseen"), ("90", "stop")] {
        let mut world = following();
        world.restart();
        world.quote("BTCUSDT", found);
        assert_eq!(end(&world).0, outcome, "after a restart, at {found}");
        let nothing = closed(&world).exit.is_none() && closed(&world).pnl == Pnl::ZERO;
        assert_eq!(nothing, outcome == "unseen", "what nobody saw is worth nothing");
        let mut world = following();
        world.pass(Duration::from_secs(61));
        world.quote("BTCUSDT", found);
        assert_eq!(end(&world).0, outcome, "after a gap, at {found}");
    }
}

#[test]
fn the_oldest_makes_room_with_an_event() {
    let mut settings = dry();
    settings.record.max_shadows = 2;
    let mut world = World::with(settings);
    let first = world.message(BUY_BTC, Some("1")).trace_id;
    for id in ["2", "3"] {
        world.pass(Duration::from_secs(1));
        world.message(BUY_BTC, Some(id));
    }
    assert_eq!(world.engine.ledger().followed().shadow_count(), 2);
    assert_eq!(end(&world).0, "dropped");
    assert_eq!(world.last("SHADOW_CLOSED").trace_id, Some(first));
    let record = world.engine.ledger().followed().channel("api", "alpha").unwrap();
    assert_eq!(record.ended() + record.not_entered, 0, "dropping says nothing");
}

#[test]
fn every_reason_not_to_trade_is_named() {
    let mut blocked = settings();
    blocked.risk.max_total_exposure = "1".parse().unwrap();
    let mut off = settings();
    off.auto_route.enabled = false;
    let mut strict = settings();
    strict.auto_route.min_confidence = 1.1;
    for (settings, fate, rules) in [
        (blocked, ShadowFate::Blocked, vec!["total_exposure"]),
        (off, ShadowFate::Skipped, vec![]),
        (strict, ShadowFate::Skipped, vec!["confidence"]),
    ] {
        let mut world = World::with(settings);
        let reply = world.message(BUY_BTC, Some("1"));
        let shadow = opened(&world);
        assert_eq!(
            (shadow.fate, shadow.blocked_by.clone()),
            (fate, rules.iter().map(|r| (*r).to_owned()).collect())
        );
        assert_eq!(world.last("SHADOW_OPENED").trace_id, Some(reply.trace_id));
        assert_eq!(world.count("ORDER_NEW"), 0);
    }
}

#[test]
fn a_traded_signal_has_no_shadow_and_what_cannot_be_reckoned_neither() {
    let mut world = World::new();
    assert_eq!(world.message(BUY_BTC, Some("1")).action, RouteAction::Executed);
    assert_eq!(world.count("SHADOW_OPENED"), 0);
    for text in [
        "BTC/USDT SHORT\nEntry: 100\nTargets: 90\nStop Loss: 110",
        "Close BTC/USDT now",
        "BTC/USDT LONG\nEntry: 120\nTargets: 130\nStop Loss: 101",
        "BTC/USDT LONG now\nTargets: 99\nStop Loss: 80",
        "Good morning everyone",
    ] {
        let mut world = World::with(dry());
        world.message(text, Some("1"));
        assert_eq!(world.count("SHADOW_OPENED"), 0, "{text}");
    }
    let mut silent = World::with(dry());
    silent.pass(Duration::from_secs(11));
    silent.message(BUY_BTC, Some("1"));
    assert_eq!(silent.count("SHADOW_OPENED"), 0, "the price is old");
}

#[test]
fn without_hints_the_policys_plan_is_followed() {
    let mut world = World::with(dry());
    world.candles("BTCUSDT", "100", "1");
    world.quote("BTCUSDT", "100");
    world.message("BUY BTC/USDT now", Some("1"));
    let shadow = opened(&world);
    assert_eq!([shadow.stop, shadow.target], ["98", "105"].map(price));
    assert_eq!(shadow.plan_source, domain::event::PlanSource::Atr);
}

#[test]
fn replaying_the_journal_and_a_checkpoint_give_the_state() {
    let mut world = following();
    world.message("ETH/USDT LONG\nEntry: 9\nTargets: 11\nStop Loss: 8", Some("2"));
    quote(&mut world, "110", "110.1", None);
    let before = world.engine.ledger().clone();
    assert_eq!(before.followed().shadow_count(), 1);
    world.restart();
    assert_eq!(world.engine.ledger(), &before);
    let at = world.at;
    let record = world.engine.checkpoint(at).unwrap();
    let before = world.engine.ledger().clone();
    world.journal = vec![record];
    world.restart();
    assert_eq!(world.engine.ledger(), &before);
}

#[test]
fn a_quote_that_moves_no_shadow_allocates_nothing() {
    let mut settings = dry();
    settings.record.max_shadows = 50;
    let mut world = World::with(settings);
    for id in 0..50 {
        world.message(BUY_BTC, Some(&id.to_string()));
    }
    assert_eq!(world.engine.ledger().followed().shadow_count(), 50);
    let (at, mut out) = (world.at, Outbox::default());
    let quiet = Quote { bid: price("104"), ask: price("104.1"), last: Some(price("104")), at };
    let inputs =
        [symbol("BTCUSDT"), symbol("ETHUSDT")].map(|symbol| Input::Quote { symbol, quote: quiet });
    let allocated = allocation_counter::measure(|| {
        for input in inputs {
            world.engine.step(at, input, &mut out);
        }
    });
    assert_eq!(allocated.count_total, 0);
    assert!(out.records.is_empty());
}

/// A message, a quote or time passing.
#[derive(Debug, Clone)]
enum Act {
    Say(u8),
    Price(u32),
    Wait(u16),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0_u8..40).prop_map(Act::Say),
        (80_u32..130).prop_map(Act::Price),
        (1_u16..2_000).prop_map(Act::Wait),
    ]
}

/// What a world decided on and did, its shadows left out.
fn played(acts: &[Act], max_shadows: usize) -> (Vec<String>, Vec<Effect>) {
    let mut settings = settings();
    settings.record.max_shadows = max_shadows;
    // Outcomes may not reach decisions over the channel's record.
    settings.record.trust_min = Decimal::ONE;
    settings.record.trust_max = Decimal::ONE;
    settings.risk.max_open_positions = 1;
    let mut world = World::with(settings);
    let mut effects = Vec::new();
    for act in acts {
        match act {
            Act::Say(id) => drop(world.message(BUY_BTC, Some(&id.to_string()))),
            Act::Price(at) => world.quote("BTCUSDT", &at.to_string()),
            Act::Wait(seconds) => world.pass(Duration::from_secs((*seconds).into())),
        }
        effects.append(&mut world.effects);
    }
    let decided = |record: &&Record| !record.event.event_type().starts_with("SHADOW_");
    // Reasons tell of the record; everything else must be the same, in the same order.
    let told = world.journal.iter().filter(decided).map(|record| match &record.event {
        Event::SignalScored(scored) => {
            format!("{:?}", (&scored.score.label, scored.score.confidence.to_bits()))
        }
        event => format!("{:?} {event:?}", record.ts),
    });
    (told.collect(), effects)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn shadows_never_change_what_is_decided_or_done(acts in prop::collection::vec(act(), 1..60)) {
        let (without, with) = (played(&acts, 0), played(&acts, 5));
        prop_assert_eq!(without, with);
    }
}
