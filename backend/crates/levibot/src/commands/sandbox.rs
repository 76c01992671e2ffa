//! `levibot sandbox`: the MEXC-compatible exchange on its own.

use std::path::PathBuf;

use sandbox::{AccountSpec, InvalidAccountSpec, MarketSpec, SandboxConfig, SandboxError};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::SandboxArgs;

/// Why it did not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SandboxFailure {
    /// An account is not written as one.
    #[error("--account: {0}")]
    Account(#[from] InvalidAccountSpec),
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
    let market = match args.market.as_str() {
        "synthetic" | "sim" => MarketSpec::Synthetic { seed: args.seed },
        "scripted" => MarketSpec::Scripted,
        file => MarketSpec::File(PathBuf::from(file)),
    };
    let config = SandboxConfig {
        listen: args.listen,
        accounts: accounts?,
        market,
        state_dir: args.state_dir,
    };
    let handle = sandbox::start(config).await?;
    println!("sandbox exchange on http://{}", handle.addr());
    println!("MEXC_BASE_URL=http://{}", handle.addr());
    wait_for_end().await?;
    handle.shutdown().await;
    Ok(())
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
