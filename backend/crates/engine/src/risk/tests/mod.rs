//! Each limit just under, at and just over its bound.

mod bench;

use std::sync::Arc;
use std::time::Duration;

use bench::{Bench, NOW, amount, market, price};
use domain::event::{KillMode, KillSwitch};
use domain::{CheckResult, Decimal, Event, Market, MarketRules, Markets, PolicyName, TradeSides};

use super::*;
use crate::input::Quote;
use crate::settings::NotionalMode;

const LONG_AGO: Duration = Duration::from_hours(1);

#[test]
fn a_plain_order_passes_every_check() {
    let verdict = Bench::new().judge();
    assert_eq!(verdict.block_reason(), None);
    assert_eq!(verdict.kind, Some(OrderKind::MarketQuote { notional: amount("25") }));
    assert_eq!(verdict.qty.to_string(), "0.25");
    let names: Vec<&str> = verdict.checks.iter().map(|check| check.name.as_ref()).collect();
    assert_eq!(
        names,
        [
            "kill_switch",
            "exchange_enabled",
            "symbol",
            "price",
            "entry_price",
            "notional",
            "filters",
            "balance",
            "cooldown",
            "positions_per_symbol",
            "open_positions",
            "total_exposure",
            "daily_loss",
            "protection",
            "journal_room",
        ]
    );
}

#[test]
fn the_notional_is_clamped_both_ways_and_by_the_policy() {
    let cases = [
        (PolicyName::Conservative, None, "100", "100", CheckResult::Pass),
        (PolicyName::Conservative, None, "100.01", "100", CheckResult::Clamp),
        (PolicyName::Moderate, None, "249.99", "249.99", CheckResult::Pass),
        (PolicyName::Moderate, None, "250", "250", CheckResult::Pass),
        (PolicyName::Moderate, None, "250.01", "250", CheckResult::Clamp),
        (PolicyName::Aggressive, None, "500", "500", CheckResult::Pass),
        (PolicyName::Aggressive, None, "501", "500", CheckResult::Clamp),
        (PolicyName::Moderate, Some("50"), "50.01", "50", CheckResult::Clamp),
        (PolicyName::Moderate, Some("9999"), "300", "250", CheckResult::Clamp),
        (PolicyName::Moderate, None, "5", "5", CheckResult::Pass),
        (PolicyName::Moderate, None, "4.99", "5", CheckResult::Clamp),
        (PolicyName::Moderate, None, "0", "5", CheckResult::Clamp),
    ];
    for (policy, max, requested, expected, result) in cases {
        let mut bench = Bench::new();
        bench.settings.risk.max_notional = max.map(amount);
        bench.ledger = Ledger::new(policy);
        bench.wish.notional = amount(requested);
        let verdict = bench.judge();
        assert_eq!(verdict.notional, amount(expected), "{policy} {requested}");
        assert_eq!(bench.result("notional"), result, "{policy} {requested}");
        assert!(!verdict.blocked(), "{policy} {requested}");
    }
}

#[test]
fn in_reject_mode_nothing_is_clamped() {
    let mut bench = Bench::new();
    bench.settings.risk.notional_mode = NotionalMode::Reject;
    for (requested, result) in
        [("4.99", CheckResult::Block), ("5", CheckResult::Pass), ("250.01", CheckResult::Block)]
    {
        bench.wish.notional = amount(requested);
        assert_eq!(bench.result("notional"), result, "{requested}");
    }
}

#[test]
fn a_missing_maximum_is_no_error() {
    // The original failed on `min(qty, None)` when a limit was not configured.
    let mut bench = Bench::new();
    bench.settings.risk.max_notional = None;
    bench.settings.risk.cooldown = None;
    assert!(!bench.judge().blocked());
}

#[test]
fn the_cooldown_ends_on_the_second_and_follows_the_policy() {
    let cases = [
        (PolicyName::Conservative, None, 44_999, CheckResult::Block),
        (PolicyName::Conservative, None, 45_000, CheckResult::Pass),
        (PolicyName::Moderate, None, 29_999, CheckResult::Block),
        (PolicyName::Moderate, None, 30_000, CheckResult::Pass),
        (PolicyName::Aggressive, None, 19_999, CheckResult::Block),
        (PolicyName::Aggressive, None, 20_000, CheckResult::Pass),
        (PolicyName::Moderate, Some(60), 59_999, CheckResult::Block),
        (PolicyName::Moderate, Some(60), 60_001, CheckResult::Pass),
        (PolicyName::Moderate, Some(0), 0, CheckResult::Pass),
    ];
    for (policy, configured, passed_ms, expected) in cases {
        let mut bench = Bench::new();
        bench.settings.risk.cooldown = configured.map(Duration::from_secs);
        bench.ledger = Ledger::new(policy);
        bench.entry_on_its_way(NOW.minus(Duration::from_millis(passed_ms)), "BTCUSDT", "e", "10");
        assert_eq!(bench.result("cooldown"), expected, "{policy} {configured:?} {passed_ms}");
        bench.wish.symbol = Symbol::from_exchange("ETHUSDT");
        assert_eq!(bench.result("cooldown"), CheckResult::Pass, "another symbol");
    }
}

#[test]
fn positions_count_from_the_moment_they_are_intended() {
    let long_ago = NOW.minus(LONG_AGO);
    let mut bench = Bench::new();
    bench.entry_on_its_way(long_ago, "BTCUSDT", "a", "10");
    assert_eq!(bench.result("positions_per_symbol"), CheckResult::Block);
    let mut bench = Bench::new();
    bench.position(long_ago, "BTCUSDT", "a", "10");
    assert_eq!(bench.result("positions_per_symbol"), CheckResult::Block);
    bench.settings.risk.max_positions_per_symbol = 2;
    assert_eq!(bench.result("positions_per_symbol"), CheckResult::Pass);
    for (limit, expected) in [(1, CheckResult::Block), (2, CheckResult::Pass)] {
        bench.settings.risk.max_open_positions = limit;
        assert_eq!(bench.result("open_positions"), expected, "limit {limit}");
    }
}

#[test]
fn exposure_is_reserved_by_orders_on_their_way() {
    for (reserved, expected) in
        [("974.99", CheckResult::Pass), ("975", CheckResult::Pass), ("975.01", CheckResult::Block)]
    {
        let long_ago = NOW.minus(LONG_AGO);
        let mut bench = Bench::new();
        bench.entry_on_its_way(long_ago, "ETHUSDT", "a", reserved);
        assert_eq!(bench.result("total_exposure"), expected, "reserved {reserved}");
        let mut bench = Bench::new();
        bench.position(long_ago, "ETHUSDT", "a", reserved);
        assert_eq!(bench.result("total_exposure"), expected, "held {reserved}");
    }
}

#[test]
fn the_daily_loss_stops_entries_when_it_is_reached() {
    for (loss, limit, expected) in [
        ("99.99", "100", CheckResult::Pass),
        ("100", "100", CheckResult::Block),
        ("100.01", "100", CheckResult::Block),
        ("100000", "0", CheckResult::Skip),
    ] {
        let mut bench = Bench::new();
        bench.settings.risk.max_daily_loss = amount(limit);
        bench.loss_today(loss);
        assert_eq!(bench.result("daily_loss"), expected, "lost {loss} of {limit}");
    }
}

#[test]
fn the_price_must_be_known_and_fresh() {
    for (age_ms, expected) in
        [(0, CheckResult::Pass), (10_000, CheckResult::Pass), (10_001, CheckResult::Block)]
    {
        let mut bench = Bench::new();
        let at = NOW.minus(Duration::from_millis(age_ms));
        let quote = Quote { bid: price("99.99"), ask: price("100"), last: None, at };
        bench.desk.set_quote(&Symbol::from_exchange("BTCUSDT"), quote);
        assert_eq!(bench.result("price"), expected, "{age_ms} ms");
    }
    let mut bench = Bench::new();
    bench.wish.symbol = Symbol::from_exchange("ETHUSDT");
    assert_eq!(bench.result("price"), CheckResult::Block);
    assert_eq!(bench.result("filters"), CheckResult::Skip);
}

#[test]
fn the_balance_counts_what_is_already_on_its_way() {
    for (free, expected) in [("24.99", CheckResult::Block), ("25", CheckResult::Pass)] {
        let mut bench = Bench::new();
        bench.desk.balances[0].free = free.parse().unwrap();
        assert_eq!(bench.result("balance"), expected, "{free} free");
    }
    let mut bench = Bench::new();
    bench.desk.balances[0].free = 40.into();
    bench.entry_on_its_way(NOW, "ETHUSDT", "a", "20");
    assert_eq!(bench.result("balance"), CheckResult::Block);
    bench.desk.balances_at = None;
    assert_eq!(bench.result("balance"), CheckResult::Skip);
}

#[test]
fn the_kill_switch_the_executor_and_the_market_each_stop_entries() {
    let mut bench = Bench::new();
    let killed =
        KillSwitch { mode: Some(KillMode::Entries), reason: String::new(), by: String::new() };
    bench.apply(NOW, "BTCUSDT", "k", Event::KillSwitch(killed));
    assert_eq!(bench.result("kill_switch"), CheckResult::Block);

    let mut bench = Bench::new();
    bench.settings.executor_enabled = false;
    assert_eq!(bench.result("exchange_enabled"), CheckResult::Block);

    for (open, sides, expected) in [
        (true, TradeSides::Both, CheckResult::Pass),
        (true, TradeSides::BuyOnly, CheckResult::Pass),
        (true, TradeSides::SellOnly, CheckResult::Block),
        (true, TradeSides::Closed, CheckResult::Block),
        (false, TradeSides::Both, CheckResult::Block),
    ] {
        let mut bench = Bench::new();
        bench.desk.markets = Arc::new(Markets::new([Market { open, sides, ..market("BTC") }]));
        assert_eq!(bench.result("symbol"), expected, "{open} {sides:?}");
    }
}

#[test]
fn the_exchanges_filters_are_checked_after_rounding() {
    type Change = fn(&mut MarketRules);
    let cases: [(&str, Change, CheckResult); 6] = [
        (
            "min notional at",
            |rules| rules.min_notional_market = "25".parse().unwrap(),
            CheckResult::Pass,
        ),
        (
            "min notional over",
            |rules| rules.min_notional_market = "25.01".parse().unwrap(),
            CheckResult::Block,
        ),
        (
            "max notional at",
            |rules| rules.max_notional_market = "25".parse().unwrap(),
            CheckResult::Pass,
        ),
        (
            "max notional under",
            |rules| rules.max_notional_market = "24.99".parse().unwrap(),
            CheckResult::Block,
        ),
        ("min qty over", |rules| rules.min_qty = "0.251".parse().unwrap(), CheckResult::Block),
        ("step too coarse", |rules| rules.step = Decimal::ONE, CheckResult::Block),
    ];
    for (name, change, expected) in cases {
        let mut bench = Bench::new();
        let mut changed = market("BTC");
        change(&mut changed.rules);
        bench.desk.markets = Arc::new(Markets::new([changed]));
        assert_eq!(bench.result("filters"), expected, "{name}");
    }
}

#[test]
fn a_pair_without_market_orders_is_bought_with_a_bounded_ioc() {
    let mut bench = Bench::new();
    bench.desk.markets = Arc::new(Markets::new([Market { market_orders: false, ..market("BTC") }]));
    let verdict = bench.judge();
    let Some(OrderKind::ImmediateOrCancel { qty, price: bound }) = verdict.kind else {
        panic!("{verdict:?}");
    };
    assert_eq!(bound, price("100.5"));
    assert!(bound.notional(qty) <= amount("25"));
}

#[test]
fn an_entry_zone_gives_one_order_or_none() {
    // (entries, kind, ask, stop) -> market, limit price, or blocked; slippage is 50 bps.
    use EntryKind::{Limit, Market as AtMarket, Range};
    let cases = [
        (&["99", "101"][..], Range, "100", None, "market"),
        (&["99", "101"], Range, "101.5", None, "market"),
        (&["99", "101"], Range, "101.51", None, "limit 101"),
        (&["101", "99"], Range, "120", None, "limit 101"),
        (&["99", "101"], Range, "98.51", None, "market"),
        (&["99", "101"], Range, "98.5", None, "blocked"),
        (&["100"], Limit, "100.5", None, "market"),
        (&["100"], Limit, "100.51", None, "limit 100"),
        (&["100", "95"], Limit, "110", None, "limit 100"),
        (&["100"], AtMarket, "100.51", None, "blocked"),
        (&["100"], AtMarket, "100.5", None, "market"),
        (&["100"], Limit, "99.6", Some("99.6"), "blocked"),
        (&["100"], Limit, "99.6", Some("99.59"), "market"),
        (&[], AtMarket, "100", Some("120"), "blocked"),
        (&[], AtMarket, "100", Some("99"), "market"),
    ];
    for (entries, kind, ask, stop, expected) in cases {
        let mut bench = Bench::new();
        let quote = Quote { bid: price(ask), ask: price(ask), last: None, at: NOW };
        bench.desk.set_quote(&Symbol::from_exchange("BTCUSDT"), quote);
        bench.wish.entries = entries.iter().copied().map(price).collect();
        bench.wish.entry_kind = Some(kind);
        bench.wish.hints.stop = stop.map(price);
        let found = match bench.judge().kind {
            Some(OrderKind::MarketQuote { .. }) => "market".to_owned(),
            Some(OrderKind::Limit { price, .. }) => format!("limit {price}"),
            other => other.map_or("blocked".to_owned(), |kind| format!("{kind:?}")),
        };
        assert_eq!(found, expected, "{entries:?} {kind:?} at {ask}, stop {stop:?}");
    }
}

#[test]
fn a_signal_is_also_judged_by_age_and_confidence() {
    for (confidence, expected) in [(0.749, CheckResult::Block), (0.75, CheckResult::Pass)] {
        let mut bench = Bench::new();
        bench.wish.origin = Origin::Signal;
        bench.wish.confidence = Some(confidence);
        assert_eq!(bench.result("confidence"), expected, "{confidence}");
    }
    for (age_s, expected) in [(300, CheckResult::Pass), (301, CheckResult::Block)] {
        let mut bench = Bench::new();
        bench.wish.origin = Origin::Signal;
        bench.wish.confidence = Some(0.9);
        bench.wish.posted_at = Some(NOW.minus(Duration::from_secs(age_s)));
        assert_eq!(bench.result("signal_fresh"), expected, "{age_s} s");
    }
}
