//! Values that contradict each other, and values worth a warning.

use engine::settings::Mode;

use super::*;

const KEYS: [&str; 3] = ["EXCHANGE=MEXC", "MEXC_API_KEY=key", "MEXC_API_SECRET=secret"];

fn mistakes(pairs: &[&str]) -> Vec<(String, String)> {
    let Err(mistakes) = load(pairs) else { return Vec::new() };
    mistakes.iter().map(|mistake| (mistake.variable.clone(), mistake.to_string())).collect()
}

fn named(pairs: &[&str]) -> Vec<String> {
    mistakes(pairs).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn the_exchange_and_the_sandbox_switch_decide_the_mode() {
    let sandbox =
        [&KEYS[..], &["MEXC_SANDBOX=true", "MEXC_BASE_URL=http://127.0.0.1:9000"]].concat();
    let cases = [
        (vec![], Mode::Paper),
        (vec!["EXCHANGE=paper", "MEXC_SANDBOX=true"], Mode::Paper),
        (KEYS.to_vec(), Mode::Live),
        (sandbox, Mode::Sandbox),
    ];
    for (pairs, mode) in cases {
        assert_eq!(load(&pairs).unwrap().config.engine.mode, mode, "{pairs:?}");
    }
}

#[test]
fn trading_on_mexc_needs_both_keys_unless_it_only_watches() {
    assert_eq!(named(&["EXCHANGE=MEXC"]), ["MEXC_API_KEY", "MEXC_API_SECRET"]);
    assert_eq!(named(&["EXCHANGE=MEXC", "MEXC_API_KEY=key"]), ["MEXC_API_SECRET"]);
    assert_eq!(named(&KEYS), [] as [&str; 0]);
    let watching = load(&["EXCHANGE=MEXC", "MEXC_ENABLE=false"]).unwrap();
    assert!(!watching.config.engine.executor_enabled);
    assert_eq!(watching.config.engine.account, "mexc-main");
}

#[test]
fn a_sandbox_refuses_the_real_hosts() {
    let with = |more: &[&'static str]| named(&[&KEYS[..], &["MEXC_SANDBOX=true"], more].concat());
    assert_eq!(with(&[]), ["MEXC_BASE_URL"]);
    for real in ["https://api.mexc.com", "https://API.MEXC.COM.", "http://mexc.com:8080"] {
        let pair = format!("MEXC_BASE_URL={real}");
        let found = named(&[&KEYS[..], &["MEXC_SANDBOX=true", &pair]].concat());
        assert_eq!(found, ["MEXC_BASE_URL"], "{real}");
    }
    assert_eq!(with(&["MEXC_BASE_URL=http://notmexc.com"]), [] as [&str; 0]);
    let socket = ["MEXC_BASE_URL=http://127.0.0.1:9000", "MEXC_WS_URL=wss://wbs-api.mexc.com/ws"];
    assert_eq!(with(&socket), ["MEXC_WS_URL"]);
    let sandbox = load(&[&KEYS[..], &["MEXC_SANDBOX=true", socket[0]]].concat()).unwrap();
    assert_eq!(sandbox.config.mexc.ws_url, "ws://127.0.0.1:9000/ws");
}

#[test]
fn an_open_door_needs_keys() {
    for host in ["0.0.0.0", "::", "192.168.1.5"] {
        let pair = format!("HOST={host}");
        assert_eq!(named(&[&pair]), ["HOST"], "{host}");
        assert_eq!(named(&[&pair, "API_KEYS=0123456789abcdef"]), [] as [&str; 0], "{host}");
    }
    assert_eq!(named(&["HOST=0.0.0.0", "TRUSTED_PEERS=172.30.57.1"]), [] as [&str; 0]);
    assert_eq!(named(&["HOST=0.0.0.0", "TRUSTED_PEERS=172.30.57.0/24"]), ["TRUSTED_PEERS"]);
    assert_eq!(named(&["HOST=::1"]), [] as [&str; 0]);
    assert_eq!(named(&["HOST=0.0.0.0", "API_KEYS=two words"]), ["API_KEYS"]);
}

#[test]
fn limits_must_leave_room_for_an_order() {
    assert_eq!(named(&["RISK_MIN_NOTIONAL=50", "RISK_MAX_NOTIONAL=50"]), [] as [&str; 0]);
    assert_eq!(named(&["RISK_MIN_NOTIONAL=50.01", "RISK_MAX_NOTIONAL=50"]), ["RISK_MIN_NOTIONAL"]);
    assert_eq!(named(&["RISK_MAX_TOTAL_EXPOSURE=5"]), [] as [&str; 0]);
    assert_eq!(named(&["RISK_MAX_TOTAL_EXPOSURE=4.99"]), ["RISK_MAX_TOTAL_EXPOSURE"]);
}

#[test]
fn times_must_fit_each_other() {
    assert_eq!(named(&["SIGNAL_DEDUP_WINDOW=300"]), [] as [&str; 0]);
    assert_eq!(named(&["SIGNAL_DEDUP_WINDOW=299"]), ["SIGNAL_DEDUP_WINDOW"]);
    assert_eq!(named(&["PRICE_POLL_MS=9999"]), [] as [&str; 0]);
    assert_eq!(named(&["PRICE_POLL_MS=10000"]), ["PRICE_POLL_MS"]);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let pairs = [
        "EXCHANGE=MEXC",
        "HOST=0.0.0.0",
        "PORT=99999",
        "RISK_POLICY=yolo",
        "PAPER_MARKET=yolo",
        "PRICE_POLL_MS=x",
    ];
    let found = named(&pairs);
    for name in [
        "MEXC_API_KEY",
        "MEXC_API_SECRET",
        "HOST",
        "PORT",
        "RISK_POLICY",
        "PAPER_MARKET",
        "PRICE_POLL_MS",
    ] {
        assert_eq!(found.iter().filter(|found| *found == name).count(), 1, "{name} in {found:?}");
    }
    assert_eq!(found.len(), 7, "{found:?}");
}

#[test]
fn a_mistake_names_variable_value_source_problem_and_remedy() {
    let [(_, text)] = &mistakes(&["RISK_COOLDOWN_SEC=abc"])[..] else { panic!() };
    assert_eq!(
        text,
        "RISK_COOLDOWN_SEC=abc (environment): is not a length of time. Allowed: 0 to 2592000 seconds; also 90s, 30m, 4h, 2d"
    );
}

#[test]
fn streams_are_where_the_exchange_has_them() {
    let mexc = "wss://wbs-api.mexc.com/ws";
    let cases: [(&[&'static str], &str); 6] = [
        (&[], mexc),
        (&["MEXC_BASE_URL=http://127.0.0.1:8900"], "ws://127.0.0.1:8900/ws"),
        (&["MEXC_BASE_URL=https://sandbox.example/"], "wss://sandbox.example/ws"),
        (&["EXCHANGE=MEXC", "MEXC_ENABLE=false", "MEXC_BASE_URL=http://127.0.0.1:1"], mexc),
        (
            &[
                "EXCHANGE=MEXC",
                "MEXC_ENABLE=false",
                "MEXC_SANDBOX=true",
                "MEXC_BASE_URL=http://[::1]:1",
            ],
            "ws://[::1]:1/ws",
        ),
        (&["MEXC_BASE_URL=http://127.0.0.1:1", "MEXC_WS_URL=ws://other/ws"], "ws://other/ws"),
    ];
    for (pairs, url) in cases {
        assert_eq!(load(pairs).unwrap().config.mexc.ws_url, url, "{pairs:?}");
    }
}

#[test]
fn what_a_person_should_know_is_warned_about() {
    let live = [&KEYS[..], &["AUTO_ROUTE_ENABLED=true", "AUTO_ROUTE_DRY_RUN=false"]].concat();
    let narrowed = [&live[..], &["AUTO_ROUTE_EXCH=paper"]].concat();
    let plain = [&KEYS[..], &["MEXC_BASE_URL=http://exchange.example"]].concat();
    let cases: [(&[&str], &str); 9] = [
        (&live, "real money"),
        (&narrowed, "no signal is traded"),
        (&plain, "unencrypted"),
        (&["EXCHANGE=MEXC", "MEXC_ENABLE=false"], "no order is placed"),
        (&["MEXC_SANDBOX=true"], "MEXC_SANDBOX has no effect"),
        (&["API_KEYS=short"], "less than 16"),
        (&["AUTO_ROUTE_DEFAULT_NOTIONAL=4"], "AUTO_ROUTE_DEFAULT_NOTIONAL=4 is outside"),
        (&["RISK_MAX_NOTIONAL=20"], "AUTO_ROUTE_DEFAULT_NOTIONAL=25 is outside"),
        (&["PAPER_BALANCES=BTC=1"], "nothing can be bought"),
    ];
    for (pairs, expected) in cases {
        let warnings = load(pairs).unwrap_or_else(|m| panic!("{}", told(&m))).warnings;
        assert!(
            warnings.iter().any(|warning| warning.contains(expected)),
            "{pairs:?}: {warnings:?}"
        );
    }
}

#[test]
fn a_switch_that_is_off_in_other_words_is_no_warning() {
    for off in ["MEXC_SANDBOX=0", "MEXC_SANDBOX=off", "MEXC_SANDBOX=False"] {
        let warnings = load(&[off]).unwrap().warnings;
        assert!(!warnings.iter().any(|warning| warning.contains("SANDBOX")), "{off}: {warnings:?}");
    }
}

#[test]
fn unknown_names_are_warned_about_with_the_nearest_known_one() {
    let cases = [
        ("RISK_MAX_NOTIONL=5", Some("RISK_MAX_NOTIONAL")),
        ("RISK_COOLDOWN=5", Some("RISK_COOLDOWN_SEC")),
        ("MEXC_SECRET=x", Some("MEXC_API_SECRET")),
        ("MEXC_API_KEY_FIL=x", Some("MEXC_API_KEY_FILE")),
        ("AUTO_ROUTE_EXCHANGE=x", Some("AUTO_ROUTE_EXCH")),
        ("EXIT_TP_SHARE=x", Some("EXIT_TP_SHARES")),
        ("PAPER_SEEDS=x", Some("PAPER_SEED")),
        ("MEXC_X=1", None),
        ("HOME=x", None),
    ];
    for (pair, nearest) in cases {
        let warnings = load(&[pair]).unwrap().warnings;
        let about = warnings.iter().find(|warning| warning.contains("is not known"));
        match nearest {
            Some(nearest) => assert!(
                about.unwrap().contains(&format!("Did you mean {nearest}?")),
                "{pair}: {about:?}"
            ),
            None => assert!(
                about.is_none_or(|warning| warning.starts_with("MEXC_X")),
                "{pair}: {about:?}"
            ),
        }
    }
}

#[test]
fn auto_routing_is_only_ever_narrowed() {
    let matches = |pairs: &[&str]| load(pairs).unwrap().config.engine.auto_route.exchange_matches;
    assert!(matches(&[]) && matches(&["AUTO_ROUTE_EXCH=paper"]));
    assert!(!matches(&["AUTO_ROUTE_EXCH=mexc"]));
    assert!(matches(&[&KEYS[..], &["AUTO_ROUTE_EXCH=MEXC"]].concat()));
    assert!(!matches(&[&KEYS[..], &["AUTO_ROUTE_EXCH=paper"]].concat()));
}

#[test]
fn a_new_key_continues_the_same_account_and_another_name_is_another() {
    let account = |pairs: &[&str]| {
        let pairs = [&["EXCHANGE=MEXC", "MEXC_API_SECRET=s"], pairs].concat();
        load(&pairs).unwrap().config.engine.account
    };
    let old = account(&["MEXC_API_KEY=old-key"]);
    assert_eq!(old, account(&["MEXC_API_KEY=new-key"]));
    assert_ne!(old, account(&["MEXC_API_KEY=old-key", "MEXC_ACCOUNT=second"]));
    let sandbox = ["MEXC_API_KEY=k", "MEXC_SANDBOX=true", "MEXC_BASE_URL=http://127.0.0.1:9"];
    assert_ne!(old, account(&sandbox));
}
