//! Every variable there is: the one table that parsing, documentation and reports read.

use super::kind::{Default, Kind, Variable};

use Default::{Is, Unset};
use Kind::{Amount, Choice, Fraction, Period, Secret, Switch, Text, Whole};

macro_rules! variables {
    ($($group:literal { $($name:ident: $kind:expr, $default:expr, $meaning:literal;)* })*) => {
        $($(
            pub(super) const $name: Variable = Variable {
                name: stringify!($name),
                group: $group,
                kind: $kind,
                default: $default,
                meaning: $meaning,
            };
        )*)*

        /// All of them, in the order of the documentation.
        pub(super) const ALL: &[Variable] = &[$($($name,)*)*];
    };
}

const fn whole(min: u64, max: u64, unit: &'static str) -> Kind {
    Whole { min, max, unit }
}

const DAY_S: u64 = 86_400;
const HOUR_MS: u64 = 3_600_000;

variables! {
    "Exchange" {
        EXCHANGE: Choice(&["PAPER", "MEXC"]), Is("PAPER"),
            "Where orders go. PAPER trades on a built-in exchange with play money and needs no account.";
        MEXC_ENABLE: Switch, Is("true"),
            "With EXCHANGE=MEXC: whether orders may be placed at all. false only watches.";
        MEXC_API_KEY: Secret("the access key of a MEXC account, letters and digits"), Unset("required to trade with EXCHANGE=MEXC"),
            "Access key. Give it Spot Trading permission, an IP whitelist and no withdrawal.";
        MEXC_API_SECRET: Secret("the secret key that belongs to it"), Unset("required to trade with EXCHANGE=MEXC"),
            "Secret key; signs orders and is never sent.";
        MEXC_ACCOUNT: Text("1 to 24 letters, digits, - or _"), Is("main"),
            "Names the account in the journal: its positions are continued under this name, also with a new key. Give each account its own.";
        MEXC_SANDBOX: Switch, Is("false"),
            "With EXCHANGE=MEXC: trade on a sandbox (`levibot sandbox`) at MEXC_BASE_URL. Refuses the real exchange's hosts.";
        MEXC_BASE_URL: Text("http:// or https:// with a host, no path"), Is("https://api.mexc.com"),
            "REST address of the exchange. With EXCHANGE=PAPER: of the one whose market is mirrored.";
        MEXC_WS_URL: Text("ws:// or wss:// with a host"), Unset("wss://wbs-api.mexc.com/ws; with a sandbox /ws at MEXC_BASE_URL"),
            "WebSocket address of the exchange.";
        MEXC_RECV_WINDOW_MS: whole(1, 60_000, "ms"), Is("5000"),
            "How long after its time stamp the exchange may accept a signed request.";
        MEXC_RATE_LIMIT_MS: whole(0, 60_000, "ms"), Is("50"),
            "Least time between two requests. Raise it (100) when MEXC answers 429 Too Many Requests.";
        MEXC_IP_WEIGHT_10S: whole(120, 1_000_000, "weight in 10 s"), Is("300"),
            "Weight that MEXC allows one address in 10 s. 3 % of it are kept for exits and cancels.";
        MEXC_UID_WEIGHT_10S: whole(120, 1_000_000, "weight in 10 s"), Is("500"),
            "Weight that MEXC allows one account in 10 s.";
        MEXC_ORDERS_PER_SEC: whole(2, 10_000, "orders a second"), Is("12"),
            "Orders and cancels that MEXC allows one account in a second. Entries use at most half.";
        MEXC_ACCOUNT_PER_SEC: whole(1, 10_000, "requests a second"), Is("2"),
            "How often MEXC lets one account read its balances in a second.";
        REDIS_URL: Secret("redis://[[user]:password@]host[:port][/database], or rediss:// for TLS"), Unset("every process has the whole budget"),
            "Redis server through which all processes of one address or account share the request budget. If it is lost each goes on with a quarter. Paper trading needs none.";
        REDIS_PREFIX: Text("1 to 24 letters, digits, - or _"), Is("levibot"),
            "Begins the keys on the Redis server. Processes with the same prefix share one address's budget, those with the same MEXC_ACCOUNT also the account's.";
        PRICE_POLL_MS: whole(100, 60_000, "ms"), Is("2000"),
            "How often prices are fetched. Must be shorter than PRICE_MAX_AGE_MS.";
        QUOTE_ASSET: Text("a coin: 2 to 10 letters or digits"), Is("USDT"),
            "What everything is valued in; all amounts below are in it.";
        BOT_ID: Text("1 to 8 letters or digits"), Is("levi"),
            "Marks the bot's orders on the account. Orders and coins without the mark are never touched.";
    }
    "Auto-routing of signals" {
        AUTO_ROUTE_ENABLED: Switch, Is("false"),
            "Whether signals are traded.";
        AUTO_ROUTE_DRY_RUN: Switch, Is("true"),
            "Whether they are only tried: judged and logged, nothing is sent.";
        AUTO_ROUTE_EXCH: Choice(&["paper", "mexc"]), Unset("whatever EXCHANGE says"),
            "Trade signals only when EXCHANGE is this one. It can narrow, never redirect.";
        AUTO_ROUTE_MIN_CONF: Fraction, Is("0.75"),
            "Least confidence of a signal that is traded.";
        AUTO_ROUTE_MIN_CONF_EXIT: Fraction, Is("0.6"),
            "Least confidence of a message that closes, sells or changes what is held (SELL, CLOSE, UPDATE).";
        AUTO_ROUTE_DEFAULT_NOTIONAL: Amount { zero: false }, Is("25"),
            "Order size where the signal names none.";
        SIGNAL_DEDUP_WINDOW: Period { min_s: 1, max_s: 30 * DAY_S }, Is("3600"),
            "How long the same text from the same channel is the same signal. At least SIGNAL_MAX_AGE_SEC.";
        SIGNAL_MAX_AGE_SEC: Period { min_s: 1, max_s: DAY_S }, Is("300"),
            "Older messages are not traded.";
        SIGNAL_MODEL: Text("a file"), Unset("the model that comes with the program"),
            "The intent model, as `levibot train --out` writes it. Checked at start.";
    }
    "Channels and their record" {
        TELEGRAM_CHANNEL_TRUST: Text("channels with factors above 0 and at most 2, such as alpha:1.1,beta:0.8"), Unset("1 for every channel"),
            "Factor on the confidence of a channel's entries before there are outcomes, by the channel's name or id, whatever the source.";
        TRUST_MIN: Text("a number above 0 and at most 1"), Is("0.5"),
            "Least factor that a channel's record can come to.";
        TRUST_MAX: Text("a number from 1 to 2"), Is("1.25"),
            "Largest factor. The confidence stays at most 1.";
        TRUST_PRIOR_SIGNALS: whole(1, 10_000, "signals"), Is("20"),
            "How many outcomes weigh as much as the factor one begins with.";
        TRUST_HALF_LIFE: Period { min_s: 3_600, max_s: 3_650 * DAY_S }, Is("30d"),
            "An outcome this old counts half.";
        SHADOW_MAX_OPEN: whole(0, 2_000, "signals"), Is("200"),
            "Signals that are not traded and followed on the market instead, at a time; the oldest makes room. 0 follows none.";
        SHADOW_MAX_HOURS: whole(1, 720, "hours"), Is("72"),
            "How long one is followed.";
    }
    "Risk" {
        RISK_POLICY: Choice(&["conservative", "moderate", "aggressive"]), Is("moderate"),
            "Stop distance, reward and order size at first start. Later changes are in the journal.";
        RISK_MIN_NOTIONAL: Amount { zero: true }, Is("5"),
            "Smallest order.";
        RISK_MAX_NOTIONAL: Amount { zero: false }, Unset("by policy: 100, 250 or 500"),
            "Largest order. The policy's own maximum holds too.";
        RISK_NOTIONAL_MODE: Choice(&["clamp", "reject"]), Is("clamp"),
            "Whether an order outside these sizes is brought inside (and that reported) or refused.";
        RISK_COOLDOWN_SEC: Period { min_s: 0, max_s: 30 * DAY_S }, Unset("by policy: 45, 30 or 20"),
            "Pause per symbol after an entry.";
        RISK_MAX_POSITIONS_PER_SYMBOL: whole(1, 1_000, "positions"), Is("1"),
            "Open positions of one symbol, entries on their way included.";
        RISK_MAX_OPEN_POSITIONS: whole(1, 10_000, "positions"), Is("10"),
            "Open positions in all, entries on their way included.";
        RISK_MAX_TOTAL_EXPOSURE: Amount { zero: false }, Is("1000"),
            "Cost of everything held or on its way.";
        RISK_MAX_DAILY_LOSS: Amount { zero: true }, Is("100"),
            "Realised loss of one UTC day after which nothing new is bought. 0 means no limit.";
        RISK_ATR_LOOKBACK: whole(1, 400, "candles"), Is("14"),
            "Candles in the average true range that stops are derived from.";
        RISK_ATR_INTERVAL: Text("1m, 5m, 15m, 30m, 60m, 4h, 1d, 1W or 1M"), Is("15m"),
            "Their length.";
        PRICE_MAX_AGE_MS: whole(100, HOUR_MS, "ms"), Is("10000"),
            "An older price is not traded on.";
    }
    "Entries and exits" {
        ENTRY_MAX_SLIPPAGE_BPS: whole(0, 10_000, "hundredths of a percent"), Is("50"),
            "How far from the signal's price a market entry may be.";
        ENTRY_TTL: Period { min_s: 1, max_s: 30 * DAY_S }, Is("3600"),
            "How long a limit entry rests before it is given up.";
        EXIT_MAX_SLIPPAGE_BPS: whole(0, 9_999, "hundredths of a percent"), Is("100"),
            "How far below the bid a sell may go where the symbol takes no market orders.";
        EXIT_BREAKEVEN_AFTER: whole(0, 100, "targets"), Is("1"),
            "After this many targets the stop moves to the entry price. 0 means never.";
        EXIT_TP_SHARES: Text("up to 20 percentages above 0 that add up to 100, such as 50,30,20"), Unset("even shares"),
            "How much of the position each target sells, nearest first.";
        EXIT_TRAILING_BPS: whole(0, 9_999, "hundredths of a percent"), Is("0"),
            "The stop follows a rising price at this distance. 0 leaves it where it is.";
        EXIT_TIME_STOP: Period { min_s: 1, max_s: 365 * DAY_S }, Unset("never"),
            "A position held for longer is sold at the market.";
        IN_DOUBT_SETTLE_MS: whole(100, HOUR_MS, "ms"), Is("10000"),
            "How long an order must stay unknown to the exchange, once it can no longer be accepted, before it counts as never placed.";
    }
    "Server" {
        HOST: Text("an IP address or localhost"), Is("127.0.0.1"),
            "Address to listen on. Anything but a loopback address needs API_KEYS.";
        PORT: whole(0, 65_535, "port"), Is("8000"),
            "Port to listen on; 0 takes a free one.";
        API_KEYS: Secret("keys of visible ASCII characters, separated by commas"), Unset("only this machine may change anything"),
            "Callers prove themselves with one of these in the header X-API-Key; browsers sign in with one.";
        TRUSTED_PEERS: Text("IP addresses, separated by commas; no networks"), Unset("loopback peers alone are this machine"),
            "Peers that count as this machine, such as the gateway of a container's network through which the host's loopback arrives. Without API_KEYS a HOST that is not loopback then serves these and nobody else.";
        METRICS_ADDRESS: Text("an IP address and a port, such as 0.0.0.0:9464"), Unset("/metrics/prom on PORT alone"),
            "A second address for Prometheus: it serves /metrics/prom without a key, and nothing else. It tells balances and results, so keep it inside a private network.";
        SESSION_MAX_AGE: Period { min_s: 60, max_s: 365 * DAY_S }, Is("7d"),
            "How long a browser stays signed in. Sessions outlive restarts and end when their key is removed.";
        HEARTBEAT_URL: Secret("http:// or https:// with a host"), Unset("nobody is called"),
            "Called with GET while all is well (ready, every stop able to fire): a dead-man's switch outside tells you when the calls stop.";
        HEARTBEAT_EVERY: Period { min_s: 1, max_s: 3_600 }, Is("60"),
            "How often.";
    }
    "Log and journal" {
        LOG_DIR: Text("a folder"), Is("backend/data/logs"),
            "The journal: YYYY-MM-DD/events.jsonl, one event a line. One process per folder.";
        LOG_LEVEL: Text("DEBUG, INFO, WARNING or ERROR; levels of parts may follow: INFO,mexc=DEBUG"), Is("INFO"),
            "How much is said on standard error. SIGHUP reads it again; PUT /log-level changes it until the process ends.";
        LOG_FORMAT: Choice(&["text", "human", "json"]), Is("text"),
            "How it is said: for people (human is another word for text), or one JSON object a line.";
        JOURNAL_SYNC: Choice(&["before", "beside"]), Is("before"),
            "Whether an order waits until its event is on disk, or leaves while it is being written.";
        DISK_MIN_FREE_MB: whole(0, 10_000_000, "MB"), Is("100"),
            "With less free on the disk of LOG_DIR nothing new is bought; exits go on.";
        JOURNAL_RESERVE_MB: whole(0, 100_000, "MB"), Is("16"),
            "Taken in LOG_DIR beforehand and given up when the disk is full, so that exits can still be journalled (about a thousand events a MB). 0 takes none.";
        TZ: Text("a time zone such as Europe/Istanbul"), Unset("the system's"),
            "When the journal's days begin.";
    }
    "Archive" {
        LOG_KEEP_DAYS: whole(0, 36_500, "days"), Is("30"),
            "Days of the journal that stay as they were written, after the present one. Older ones are compressed in their place, and stay readable here. 0 leaves all as they are. See docs/archive.md.";
        ARCHIVE_URL: Text("s3://bucket/folder, gs://bucket/folder, az://container/folder or file:///folder"), Unset("compressed days stay in LOG_DIR alone"),
            "Where compressed days are copied to. A plain file is deleted only after the copy was read back and compared. Each service needs a folder of its own.";
        ARCHIVE_KEEP_DAYS: whole(0, 36_500, "days"), Unset("for ever"),
            "With ARCHIVE_URL: how long a compressed day stays in LOG_DIR too. `levibot archive --restore DAY` brings it back.";
        AWS_ACCESS_KEY_ID: Secret("an access key of S3, or of what speaks its language (MinIO, R2, B2)"), Unset("as the process's environment has it: instance role, web identity"),
            "With ARCHIVE_URL=s3://: whose bucket. It needs to read and write objects, not to delete them.";
        AWS_SECRET_ACCESS_KEY: Secret("the secret key that belongs to it"), Unset("likewise"),
            "With ARCHIVE_URL=s3://: signs requests and is never sent.";
        AWS_REGION: Text("letters, digits and -, such as eu-central-1"), Unset("us-east-1"),
            "With ARCHIVE_URL=s3://: where the bucket is.";
        AWS_ENDPOINT: Text("http:// or https:// with a host, no path"), Unset("Amazon's"),
            "With ARCHIVE_URL=s3://: address of another S3 server, such as MinIO.";
        GOOGLE_SERVICE_ACCOUNT_KEY: Secret("the JSON key of a service account"), Unset("as the process's environment has it"),
            "With ARCHIVE_URL=gs://: whose bucket.";
        AZURE_STORAGE_ACCOUNT_NAME: Text("letters and digits"), Unset("as the process's environment has it"),
            "With ARCHIVE_URL=az://: whose container.";
        AZURE_STORAGE_ACCOUNT_KEY: Secret("the account's access key"), Unset("as the process's environment has it"),
            "With ARCHIVE_URL=az://: its key.";
    }
    "Paper trading" {
        PAPER_MARKET: Choice(&["auto", "live", "sim"]), Is("auto"),
            "Prices of the built-in exchange: live mirrors MEXC's public market (see MEXC_BASE_URL), sim is synthetic; auto is live if MEXC answers within 2 s at the start, else sim. Each has a book of its own.";
        PAPER_SEED: whole(0, u64::MAX, "number"), Is("42"),
            "The same seed gives the same synthetic market.";
        PAPER_BALANCES: Text("coins and amounts, such as USDT=10000,BTC=0.5"), Is("USDT=10000"),
            "What the paper account holds at first start.";
        PAPER_DIR: Text("a folder"), Is("backend/data/paper"),
            "Where the built-in exchange keeps its accounts.";
    }
    "Telegram" {
        TELEGRAM_BOT_TOKEN: Secret("a bot's token as @BotFather gives it, such as 123456:ABC-xyz"), Unset("no bot"),
            "The bot that reads signals, tells what happens and takes commands. See docs/telegram.md.";
        TELEGRAM_API_URL: Text("http:// or https:// with a host, no path"), Is("https://api.telegram.org"),
            "Address of the Bot API; another one for a Bot API server of your own.";
        TELEGRAM_WEBHOOK_URL: Text("https:// with a host and perhaps a port, no path"), Unset("updates are polled"),
            "Has Telegram deliver updates to this address instead of polling: the proxy behind it must pass on `/hooks/telegram`.";
        TELEGRAM_API_ID: whole(1, 2_147_483_647, "id of an application"), Unset("no user session"),
            "With TELEGRAM_API_HASH: reads channels that no bot can be added to, as a user. From https://my.telegram.org/apps; then `levibot telegram login`.";
        TELEGRAM_API_HASH: Secret("32 letters and digits that belong to TELEGRAM_API_ID"), Unset("no user session"),
            "Belongs to TELEGRAM_API_ID.";
        TELEGRAM_SESSION: Text("a file"), Is("backend/data/telegram.session"),
            "Where `levibot telegram login` keeps the session: a full key to the account, readable for its owner alone.";
        TELEGRAM_CHANNELS: Text("ids such as -1001234567890 or public names such as @name, separated by commas"), Unset("no chat is followed"),
            "Chats whose messages are considered. An id never changes hands, a public name may.";
        TELEGRAM_MIN_TEXT_LEN: whole(1, 4_096, "characters"), Is("10"),
            "Shorter messages are passed over.";
        TELEGRAM_ALLOWED_USERS: Text("user ids, separated by commas"), Unset("nobody may command"),
            "Who may give the bot commands, by id. Others get no answer.";
        TELEGRAM_NOTIFY_CHAT: Text("an id such as 123456789, or a public name such as @name"), Unset("nobody is told anything"),
            "Chat that is told of entries, exits and alarms.";
        TELEGRAM_NOTIFY_LEVEL: Choice(&["alarms", "trades", "all"]), Is("all"),
            "How much it is told: alarms; also entries and exits; also blocked signals and the course of things.";
        TELEGRAM_QUIET_HOURS: Text("two times of day, such as 23:00-07:00"), Unset("none"),
            "Everything but alarms arrives without a sound then (in the time zone TZ).";
        TELEGRAM_SUMMARY_AT: Text("a time of day such as 21:00 or 21:00:30, or off"), Is("21:00"),
            "When the daily summary is sent (in the time zone TZ).";
        TG_BACKOFF_BASE_MS: whole(10, 60_000, "ms"), Is("1000"),
            "Pause after a call to Telegram failed; doubles with each failure, with jitter.";
        TG_BACKOFF_MAX_MS: whole(10, HOUR_MS, "ms"), Is("60000"),
            "Longest such pause.";
    }
    "Webhooks" {
        HOOKS_FILE: Text("a JSON file of webhooks, each with a secret of 16 characters or more; see docs/webhooks.md"), Unset("no webhooks"),
            "Names the webhooks that `POST /hooks/NAME` takes, and how they are read.";
    }
}
