//! What the user configured, validated. The engine never reads the environment.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Asset, BotId, Bps, Decimal, Interval, Notional, PolicyName};

/// Where orders go; the `mode` of API answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The built-in sandbox.
    Paper,
    /// A sandbox run apart.
    Sandbox,
    /// The real exchange.
    Live,
}

impl Mode {
    /// `paper`, `sandbox` or `live`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Sandbox => "sandbox",
            Self::Live => "live",
        }
    }

    /// The `exchange` label: `paper`, or `mexc` for anything that speaks to another server.
    pub const fn exchange(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Sandbox | Self::Live => "mexc",
        }
    }
}

/// What happens to an order above the largest notional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotionalMode {
    /// The size is brought inside the limits and the change reported.
    Clamp,
    /// The order is blocked.
    Reject,
}

/// Everything the engine needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where orders go.
    pub mode: Mode,
    /// Names the account in client order ids: state belongs to (exchange, account).
    pub account: String,
    /// Marks our orders.
    pub bot_id: BotId,
    /// Whether the executor may place orders at all (`MEXC_ENABLE` outside paper mode).
    pub executor_enabled: bool,
    /// What everything is valued in: `USDT`.
    pub quote_asset: Asset,
    /// Auto-routing of signals.
    pub auto_route: AutoRoute,
    /// Limits.
    pub risk: RiskSettings,
    /// Entries.
    pub entry: EntrySettings,
    /// Exits.
    pub exit: ExitSettings,
    /// What becomes of signals, and how far that counts.
    pub record: RecordSettings,
    /// How long a content hash identifies a message (`SIGNAL_DEDUP_WINDOW`).
    pub dedup_window: Duration,
    /// Older messages are not traded (`SIGNAL_MAX_AGE_SEC`).
    pub signal_max_age: Duration,
    /// Signed window of entry orders (`MEXC_RECV_WINDOW_MS`), at most 60 000 ms.
    pub recv_window_ms: u32,
    /// How long after the signed window an order's absence must last (`IN_DOUBT_SETTLE_MS`).
    pub in_doubt_settle: Duration,
}

/// `AUTO_ROUTE_*`.
#[derive(Debug, Clone)]
pub struct AutoRoute {
    /// Whether signals are traded.
    pub enabled: bool,
    /// Whether they are only tried.
    pub dry_run: bool,
    /// Least confidence, 0 to 1.
    pub min_confidence: f64,
    /// Least confidence of a message that leaves or changes what is held, 0 to 1. It can only
    /// reduce risk, so less will do than for an entry.
    pub min_confidence_exit: f64,
    /// Order size where the signal names none.
    pub default_notional: Notional,
    /// False when `AUTO_ROUTE_EXCH` names another exchange than the one in force.
    pub exchange_matches: bool,
}

/// `RISK_*`. Amounts are in the quote asset.
#[derive(Debug, Clone)]
pub struct RiskSettings {
    /// Policy at first start; later changes are in the journal.
    pub policy: PolicyName,
    /// Smallest order.
    pub min_notional: Notional,
    /// Largest order; [`None`] leaves it to the policy.
    pub max_notional: Option<Notional>,
    /// Clamp or reject.
    pub notional_mode: NotionalMode,
    /// Pause per symbol after an entry; [`None`] leaves it to the policy.
    pub cooldown: Option<Duration>,
    /// Open positions of one symbol, entries on their way included.
    pub max_positions_per_symbol: u32,
    /// Open positions in all, entries on their way included.
    pub max_open_positions: u32,
    /// Cost of everything held or on its way.
    pub max_total_exposure: Notional,
    /// Realised loss of one UTC day; zero means no limit.
    pub max_daily_loss: Notional,
    /// A price older than this is not traded on (`PRICE_MAX_AGE_MS`).
    pub price_max_age: Duration,
    /// Candles for the ATR (`RISK_ATR_LOOKBACK`).
    pub atr_lookback: usize,
    /// Their length (`RISK_ATR_INTERVAL`).
    pub atr_interval: Interval,
}

/// `ENTRY_*`.
#[derive(Debug, Clone)]
pub struct EntrySettings {
    /// How far from the signal's price a market entry may be.
    pub max_slippage: Bps,
    /// How long a limit entry rests.
    pub ttl: Duration,
}

/// `EXIT_*`.
#[derive(Debug, Clone)]
pub struct ExitSettings {
    /// How far below the bid an IOC sell may go where there are no market orders.
    pub max_slippage: Bps,
    /// After this many targets the stop moves to the entry price; zero never.
    pub breakeven_after: u8,
    /// Shares by target count; empty means even.
    pub tp_shares: Vec<Decimal>,
    /// The stop follows the price at this distance, percent; [`None`] leaves it where it is.
    pub trailing_pct: Option<Decimal>,
    /// A position held for longer is sold; [`None`] never.
    pub time_stop: Option<Duration>,
}

/// `SHADOW_*`, `TRUST_*` and `TELEGRAM_CHANNEL_TRUST`.
#[derive(Debug, Clone)]
pub struct RecordSettings {
    /// Most signals followed at a time without being traded; zero follows none.
    pub max_shadows: usize,
    /// How long one is followed.
    pub shadow_time: Duration,
    /// Least factor on the model's confidence, above 0 and at most 1.
    pub trust_min: Decimal,
    /// Largest factor, 1 or more.
    pub trust_max: Decimal,
    /// How many signals' worth of evidence the prior is.
    pub prior_signals: u32,
    /// An outcome this old counts half.
    pub half_life: Duration,
    /// The factor without outcomes, by channel; 1 where none is named.
    pub priors: BTreeMap<String, Decimal>,
}

impl Default for RecordSettings {
    fn default() -> Self {
        Self {
            max_shadows: 200,
            shadow_time: Duration::from_hours(72),
            trust_min: Decimal::new(5, 1),
            trust_max: Decimal::new(125, 2),
            prior_signals: 20,
            half_life: Duration::from_hours(30 * 24),
            priors: BTreeMap::new(),
        }
    }
}
