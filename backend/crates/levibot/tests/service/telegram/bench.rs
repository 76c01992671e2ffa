//! A service with a bot, a sandbox with prices, and a Telegram of our own.

use std::time::Duration;

use serde_json::Value;

use super::server::{TOKEN, Telegram};
use crate::http;
use crate::process::{Home, PATIENCE, Process, eventually};

pub(crate) const CHANNEL: i64 = -1_001_234;
pub(crate) const OWNER: i64 = 42;

pub(crate) const SIGNAL: &str =
    "#BTC/USDT LONG\nEntry: 49500 - 50500\nTargets: 52000\nStop loss: 48000";

/// Everything a test with a bot needs.
pub(crate) struct Bench {
    pub(crate) telegram: Telegram,
    pub(crate) sandbox: Process,
    pub(crate) home: Home,
}

impl Bench {
    /// BTC at 50000, one followed channel, one person who may command and is told everything.
    pub(crate) fn new(more: &[(&str, &str)]) -> Self {
        let bench = Self::with_pairs(more, &[]);
        bench.price("BTCUSDT", "50000");
        bench
    }

    /// The same with more arguments for the sandbox.
    pub(crate) fn with_pairs(more: &[(&str, &str)], sandbox: &[(&str, &str)]) -> Self {
        let telegram = Telegram::start();
        let mut home = Home::new(&[
            ("EXCHANGE", "MEXC"),
            ("MEXC_SANDBOX", "true"),
            ("MEXC_API_KEY", "mx0key"),
            ("MEXC_API_SECRET", "topsecret"),
            ("MEXC_RATE_LIMIT_MS", "0"),
            ("MEXC_IP_WEIGHT_10S", "1000000"),
            ("MEXC_UID_WEIGHT_10S", "1000000"),
            ("MEXC_ORDERS_PER_SEC", "10000"),
            ("MEXC_ACCOUNT_PER_SEC", "10000"),
            ("PRICE_POLL_MS", "100"),
            ("AUTO_ROUTE_ENABLED", "true"),
            ("AUTO_ROUTE_DRY_RUN", "false"),
            ("TELEGRAM_BOT_TOKEN", TOKEN),
            ("TELEGRAM_CHANNELS", "-1001234"),
            ("TELEGRAM_ALLOWED_USERS", "42"),
            ("TG_BACKOFF_BASE_MS", "20"),
            ("TG_BACKOFF_MAX_MS", "200"),
        ]);
        for (name, value) in more {
            home.set(name, value);
        }
        home.set("TELEGRAM_API_URL", &format!("http://{}", telegram.address));
        let arguments: Vec<&str> =
            sandbox.iter().flat_map(|(name, value)| [*name, *value]).collect();
        let sandbox = home.start_sandbox_with("scripted", "exchange", &arguments);
        home.set("MEXC_BASE_URL", &format!("http://{}", sandbox.address));
        Self { telegram, sandbox, home }
    }

    pub(crate) fn price(&self, symbol: &str, price: &str) {
        let target = format!("/__admin/price?symbol={symbol}&price={price}");
        let answer = http::put(self.sandbox.address, &target);
        assert_eq!(answer.status, 200, "{symbol} {price}: {}", answer.body);
    }

    /// The client ids of all entries the exchange ever took.
    pub(crate) fn entries(&self) -> Vec<String> {
        let orders = self.sandbox.get("/__admin/orders").json();
        let ids = orders.as_array().unwrap().iter();
        let ids = ids.filter_map(|order| order["client_order_id"].as_str());
        ids.filter(|id| id.starts_with("levi-e")).map(str::to_owned).collect()
    }

    pub(crate) fn until_all_is_taken(&self) {
        eventually("every update is confirmed", Duration::from_mins(1), || {
            (self.telegram.unconfirmed() == 0).then_some(())
        });
    }
}

/// Waits for a text to this chat that holds `part`.
pub(crate) fn told(telegram: &Telegram, chat: i64, part: &str) -> String {
    let what = format!("{chat} is told {part:?}");
    eventually(&what, PATIENCE, || {
        telegram.texts(chat).into_iter().find(|text| text.contains(part))
    })
}

/// Waits for an event of this type whose payload holds `part`.
pub(crate) fn journalled(service: &Process, event_type: &str, part: &str) -> Value {
    eventually(&format!("{event_type} with {part:?}"), PATIENCE, || {
        service.events().into_iter().find(|event| {
            event["event_type"] == event_type && event["payload"].to_string().contains(part)
        })
    })
}
