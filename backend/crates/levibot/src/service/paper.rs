//! Paper mode: the sandbox exchange inside this process, reached through the ordinary client.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use sandbox::{
    AccountSpec, Limits, ListenKeyLimits, MarketSpec, MirrorFeed, SandboxConfig, SandboxHandle,
    StreamLimits,
};
use secrecy::{ExposeSecret, SecretString};

use super::unique;
use crate::config::{Config, PaperMarket};
use crate::mirror::{self, MirrorError, Original};

/// Access key of the paper account. The balances are kept under it, so it never changes.
const KEY: &str = "mx0vglpaper";

/// A running paper exchange and how to reach it.
pub(crate) struct PaperExchange {
    pub(crate) handle: SandboxHandle,
    pub(crate) base_url: String,
    pub(crate) ws_url: String,
    pub(crate) api_key: SecretString,
    pub(crate) api_secret: SecretString,
    pub(crate) market_source: &'static str,
    /// The account's name in the journal. Prices of one market say nothing about holdings of the
    /// other, so each has a book of its own.
    pub(crate) book: &'static str,
}

/// Why it cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaperError {
    /// The account's balances are no balances.
    #[error("PAPER_BALANCES cannot be used: {0}")]
    Account(#[from] sandbox::InvalidAccountSpec),
    /// The real market is asked for and not there.
    #[error(
        "PAPER_MARKET=live: {0}. Check the network, MEXC_BASE_URL and MEXC_WS_URL, or set PAPER_MARKET=auto or sim"
    )]
    Mirror(#[from] MirrorError),
    /// The exchange itself.
    #[error(transparent)]
    Sandbox(#[from] sandbox::SandboxError),
}

/// Starts it on a free loopback port, with a secret that only this process knows.
pub(crate) async fn start(config: &Config) -> Result<PaperExchange, PaperError> {
    let paper = &config.paper;
    let source = source(config).await?;
    let secret = SecretString::from(unique::text());
    let holdings: Vec<String> =
        paper.balances.iter().map(|(asset, qty)| format!("{asset}={qty}")).collect();
    let spec: AccountSpec =
        format!("{KEY}:{}:{}", secret.expose_secret(), holdings.join(",")).parse()?;
    let (market_source, book) = match source {
        Source::Live(_) => ("live", "paper-live"),
        Source::Sim => ("sim", "paper"),
    };
    let handle = sandbox::start(SandboxConfig {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        accounts: vec![spec],
        state_dir: Some(source.folder(&paper.dir)),
        market: match source {
            Source::Live(feed) => MarketSpec::Mirror(feed),
            Source::Sim => MarketSpec::Synthetic { seed: paper.seed },
        },
        pairs: Vec::new(),
        limits: Some(Limits::default()),
        listen_keys: ListenKeyLimits::default(),
        streams: StreamLimits::default(),
        faults: None,
    })
    .await?;
    Ok(PaperExchange {
        base_url: format!("http://{}", handle.addr()),
        ws_url: format!("ws://{}/ws", handle.addr()),
        handle,
        api_key: SecretString::from(KEY.to_owned()),
        api_secret: secret,
        market_source,
        book,
    })
}

/// Puts where prices come from into the exposition.
pub(super) fn register_source(source: &str, registry: &mut Registry) {
    let family = Family::<[(&'static str, &'static str); 1], Gauge>::default();
    for known in ["live", "mexc", "sim"] {
        let gauge = family.get_or_create(&[("source", known)]);
        gauge.set(i64::from(known == source));
    }
    registry.register("market_source", "1 for where prices come from", family);
}

/// Where prices come from.
enum Source {
    Live(MirrorFeed),
    Sim,
}

impl Source {
    /// Where the accounts that trade at these prices are kept.
    fn folder(&self, dir: &Path) -> PathBuf {
        match self {
            Self::Live(_) => dir.join("live"),
            Self::Sim => dir.to_owned(),
        }
    }
}

async fn source(config: &Config) -> Result<Source, MirrorError> {
    if config.paper.market == PaperMarket::Sim {
        return Ok(Source::Sim);
    }
    let original = Original {
        base_url: config.mexc.base_url.clone(),
        ws_url: config.mexc.ws_url.clone(),
        ip_weight_10s: config.mexc.limits.ip_weight_10s,
        spacing: config.mexc.rate_limit,
    };
    match mirror::start(&original, Some(&config.log.dir)).await {
        Ok(feed) => {
            tracing::info!(from = original.base_url, "paper trading at live prices");
            Ok(Source::Live(feed))
        }
        Err(error) if config.paper.market == PaperMarket::Auto => {
            tracing::warn!(
                %error,
                "paper trading at synthetic prices: PAPER_MARKET=auto and live prices cannot be had"
            );
            Ok(Source::Sim)
        }
        Err(error) => Err(error),
    }
}
