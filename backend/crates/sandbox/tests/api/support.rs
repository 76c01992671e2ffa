//! A sandbox on a free loopback port and a bare HTTP client that signs its requests.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use mexc_wire::{Query, sign};
use sandbox::{ListenKeyLimits, MarketSpec, SandboxConfig, SandboxHandle, StreamLimits};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const KEY: &str = "mx0key";
pub(crate) const SECRET: &str = "secret";

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Reply {
    /// Seconds of the `Retry-After` header.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        let line = self.head.lines().find_map(|line| line.strip_prefix("retry-after: "));
        line.map(|seconds| seconds.parse().unwrap())
    }

    /// The body of a success.
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// Status and code of a failure.
    pub(crate) fn refused(self) -> (u16, i64) {
        assert_ne!(self.status, 200, "{}", self.body);
        (self.status, self.body["code"].as_i64().unwrap())
    }
}

pub(crate) fn config(market: MarketSpec, state_dir: Option<&Path>) -> SandboxConfig {
    SandboxConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        accounts: vec![
            format!("{KEY}:{SECRET}:USDT=10000,BTC=1").parse().unwrap(),
            "mx0other:secret2:USDT=10000,BTC=1".parse().unwrap(),
        ],
        market,
        pairs: Vec::new(),
        state_dir: state_dir.map(Path::to_path_buf),
        limits: None,
        listen_keys: ListenKeyLimits::default(),
        streams: StreamLimits::default(),
        faults: None,
    }
}

/// A scripted sandbox, changed before it starts.
pub(crate) async fn scripted_with(
    change: impl FnOnce(&mut SandboxConfig),
) -> (SandboxHandle, Client) {
    let mut config = config(MarketSpec::Scripted, None);
    change(&mut config);
    let sandbox = sandbox::start(config).await.unwrap();
    let client = Client::new(&sandbox);
    (sandbox, client)
}

pub(crate) async fn scripted() -> (SandboxHandle, Client) {
    scripted_with(|_| ()).await
}

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) addr: SocketAddr,
    pub(crate) key: String,
    pub(crate) secret: String,
}

pub(crate) fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

impl Client {
    pub(crate) fn new(sandbox: &SandboxHandle) -> Self {
        Self { addr: sandbox.addr(), key: KEY.to_owned(), secret: SECRET.to_owned() }
    }

    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.send("GET", target, &[], "").await
    }

    /// A signed request with everything in the query.
    pub(crate) async fn signed(&self, method: &str, path: &str, params: &[(&str, &str)]) -> Reply {
        let target = self.target(path, params);
        self.send(method, &target, &[("X-MEXC-APIKEY", &self.key)], "").await
    }

    /// All bytes that came back to a signed request; none when the connection was cut.
    pub(crate) async fn raw(&self, method: &str, path: &str, params: &[(&str, &str)]) -> String {
        let target = self.target(path, params);
        self.exchange(method, &target, &[("X-MEXC-APIKEY", &self.key)], "").await
    }

    fn target(&self, path: &str, params: &[(&str, &str)]) -> String {
        let query =
            params.iter().fold(Query::new(), |query, (name, value)| query.with(name, value));
        let query = query.with("timestamp", now_ms()).signed(self.secret.as_bytes());
        format!("/api/v3{path}?{}", query.as_str())
    }

    /// Puts a fault plan in force.
    pub(crate) async fn faults(&self, plan: &Value) -> Value {
        self.send("PUT", "/__admin/faults", &[], &plan.to_string()).await.ok()
    }

    /// A signed request with everything in the body.
    pub(crate) async fn signed_body(&self, path: &str, params: &str, content_type: &str) -> Reply {
        let text = format!("{params}&timestamp={}", now_ms());
        let body = format!("{text}&signature={}", sign(self.secret.as_bytes(), "", &text));
        let headers = [("X-MEXC-APIKEY", self.key.as_str()), ("Content-Type", content_type)];
        self.send("POST", &format!("/api/v3{path}"), &headers, &body).await
    }

    pub(crate) async fn order(&self, params: &[(&str, &str)]) -> Reply {
        self.signed("POST", "/order", params).await
    }

    pub(crate) async fn set_price(&self, price: &str) {
        let target = format!("/__admin/price?symbol=BTCUSDT&price={price}");
        self.send("PUT", &target, &[], "").await.ok();
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let text = self.exchange(method, target, headers, body).await;
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = serde_json::from_str(body).unwrap_or(Value::Null);
        Reply { status, head: head.to_ascii_lowercase(), body }
    }

    async fn exchange(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> String {
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: sandbox\r\n");
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        let length = body.len();
        let request = format!("{head}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        let mut stream = TcpStream::connect(self.addr).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // A cut connection ends in an error; what came before it counts.
        let _ = stream.read_to_end(&mut bytes).await;
        String::from_utf8(bytes).unwrap()
    }
}

/// The body of a recorded payload, or [`None`], said aloud, when recordings are absent.
pub(crate) fn fixture(name: &str) -> Option<Value> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/mexc/fixtures");
    let Ok(text) = std::fs::read_to_string(format!("{dir}/{name}.json")) else {
        eprintln!("skipped: recorded payload {name} is absent");
        return None;
    };
    let fixture: Value = serde_json::from_str(&text).unwrap();
    Some(fixture["body"].clone())
}
