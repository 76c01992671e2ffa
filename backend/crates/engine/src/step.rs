//! One step: an input in, records and effects out.

use domain::event::{Event, Notice};
use domain::{Record, Symbol, Timestamp, TraceId};

use crate::desk::Desk;
use crate::effect::Effect;
use crate::input::{Input, Report, ReportKind};
use crate::ledger::{ApplyError, Ledger};
use crate::reply::Reply;
use crate::risk::Situation;
use crate::settings::Settings;

/// What a step produced. Reused from step to step, so that a step that produces nothing allocates
/// nothing.
#[derive(Debug, Default)]
pub struct Outbox {
    /// To be journalled, in order, before any effect starts.
    pub records: Vec<Record>,
    /// To be carried out after that.
    pub effects: Vec<Effect>,
    /// The answer to the caller, if there is one.
    pub reply: Option<Reply>,
    /// Set when the engine contradicted itself. Nothing it says may be acted on any more.
    pub fault: Option<ApplyError>,
}

impl Outbox {
    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.records.clear();
        self.effects.clear();
        self.reply = None;
        self.fault = None;
    }
}

/// Everything a step may see and change.
pub(crate) struct Step<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) reader: &'a signal::Reader,
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) desk: &'a mut Desk,
    pub(crate) at: Timestamp,
    pub(crate) out: &'a mut Outbox,
}

impl Step<'_> {
    /// Makes an event true: numbers it, applies it to the ledger, and hands it to the journal.
    pub(crate) fn emit(&mut self, symbol: Option<&Symbol>, trace: Option<&TraceId>, event: Event) {
        if self.out.fault.is_some() {
            return;
        }
        let record = Record {
            seq: self.ledger.seq() + 1,
            ts: self.at,
            symbol: symbol.cloned(),
            trace_id: trace.cloned(),
            event,
        };
        if let Err(fault) = self.ledger.apply(&record) {
            self.out.fault = Some(fault);
        }
        self.out.records.push(record);
    }

    pub(crate) fn effect(&mut self, effect: Effect) {
        self.out.effects.push(effect);
    }

    pub(crate) fn reply(&mut self, reply: Reply) {
        self.out.reply = Some(reply);
    }

    /// Tells a person that something needs them.
    pub(crate) fn alarm(
        &mut self,
        symbol: Option<&Symbol>,
        trace: Option<&TraceId>,
        message: String,
    ) {
        let notice = Notice { message, details: std::collections::BTreeMap::default() };
        self.emit(symbol, trace, Event::Alarm(notice));
    }

    pub(crate) fn situation(&self) -> Situation<'_> {
        Situation { settings: self.settings, ledger: self.ledger, desk: self.desk, at: self.at }
    }

    /// Exchange time now, milliseconds, as far as the offset is known.
    pub(crate) fn exchange_now_ms(&self) -> i64 {
        self.at.as_millis().saturating_add(self.desk.clock_offset_ms)
    }

    pub(crate) fn take(&mut self, input: Input) {
        match input {
            Input::Quote { symbol, quote } => self.on_quote(&symbol, quote),
            Input::Message(message) => self.on_message(*message),
            Input::ManualOrder(order) => self.on_manual_order(&order),
            Input::Placed { client_order_id, outcome } => self.on_placed(&client_order_id, outcome),
            Input::Cancelled { client_order_id, outcome } => {
                self.on_cancelled(&client_order_id, &outcome);
            }
            Input::Queried { client_order_id, outcome } => {
                self.on_queried(&client_order_id, outcome);
            }
            Input::Candles { symbol, candles, .. } => {
                let lookback = self.settings.risk.atr_lookback;
                self.desk.set_candles(&symbol, &candles, lookback, self.at);
                self.on_candles(&symbol);
            }
            Input::Markets(markets) => self.on_markets(markets),
            Input::Balances(balances) => {
                self.desk.balances = balances;
                self.desk.balances_at = Some(self.at);
            }
            Input::ClockOffset { offset_ms } => self.desk.clock_offset_ms = offset_ms,
            Input::Reconciled { orders } => self.on_reconciled(&orders),
            Input::Command(command) => self.on_command(command),
            Input::Room(room) => self.on_room(room),
            Input::Report(report) => self.on_report(report),
            Input::Tick => self.watch_protection(),
        }
        self.run_timers();
    }

    fn on_report(&mut self, report: Report) {
        let notice = report.notice;
        let event = match report.kind {
            ReportKind::Started => Event::ServiceStarted(notice),
            ReportKind::Stopped => Event::ServiceStopped(notice),
            ReportKind::JournalRepaired => Event::JournalRepaired(notice),
            ReportKind::Connected => Event::MexcConnected(notice),
            ReportKind::ExchangeError => Event::MexcError(notice),
            ReportKind::Reconciled => Event::MexcReconciled(notice),
            ReportKind::Budget => Event::MexcBudget(notice),
            ReportKind::Alarm => Event::Alarm(notice),
            ReportKind::Commanded => Event::OperatorCommand(notice),
            ReportKind::TurnedAway => Event::AccessRefused(notice),
        };
        self.emit(None, None, event);
    }
}
