//! The command line. `--help` is the documentation.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Turns trading signals into protected spot orders on MEXC, exactly once.
///
/// Without a command the service starts (`serve`). Settings come from environment variables and
/// `.env`; `levibot config` shows what is in force.
#[derive(Debug, Parser)]
#[command(name = "levibot", version, propagate_version = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the service (default).
    Serve,
    /// Run the MEXC-compatible exchange alone.
    Sandbox(SandboxArgs),
    /// Read messages as the service would and say what they mean. Needs no exchange.
    Score(ScoreArgs),
    /// Show what is configured and where each value comes from; secrets are hidden.
    Config {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print a document that is written from the code.
    #[command(hide = true)]
    Document {
        /// Which one.
        which: Document,
    },
}

/// Documents written from the code.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Document {
    /// `docs/configuration.md`.
    Configuration,
    /// `.env.example`.
    EnvExample,
}

/// `levibot sandbox`.
#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8900")]
    pub(crate) listen: SocketAddr,
    /// An account: `KEY:SECRET:USDT=10000,BTC=1`. May be given several times.
    #[arg(long = "account", default_value = "mx0sandbox:secret:USDT=10000")]
    pub(crate) accounts: Vec<String>,
    /// `synthetic`, or the path of a file with one-minute candles.
    #[arg(long, default_value = "synthetic")]
    pub(crate) market: String,
    /// Seed of the synthetic market.
    #[arg(long, default_value_t = 42)]
    pub(crate) seed: u64,
    /// Keep accounts and orders in this folder over restarts.
    #[arg(long)]
    pub(crate) state_dir: Option<PathBuf>,
    /// Request limits: `on` as the exchange documents them, `off`, or a JSON file with other
    /// values, for example `{"ip_weight_10s": 500}`.
    #[arg(long, default_value = "on")]
    pub(crate) limits: String,
    /// A JSON file that says what goes wrong on purpose. `PUT /__admin/faults` changes it while
    /// the sandbox runs.
    #[arg(long)]
    pub(crate) faults: Option<PathBuf>,
}

/// `levibot score`.
#[derive(Debug, Args)]
pub(crate) struct ScoreArgs {
    /// The message.
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    pub(crate) text: Option<String>,
    /// Messages from a file: one JSON object a line with `text` and perhaps `id`.
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}
