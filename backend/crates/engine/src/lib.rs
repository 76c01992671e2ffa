//! The heart of LeviBot: a single-threaded state machine from inputs to events and effects.
//!
//! Pure: no I/O, no async, no clock, no randomness. Time comes with each input, ids derive from
//! their cause, and the journalled state changes only by applying an event. So the same inputs give
//! the same events, and replaying the events gives the same state.
//!
//! The caller keeps one promise: the records of a step are durable before its effects start.

mod adoption;
pub mod atr;
mod attempts;
mod changes;
mod commands;
mod desk;
pub mod effect;
mod entries;
mod exits;
mod guards;
pub mod input;
pub mod ledger;
mod messages;
mod orders;
pub mod plan;
pub mod policy;
mod positions;
mod probes;
mod recovery;
pub mod reply;
mod risk;
mod room;
mod sales;
pub mod settings;
mod shadow;
mod standing;
mod step;
mod timers;
pub mod trust;

use std::time::Duration;

use domain::{Event, Markets, Notional, Record, Room, Symbol, Timestamp};

use desk::Desk;
pub use effect::Effect;
pub use input::{Balance, Command, Input, ManualOrder, Message, Quote, Report, ReportKind};
pub use ledger::{ApplyError, Ledger, Order, OrderState, Position};
pub use reply::{CommandRefusal, OrderDecision, OrderReply, Reply, RouteAction, SignalReply};
pub use settings::{Mode, Settings};
/// Reads messages; the engine takes one at its making.
pub use signal::Reader as SignalReader;
pub use step::Outbox;
use step::Step;

/// The state machine with everything it knows.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    reader: signal::Reader,
    ledger: Ledger,
    desk: Desk,
}

impl Engine {
    /// An engine with an empty ledger.
    pub fn new(settings: Settings, reader: signal::Reader) -> Self {
        let ledger = Ledger::new(settings.risk.policy);
        Self { settings, reader, ledger, desk: Desk::default() }
    }

    /// Applies a record of the journal at start. Nothing is decided.
    ///
    /// # Errors
    /// [`ApplyError`] when the record does not fit; the journal is damaged then.
    pub fn replay(&mut self, record: &Record) -> Result<(), ApplyError> {
        self.ledger.apply(record)
    }

    /// Picks up what the journal left open; called once after the replay.
    pub fn resume(&mut self, at: Timestamp, out: &mut Outbox) {
        out.clear();
        self.step_at(at, out).resume();
    }

    /// Takes one input at `at`. `out` is emptied first.
    pub fn step(&mut self, at: Timestamp, input: Input, out: &mut Outbox) {
        out.clear();
        self.step_at(at, out).take(input);
    }

    fn step_at<'a>(&'a mut self, at: Timestamp, out: &'a mut Outbox) -> Step<'a> {
        Step {
            settings: &self.settings,
            reader: &self.reader,
            ledger: &mut self.ledger,
            desk: &mut self.desk,
            at,
            out,
        }
    }

    /// A record that holds the whole open state, to be journalled like any other.
    ///
    /// # Errors
    /// [`ApplyError`] when the state cannot be serialised.
    pub fn checkpoint(&mut self, at: Timestamp) -> Result<Record, ApplyError> {
        let event: Event = self.ledger.checkpoint()?;
        let seq = self.ledger.seq() + 1;
        let record = Record { seq, ts: at, symbol: None, trace_id: None, event };
        self.ledger.apply(&record)?;
        Ok(record)
    }

    /// When `step` should be called with [`Input::Tick`] at the latest.
    pub fn next_deadline(&mut self, at: Timestamp) -> Option<Timestamp> {
        let mut out = Outbox::default();
        self.step_at(at, &mut out).next_deadline()
    }

    /// The journalled state.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The configuration.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The market list.
    pub fn markets(&self) -> &Markets {
        &self.desk.markets
    }

    /// What a text says and wants, as a message with this text would be read. Nothing is decided.
    pub fn read_text(&self, text: &str) -> signal::Reading {
        messages::read(&self.reader, &self.desk.markets, text)
    }

    /// The last quote of a symbol.
    pub fn quote(&self, symbol: &Symbol) -> Option<&Quote> {
        self.desk.quote(symbol)
    }

    /// What the account holds, as last told.
    pub fn balances(&self) -> &[Balance] {
        &self.desk.balances
    }

    /// Whether recent candles of a symbol are at hand.
    pub fn has_candles(&self, symbol: &Symbol, at: Timestamp) -> bool {
        self.desk.atr(symbol, at).is_some()
    }

    /// Positions whose stop could not fire right now, each with the reason.
    pub fn unprotected(&self, at: Timestamp) -> impl Iterator<Item = (&Position, &'static str)> {
        guards::unprotected(&self.settings, &self.ledger, &self.desk, at)
    }

    /// The room left for the journal, as last told, and whether it is too short for entries.
    pub fn room(&self) -> Option<(Room, bool)> {
        self.desk.room.map(|room| (room, self.desk.room_is_short))
    }

    /// How many held pairs do not let us buy and sell at present.
    pub fn restricted(&self) -> usize {
        self.desk.restricted.len()
    }

    /// Why a position's stop could not fire right now; [`None`] when it could.
    pub fn why_unprotected(&self, position: &Position, at: Timestamp) -> Option<&'static str> {
        guards::exposed(&self.settings, &self.desk, position, at)
    }

    /// The largest order allowed now.
    pub fn max_notional(&self) -> Notional {
        risk::max_notional(&self.settings, &self.ledger)
    }

    /// The pause per symbol in force.
    pub fn cooldown(&self) -> Duration {
        risk::cooldown(&self.settings, &self.ledger)
    }
}
