//! `levibot check`: what stands in the way of trading, and what to do about it.

use std::fs;

use serde_json::Value;

use crate::foreign::{Foreign, KEY, Manner};
use crate::process::{Home, PATIENCE, against, eventually};

/// Runs `levibot check --json`: exit status and the findings.
fn check(home: &Home) -> (Option<i32>, Vec<Value>) {
    let (status, said) = home.run(&["check", "--json"]);
    let line = said.lines().find(|line| line.starts_with('{'));
    let line = line.unwrap_or_else(|| panic!("no JSON in {said}"));
    let json: Value = serde_json::from_str(line).unwrap();
    assert_eq!(json["ok"] == true, status == Some(0), "{said}");
    (status, json["checks"].as_array().unwrap().clone())
}

fn standing<'a>(findings: &'a [Value], name: &str) -> &'a str {
    let found = findings.iter().find(|finding| finding["check"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {findings:?}"))["standing"].as_str().unwrap()
}

/// A home whose commands find no service but their own.
fn home_at(foreign: &Foreign, env: &[(&str, &str)]) -> Home {
    let mut home = against(foreign, env);
    let port = crate::process::free_address().port().to_string();
    home.set("PORT", &port);
    home
}

#[test]
fn with_everything_in_place_nothing_fails_and_no_order_is_placed() {
    let foreign = Foreign::start();
    let home = home_at(&foreign, &[]);
    let (status, findings) = check(&home);
    assert_eq!(status, Some(0), "{findings:?}");
    for name in ["configuration", "disk space", "disk sync", "clock", "markets", "key", "balance"] {
        assert_ne!(standing(&findings, name), "failed", "{name}");
    }
    for (name, expected) in [
        ("test order", "ok"),
        ("intent model", "ok"),
        ("redis", "not_needed"),
        ("telegram", "not_needed"),
        ("stop protection", "warning"),
        ("service", "ok"),
        ("limits", "ok"),
        ("signals", "warning"),
        ("alarms", "warning"),
    ] {
        assert_eq!(standing(&findings, name), expected, "{name}: {findings:?}");
    }
    assert_eq!((foreign.posts(), foreign.requests("POST /api/v3/order/test?")), (0, 1));
    let (_, table) = home.run(&["check"]);
    assert!(table.contains('✓') && table.contains("→") && !table.contains(KEY), "{table}");
}

#[test]
fn what_is_wrong_fails_by_name_and_says_what_to_do() {
    let foreign = Foreign::start();
    let cases = [
        (("MEXC_API_KEY", "mx0another"), "key", "failed"),
        (("MEXC_API_SECRET", "not-the-secret"), "key", "failed"),
        (("REDIS_URL", "redis://:hunter2@127.0.0.1:1"), "redis", "warning"),
        (("EXIT_TP_SHARES", "50,60"), "configuration", "failed"),
        (("SIGNAL_MODEL", "nowhere/model.tsv"), "intent model", "failed"),
    ];
    for (env, name, expected) in cases {
        let home = home_at(&foreign, &[env]);
        let (status, findings) = check(&home);
        assert_eq!(standing(&findings, name), expected, "{env:?}: {findings:?}");
        assert_eq!(status, Some(i32::from(expected == "failed")), "{env:?}");
        assert!(findings.iter().all(|f| f["standing"] != "failed" || f["advice"].is_string()));
        assert!(!format!("{findings:?}").contains("hunter2"));
    }
}

#[test]
fn a_clock_that_is_off_and_an_exchange_that_is_away_fail() {
    let foreign = Foreign::start();
    foreign.set_clock_ahead(3_000);
    let (status, findings) = check(&home_at(&foreign, &[]));
    assert_eq!((status, standing(&findings, "clock")), (Some(1), "failed"));

    let nobody = format!("http://{}", crate::process::free_address());
    let (status, findings) = check(&home_at(&foreign, &[("MEXC_BASE_URL", &nobody)]));
    assert_eq!((status, standing(&findings, "markets")), (Some(1), "failed"));
}

#[test]
fn an_account_that_can_withdraw_is_told_loudly() {
    let foreign = Foreign::start();
    foreign.let_keys_withdraw();
    let (_, findings) = check(&home_at(&foreign, &[]));
    assert_eq!(standing(&findings, "withdrawal"), "warning");
}

#[test]
fn paper_trading_needs_neither_key_nor_exchange() {
    let port = crate::process::free_address().port().to_string();
    let (status, findings) = check(&Home::new(&[("PORT", &port)]));
    assert_eq!((status, standing(&findings, "exchange")), (Some(0), "not_needed"));
}

#[test]
fn the_difference_a_start_would_find_is_told_without_starting_and_without_writing() {
    let foreign = Foreign::start();
    let home = home_at(&foreign, &[]);
    let service = home.start_ready();
    service.ingest("#BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110\nStop loss: 95", "1");
    eventually("the target rests", PATIENCE, || (foreign.orders_of("t1").len() == 1).then_some(()));
    eventually("it is known", PATIENCE, || {
        service.positions().into_iter().find(|p| p["exit_order"].is_string())
    });
    let before = service.events().len();
    service.kill_9();

    let (status, findings) = check(&home);
    assert_eq!(standing(&findings, "differences"), "ok", "{findings:?}");
    assert_eq!((status, standing(&findings, "positions")), (Some(0), "warning"));

    // An order with our mark that the journal does not know.
    foreign.place_foreign_order("levi-ea1-00000000000000000000000");
    let (status, findings) = check(&home);
    assert_eq!((status, standing(&findings, "differences")), (Some(1), "failed"), "{findings:?}");
    assert_eq!(crate::process::events(home.path()).len(), before, "nothing was journalled");
    assert_eq!(foreign.orders().len(), 3, "nothing was placed or cancelled");
}

#[test]
fn a_running_service_is_asked() {
    let foreign = Foreign::start();
    let mut home = against(&foreign, &[]);
    let service = home.start_ready();
    service.ingest("#BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110\nStop loss: 95", "1");
    eventually("the position is protected", PATIENCE, || {
        service.positions().into_iter().find(|p| p["exit_order"].is_string())
    });
    home.set("API_BASE", &format!("http://{}", service.address));
    let (status, findings) = check(&home);
    assert_eq!(status, Some(0), "{findings:?}");
    for name in ["service", "orders", "positions", "differences"] {
        assert_eq!(standing(&findings, name), "ok", "{name}: {findings:?}");
    }
    service.post("/risk/kill").expect(200);
    let (_, findings) = check(&home);
    assert_eq!(standing(&findings, "kill switch"), "warning");
    foreign.behave(&[Manner::Orderly]);
}

#[test]
fn a_torn_last_line_is_told_and_left_to_the_next_start() {
    let foreign = Foreign::start();
    let home = home_at(&foreign, &[]);
    home.start_ready().kill_9();
    let logs = home.path().join("backend/data/logs");
    let days = fs::read_dir(&logs).unwrap().map(|entry| entry.unwrap().path().join("events.jsonl"));
    let newest = days.filter(|file| file.is_file()).max().unwrap();
    let torn = [&fs::read(&newest).unwrap()[..], b"{\"seq\":999,\"ts\":\"20"].concat();
    fs::write(&newest, &torn).unwrap();
    let (status, findings) = check(&home);
    assert_eq!((status, standing(&findings, "journal")), (Some(0), "warning"), "{findings:?}");
    assert_eq!(fs::read(&newest).unwrap(), torn);
}

#[test]
fn a_coin_the_journal_knows_nothing_of_is_looked_at_too() {
    let foreign = Foreign::start();
    let home = home_at(&foreign, &[]);
    let service = home.start_ready();
    service.ingest("#BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110\nStop loss: 95", "1");
    eventually("the target rests", PATIENCE, || (foreign.orders_of("t1").len() == 1).then_some(()));
    service.kill_9();
    // The machine is lost with its journal.
    fs::remove_dir_all(home.path().join("backend/data/logs")).unwrap();
    let service = home.start_ready();
    let adopted = eventually("the position is taken over", PATIENCE, || {
        service.positions().into_iter().find(|p| p["protected"] == true)
    });
    assert_eq!(adopted["symbol"], "BTCUSDT");
    assert!(service.event_types().contains(&"ORDER_ADOPTED".to_owned()));
    assert_eq!(foreign.orders_of("e").len(), 1, "nothing was bought again");
}

/// `backend/testdata/journal/VERSION` holds a day as that version wrote it: a checkpoint with two
/// open positions and their resting targets. Days of versions to come are added, none is changed.
#[test]
fn journals_of_every_earlier_version_are_read() {
    let recorded = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/journal");
    let versions = fs::read_dir(recorded).unwrap().map(|entry| entry.unwrap().path());
    let foreign = Foreign::start();
    let mut read = 0;
    for version in versions {
        let mut home = home_at(&foreign, &[]);
        home.set("LOG_DIR", version.to_str().unwrap());
        let (_, findings) = check(&home);
        let found = |name: &str| findings.iter().find(|f| f["check"] == name).unwrap().clone();
        assert_eq!(found("journal")["standing"], "ok", "{}: {findings:?}", version.display());
        let positions = found("positions");
        let detail = positions["detail"].as_str().unwrap();
        assert!(detail.starts_with("2 open"), "{}: {detail}", version.display());
        assert!(!version.join(".lock").exists(), "nothing is written beside it");
        read += 1;
    }
    assert!(read >= 1);
}
