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
    /// Fit the intent model, measure it on sources left out, or show what it has learnt.
    Train(TrainArgs),
    /// Ask MEXC directly and read its WebSocket frames.
    #[command(subcommand)]
    Mexc(MexcCommand),
    /// Sign in to Telegram as a user, to read channels that no bot can be added to.
    #[command(subcommand)]
    Telegram(TelegramCommand),
    /// Show what is configured and where each value comes from; secrets are hidden.
    Config {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Look at everything that should hold before real money moves, and compare the journal with
    /// the exchange. Places no order. Status 1 when something fails.
    Check {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Read the journal back: what happened, when, and why. Needs no running service and disturbs
    /// none; days that were compressed are read like the others.
    Events(EventsArgs),
    /// Compress old days of the journal and bring them to the archive now, as the service does by
    /// itself (`LOG_KEEP_DAYS`, `ARCHIVE_URL`).
    Archive(ArchiveArgs),
    #[command(flatten)]
    Remote(Remote),
    /// Print a document that is written from the code.
    #[command(hide = true)]
    Document {
        /// Which one.
        which: Document,
    },
}

/// `levibot telegram`: the user session (`TELEGRAM_API_ID`, `TELEGRAM_API_HASH`, `TELEGRAM_SESSION`).
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum TelegramCommand {
    /// Sign in: asks for phone number, code and the password of the two-step verification.
    Login,
    /// End the session and delete its file.
    Logout,
    /// List the channels and supergroups that can be followed, with their ids.
    Channels,
}

/// `levibot mexc`.
#[derive(Debug, Subcommand)]
pub(crate) enum MexcCommand {
    /// Show WebSocket frames as JSON, one a line, with the field names of MEXC's schema.
    Decode(DecodeArgs),
    /// Send a GET and show status, headers and body. It is signed where the endpoint needs it;
    /// secrets are hidden.
    Get(GetArgs),
}

/// `levibot mexc decode`.
#[derive(Debug, Args)]
pub(crate) struct DecodeArgs {
    /// The frame; without it every line of standard input is one.
    pub(crate) frame: Option<String>,
    /// Frames are written in hex. Without --hex and --base64 both are tried.
    #[arg(long, conflicts_with = "base64")]
    pub(crate) hex: bool,
    /// Frames are written in base64.
    #[arg(long)]
    pub(crate) base64: bool,
}

/// `levibot mexc get`.
#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// The endpoint: `/time`, `/ticker/price`, `/account`.
    pub(crate) path: mexc::EndpointPath,
    /// Its parameters: `symbol=BTCUSDT`. Time and signature are added where they are needed.
    pub(crate) params: Vec<mexc::QueryParam>,
}

/// Commands to a running service (`API_BASE`, or `HOST` and `PORT`; `API_KEY` where keys are set).
#[derive(Debug, Subcommand)]
pub(crate) enum Remote {
    /// Whether the service is ready, what it holds, and the kill switch.
    Status,
    /// Open positions with their stop, and whether it can fire.
    Positions,
    /// Sell a position now.
    Close {
        /// Its id, as `positions` shows it.
        position_id: String,
    },
    /// Pull the kill switch.
    Kill {
        /// How much to stop.
        #[arg(value_enum, default_value_t = KillMode::Cancel)]
        mode: KillMode,
    },
    /// Release the kill switch.
    Resume,
    /// Whether the service lives: status 0 or 1, for the health check of a container.
    Health {
        /// Whether it may trade, too.
        #[arg(long)]
        ready: bool,
    },
}

/// How much the kill switch stops.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum KillMode {
    /// No new entries.
    Entries,
    /// And what is queued is revoked, what rests is cancelled.
    Cancel,
    /// And every position is sold.
    Flatten,
}

impl KillMode {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Cancel => "cancel",
            Self::Flatten => "flatten",
        }
    }
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
    /// `synthetic`, `live` for the pairs and prices of the real exchange, `scripted` for prices
    /// set by hand, or the path of a file with one-minute candles.
    #[arg(long, default_value = "synthetic")]
    pub(crate) market: String,
    /// A JSON file of further pairs with their prices, or other prices for listed ones:
    /// `{"HOTUSDT": "0.00131"}`.
    #[arg(long)]
    pub(crate) pairs: Option<PathBuf>,
    /// REST address of the exchange that `--market live` mirrors.
    #[arg(long, default_value = "https://api.mexc.com")]
    pub(crate) live_rest: String,
    /// WebSocket address of the exchange that `--market live` mirrors.
    #[arg(long, default_value = "wss://wbs-api.mexc.com/ws")]
    pub(crate) live_ws: String,
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
    /// Use this intent model instead of the embedded one (or `SIGNAL_MODEL`).
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
}

/// `levibot events`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct EventsArgs {
    /// Only this event type, or all types that hold the word: `ORDER_FILLED`, ORDER, MEXC. May be
    /// given several times.
    #[arg(long = "type", value_delimiter = ',', value_name = "TYPE")]
    pub(crate) types: Vec<String>,
    /// Only this pair: BTCUSDT, btc/usdt.
    #[arg(long)]
    pub(crate) symbol: Option<String>,
    /// Only what belongs to this trace. May be given several times.
    #[arg(long = "trace", value_delimiter = ',', value_name = "TRACE_ID")]
    pub(crate) traces: Vec<String>,
    /// Not before: a date or time (in TZ, or with an offset), or how long ago (30m, 2h, 3d).
    #[arg(long, value_name = "WHEN")]
    pub(crate) from: Option<String>,
    /// Not after; a date means its end.
    #[arg(long, value_name = "WHEN", conflicts_with = "follow")]
    pub(crate) until: Option<String>,
    /// Only the newest N of what is wanted.
    #[arg(long, value_name = "N")]
    pub(crate) last: Option<usize>,
    /// Go on as the journal grows, over midnight and restarts. Begins with the last 10 unless
    /// --last or --from says otherwise.
    #[arg(long, short, conflicts_with = "parquet")]
    pub(crate) follow: bool,
    /// The lines as they are in the journal.
    #[arg(long, group = "shape")]
    pub(crate) json: bool,
    /// CSV (RFC 4180) with a heading; the payload is JSON.
    #[arg(long, group = "shape")]
    pub(crate) csv: bool,
    /// Write a Parquet file, for `DuckDB` and pandas.
    #[arg(long, group = "shape", value_name = "FILE")]
    pub(crate) parquet: Option<PathBuf>,
    /// Name lines that are no records and go on, instead of ending there.
    #[arg(long)]
    pub(crate) skip_damaged: bool,
    /// Another folder than `LOG_DIR`: a backup, for example.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) dir: Option<PathBuf>,
}

/// `levibot archive`.
#[derive(Debug, Args)]
pub(crate) struct ArchiveArgs {
    /// Say what would be done, and do nothing.
    #[arg(long, conflicts_with = "restore")]
    pub(crate) dry_run: bool,
    /// Bring this day (2026-01-31) back from the archive, verified. May be given several times.
    #[arg(long, value_name = "DAY")]
    pub(crate) restore: Vec<String>,
}

/// `levibot train`.
#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// Labelled messages, one JSON object a line.
    #[arg(long, default_value = "../shared/data/signals_dev.jsonl")]
    pub(crate) data: PathBuf,
    /// Train on generated messages (and --labels) alone.
    #[arg(long)]
    pub(crate) without_data: bool,
    /// Further labelled messages, such as those stored by POST /signals/labels. May be given
    /// several times.
    #[arg(long)]
    pub(crate) labels: Vec<PathBuf>,
    /// Write the model to this file.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Print figures by source and language, confusion matrix, calibration and every error.
    #[arg(long)]
    pub(crate) report: bool,
    /// Write the same as a page with plots.
    #[arg(long)]
    pub(crate) html: Option<PathBuf>,
    /// Write the reliability diagram as SVG.
    #[arg(long)]
    pub(crate) svg: Option<PathBuf>,
    /// Measure the model on these messages too, without training on them.
    #[arg(long)]
    pub(crate) test: Vec<PathBuf>,
    /// Train nothing: show the weights of this model, or of the embedded one.
    #[arg(long, num_args = 0..=1, default_missing_value = "embedded")]
    pub(crate) inspect: Option<PathBuf>,
}
