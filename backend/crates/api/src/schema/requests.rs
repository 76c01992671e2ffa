//! What requests may say. Handlers read these names through [`crate::params::Params`], from the
//! query, a form or a JSON object alike; here they are described once for the document.

use utoipa::{IntoParams, ToSchema};

use super::{KillMode, PolicyName, Side, Time};

/// Pages of a list, newest first.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes paging::Page")]
pub(crate) struct Paging {
    /// Entries wanted; 100 unless given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// The `next_cursor` of an earlier answer: what is older than that page.
    #[param(pattern = "^c[0-9a-f]{1,16}$")]
    cursor: Option<String>,
}

/// What a list is narrowed to.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes paging::narrowed")]
pub(crate) struct Narrowing {
    /// A pair in any spelling: `BTCUSDT`, `btc/usdt`, `BTC-USDT`.
    #[param(example = "BTCUSDT")]
    symbol: Option<String>,
    /// One signal's or order's story.
    trace_id: Option<String>,
}

/// Which events.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes paging::filter")]
pub(crate) struct EventTypes {
    /// Event types separated by commas; a trailing `*` stands for any ending.
    #[param(example = "ORDER_*,RISK_SLTP")]
    r#type: Option<String>,
}

/// A direct order.
#[derive(ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes routes::test_order")]
pub(crate) struct OrderRequest {
    /// A pair in any spelling.
    #[schema(example = "BTCUSDT")]
    #[param(example = "BTCUSDT")]
    symbol: String,
    #[param(inline)]
    side: Side,
    /// Quote amount to spend or to sell for, above zero.
    #[schema(example = 10, exclusive_minimum = 0.0)]
    #[param(example = 10, exclusive_minimum = 0.0)]
    notional_usd: f64,
    /// Judge only; nothing is sent. True unless given.
    #[schema(default = true)]
    #[param(default = true)]
    dry_run: Option<bool>,
}

/// A message to be read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes routes::signals")]
pub(crate) struct MessageRequest {
    /// As it was posted, at most 20,000 characters.
    #[schema(example = "BUY BTCUSDT 43000 TP 44000 SL 42500")]
    text: String,
    /// Where it came from; `api` unless given.
    #[schema(max_length = 200)]
    source: Option<String>,
    #[schema(max_length = 200)]
    channel: Option<String>,
    /// The source's own id: the same one is considered once.
    #[schema(max_length = 200)]
    message_id: Option<String>,
    /// The `message_id` of the message it answers.
    #[schema(max_length = 200)]
    reply_to: Option<String>,
    /// When it was posted.
    posted_at: Option<Time>,
}

/// How much to log.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes routes::operation")]
pub(crate) struct LogRequest {
    /// A level (`debug`, `info`, `warn`, `error`), then levels of parts.
    #[schema(example = "info,mexc=debug")]
    filter: String,
}

/// A key to sign in with.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes routes::session")]
pub(crate) struct SignInRequest {
    /// One of `API_KEYS`.
    #[schema(format = Password)]
    key: String,
}

/// The kill switch.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes routes::risk")]
pub(crate) struct KillRequest {
    /// `cancel` unless given.
    mode: Option<KillMode>,
    /// For the journal, at most 200 characters.
    reason: Option<String>,
}

/// The policy to switch to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes routes::risk")]
pub(crate) struct PolicyRequest {
    policy: PolicyName,
}

/// What is really held.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes routes::positions")]
pub(crate) struct AdjustRequest {
    #[schema(min_length = 1)]
    position_id: String,
    /// Base quantity, less than what the journal says; 0 for none.
    #[schema(minimum = 0.0)]
    held: f64,
}
