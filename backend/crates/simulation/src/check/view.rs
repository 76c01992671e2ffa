//! What the journal says, read with as little of the engine's own reckoning as possible: which
//! orders were decided for what, which positions are open under which plan. No figures of fills.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::KillMode;
use domain::ids::Leg;
use domain::{
    ClientOrderId, Event, OrderKind, PolicyName, PositionId, Price, Qty, Record, Side, Symbol,
    Timestamp, TraceId,
};

/// A decided order.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub(crate) seq: u64,
    pub(crate) symbol: Symbol,
    pub(crate) trace_id: TraceId,
    pub(crate) leg: Leg,
    pub(crate) side: Side,
    pub(crate) kind: OrderKind,
    pub(crate) notional: domain::Notional,
    pub(crate) acceptable_until_ms: i64,
    /// The journal says that the exchange does not have it.
    pub(crate) absent: bool,
}

/// A position by its causes.
#[derive(Debug, Clone)]
pub(crate) struct Holding {
    pub(crate) symbol: Symbol,
    pub(crate) entry: ClientOrderId,
    pub(crate) exits: Vec<ClientOrderId>,
    pub(crate) stop: Option<Price>,
    pub(crate) closing: bool,
    /// What was left when it was closed.
    pub(crate) dust: Option<Qty>,
}

/// The journal, read.
#[derive(Debug, Clone, Default)]
pub(crate) struct JournalView {
    pub(crate) seq: u64,
    pub(crate) intents: BTreeMap<ClientOrderId, Intent>,
    pub(crate) holdings: BTreeMap<PositionId, Holding>,
    /// When each pair was last entered, and under which trace.
    pub(crate) last_entry: BTreeMap<Symbol, (Timestamp, TraceId)>,
    pub(crate) policy: Option<PolicyName>,
    pub(crate) kill: Option<KillMode>,
    /// The record that pulled (or released) the kill switch last.
    pub(crate) kill_seq: u64,
    pub(crate) alarms: u64,
    /// Signals that were followed without being traded.
    pub(crate) shadows: BTreeSet<TraceId>,
}

impl JournalView {
    /// Takes one record.
    pub(crate) fn apply(&mut self, record: &Record) {
        self.seq = record.seq;
        match &record.event {
            Event::OrderNew(new) => self.take_intent(record, new),
            Event::OrderError(event) => self.mark_absent(&event.client_order_id),
            Event::OrderReconciled(event)
                if event.resolution == domain::event::Resolution::NeverPlaced =>
            {
                self.mark_absent(&event.client_order_id);
            }
            Event::PositionOpened(event) => self.open(record, event),
            Event::RiskSltp(plan) => {
                if let Some(holding) = self.holdings.get_mut(&plan.position_id) {
                    holding.stop = Some(plan.plan.stop);
                }
            }
            Event::PositionClosing(event) => {
                if let Some(holding) = self.holdings.get_mut(&event.position_id) {
                    holding.closing = event.reason.is_some();
                }
            }
            Event::PositionClosed(event) => {
                if let Some(holding) = self.holdings.get_mut(&event.position_id) {
                    holding.dust = Some(event.dust);
                }
            }
            Event::RiskPolicyChanged(event) => self.policy = Some(event.to),
            Event::KillSwitch(event) => (self.kill, self.kill_seq) = (event.mode, record.seq),
            Event::Alarm(_) => self.alarms += 1,
            Event::ShadowOpened(_) => self.shadows.extend(record.trace_id.clone()),
            _ => {}
        }
    }

    fn take_intent(&mut self, record: &Record, new: &domain::event::OrderNew) {
        let (Some(symbol), Some(trace_id)) = (&record.symbol, &record.trace_id) else { return };
        if new.leg == Leg::Entry {
            self.last_entry.insert(symbol.clone(), (record.ts, trace_id.clone()));
        }
        if let Some(holding) = new.position_id.as_ref().and_then(|id| self.holdings.get_mut(id)) {
            holding.exits.push(new.client_order_id.clone());
        }
        let intent = Intent {
            seq: record.seq,
            symbol: symbol.clone(),
            trace_id: trace_id.clone(),
            leg: new.leg,
            side: new.side,
            kind: new.kind,
            notional: new.notional,
            acceptable_until_ms: new.timestamp_ms + i64::from(new.recv_window_ms),
            absent: false,
        };
        self.intents.insert(new.client_order_id.clone(), intent);
    }

    fn mark_absent(&mut self, id: &ClientOrderId) {
        if let Some(intent) = self.intents.get_mut(id) {
            intent.absent = true;
        }
    }

    fn open(&mut self, record: &Record, event: &domain::event::PositionOpened) {
        let Some(symbol) = record.symbol.clone() else { return };
        let holding = Holding {
            symbol,
            entry: event.client_order_id.clone(),
            exits: Vec::new(),
            stop: None,
            closing: false,
            dust: None,
        };
        self.holdings.insert(event.position_id.clone(), holding);
    }

    /// Positions that are not closed.
    pub(crate) fn open_holdings(&self) -> impl Iterator<Item = (&PositionId, &Holding)> {
        self.holdings.iter().filter(|(_, holding)| holding.dust.is_none())
    }

    /// The position an entry opened.
    pub(crate) fn holding_of(&self, entry: &ClientOrderId) -> Option<&Holding> {
        self.holdings.values().find(|holding| holding.entry == *entry)
    }
}
