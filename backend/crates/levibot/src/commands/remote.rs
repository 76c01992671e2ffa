//! Commands to a running service: what a person needs in a shell at three in the morning.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::cli::Remote;
use crate::config::Config;

/// How long an answer may take: an order waits up to 8 s for readiness.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    /// Nobody answers.
    #[error(
        "no service answers at {base} ({reason}). Is it running? Set API_BASE, or HOST and PORT, to \
         where it listens"
    )]
    Unreachable {
        /// Where.
        base: String,
        /// Why.
        reason: String,
    },
    /// The service says no.
    #[error("the service refused: {0}")]
    Refused(String),
    /// The answer is not the service's.
    #[error("{0} is not a LeviBot service: its answer is no JSON")]
    Foreign(String),
}

/// A service to talk to.
pub(crate) struct Service {
    http: reqwest::Client,
    base: String,
    key: Option<SecretString>,
}

/// Carries out one command and prints the outcome.
pub(crate) async fn run(command: Remote, config: &Config) -> Result<(), RemoteError> {
    let service = Service::new(config)?;
    match command {
        Remote::Status => service.status().await,
        Remote::Positions => service.positions().await,
        Remote::Close { position_id } => {
            service.post(&format!("/positions/{position_id}/close")).await?;
            println!("closing {position_id}: `levibot positions` shows when it is gone");
            Ok(())
        }
        Remote::Kill { mode } => {
            service.post(&format!("/risk/kill?mode={}", mode.as_str())).await?;
            println!("kill switch is on (mode {}): `levibot resume` releases it", mode.as_str());
            Ok(())
        }
        Remote::Resume => {
            service.post("/risk/resume").await?;
            println!("trading resumes");
            Ok(())
        }
        Remote::Health { ready } => {
            service.get(if ready { "/readyz" } else { "/livez" }).await?;
            println!("{}", if ready { "ready" } else { "alive" });
            Ok(())
        }
    }
}

impl Service {
    pub(crate) fn new(config: &Config) -> Result<Self, RemoteError> {
        let base = std::env::var("API_BASE").unwrap_or_else(|_| local_base(config.http.address));
        let base = base.trim_end_matches('/').to_owned();
        let from_env = std::env::var("API_KEY").ok().map(SecretString::from);
        let key = from_env.or_else(|| config.http.api_keys.first().cloned());
        // The provider may have been installed before; then it stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build();
        let http = http.map_err(|error| RemoteError::Unreachable {
            base: base.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self { http, base, key })
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value, RemoteError> {
        self.send(self.http.get(format!("{}{path}", self.base))).await
    }

    async fn post(&self, path: &str) -> Result<Value, RemoteError> {
        self.send(self.http.post(format!("{}{path}", self.base))).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Value, RemoteError> {
        let request = match &self.key {
            Some(key) => request.header("X-API-Key", key.expose_secret()),
            None => request,
        };
        let unreachable = |error: reqwest::Error| RemoteError::Unreachable {
            base: self.base.clone(),
            reason: error.without_url().to_string(),
        };
        let answer = request.send().await.map_err(unreachable)?;
        let body = answer.text().await.map_err(unreachable)?;
        let json: Value =
            serde_json::from_str(&body).map_err(|_| RemoteError::Foreign(self.base.clone()))?;
        if json["ok"] == Value::Bool(true) {
            return Ok(json);
        }
        Err(RemoteError::Refused(text(&json["error"])))
    }

    async fn status(&self) -> Result<(), RemoteError> {
        let risk = self.get("/risk/status").await?;
        let killed =
            risk["kill_mode"].as_str().map_or("off".to_owned(), |mode| format!("ON ({mode})"));
        println!("kill switch     {killed}");
        println!("policy          {}", text(&risk["policy"]));
        println!("positions       {}", text(&risk["open_positions"]));
        println!("open orders     {}", text(&risk["open_orders"]));
        println!("exposure        {}", text(&risk["exposure"]));
        println!("realised today  {}", text(&risk["realised_today"]));
        // Readiness says so in its status; its words are of use either way.
        match self.get("/readyz").await {
            Ok(_) => println!("ready           yes"),
            Err(RemoteError::Refused(reason)) => println!("ready           NO: {reason}"),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn positions(&self) -> Result<(), RemoteError> {
        let answer = self.get("/positions").await?;
        let positions = answer["positions"].as_array().cloned().unwrap_or_default();
        if positions.is_empty() {
            println!("no open positions");
        }
        for position in positions {
            let protected = match position["unprotected_because"].as_str() {
                None => "protected".to_owned(),
                Some(reason) => format!("UNPROTECTED: {reason}"),
            };
            println!(
                "{}  {}  {} at {}  now {}  stop {}  p&l {}  {protected}",
                text(&position["id"]),
                text(&position["symbol"]),
                text(&position["qty"]),
                text(&position["entry_price"]),
                text(&position["price"]),
                text(&position["plan"]["stop"]),
                text(&position["unrealised_pnl"]),
            );
        }
        Ok(())
    }
}

fn local_base(address: SocketAddr) -> String {
    let ip =
        if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}
