//! What the API needs from the rest of the service. The binary implements these.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use domain::event::Notice;
use domain::{Candle, Interval, Record, Symbol, Timestamp, TraceId};
use engine::{Balance, Command, Engine, Input, Quote, Reply};
use tokio::sync::{broadcast, oneshot};

/// A boxed future, so that the ports can be trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The service cannot take the request now; nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NotReady {
    /// What is missing, in words.
    pub reason: String,
}

impl NotReady {
    /// With a sentence for the caller.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// One thing that readiness depends on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct ReadinessPart {
    /// Short stable name: `journal`, `reconciled`, `prices`, `clock` …
    pub name: &'static str,
    /// Whether it is good enough to trade.
    pub ok: bool,
    /// Whether it is worse than it should be.
    pub degraded: bool,
    /// A sentence with the figures.
    pub detail: String,
}

impl ReadinessPart {
    /// A part that is as it should be, or not good enough.
    pub const fn new(name: &'static str, ok: bool, detail: String) -> Self {
        Self { name, ok, degraded: !ok, detail }
    }

    /// Notes that it is worse than it should be.
    #[must_use]
    pub const fn degraded_if(mut self, worse: bool) -> Self {
        self.degraded |= worse;
        self
    }
}

/// Whether the service may trade, and what stands in the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readiness {
    /// Everything that was looked at.
    pub parts: Vec<ReadinessPart>,
}

impl Readiness {
    /// Whether every part is good enough to trade.
    pub fn is_ready(&self) -> bool {
        self.parts.iter().all(|part| part.ok)
    }
}

/// The engine behind its loop.
pub trait Core: Send + Sync + 'static {
    /// Hands in an input that may move money. Waits up to 8 s until the service is ready.
    ///
    /// # Errors
    /// [`NotReady`] when it is not; the input was not taken.
    fn submit(&self, input: Input) -> BoxFuture<'_, Result<Reply, NotReady>>;

    /// Hands in a command that must work at any time (kill switch, resume, policy); answered at
    /// once, also while reconciling.
    ///
    /// # Errors
    /// [`NotReady`] when the engine's loop is gone.
    fn control(&self, command: Command) -> BoxFuture<'_, Result<Reply, NotReady>>;

    /// Runs `look` on the engine between two steps; it must be quick. See [`read`].
    ///
    /// # Errors
    /// [`NotReady`] when the engine's loop is gone.
    fn inspect(&self, look: Box<dyn FnOnce(&Engine) + Send>)
    -> BoxFuture<'_, Result<(), NotReady>>;

    /// Journals that somebody was turned away. Many of one kind become few lines with a count.
    fn refused(&self, kind: &str, notice: Notice);

    /// The journal from now on, in order. The sender closes it at shutdown.
    fn records(&self) -> broadcast::Receiver<Arc<Record>>;

    /// What the service depends on, and how that is.
    fn readiness(&self) -> Readiness;

    /// The present time; the API reads no clock for anything it compares with the engine's times.
    fn now(&self) -> Timestamp;
}

/// Reads something from the engine.
///
/// # Errors
/// [`NotReady`] when the engine's loop is gone.
pub async fn read<T: Send + 'static>(
    core: &dyn Core,
    look: impl FnOnce(&Engine) -> T + Send + 'static,
) -> Result<T, NotReady> {
    let (answer, receive) = oneshot::channel();
    let look = move |engine: &Engine| {
        // The caller may have gone away meanwhile; then nobody wants the answer.
        let _ = answer.send(look(engine));
    };
    core.inspect(Box::new(look)).await?;
    receive.await.map_err(|_| NotReady::new("the engine stopped before it answered"))
}

/// How the exchange is reached, for `/exchange/ping`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PingInfo {
    /// `paper`, `sandbox` or `live`.
    pub mode: &'static str,
    /// Pairs listed.
    pub markets_count: usize,
    /// Where prices come from: `live`, `sim`, `mexc` …
    pub market_source: String,
    /// Exchange time minus ours, milliseconds; [`None`] before it was measured.
    pub clock_offset_ms: Option<i64>,
}

/// How much may still be asked of the exchange, for `/exchange/budget`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = Budget)]
pub struct BudgetInfo {
    /// Whether other processes use the same budget.
    pub shared: bool,
    /// Whether it should be shared but the store is lost: each process then keeps to its part.
    pub degraded: bool,
    /// How much longer the exchange wants silence, milliseconds.
    pub paused_ms: u64,
    /// What is allowed within each window.
    pub windows: Vec<BudgetWindow>,
    /// Requests that wait for their turn, by lane, the most urgent first.
    pub waiting: Vec<BudgetLane>,
}

/// One window of the budget.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct BudgetWindow {
    /// Its name, such as `ip_weight_10s`.
    pub name: &'static str,
    /// What may be used within it.
    pub limit: u32,
    /// What is left of that.
    pub left: u32,
}

/// Requests of one kind that wait.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct BudgetLane {
    /// `exit`, `entry` or `query`.
    pub lane: &'static str,
    /// How many.
    pub waiting: usize,
}

/// Why the exchange did not answer a question. The texts are shown to callers and hold no secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// The executor is switched off, or has no keys; the text says which setting decides.
    #[error("{0}")]
    Disabled(String),
    /// The request budget is used up, here or there.
    #[error("{message}")]
    RateLimited {
        /// In words.
        message: String,
        /// When it is worth trying again.
        retry_after: Option<Duration>,
    },
    /// It refused: key, permission, address list, parameters.
    #[error("{0}")]
    Refused(String),
    /// It could not be reached, timed out, or failed (5xx).
    #[error("{0}")]
    Unreachable(String),
    /// It answered something that is not its protocol (HTML, half a JSON).
    #[error("{0}")]
    Unreadable(String),
}

/// The exchange, for questions that do not go through the engine.
pub trait Exchange: Send + Sync + 'static {
    /// Asks whether it answers.
    fn ping(&self) -> BoxFuture<'_, Result<PingInfo, ExchangeError>>;

    /// The account's balances, fresh.
    fn balances(&self) -> BoxFuture<'_, Result<Vec<Balance>, ExchangeError>>;

    /// How much may still be asked; from memory.
    fn budget(&self) -> BudgetInfo;

    /// A fresh price, from memory or by asking. What is fetched also goes to the engine as
    /// [`Input::Quote`] before this returns, so that an order judged next sees it.
    fn price(&self, symbol: &Symbol) -> BoxFuture<'_, Result<Quote, ExchangeError>>;

    /// Sees to it that the engine has candles of `symbol`, as well as one second allows.
    fn ensure_candles(&self, symbol: &Symbol) -> BoxFuture<'_, ()>;

    /// At most `count` finished candles, oldest first.
    fn candles(
        &self,
        symbol: &Symbol,
        interval: Interval,
        count: usize,
    ) -> BoxFuture<'_, Result<Vec<Candle>, ExchangeError>>;
}

/// Which journal lines are wanted. Each condition narrows; an empty list is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    event_types: Vec<&'static str>,
    symbol: Option<Symbol>,
    /// Sorted: a page may ask for the events of a thousand traces.
    trace_ids: Vec<TraceId>,
}

impl HistoryFilter {
    /// Lines of any of these types, about this pair, part of any of these traces.
    pub fn new(
        event_types: &[&'static str],
        symbol: Option<Symbol>,
        trace_ids: impl IntoIterator<Item = TraceId>,
    ) -> Self {
        let mut trace_ids: Vec<TraceId> = trace_ids.into_iter().collect();
        trace_ids.sort_unstable();
        trace_ids.dedup();
        Self { event_types: event_types.to_vec(), symbol, trace_ids }
    }

    /// The wanted types; none means all.
    pub fn event_types(&self) -> &[&'static str] {
        &self.event_types
    }

    /// The wanted pair.
    pub fn symbol(&self) -> Option<&Symbol> {
        self.symbol.as_ref()
    }

    /// The wanted traces, sorted; none means all.
    pub fn trace_ids(&self) -> &[TraceId] {
        &self.trace_ids
    }

    /// Whether a line with these fields is wanted.
    pub fn admits(&self, event_type: &str, symbol: Option<&str>, trace: Option<&str>) -> bool {
        let type_fits = self.event_types.is_empty() || self.event_types.contains(&event_type);
        let symbol_fits = self.symbol.as_ref().is_none_or(|s| symbol == Some(s.as_str()));
        type_fits && symbol_fits && self.admits_trace(trace)
    }

    fn admits_trace(&self, trace: Option<&str>) -> bool {
        let among = |trace| self.trace_ids.binary_search_by(|t| t.as_str().cmp(trace)).is_ok();
        self.trace_ids.is_empty() || trace.is_some_and(among)
    }

    /// Whether the record is wanted.
    pub fn matches(&self, record: &Record) -> bool {
        let symbol = record.symbol.as_ref().map(Symbol::as_str);
        let trace = record.trace_id.as_ref().map(TraceId::as_str);
        self.admits(record.event.event_type(), symbol, trace)
    }
}

/// The journal could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal could not be read: {0}")]
pub struct HistoryError(pub String);

/// The journal's past.
pub trait History: Send + Sync + 'static {
    /// At most `limit` matching lines with a `seq` below `before_seq` (or the very newest), newest
    /// first. Each is the raw JSON of one line.
    fn newest(
        &self,
        filter: HistoryFilter,
        before_seq: Option<u64>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, HistoryError>>;

    /// At most `limit` matching lines with a `seq` above `after_seq`, oldest first. Fewer than
    /// `limit` means that there are no more.
    fn after(
        &self,
        filter: HistoryFilter,
        after_seq: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, HistoryError>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_wants_what_fits_every_condition() {
        let traces = || ["b", "a", "c", "a"].map(TraceId::new);
        let btc = || Some(Symbol::from_exchange("BTCUSDT"));
        let table = [
            (HistoryFilter::default(), [true, true, true]),
            (HistoryFilter::new(&["ORDER_NEW"], None, []), [true, false, true]),
            (HistoryFilter::new(&[], btc(), []), [true, true, false]),
            (HistoryFilter::new(&[], None, traces()), [true, true, false]),
            (HistoryFilter::new(&["ALARM"], btc(), traces()), [false, false, false]),
        ];
        for (filter, expected) in table {
            let got = [
                filter.admits("ORDER_NEW", Some("BTCUSDT"), Some("a")),
                filter.admits("RISK_SLTP", Some("BTCUSDT"), Some("c")),
                filter.admits("ORDER_NEW", None, Some("d")),
            ];
            assert_eq!(got, expected, "{filter:?}");
        }
        let one = HistoryFilter::new(&[], None, [TraceId::new("a")]);
        assert!(!one.admits("ALARM", None, None));
    }
}
