//! The faults, how often each strikes in a schedule, and how often it did.

use crate::chance::Chance;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name on the command line and in reports.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

faults! {
    /// A request never arrives.
    RequestLost = "request-lost",
    /// A request is carried out, its answer never comes.
    AnswerLost = "answer-lost",
    /// A request arrives seconds later, perhaps after the client gave up.
    RequestLate = "request-late",
    /// An answer is overtaken by others.
    AnswerSlow = "answer-slow",
    /// An answer comes twice.
    AnswerTwice = "answer-twice",
    /// 5xx although the request was carried out.
    ErrorAfter = "5xx-after",
    /// 5xx and nothing was done.
    ErrorBefore = "5xx-before",
    /// 429.
    TooMany = "429",
    /// No connection came about.
    NotConnected = "not-connected",
    /// The client's own pacing holds a request back.
    Queued = "queued",
    /// An accepted order is not found for a while.
    OrderHidden = "order-hidden",
    /// Fills are missing from the trade list for a while.
    TradesHidden = "trades-hidden",
    /// A cancel fails.
    CancelFails = "cancel-fails",
    /// A market order comes back cancelled, or filled in part.
    ComesBack = "comes-back",
    /// A pair is so thin that orders fill bit by bit.
    ThinMarket = "thin-market",
    /// Fees of buys are taken in the coin that was bought.
    BaseFee = "base-fee",
    /// The local clock jumps.
    ClockJump = "clock-jump",
    /// The exchange's clock moves ahead.
    ClockDrift = "clock-drift",
    /// The exchange is out of reach for a while.
    Outage = "outage",
    /// The process is killed: what was written stays.
    Kill = "kill",
    /// The power fails: what was not synced may be gone.
    PowerLoss = "power-loss",
    /// A second process is started on the same journal while the first one runs.
    SecondProcess = "second-process",
    /// The process is killed in the middle of a write.
    TornWrite = "torn-write",
    /// The journal cannot be written for a while.
    AppendFails = "append-fails",
    /// The journal cannot be synced for a while.
    SyncFails = "sync-fails",
    /// The price leaps.
    PriceGap = "price-gap",
    /// Prices do not arrive for a while.
    QuotesMissing = "quotes-missing",
    /// The machine sleeps for seconds or hours, and everything that was due comes at once.
    Sleep = "sleep",
    /// The user cancels an order of ours by hand.
    HandCancel = "hand-cancel",
    /// Coins are locked elsewhere on the account for a while.
    CoinsLocked = "coins-locked",
    /// Candles cannot be had.
    CandlesMissing = "candles-missing",
    /// Others fill the disk for a while, slowly or at once.
    DiskFull = "disk-full",
}

impl Fault {
    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }

    const fn index(self) -> usize {
        self as usize
    }
}

/// Which kinds may strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultSet(u64);

impl FaultSet {
    /// Every kind.
    pub const ALL: Self = Self(u64::MAX);

    /// This set without one kind.
    pub const fn without(self, fault: Fault) -> Self {
        Self(self.0 & !(1 << fault.index()))
    }

    /// Whether a kind may strike.
    pub const fn has(self, fault: Fault) -> bool {
        self.0 & (1 << fault.index()) != 0
    }
}

/// How often each kind struck.
pub type FaultCounts = [u64; Fault::ALL.len()];

/// The faults of one schedule.
#[derive(Debug)]
pub(crate) struct Faults {
    per_mille: [u32; Fault::ALL.len()],
    streams: Vec<Chance>,
    counts: FaultCounts,
    calm: bool,
}

impl Faults {
    /// Draws which kinds strike in this schedule, and how often. One schedule in twenty has none.
    pub(crate) fn new(seed: u64, allowed: FaultSet) -> Self {
        let mut chance = Chance::stream(seed, 1);
        let fair = chance.percent(5);
        let mut per_mille = [0; Fault::ALL.len()];
        for fault in Fault::ALL {
            let often = chance.pick(&[8, 20, 50, 120, 250]);
            let drawn = chance.percent(55);
            if drawn && !fair && allowed.has(*fault) {
                per_mille[fault.index()] = often;
            }
        }
        let streams = (0..Fault::ALL.len() as u64).map(|n| Chance::stream(seed, 1_000 + n));
        Self { per_mille, streams: streams.collect(), counts: [0; Fault::ALL.len()], calm: false }
    }

    /// Whether the fault strikes now.
    pub(crate) fn strikes(&mut self, fault: Fault) -> bool {
        self.strikes_at_rate(fault, 100)
    }

    /// The same, at a percentage of its usual rate.
    pub(crate) fn strikes_at_rate(&mut self, fault: Fault, percent: u32) -> bool {
        let per_mille = self.per_mille[fault.index()] * percent / 100;
        let strikes = self.streams[fault.index()].per_mille(per_mille) && !self.calm;
        self.counts[fault.index()] += u64::from(strikes);
        strikes
    }

    /// The stream that draws a fault's details.
    pub(crate) fn details(&mut self, fault: Fault) -> &mut Chance {
        &mut self.streams[fault.index()]
    }

    /// No fault strikes from here on.
    pub(crate) fn calm_down(&mut self) {
        self.calm = true;
    }

    pub(crate) const fn counts(&self) -> &FaultCounts {
        &self.counts
    }
}
