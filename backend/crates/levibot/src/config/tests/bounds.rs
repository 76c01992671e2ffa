//! Every variable at, under and over its bounds.

use std::collections::BTreeSet;

use super::super::variables::ALL;
use super::{load, told};

/// A variable, values it takes, values it does not.
type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

const SWITCH: (&[&str], &[&str]) =
    (&["true", "FALSE", "1", "0", "yes", "off"], &["2", "ja", "truee"]);
const AMOUNT: (&[&str], &[&str]) = (
    &["0.000001", "5", "1000000000000000000000000000", "+7.50"],
    &[
        "0",
        "-1",
        "NaN",
        "1e5",
        "5 USDT",
        "1,5",
        "1000000000000000000000000001",
        "0.0000000000000000001",
    ],
);
const AMOUNT_OR_NONE: (&[&str], &[&str]) =
    (&["0", "0.000001", "5"], &["-0.000001", "NaN", "inf", "five"]);
const PERIOD_30D: (&[&str], &[&str]) = (
    &["1", "90s", "30m", "4h", "30d", "2592000"],
    &[
        "0",
        "-1",
        "31d",
        "2592001",
        "1w",
        "1.5h",
        "s",
        "99999999999999999999",
        "18446744073709551615d",
    ],
);

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("EXCHANGE", &["PAPER", "paper", "MEXC", "mexc"], &["BINANCE", "PAPER,MEXC"]),
    ("MEXC_ENABLE", SWITCH.0, SWITCH.1),
    ("MEXC_API_KEY", &["mx0vglK", "your_api_key"], &["two words", "schlüssel"]),
    ("MEXC_API_SECRET", &["0123456789abcdef"], &["two words", "\u{7f}x"]),
    ("MEXC_ACCOUNT", &["main", "desk_2", "A-1"], &["two words", "a/b", "abcdefghijklmnopqrstuvwxy"]),
    ("MEXC_SANDBOX", SWITCH.0, SWITCH.1),
    ("MEXC_BASE_URL", &["https://api.mexc.com", "http://127.0.0.1:9000/", "http://[::1]:9000"],
        &["api.mexc.com", "ftp://x", "https://", "https://host/api", "https://host?x=1", "wss://host"]),
    ("MEXC_WS_URL", &["wss://wbs-api.mexc.com/ws", "ws://localhost:9000/ws"], &["https://host", "ws://", "ws://a?b=c"]),
    ("MEXC_RECV_WINDOW_MS", &["1", "5000", "60000"], &["0", "60001", "-1", "5s", "1.5"]),
    ("MEXC_RATE_LIMIT_MS", &["0", "50", "60000"], &["60001", "-1", "fast"]),
    ("MEXC_IP_WEIGHT_10S", &["120", "300", "1000000"], &["119", "0", "1000001", "all"]),
    ("MEXC_UID_WEIGHT_10S", &["120", "500", "1000000"], &["119", "0", "1000001", "all"]),
    ("MEXC_ORDERS_PER_SEC", &["2", "12", "10000"], &["1", "0", "10001", "0.5"]),
    ("MEXC_ACCOUNT_PER_SEC", &["1", "2", "10000"], &["0", "10001", "-1"]),
    ("REDIS_URL", &["redis://localhost", "redis://:pass@10.0.0.1:6380/2", "rediss://user:p@cache.example"],
        &["localhost:6379", "http://localhost", "redis://", "two words"]),
    ("REDIS_PREFIX", &["levibot", "desk_2"], &["two words", "{a}", "abcdefghijklmnopqrstuvwxy"]),
    ("PRICE_POLL_MS", &["100", "9999"], &["99", "60001", "x"]),
    ("QUOTE_ASSET", &["USDT", "usdc", "BT", "ABCDEFGHIJ"], &["U", "ABCDEFGHIJK", "US-DT"]),
    ("BOT_ID", &["a", "levi", "ABCD1234"], &["ABCD12345", "a-b", "ä"]),
    ("AUTO_ROUTE_ENABLED", SWITCH.0, SWITCH.1),
    ("AUTO_ROUTE_DRY_RUN", SWITCH.0, SWITCH.1),
    ("AUTO_ROUTE_EXCH", &["paper", "mexc", "MEXC"], &["binance"]),
    ("AUTO_ROUTE_MIN_CONF", &["0", "0.0", "0.75", "1", "1.0"], &["-0.01", "1.01", "75", "NaN", "1e-1", "75%"]),
    ("AUTO_ROUTE_MIN_CONF_EXIT", &["0", "0.6", "1"], &["-0.01", "1.01", "60%"]),
    ("AUTO_ROUTE_DEFAULT_NOTIONAL", AMOUNT.0, AMOUNT.1),
    ("SIGNAL_DEDUP_WINDOW", &["300", "30d", "1h"], PERIOD_30D.1),
    ("SIGNAL_MAX_AGE_SEC", &["1", "3600", "5m"], &["0", "86401", "25h", "soon"]),
    ("SIGNAL_MODEL", &["model.tsv", "/srv/levibot/model.tsv"], &[]),
    ("TELEGRAM_CHANNEL_TRUST", &["alpha:1.1", "alpha:1.1, -1001234:0.8", "a:b:2"],
        &["alpha", "alpha:0", "alpha:2.1", ":1", "a:1,a:1", "a:1,,b:1", "a:NaN", "a:1.00001"]),
    ("TRUST_MIN", &["0.0001", "0.5", "1"], &["0", "-1", "1.0001", "NaN", "0.00001"]),
    ("TRUST_MAX", &["1", "1.25", "2"], &["0.9999", "2.0001", "inf"]),
    ("TRUST_PRIOR_SIGNALS", &["1", "20", "10000"], &["0", "10001", "-1"]),
    ("TRUST_HALF_LIFE", &["3600", "30d", "3650d"], &["3599", "3651d", "long"]),
    ("SHADOW_MAX_OPEN", &["0", "200", "2000"], &["2001", "-1", "many"]),
    ("SHADOW_MAX_HOURS", &["1", "72", "720"], &["0", "721", "3d"]),
    ("RISK_POLICY", &["conservative", "Moderate", "AGGRESSIVE"], &["yolo"]),
    ("RISK_MIN_NOTIONAL", AMOUNT_OR_NONE.0, AMOUNT_OR_NONE.1),
    ("RISK_MAX_NOTIONAL", &["5", "250"], AMOUNT.1),
    ("RISK_NOTIONAL_MODE", &["clamp", "Reject"], &["ignore"]),
    ("RISK_COOLDOWN_SEC", &["0", "45", "2m", "30d"], &["-1", "2592001", "abc"]),
    ("RISK_MAX_POSITIONS_PER_SYMBOL", &["1", "1000"], &["0", "1001", "-1"]),
    ("RISK_MAX_OPEN_POSITIONS", &["1", "10000"], &["0", "10001", "ten"]),
    ("RISK_MAX_TOTAL_EXPOSURE", &["5", "1000"], AMOUNT.1),
    ("RISK_MAX_DAILY_LOSS", AMOUNT_OR_NONE.0, AMOUNT_OR_NONE.1),
    ("RISK_ATR_LOOKBACK", &["1", "14", "400"], &["0", "401"]),
    ("RISK_ATR_INTERVAL", &["1m", "15m", "60m", "1h", "1W", "1M"], &["2m", "15", "1w "]),
    ("PRICE_MAX_AGE_MS", &["2001", "3600000"], &["99", "3600001"]),
    ("ENTRY_MAX_SLIPPAGE_BPS", &["0", "50", "10000"], &["10001", "-1", "0.5"]),
    ("ENTRY_TTL", PERIOD_30D.0, PERIOD_30D.1),
    ("EXIT_MAX_SLIPPAGE_BPS", &["0", "100", "9999"], &["10000", "-1"]),
    ("EXIT_BREAKEVEN_AFTER", &["0", "1", "100"], &["101", "-1"]),
    ("EXIT_TP_SHARES", &["100", "50,30,20", "33.3, 33.3, 33.4"],
        &["50,30", "50,60", "0,100", "-50,150", "50;50", ",", "5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,4,1"]),
    ("EXIT_TRAILING_BPS", &["0", "150", "9999"], &["10000", "-1"]),
    ("EXIT_TIME_STOP", &["1", "12h", "365d"], &["0", "366d", "soon"]),
    ("IN_DOUBT_SETTLE_MS", &["100", "10000", "3600000"], &["99", "3600001"]),
    ("HOST", &["127.0.0.1", "localhost", "::1", "127.9.9.9"], &["example.com", "127.0.0.256", "127.0.0.1:80"]),
    ("PORT", &["0", "8000", "65535"], &["65536", "-1", "http"]),
    ("HEARTBEAT_URL", &["https://hc-ping.com/0123", "http://127.0.0.1:9000/ping?token=x"], &["hc-ping.com/0123", "ftp://x", "https://"]),
    ("HEARTBEAT_EVERY", &["1", "60", "1h"], &["0", "3601", "2h"]),
    ("TRUSTED_PEERS", &["172.30.57.1", "172.30.57.1, ::1"], &["172.30.57.0/24", "0.0.0.0", "::", "gateway", "1.2.3.4,"]),
    ("METRICS_ADDRESS", &["0.0.0.0:9464", "[::1]:0"], &["9464", "localhost:9464", "0.0.0.0"]),
    ("API_KEYS", &["0123456789abcdef", "k1,k2", " k1 , k2 ,"], &[",", "two words", "clé"]),
    ("SESSION_MAX_AGE", &["60", "12h", "365d"], &["59", "0", "366d", "soon"]),
    ("LOG_DIR", &["logs", "/var/log/levibot"], &[]),
    ("LOG_LEVEL", &["debug", "INFO", "Warning", "warn", "ERROR", "info,mexc=debug"], &["verbose", "5", "info,hyper=debug"]),
    ("LOG_FORMAT", &["text", "human", "JSON"], &["xml"]),
    ("JOURNAL_SYNC", &["before", "beside"], &["never"]),
    ("DISK_MIN_FREE_MB", &["0", "100", "10000000"], &["10000001", "-1", "1G"]),
    ("JOURNAL_RESERVE_MB", &["0", "16", "100000"], &["100001", "-1", "half"]),
    ("TZ", &["UTC", "Europe/Istanbul", ":America/New_York", "EST5EDT,M3.2.0,M11.1.0"], &["Mars/Olympus"]),
    ("LOG_KEEP_DAYS", &["0", "30", "36500"], &["-1", "36501", "30d"]),
    ("ARCHIVE_URL", &["s3://bucket/desk", "gs://bucket", "az://container/a/b", "file:///srv/archive"],
        &["bucket/desk", "https://bucket.example", "s3://", "file://host/folder", "s3://bucket?x=1"]),
    ("ARCHIVE_KEEP_DAYS", &["0", "365", "36500"], &["-1", "36501", "ever"]),
    ("AWS_ACCESS_KEY_ID", &["AKIAIOSFODNN7EXAMPLE"], &["two words", "clé"]),
    ("AWS_SECRET_ACCESS_KEY", &["wJalrXUtnFEMI/K7MDENG+bPxRfi"], &["two words", "clé"]),
    ("AWS_REGION", &["eu-central-1", "auto"], &["two words", "a/b"]),
    ("AWS_ENDPOINT", &["http://minio:9000", "https://s3.example"], &["minio:9000", "ftp://x", "https://host/path"]),
    ("GOOGLE_SERVICE_ACCOUNT_KEY", &["{\"type\": \"service_account\"}"], &["not-json", "[1]"]),
    ("AZURE_STORAGE_ACCOUNT_NAME", &["desk1"], &["two words", "a/b"]),
    ("AZURE_STORAGE_ACCOUNT_KEY", &["c2VjcmV0IGtleQ=="], &["two words", "clé"]),
    ("PAPER_MARKET", &["auto", "live", "sim"], &["random"]),
    ("PAPER_SEED", &["0", "42", "18446744073709551615"], &["18446744073709551616", "-1", "x"]),
    ("PAPER_BALANCES", &["USDT=10000", "usdt=1, BTC=0.5", "USDT=0"],
        &["USDT", "USDT=-1", "USDT=1,USDT=2", "USDT=x", "=5", "USDT=1;BTC=2"]),
    ("PAPER_DIR", &["paper", "/srv/paper"], &[]),
    ("TELEGRAM_BOT_TOKEN", &["123456:ABC-def_123"], &["123456", "abc:defghijkl", "1:short", "1:with/slash", "two words"]),
    ("TELEGRAM_API_URL", &["https://api.telegram.org", "http://127.0.0.1:8081/"], &["api.telegram.org", "https://host/bot", "ftp://x"]),
    ("TELEGRAM_WEBHOOK_URL", &["https://bot.example.com", "https://bot.example.com:8443"], &["bot.example.com", "https://host/path", "ftp://x"]),
    ("TELEGRAM_API_ID", &["1", "2147483647"], &["0", "-1", "2147483648", "abc"]),
    ("TELEGRAM_API_HASH", &["0123456789abcdef0123456789ABCDEF"], &["0123456789abcdef", "g123456789abcdef0123456789abcdef"]),
    ("TELEGRAM_SESSION", &["data/telegram.session"], &[]),
    ("TELEGRAM_CHANNELS", &["-1001234567890", "@alpha_signals, -5", "123"], &[",", "alpha", "@a b", "https://t.me/alpha"]),
    ("TELEGRAM_MIN_TEXT_LEN", &["1", "10", "4096"], &["0", "4097", "-1"]),
    ("TELEGRAM_ALLOWED_USERS", &["1", "123456789, 987654321"], &[",", "0", "-5", "@me", "1;2"]),
    ("TELEGRAM_NOTIFY_CHAT", &["123456789", "-100123", "@my_alerts"], &["alerts", "@x"]),
    ("TELEGRAM_NOTIFY_LEVEL", &["alarms", "trades", "ALL"], &["none", "loud"]),
    ("TELEGRAM_QUIET_HOURS", &["23:00-07:00", "0:00-6:30"], &["23-7", "23:00", "24:00-07:00", "7:00-7:00"]),
    (
        "TELEGRAM_SUMMARY_AT",
        &["21:00", "off", "0:05", "21:00:30"],
        &["25:00", "noon", "12", "1:2:3:4", "21:00:60"],
    ),
    ("TG_BACKOFF_BASE_MS", &["10", "1000", "60000"], &["9", "60001", "1s"]),
    ("TG_BACKOFF_MAX_MS", &["10", "60000", "3600000"], &["9", "3600001"]),
    ("HOOKS_FILE", &[], &["no-such-file.json", "src/main.rs"]),
];

#[test]
fn every_variable_takes_what_it_allows() {
    for (name, good, _) in CASES {
        for value in *good {
            // Neighbours of the value under test that would contradict it.
            let mut pairs = vec!["RISK_MIN_NOTIONAL=0", "RISK_MAX_TOTAL_EXPOSURE=1000"];
            pairs.extend(["MEXC_API_KEY=key", "MEXC_API_SECRET=secret"]);
            pairs
                .extend((*name == "MEXC_SANDBOX").then_some("MEXC_BASE_URL=http://127.0.0.1:9000"));
            pairs.retain(|pair| !pair.starts_with(&format!("{name}=")));
            let pair = format!("{name}={value}");
            pairs.push(&pair);
            let loaded = load(&pairs);
            assert!(loaded.is_ok(), "{pair}: {}", told(&loaded.unwrap_err()));
        }
    }
}

#[test]
fn every_variable_refuses_what_it_does_not_allow_and_says_so() {
    for (name, _, bad) in CASES {
        let variable = ALL.iter().find(|variable| variable.name == *name).unwrap();
        for value in *bad {
            let mistakes = load(&[&format!("{name}={value}")]).unwrap_err();
            let [mistake] = mistakes.as_slice() else {
                panic!("{name}={value}: {}", told(&mistakes))
            };
            assert_eq!(mistake.variable, *name, "{value}");
            let text = mistake.to_string();
            assert!(text.contains("(environment)"), "{text}");
            if variable.is_secret() {
                let said = text.replace(&variable.kind.allowed(), "");
                assert!(
                    said.contains("=***") && !said.contains(value.trim()) || *value == ",",
                    "{text}"
                );
            } else {
                assert!(text.contains(value.trim()), "{text}");
                assert!(text.contains(&variable.kind.allowed()) || *value == "live", "{text}");
            }
        }
    }
}

#[test]
fn every_variable_has_a_case() {
    let cases: BTreeSet<&str> = CASES.iter().map(|(name, ..)| *name).collect();
    let table: BTreeSet<&str> = ALL.iter().map(|variable| variable.name).collect();
    assert_eq!(cases, table);
    assert_eq!(table.len(), ALL.len(), "a name is twice in the table");
}

#[test]
fn every_variable_is_read_once_and_in_the_order_of_the_table() {
    let loaded = load(&[]).unwrap();
    let read: Vec<&str> = loaded.settings.iter().map(|(variable, _)| variable.name).collect();
    let table: Vec<&str> = ALL.iter().map(|variable| variable.name).collect();
    assert_eq!(read, table);
}
