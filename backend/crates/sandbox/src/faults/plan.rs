//! What goes wrong, as it is written in a file.

use serde::{Deserialize, Serialize};

/// Everything that goes wrong. The default is nothing.
///
/// ```
/// let plan: sandbox::FaultPlan = serde_json::from_str(r#"{
///     "seed": 7,
///     "visibility": {"order_ms": 300, "trades_ms": 1000},
///     "requests": [
///         {"method": "POST", "path": "/api/v3/order",
///          "when": {"probability": 0.1}, "fault": "drop_after"},
///         {"when": {"after_ms": 5000, "until_ms": 8000}, "fault": {"too_many": {"retry_after_s": 2}}}
///     ],
///     "pushes": [{"channel": "private.orders", "when": {"every": 3}, "fault": "duplicate"}]
/// }"#).unwrap();
/// assert_eq!(plan.requests.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultPlan {
    /// Two seeds give two sequences of chance.
    pub seed: u64,
    /// Faults of REST requests. Of the rules that strike, delays and thin fills add up, and the
    /// first of the others decides.
    pub requests: Vec<RequestRule>,
    /// Faults of WebSocket pushes; the first rule that strikes decides.
    pub pushes: Vec<PushRule>,
    /// How late orders and trades can be seen by queries.
    pub visibility: Visibility,
    /// How far the exchange's clock is ahead of the true time, milliseconds. It shows in `/time`
    /// and in the judging of timestamps.
    pub clock_skew_ms: i64,
    /// Signed requests are refused with 11444 while this is set.
    pub maintenance: bool,
}

/// Faults of some requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestRule {
    /// `POST`, `GET` …; any without it.
    #[serde(default)]
    pub method: Option<String>,
    /// `/api/v3/order`, or `/api/v3/*` for all that begin so; any without it.
    #[serde(default)]
    pub path: Option<String>,
    /// Which of the matching requests.
    #[serde(default)]
    pub when: When,
    /// What goes wrong.
    pub fault: RequestFault,
}

/// Faults of some pushes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushRule {
    /// Part of the channel's name, for example `private.deals`; any without it.
    #[serde(default)]
    pub channel: Option<String>,
    /// Which of the matching pushes.
    #[serde(default)]
    pub when: When,
    /// What goes wrong.
    pub fault: PushFault,
}

/// Which of all that match. Every condition that is given must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// Chance of each, 0 to 1.
    pub probability: f64,
    /// Only this one, counted from 1.
    pub nth: Option<u64>,
    /// Each one whose number is a multiple of this.
    pub every: Option<u64>,
    /// At most so many.
    pub at_most: Option<u64>,
    /// Not before so many milliseconds of the plan.
    pub after_ms: Option<u64>,
    /// Not after so many milliseconds of the plan.
    pub until_ms: Option<u64>,
}

impl Default for When {
    fn default() -> Self {
        Self {
            probability: 1.0,
            nth: None,
            every: None,
            at_most: None,
            after_ms: None,
            until_ms: None,
        }
    }
}

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RequestFault {
    /// It is carried out, or its answer sent, later.
    Delay {
        /// Before it is carried out, milliseconds.
        #[serde(default)]
        before_ms: u64,
        /// Before the answer, milliseconds.
        #[serde(default)]
        after_ms: u64,
    },
    /// The connection is cut; nothing was done.
    DropBefore,
    /// The connection is cut after everything was done.
    DropAfter,
    /// An HTTP error; nothing was done.
    ErrorBefore {
        /// 500, 502, 503, 504 …
        status: u16,
    },
    /// An HTTP error after everything was done.
    ErrorAfter {
        /// 500, 502, 503, 504 …
        status: u16,
    },
    /// 429; nothing was done.
    TooMany {
        /// Seconds of the `Retry-After` header.
        retry_after_s: u64,
    },
    /// It is carried out; the answer's body ends in its middle.
    TruncatedBody {
        /// Whether the connection is cut there, or the length is told as if that were all.
        cut: bool,
    },
    /// A page of a gateway or firewall instead of JSON.
    HtmlBody {
        /// Status of the page: 403, 502 …
        status: u16,
        /// Whether the request was carried out first.
        executed: bool,
    },
    /// An order takes at once only this part of what it would.
    PartialFill {
        /// Percent, 0 to 100.
        percent: u8,
    },
}

/// What goes wrong with a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PushFault {
    /// The connection is closed instead.
    Disconnect,
    /// It is lost.
    Lose,
    /// It comes twice.
    Duplicate,
    /// It comes later, after what follows it.
    Late {
        /// By how many milliseconds.
        ms: u64,
    },
    /// It changes places with the next one.
    Reorder,
}

/// How late queries see what is there (contract 10.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Visibility {
    /// `GET /order` does not find an order that is younger than this, milliseconds.
    pub order_ms: u64,
    /// `myTrades` does not list trades that are younger than this, milliseconds.
    pub trades_ms: u64,
}
