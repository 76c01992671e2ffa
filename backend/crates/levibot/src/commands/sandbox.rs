//! `levibot sandbox`: the MEXC-compatible exchange on its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::{Asset, Price};
use limits::BudgetSettings;
use sandbox::{
    AccountSpec, InvalidAccountSpec, Limits, ListenKeyLimits, MarketSpec, PricedPair,
    SandboxConfig, SandboxError, StreamLimits,
};
use serde::de::DeserializeOwned;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::SandboxArgs;
use crate::mirror::{self, MirrorError, Original};

/// Why it did not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SandboxFailure {
    /// An account is not written as one.
    #[error("--account: {0}")]
    Account(#[from] InvalidAccountSpec),
    /// A file that cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that does not hold what it should.
    #[error("{path}: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// Every pair is quoted in USDT.
    #[error("--pairs: {0:?} is no pair: name a coin and USDT, such as HOTUSDT")]
    Pair(String),
    /// The exchange to be mirrored is not there.
    #[error(
        "--market live: {0}. Check the network, --live-rest and --live-ws, or use --market synthetic"
    )]
    Mirror(#[from] MirrorError),
    /// The exchange itself.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The system refused something basic.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

/// Runs it until SIGTERM or SIGINT.
pub(crate) async fn run(args: SandboxArgs) -> Result<(), SandboxFailure> {
    let accounts: Result<Vec<AccountSpec>, InvalidAccountSpec> =
        args.accounts.iter().map(|account| account.parse()).collect();
    let accounts = accounts?;
    let config = SandboxConfig {
        listen: args.listen,
        accounts,
        market: market(&args).await?,
        pairs: args.pairs.as_deref().map(pairs).transpose()?.unwrap_or_default(),
        state_dir: args.state_dir,
        limits: limits(&args.limits)?,
        listen_keys: ListenKeyLimits::default(),
        streams: StreamLimits::default(),
        faults: args.faults.as_deref().map(read_json).transpose()?,
    };
    let handle = sandbox::start(config).await?;
    println!("sandbox exchange on http://{}", handle.addr());
    println!("MEXC_BASE_URL=http://{}", handle.addr());
    println!("MEXC_WS_URL=ws://{}/ws", handle.addr());
    wait_for_end().await?;
    handle.shutdown().await;
    Ok(())
}

/// `{"HOTUSDT": "0.00131"}`
fn pairs(file: &Path) -> Result<Vec<PricedPair>, SandboxFailure> {
    let named: BTreeMap<String, Price> = read_json(file)?;
    let pair = |(name, price): (String, Price)| {
        let coin = name.strip_suffix("USDT").filter(|coin| !coin.is_empty());
        let coin = coin.map(Asset::from_exchange).ok_or(SandboxFailure::Pair(name.clone()))?;
        Ok(PricedPair { coin, price })
    };
    named.into_iter().map(pair).collect()
}

async fn market(args: &SandboxArgs) -> Result<MarketSpec, MirrorError> {
    Ok(match args.market.as_str() {
        "synthetic" | "sim" => MarketSpec::Synthetic { seed: args.seed },
        "scripted" => MarketSpec::Scripted,
        "live" => {
            let original = Original {
                base_url: args.live_rest.clone(),
                ws_url: args.live_ws.clone(),
                ip_weight_10s: BudgetSettings::default().ip_weight_10s,
                spacing: Duration::from_millis(50),
            };
            MarketSpec::Mirror(mirror::start(&original, args.state_dir.as_deref()).await?)
        }
        file => MarketSpec::File(PathBuf::from(file)),
    })
}

fn limits(choice: &str) -> Result<Option<Limits>, SandboxFailure> {
    match choice {
        "on" => Ok(Some(Limits::default())),
        "off" => Ok(None),
        file => read_json(Path::new(file)).map(Some),
    }
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, SandboxFailure> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SandboxFailure::Read { path: path.to_owned(), source })?;
    serde_json::from_str(&text)
        .map_err(|source| SandboxFailure::Parse { path: path.to_owned(), source })
}

async fn wait_for_end() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
