//! What happens next: the queue of the simulated world.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{
    CancelOutcome, ClientOrderId, PlaceOrder, PlaceOutcome, QueryOutcome, Symbol, Timestamp,
};
use engine::{Balance, Input};

/// An answer on its way to the process.
#[derive(Debug, Clone)]
pub(crate) enum News {
    Placed(ClientOrderId, PlaceOutcome),
    Cancelled(ClientOrderId, CancelOutcome),
    Queried(ClientOrderId, QueryOutcome),
    Balances(Vec<Balance>),
    Candles(Symbol, Vec<domain::Candle>),
}

impl News {
    pub(crate) fn into_input(self) -> Input {
        match self {
            Self::Placed(client_order_id, outcome) => Input::Placed { client_order_id, outcome },
            Self::Cancelled(client_order_id, outcome) => {
                Input::Cancelled { client_order_id, outcome }
            }
            Self::Queried(client_order_id, outcome) => Input::Queried { client_order_id, outcome },
            Self::Balances(balances) => Input::Balances(balances),
            Self::Candles(symbol, candles) => {
                Input::Candles { symbol, interval: domain::Interval::M15, candles }
            }
        }
    }
}

/// How a request and its answer travel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passage {
    /// [`None`] when it never arrives.
    pub(crate) there: Option<Duration>,
    /// [`None`] when the answer never comes.
    pub(crate) back: Option<Duration>,
    pub(crate) twice: Option<Duration>,
    pub(crate) seen: Seen,
}

/// What the answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Plain,
    ErrorAfter,
    ErrorBefore,
    TooMany,
}

/// A question on its way through its stages.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) symbol: Symbol,
    pub(crate) id: ClientOrderId,
    pub(crate) search: bool,
    /// The exchange's time, read after the first "not found".
    pub(crate) server_time_ms: Option<i64>,
    pub(crate) passage: Passage,
    pub(crate) left_at: Timestamp,
}

/// Start-up, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Clock,
    Markets,
    Prices,
    Balances,
    Orders,
}

/// Something the running process does or hears; gone when it dies.
#[derive(Debug)]
pub(crate) enum Doing {
    /// An order's turn has come in the client's queue.
    Leave {
        order: PlaceOrder,
        revocable: bool,
        generation: u64,
    },
    Hear(News),
    Wake,
    Commit,
    Sync,
    RetryJournal,
    Startup(Stage),
    Prices,
    Balances,
    BalancesNow,
    Clock,
    Room,
}

/// Something that happens.
#[derive(Debug)]
pub(crate) enum Happening {
    Process(u32, Doing),
    PlaceArrives {
        epoch: u32,
        order: PlaceOrder,
        passage: Passage,
        left_at: Timestamp,
    },
    CancelArrives {
        epoch: u32,
        symbol: Symbol,
        id: ClientOrderId,
        passage: Passage,
        left_at: Timestamp,
    },
    QuestionArrives {
        epoch: u32,
        question: Question,
    },
    Market,
    Users,
    Nature,
    Start,
}

/// Happenings by time; those of one moment in the order they were put in.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: BTreeMap<(Timestamp, u64), Happening>,
    count: u64,
}

impl Queue {
    pub(crate) fn put(&mut self, at: Timestamp, happening: Happening) {
        self.count += 1;
        self.waiting.insert((at, self.count), happening);
    }

    pub(crate) fn next(&mut self) -> Option<(Timestamp, Happening)> {
        let ((at, _), happening) = self.waiting.pop_first()?;
        Some((at, happening))
    }
}
