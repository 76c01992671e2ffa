//! Paper mode: the sandbox exchange inside this process, reached through the ordinary client.

use std::net::{Ipv4Addr, SocketAddr};

use sandbox::{
    AccountSpec, Limits, ListenKeyLimits, MarketSpec, SandboxConfig, SandboxHandle, StreamLimits,
};
use secrecy::{ExposeSecret, SecretString};

use super::unique;
use crate::config::Paper;

/// Access key of the paper account. The balances are kept under it, so it never changes.
const KEY: &str = "mx0vglpaper";

/// A running paper exchange and how to reach it.
pub(crate) struct PaperExchange {
    pub(crate) handle: SandboxHandle,
    pub(crate) base_url: String,
    pub(crate) ws_url: String,
    pub(crate) api_key: SecretString,
    pub(crate) api_secret: SecretString,
    pub(crate) market_source: String,
}

/// Why it cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaperError {
    /// The account's balances are no balances.
    #[error("PAPER_BALANCES cannot be used: {0}")]
    Account(#[from] sandbox::InvalidAccountSpec),
    /// The exchange itself.
    #[error(transparent)]
    Sandbox(#[from] sandbox::SandboxError),
}

/// Starts it on a free loopback port, with a secret that only this process knows.
pub(crate) async fn start(paper: &Paper) -> Result<PaperExchange, PaperError> {
    let secret = SecretString::from(unique::text());
    let holdings: Vec<String> =
        paper.balances.iter().map(|(asset, qty)| format!("{asset}={qty}")).collect();
    let account: AccountSpec =
        format!("{KEY}:{}:{}", secret.expose_secret(), holdings.join(",")).parse()?;
    let handle = sandbox::start(SandboxConfig {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        accounts: vec![account],
        market: MarketSpec::Synthetic { seed: paper.seed },
        pairs: Vec::new(),
        state_dir: Some(paper.dir.clone()),
        limits: Some(Limits::default()),
        listen_keys: ListenKeyLimits::default(),
        streams: StreamLimits::default(),
        faults: None,
    })
    .await?;
    let market_source = "sim".to_owned();
    Ok(PaperExchange {
        base_url: format!("http://{}", handle.addr()),
        ws_url: format!("ws://{}/ws", handle.addr()),
        handle,
        api_key: SecretString::from(KEY.to_owned()),
        api_secret: secret,
        market_source,
    })
}
