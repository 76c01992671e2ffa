//! The configuration as the rest of the program sees it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use domain::{Asset, Bps, Decimal, PolicyName, Qty};
use engine::settings::{
    AutoRoute, EntrySettings, ExitSettings, Mode, NotionalMode, RecordSettings, RiskSettings,
    Settings,
};
use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::archive::{self, Archiving};
use super::hooks;
use super::messengers;
use super::parse::{self, is_mexc};
use super::reader::Reader;
use super::variables as v;
use crate::logging::Filter;

/// Everything the user configured. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// What the engine needs.
    pub(crate) engine: Settings,
    /// The exchange client.
    pub(crate) mexc: Mexc,
    /// The built-in exchange.
    pub(crate) paper: Paper,
    /// The server.
    pub(crate) http: Http,
    /// Who is told that all is well.
    pub(crate) heartbeat: Heartbeat,
    /// What is said on standard error, and where the journal is.
    pub(crate) log: Log,
    /// Whether an order waits for the disk.
    pub(crate) journal_sync: JournalSync,
    /// Room wanted on the journal's disk.
    pub(crate) room: JournalRoom,
    /// How often prices are fetched.
    pub(crate) price_poll: Duration,
    /// When the journal's days begin.
    pub(crate) time_zone: TimeZone,
    /// What becomes of the journal's old days.
    pub(crate) archiving: Archiving,
    /// The intent model; [`None`] for the embedded one.
    pub(crate) signal_model: Option<PathBuf>,
    /// Webhooks.
    pub(crate) hooks: Vec<api::Hook>,
    /// The Telegram bot, where there is one.
    pub(crate) telegram: Option<telegram::Settings>,
    /// The Telegram user session, where there is one.
    pub(crate) telegram_user: Option<telegram::user::Settings>,
}

/// `MEXC_*`.
#[derive(Debug, Clone)]
pub(crate) struct Mexc {
    /// Access key; there whenever orders may be placed outside paper mode.
    pub(crate) api_key: Option<SecretString>,
    /// Secret key; likewise.
    pub(crate) api_secret: Option<SecretString>,
    /// REST address without trailing slash.
    pub(crate) base_url: String,
    /// WebSocket address.
    pub(crate) ws_url: String,
    /// Least time between two requests.
    pub(crate) rate_limit: Duration,
    /// What the exchange allows.
    pub(crate) limits: Limits,
    /// Where the budget is shared; [`None`] if it is not.
    pub(crate) redis: Option<Redis>,
}

/// `MEXC_*_10S`, `MEXC_*_PER_SEC`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Weight of the address in 10 s.
    pub(crate) ip_weight_10s: u32,
    /// Weight of the account in 10 s.
    pub(crate) uid_weight_10s: u32,
    /// Orders and cancels in a second.
    pub(crate) orders_per_sec: u32,
    /// Reads of the account in a second.
    pub(crate) account_per_sec: u32,
}

/// `REDIS_*`.
#[derive(Debug, Clone)]
pub(crate) struct Redis {
    /// Address; may hold a password.
    pub(crate) url: SecretString,
    /// Begins the keys.
    pub(crate) prefix: String,
}

/// `PAPER_*`.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    /// Whose prices.
    pub(crate) market: PaperMarket,
    /// Seed of the synthetic market.
    pub(crate) seed: u64,
    /// Holdings at first start.
    pub(crate) balances: Vec<(Asset, Qty)>,
    /// Where accounts are kept.
    pub(crate) dir: PathBuf,
}

/// Prices of the built-in exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PaperMarket {
    /// Live if it can be had at the start, else synthetic.
    Auto,
    /// MEXC's public prices.
    Live,
    /// Synthetic.
    Sim,
}

/// The server.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    /// Where to listen.
    pub(crate) address: SocketAddr,
    /// Who may change anything; empty means loopback clients.
    pub(crate) api_keys: Vec<SecretString>,
    /// Peers that count as this machine.
    pub(crate) trusted_peers: Vec<IpAddr>,
    /// Where figures are served without a key, if anywhere.
    pub(crate) metrics: Option<SocketAddr>,
    /// How long a browser stays signed in.
    pub(crate) session_max_age: Duration,
}

/// `HEARTBEAT_*`.
#[derive(Debug, Clone)]
pub(crate) struct Heartbeat {
    /// Whom to call, if anybody; may hold a secret.
    pub(crate) url: Option<SecretString>,
    /// How often.
    pub(crate) every: Duration,
}

/// `LOG_*`.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    /// Folder of the journal.
    pub(crate) dir: PathBuf,
    /// How much is said.
    pub(crate) filter: Filter,
    /// How it is said.
    pub(crate) format: LogFormat,
}

/// How it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// `DISK_MIN_FREE_MB` and `JOURNAL_RESERVE_MB`, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JournalRoom {
    /// Free, for entries to go on.
    pub(crate) wanted: u64,
    /// Taken beforehand.
    pub(crate) reserve: u64,
}

/// `JOURNAL_SYNC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JournalSync {
    /// An order leaves after its event is on disk.
    Before,
    /// An order leaves while its event is being written to disk.
    Beside,
}

impl Config {
    /// What the engine needs to know.
    pub(crate) fn engine_settings(&self) -> Settings {
        self.engine.clone()
    }
}

/// Reads every variable, in the order of the table.
pub(super) fn read(from: &mut Reader<'_>) -> Config {
    let is_mexc = from.choice(&v::EXCHANGE, |name| name == "MEXC");
    let enabled = from.switch(&v::MEXC_ENABLE);
    let api_key = from.secret(&v::MEXC_API_KEY);
    let api_secret = from.secret(&v::MEXC_API_SECRET);
    let account_name = from.required(&v::MEXC_ACCOUNT, parse::account);
    let mode = mode(is_mexc, from.switch(&v::MEXC_SANDBOX));
    let base_url = from.required(&v::MEXC_BASE_URL, parse::http_address);
    let ws_url = from.optional(&v::MEXC_WS_URL, parse::ws_address);
    let recv_window_ms = from.whole(&v::MEXC_RECV_WINDOW_MS);
    let rate_limit = from.millis(&v::MEXC_RATE_LIMIT_MS);
    let limits = limits(from);
    let redis = redis(from);
    let price_poll = from.millis(&v::PRICE_POLL_MS);
    let quote_asset = from.required(&v::QUOTE_ASSET, parse::asset);
    let bot_id = from.required(&v::BOT_ID, parse::from_str);
    let auto_route = auto_route(from, mode);
    let dedup_window = from.period(&v::SIGNAL_DEDUP_WINDOW);
    let signal_max_age = from.period(&v::SIGNAL_MAX_AGE_SEC);
    let signal_model = from.optional(&v::SIGNAL_MODEL, parse::from_str);
    let record = record(from);
    let risk = risk(from);
    let entry = entry(from);
    let exit = exit(from);
    let in_doubt_settle = from.millis(&v::IN_DOUBT_SETTLE_MS);
    let http = http(from);
    let heartbeat = heartbeat(from);
    let log = log(from);
    let journal_sync = journal_sync(from);
    let room = room(from);
    let (time_zone, archiving) = (archive::time_zone(from), archive::read(from));
    let paper = paper(from);
    let telegram = messengers::telegram(from, &time_zone, signal_max_age);
    let hooks = from.optional(&v::HOOKS_FILE, hooks::read).unwrap_or_default();
    let engine = Settings {
        mode,
        account: account(mode, &account_name),
        bot_id,
        executor_enabled: enabled || mode == Mode::Paper,
        quote_asset,
        auto_route,
        risk,
        entry,
        exit,
        record,
        dedup_window,
        signal_max_age,
        recv_window_ms,
        in_doubt_settle,
    };
    let ws_url = ws_url.unwrap_or_else(|| streams_of(mode, &base_url));
    let mexc = Mexc { api_key, api_secret, base_url, ws_url, rate_limit, limits, redis };
    Config {
        engine,
        mexc,
        paper,
        http,
        heartbeat,
        log,
        journal_sync,
        room,
        price_poll,
        time_zone,
        archiving,
        signal_model,
        hooks,
        telegram: telegram.bot,
        telegram_user: telegram.user,
    }
}

/// A sandbox has its streams at the same host and port; MEXC has a host of its own for them.
fn streams_of(mode: Mode, base_url: &str) -> String {
    match base_url.split_once("://") {
        Some((scheme, rest)) if mode != Mode::Live && !is_mexc(base_url) => {
            format!("{}://{rest}/ws", if scheme == "https" { "wss" } else { "ws" })
        }
        _ => "wss://wbs-api.mexc.com/ws".to_owned(),
    }
}

const fn mode(is_mexc: bool, is_sandbox: bool) -> Mode {
    match (is_mexc, is_sandbox) {
        (false, _) => Mode::Paper,
        (true, true) => Mode::Sandbox,
        (true, false) => Mode::Live,
    }
}

/// State belongs to (exchange, account). The name is the user's, so that a new key for the same
/// account continues its positions.
fn account(mode: Mode, name: &str) -> String {
    match mode {
        Mode::Paper => "paper".to_owned(),
        Mode::Sandbox => format!("sandbox-{name}"),
        Mode::Live => format!("mexc-{name}"),
    }
}

fn limits(from: &mut Reader<'_>) -> Limits {
    Limits {
        ip_weight_10s: from.whole(&v::MEXC_IP_WEIGHT_10S),
        uid_weight_10s: from.whole(&v::MEXC_UID_WEIGHT_10S),
        orders_per_sec: from.whole(&v::MEXC_ORDERS_PER_SEC),
        account_per_sec: from.whole(&v::MEXC_ACCOUNT_PER_SEC),
    }
}

fn redis(from: &mut Reader<'_>) -> Option<Redis> {
    let url = from.optional(&v::REDIS_URL, parse::redis_url);
    let prefix = from.required(&v::REDIS_PREFIX, parse::account);
    url.map(|url| Redis { url, prefix })
}

fn auto_route(from: &mut Reader<'_>, mode: Mode) -> AutoRoute {
    let enabled = from.switch(&v::AUTO_ROUTE_ENABLED);
    let dry_run = from.switch(&v::AUTO_ROUTE_DRY_RUN);
    let only = from.optional_choice(&v::AUTO_ROUTE_EXCH, str::to_owned);
    AutoRoute {
        enabled,
        dry_run,
        min_confidence: from.required(&v::AUTO_ROUTE_MIN_CONF, parse::fraction),
        min_confidence_exit: from.required(&v::AUTO_ROUTE_MIN_CONF_EXIT, parse::fraction),
        default_notional: from.amount(&v::AUTO_ROUTE_DEFAULT_NOTIONAL),
        exchange_matches: only.is_none_or(|name| name == mode.exchange()),
    }
}

fn heartbeat(from: &mut Reader<'_>) -> Heartbeat {
    Heartbeat {
        url: from.optional(&v::HEARTBEAT_URL, parse::heartbeat_url),
        every: from.period(&v::HEARTBEAT_EVERY),
    }
}

fn record(from: &mut Reader<'_>) -> RecordSettings {
    let priors = from.optional(&v::TELEGRAM_CHANNEL_TRUST, parse::priors);
    RecordSettings {
        priors: priors.unwrap_or_default(),
        trust_min: from.required(&v::TRUST_MIN, parse::trust_min),
        trust_max: from.required(&v::TRUST_MAX, parse::trust_max),
        prior_signals: from.whole(&v::TRUST_PRIOR_SIGNALS),
        half_life: from.period(&v::TRUST_HALF_LIFE),
        max_shadows: from.whole(&v::SHADOW_MAX_OPEN),
        shadow_time: Duration::from_hours(from.whole::<u32>(&v::SHADOW_MAX_HOURS).into()),
    }
}

fn risk(from: &mut Reader<'_>) -> RiskSettings {
    RiskSettings {
        policy: from.choice(&v::RISK_POLICY, |name| match name {
            "conservative" => PolicyName::Conservative,
            "aggressive" => PolicyName::Aggressive,
            _ => PolicyName::Moderate,
        }),
        min_notional: from.amount(&v::RISK_MIN_NOTIONAL),
        max_notional: from.optional_amount(&v::RISK_MAX_NOTIONAL),
        notional_mode: from.choice(&v::RISK_NOTIONAL_MODE, |name| match name {
            "reject" => NotionalMode::Reject,
            _ => NotionalMode::Clamp,
        }),
        cooldown: from.optional_period(&v::RISK_COOLDOWN_SEC),
        max_positions_per_symbol: from.whole(&v::RISK_MAX_POSITIONS_PER_SYMBOL),
        max_open_positions: from.whole(&v::RISK_MAX_OPEN_POSITIONS),
        max_total_exposure: from.amount(&v::RISK_MAX_TOTAL_EXPOSURE),
        max_daily_loss: from.amount(&v::RISK_MAX_DAILY_LOSS),
        atr_lookback: from.whole(&v::RISK_ATR_LOOKBACK),
        atr_interval: from.required(&v::RISK_ATR_INTERVAL, parse::from_str),
        price_max_age: from.millis(&v::PRICE_MAX_AGE_MS),
    }
}

fn entry(from: &mut Reader<'_>) -> EntrySettings {
    EntrySettings {
        max_slippage: Bps(from.whole(&v::ENTRY_MAX_SLIPPAGE_BPS)),
        ttl: from.period(&v::ENTRY_TTL),
    }
}

fn exit(from: &mut Reader<'_>) -> ExitSettings {
    ExitSettings {
        max_slippage: Bps(from.whole(&v::EXIT_MAX_SLIPPAGE_BPS)),
        breakeven_after: from.whole(&v::EXIT_BREAKEVEN_AFTER),
        tp_shares: from.optional(&v::EXIT_TP_SHARES, parse::shares).unwrap_or_default(),
        trailing_pct: trailing(from.whole(&v::EXIT_TRAILING_BPS)),
        time_stop: from.optional_period(&v::EXIT_TIME_STOP),
    }
}

fn trailing(bps: i64) -> Option<Decimal> {
    (bps > 0).then(|| Decimal::new(bps, 2))
}

fn http(from: &mut Reader<'_>) -> Http {
    let host: IpAddr = from.required(&v::HOST, parse::host);
    Http {
        address: SocketAddr::new(host, from.whole(&v::PORT)),
        api_keys: from.optional(&v::API_KEYS, parse::keys).unwrap_or_default(),
        trusted_peers: from.optional(&v::TRUSTED_PEERS, parse::peers).unwrap_or_default(),
        metrics: from.optional(&v::METRICS_ADDRESS, parse::socket),
        session_max_age: from.period(&v::SESSION_MAX_AGE),
    }
}

fn journal_sync(from: &mut Reader<'_>) -> JournalSync {
    from.choice(&v::JOURNAL_SYNC, |name| match name {
        "beside" => JournalSync::Beside,
        _ => JournalSync::Before,
    })
}

fn log(from: &mut Reader<'_>) -> Log {
    Log {
        dir: from.required(&v::LOG_DIR, parse::from_str),
        filter: from.required(&v::LOG_LEVEL, parse::from_str),
        format: from.choice(&v::LOG_FORMAT, |name| match name {
            "json" => LogFormat::Json,
            _ => LogFormat::Text,
        }),
    }
}

fn room(from: &mut Reader<'_>) -> JournalRoom {
    let bytes = |megabytes: u64| megabytes << 20;
    JournalRoom {
        wanted: bytes(from.whole(&v::DISK_MIN_FREE_MB)),
        reserve: bytes(from.whole(&v::JOURNAL_RESERVE_MB)),
    }
}

fn paper(from: &mut Reader<'_>) -> Paper {
    Paper {
        market: from.choice(&v::PAPER_MARKET, |name| match name {
            "live" => PaperMarket::Live,
            "sim" => PaperMarket::Sim,
            _ => PaperMarket::Auto,
        }),
        seed: from.whole(&v::PAPER_SEED),
        balances: from.required(&v::PAPER_BALANCES, parse::balances),
        dir: from.required(&v::PAPER_DIR, parse::from_str),
    }
}
