//! The exchange of the day and the hand that breaks it.

use std::time::Duration;

use mexc::{Budget, BudgetSettings, Client, ClientConfig, Start, StreamConfig, Timings};
use sandbox::{
    Limits, ListenKeyLimits, MarketSpec, SandboxConfig, SandboxHandle, StreamLimits, start,
};
use serde_json::{Value, json};

const KEY: &str = "mx0day";
const SECRET: &str = "a secret of the day";
/// How many times faster than the exchange's everything goes.
const FASTER: u32 = 20;

/// A sandbox, and its admin interface.
pub(crate) struct Venue {
    base: String,
    ws: String,
    http: reqwest::Client,
    skew_ms: std::sync::atomic::AtomicI64,
    _sandbox: SandboxHandle,
}

fn limits() -> Limits {
    let usual = Limits::default();
    Limits {
        ip_weight_10s: usual.ip_weight_10s * FASTER,
        uid_weight_10s: usual.uid_weight_10s * FASTER,
        orders_per_second: usual.orders_per_second * FASTER,
        account_per_second: usual.account_per_second * FASTER,
        ..usual
    }
}

fn budget() -> Budget {
    let usual = BudgetSettings::default();
    let settings = BudgetSettings {
        ip_weight_10s: usual.ip_weight_10s * FASTER,
        uid_weight_10s: usual.uid_weight_10s * FASTER,
        orders_per_sec: usual.orders_per_sec * FASTER,
        account_per_sec: usual.account_per_sec * FASTER,
        spacing: Duration::ZERO,
    };
    Budget::local(&settings, Start::Full)
}

impl Venue {
    pub(crate) async fn open() -> Self {
        let account = format!("{KEY}:{SECRET}:USDT=10000000,BTC=100").parse().unwrap();
        let sandbox = start(SandboxConfig {
            listen: "127.0.0.1:0".parse().unwrap(),
            accounts: vec![account],
            market: MarketSpec::Scripted,
            pairs: Vec::new(),
            state_dir: None,
            limits: Some(limits()),
            listen_keys: ListenKeyLimits {
                lifetime: Duration::from_millis(2_500),
                ..ListenKeyLimits::default()
            },
            streams: StreamLimits {
                unsubscribed: Duration::from_secs(2),
                silence: Duration::from_secs(1),
                lifetime: Duration::from_millis(3_500),
                ..StreamLimits::default()
            },
            faults: None,
        });
        let sandbox = sandbox.await.unwrap();
        let base = format!("http://{}", sandbox.addr());
        let ws = format!("ws://{}/ws", sandbox.addr());
        // Also sets up what the library below needs.
        Client::new(&ClientConfig::new(&base, budget())).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { base, ws, http, skew_ms: 0.into(), _sandbox: sandbox }
    }

    pub(crate) fn client(&self) -> Client {
        let config = ClientConfig::new(&self.base, budget());
        Client::new(&config.with_keys(KEY.into(), SECRET.into())).unwrap()
    }

    /// As short against the lives that the exchange grants as the usual ones.
    pub(crate) fn streams(&self) -> StreamConfig {
        let timings = Timings {
            ping_every: Duration::from_millis(200),
            dead_after: Duration::from_secs(3),
            answer_within: Duration::from_secs(3),
            max_age: Duration::from_millis(1_500),
            overlap: Duration::from_millis(100),
            overlap_at_most: Duration::from_secs(2),
            first_pause: Duration::from_millis(10),
            longest_pause: Duration::from_millis(200),
            sound_after: Duration::from_millis(100),
            keep_key_every: Duration::from_millis(500),
            keep_key_again: Duration::from_millis(100),
        };
        StreamConfig { timings, ..StreamConfig::new(&self.ws) }
    }

    async fn admin(&self, method: reqwest::Method, path: &str, body: String) -> Value {
        let url = format!("{}/__admin/{path}", self.base);
        let answer = self.http.request(method, url).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        self.admin(reqwest::Method::GET, path, String::new()).await
    }

    /// Cuts every stream.
    pub(crate) async fn disconnect(&self) {
        self.admin(reqwest::Method::DELETE, "connections", String::new()).await;
    }

    /// Ends every listen key.
    pub(crate) async fn expire_keys(&self) {
        self.admin(reqwest::Method::DELETE, "listenKeys", String::new()).await;
    }

    async fn plan(&self, requests: Value) -> Value {
        let skew_ms = self.skew_ms.load(std::sync::atomic::Ordering::Relaxed);
        let plan = json!({ "clock_skew_ms": skew_ms, "requests": requests });
        self.admin(reqwest::Method::PUT, "faults", plan.to_string()).await
    }

    /// Sets the exchange's clock, against ours.
    pub(crate) async fn set_clock(&self, skew_ms: i64) {
        self.skew_ms.store(skew_ms, std::sync::atomic::Ordering::Relaxed);
        self.plan(json!([])).await;
    }

    /// From now on every request is answered with 429.
    pub(crate) async fn begin_storm(&self) {
        self.plan(json!([{ "fault": { "too_many": { "retry_after_s": 1 } } }])).await;
    }

    /// Ends it; returns how many requests it met.
    pub(crate) async fn end_storm(&self) -> u64 {
        let met = self.get("faults").await["requests_struck"][0].as_u64().unwrap();
        self.plan(json!([])).await;
        met
    }

    pub(crate) async fn set_price(&self, price: &str) {
        let path = format!("price?symbol=BTCUSDT&price={price}");
        self.admin(reqwest::Method::PUT, &path, String::new()).await;
    }

    /// Every trade there was, by the exchange's own books.
    pub(crate) async fn trades(&self) -> Vec<Value> {
        self.get("trades").await.as_array().unwrap().clone()
    }

    /// Requests by method and path, and what the limits saw.
    pub(crate) async fn counts(&self) -> Value {
        self.get("counts").await
    }
}
