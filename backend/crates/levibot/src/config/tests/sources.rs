//! Where values come from, and what they become.

use std::fs;
use std::time::Duration;

use domain::{Asset, Decimal, PolicyName};
use engine::settings::{Mode, NotionalMode};
use secrecy::ExposeSecret;

use super::*;

fn source_of(loaded: &Loaded, name: &str) -> String {
    let line = report(loaded)
        .lines()
        .find(|line| line.starts_with(&format!("{name} ")))
        .unwrap()
        .to_owned();
    line.rsplit("  ").next().unwrap().to_owned()
}

#[test]
fn without_anything_set_it_is_a_safe_paper_bot() {
    let Loaded { config, warnings, .. } = load(&[]).unwrap();
    let engine = config.engine_settings();
    assert_eq!(
        (engine.mode, engine.account.as_str(), engine.bot_id.as_str()),
        (Mode::Paper, "paper", "levi")
    );
    assert!(engine.executor_enabled && !engine.auto_route.enabled && engine.auto_route.dry_run);
    assert!(
        (engine.auto_route.min_confidence - 0.75).abs() < f64::EPSILON
            && engine.auto_route.exchange_matches
    );
    assert_eq!(engine.auto_route.default_notional.to_string(), "25");
    let risk = &engine.risk;
    assert_eq!((risk.policy, risk.notional_mode), (PolicyName::Moderate, NotionalMode::Clamp));
    assert_eq!((risk.max_notional, risk.cooldown), (None, None));
    assert_eq!((risk.max_positions_per_symbol, risk.max_open_positions), (1, 10));
    assert_eq!(
        (risk.min_notional.to_string(), risk.max_total_exposure.to_string()),
        ("5".into(), "1000".into())
    );
    assert_eq!((risk.max_daily_loss.to_string(), risk.atr_lookback), ("100".into(), 14));
    assert_eq!((risk.atr_interval.as_wire(), risk.price_max_age), ("15m", Duration::from_secs(10)));
    assert_eq!((engine.entry.max_slippage.0, engine.entry.ttl), (50, Duration::from_hours(1)));
    assert_eq!(
        (engine.exit.max_slippage.0, engine.exit.breakeven_after, engine.exit.tp_shares.len()),
        (100, 1, 0)
    );
    assert_eq!(
        (engine.dedup_window, engine.signal_max_age),
        (Duration::from_hours(1), Duration::from_mins(5))
    );
    assert_eq!((engine.recv_window_ms, engine.in_doubt_settle), (5_000, Duration::from_secs(10)));
    assert_eq!(config.http.address.to_string(), "127.0.0.1:8000");
    assert_eq!(config.log.dir.to_str(), Some("backend/data/logs"));
    let log = (config.log.filter.to_string(), config.log.format);
    assert_eq!(log, ("info".to_owned(), LogFormat::Text));
    assert_eq!(
        (config.journal_sync, config.price_poll),
        (JournalSync::Before, Duration::from_secs(2))
    );
    assert_eq!((config.paper.seed, config.paper.balances.len()), (42, 1));
    assert_eq!(config.paper.balances[0].0, Asset::from_exchange("USDT"));
    assert_eq!(config.mexc.base_url, "https://api.mexc.com");
    assert_eq!(config.mexc.ws_url, "wss://wbs-api.mexc.com/ws");
    assert_eq!(warnings, [] as [String; 0]);
}

#[test]
fn shares_become_parts_of_one() {
    let loaded = load(&["EXIT_TP_SHARES=50,30,20"]).unwrap();
    let shares = loaded.config.engine.exit.tp_shares;
    assert_eq!(shares, ["0.5", "0.3", "0.2"].map(|share| share.parse::<Decimal>().unwrap()));
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let dir = tempfile::tempdir().unwrap();
    let dotenv = dir.path().join(".env");
    fs::write(&dotenv, "PORT=8001\nRISK_POLICY=aggressive\nLOG_LEVEL=\n").unwrap();
    let loaded = load_with(&["PORT=8002", "RISK_POLICY="], Some(&dotenv)).unwrap();
    assert_eq!(loaded.config.http.address.port(), 8_002);
    assert_eq!(loaded.config.engine.risk.policy, PolicyName::Aggressive);
    let sources = ["PORT", "RISK_POLICY", "LOG_LEVEL"].map(|name| source_of(&loaded, name));
    assert_eq!(sources, ["environment", ".env", "default"]);
}

#[test]
fn the_lines_of_the_users_document_are_understood_as_they_stand() {
    let dir = tempfile::tempdir().unwrap();
    let dotenv = dir.path().join(".env");
    let text = "\u{feff}\
# Exchange Selection
EXCHANGE=MEXC                  # PAPER | MEXC (default: PAPER)

MEXC_ENABLE=true              # Enable/disable MEXC executor
MEXC_API_KEY=your_api_key     # MEXC API key
export MEXC_API_SECRET='your#secret'   # MEXC API secret
MEXC_SANDBOX=false            # Use sandbox/testnet (limited support)
MEXC_RECV_WINDOW_MS=5000      # API request tolerance window
MEXC_RATE_LIMIT_MS=100
AUTO_ROUTE_DRY_RUN=false          # ⚠️ Set to false for live trading
RISK_POLICY=moderate  # conservative | moderate | aggressive
";
    fs::write(&dotenv, text).unwrap();
    let Loaded { config, .. } =
        load_with(&[], Some(&dotenv)).unwrap_or_else(|m| panic!("{}", told(&m)));
    assert_eq!(config.engine.mode, Mode::Live);
    assert_eq!(config.mexc.api_key.unwrap().expose_secret(), "your_api_key");
    assert_eq!(config.mexc.api_secret.unwrap().expose_secret(), "your#secret");
    assert_eq!(config.mexc.rate_limit, Duration::from_millis(100));
    assert!(!config.engine.auto_route.dry_run);
}

#[test]
fn a_comment_that_a_tool_left_in_the_environment_is_cut() {
    let loaded =
        load(&["EXCHANGE=PAPER                  # PAPER | MEXC", "LOG_DIR=logs#1"]).unwrap();
    assert_eq!(loaded.config.engine.mode, Mode::Paper);
    assert_eq!(loaded.config.log.dir.to_str(), Some("logs#1"));
}

#[test]
fn the_later_of_two_lines_holds_and_is_warned_about() {
    let dir = tempfile::tempdir().unwrap();
    let dotenv = dir.path().join(".env");
    fs::write(&dotenv, "PORT=1\nPORT=2\n").unwrap();
    let loaded = load_with(&[], Some(&dotenv)).unwrap();
    assert_eq!(loaded.config.http.address.port(), 2);
    assert!(loaded.warnings[0].contains("PORT is set twice"), "{:?}", loaded.warnings);
}

#[test]
fn a_missing_dotenv_is_empty_and_a_broken_one_is_told_by_line_without_its_text() {
    let dir = tempfile::tempdir().unwrap();
    let dotenv = dir.path().join(".env");
    load_with(&[], Some(&dotenv)).unwrap();
    for text in [
        "PORT=1\n\nMEXC_API_SECRET=hunter2 hunter3\n",
        "PORT=1\n\nMEXC_API_SECRET='hunter2\n",
        "A=1\nB=2\nhunter2\n",
    ] {
        fs::write(&dotenv, text).unwrap();
        let mistakes = told(&load_with(&[], Some(&dotenv)).unwrap_err());
        assert!(mistakes.contains(".env") && mistakes.contains("line 3"), "{mistakes}");
        assert!(!mistakes.contains("hunter"), "{mistakes}");
    }
    let folder = told(&load_with(&[], Some(dir.path())).unwrap_err());
    assert!(folder.contains("cannot be read"), "{folder}");
}

#[test]
fn a_secret_may_be_in_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key");
    fs::write(&key, "  mx0key\n").unwrap();
    let keys = dir.path().join("keys");
    fs::write(&keys, "first-key-0123456\nsecond-key-012345\n").unwrap();
    let pairs = [
        format!("MEXC_API_KEY_FILE={}", key.display()),
        format!("API_KEYS_FILE={}", keys.display()),
    ];
    let loaded = load(&[&pairs[0], &pairs[1], "HOST=0.0.0.0"]).unwrap();
    assert_eq!(loaded.config.mexc.api_key.as_ref().unwrap().expose_secret(), "mx0key");
    assert_eq!(loaded.config.http.api_keys.len(), 2);
    assert_eq!(source_of(&loaded, "MEXC_API_KEY"), format!("file {}", key.display()));
}

#[test]
fn a_secret_given_twice_or_in_a_useless_file_is_a_mistake() {
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().join("empty");
    fs::write(&empty, "\n").unwrap();
    let words = dir.path().join("words");
    fs::write(&words, "hunter2 hunter3").unwrap();
    let cases = [
        (
            vec!["MEXC_API_KEY=hunter2".to_owned(), "MEXC_API_KEY_FILE=/x".to_owned()],
            "MEXC_API_KEY is set too",
        ),
        (
            vec!["MEXC_API_KEY_FILE=/nowhere/at/all".to_owned()],
            "MEXC_API_KEY_FILE=/nowhere/at/all (environment): the file cannot be read",
        ),
        (vec![format!("MEXC_API_KEY_FILE={}", empty.display())], "the file is empty"),
        (vec![format!("MEXC_API_KEY_FILE={}", words.display())], "MEXC_API_KEY=*** (file "),
    ];
    for (pairs, expected) in cases {
        let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
        let mistakes = load(&pairs).unwrap_err();
        let text = told(&mistakes);
        assert!(
            mistakes.len() == 1 && text.contains(expected) && !text.contains("hunter"),
            "{text}"
        );
    }
}

#[test]
fn the_zone_is_the_named_one() {
    let loaded = load(&["TZ=Europe/Istanbul"]).unwrap();
    assert_eq!(loaded.config.time_zone.iana_name(), Some("Europe/Istanbul"));
}
