//! What becomes of signals, traded or not: fed with every record, asked by scoring and reports.
//!
//! It belongs to no account: what a channel earned in paper trading counts for live trading too.
//! A record that does not fit is passed over, since statistics must never stop trading.

use std::collections::BTreeMap;

use domain::event::{
    CloseReason, Event, OrderNew, Origin, PositionClosed, RiskSltp, ShadowClosed, ShadowOpened,
    ShadowOutcome, SignalIngest,
};
use domain::ids::Leg;
use domain::{PositionId, Price, Record, Symbol, Timestamp, TraceId};
use serde::{Deserialize, Serialize};

use super::channels::{ChannelRecord, Channels, Ending, Outcome};
use super::rules::{RuleAccount, Rules};
use super::shadows::{Shadow, Shadows, chance_ppm, in_units_of_risk};
use super::{Book, Position};

/// Trades remembered until their position is closed; the oldest makes room.
const MOST_TRADES: usize = 1_000;

/// A traded signal whose position is not closed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Trade {
    source: String,
    channel: String,
    symbol: Symbol,
    at: Timestamp,
    counts: bool,
    /// Stop of its first plan, and its chance, millionths.
    plan: Option<(Price, u32)>,
}

/// What becomes of signals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    channels: Channels,
    shadows: Shadows,
    rules: Rules,
    trades: BTreeMap<TraceId, Trade>,
    /// The message considered last; an order that it causes follows in the same step.
    last_message: Option<(TraceId, String, String)>,
}

impl Followed {
    /// A channel's record.
    pub fn channel(&self, source: &str, channel: &str) -> Option<&ChannelRecord> {
        self.channels.get(source, channel)
    }

    /// Every channel's record: source, channel (empty where the source has none), record.
    pub fn channels(&self) -> impl Iterator<Item = (&str, &str, &ChannelRecord)> {
        self.channels.all()
    }

    /// What the signals blocked by each rule came to, of those that ended since a UTC day.
    pub fn rules_since(&self, utc_day: i64) -> BTreeMap<&str, RuleAccount> {
        self.rules.since(utc_day)
    }

    /// Signals followed now.
    pub fn shadows(&self) -> impl Iterator<Item = (&Symbol, &Shadow)> {
        self.shadows.all()
    }

    /// How many that are.
    pub const fn shadow_count(&self) -> usize {
        self.shadows.len()
    }

    /// Signals of one pair followed now.
    pub(crate) fn shadows_of(&self, symbol: &Symbol) -> &[Shadow] {
        self.shadows.of(symbol)
    }

    /// When the first shadow is given up.
    pub(crate) const fn next_due(&self) -> Option<Timestamp> {
        self.shadows.next_due()
    }

    /// Whether an earlier signal of the channel for this pair is still open, traded or not.
    pub(super) fn is_following(
        &self,
        book: &Book,
        source: &str,
        channel: &str,
        symbol: &Symbol,
    ) -> bool {
        let shadows = self.shadows.of(symbol).iter().map(|shadow| &shadow.opened);
        let traded = |(trace_id, trade): (&TraceId, &Trade)| {
            trade.symbol == *symbol
                && (trade.source == source && trade.channel == channel)
                && book.is_busy_with(trace_id)
        };
        shadows.into_iter().any(|shadow| shadow.source == source && shadow.channel == channel)
            || self.trades.iter().any(traded)
    }

    /// Takes a record, before the rest of the ledger does.
    pub(super) fn observe(&mut self, record: &Record, book: &Book) {
        let positions = &book.positions;
        match &record.event {
            Event::SignalIngest(event) => self.on_message(record, event),
            Event::OrderNew(event) => self.on_order(record, event, book),
            Event::RiskSltp(event) => self.on_plan(event, positions),
            Event::PositionClosed(event) => self.on_closed(record, event, positions),
            Event::ShadowOpened(event) => self.on_shadow(record, event),
            Event::ShadowEntered(_) => {
                if let (Some(symbol), Some(trace_id)) = (&record.symbol, &record.trace_id) {
                    self.shadows.enter(symbol, trace_id);
                }
            }
            Event::ShadowClosed(event) => self.on_shadow_closed(record, event),
            _ => {}
        }
    }

    fn on_message(&mut self, record: &Record, event: &SignalIngest) {
        let channel = event.channel.as_deref().unwrap_or_default();
        self.channels.heard(&event.source, channel, record.ts);
        let trace_id = record.trace_id.clone();
        self.last_message =
            trace_id.map(|trace_id| (trace_id, event.source.clone(), channel.to_owned()));
    }

    fn on_order(&mut self, record: &Record, new: &OrderNew, book: &Book) {
        let (Some(symbol), Some(trace_id)) = (&record.symbol, &record.trace_id) else { return };
        let Some((last, source, channel)) = &self.last_message else { return };
        let first = new.attempt == 1 && new.leg == Leg::Entry && new.origin == Origin::Signal;
        if !first || last != trace_id {
            return;
        }
        let (source, channel) = (source.clone(), channel.clone());
        let counts = !self.is_following(book, &source, &channel, symbol);
        self.count_signal(&source, &channel, counts);
        let symbol = symbol.clone();
        let trade = Trade { source, channel, symbol, at: record.ts, counts, plan: None };
        self.trades.insert(trace_id.clone(), trade);
        if self.trades.len() > MOST_TRADES {
            let oldest = self.trades.iter().min_by_key(|(_, trade)| trade.at);
            if let Some(oldest) = oldest.map(|(trace_id, _)| trace_id.clone()) {
                self.trades.remove(&oldest);
            }
        }
    }

    fn count_signal(&mut self, source: &str, channel: &str, counts: bool) {
        let record = self.channels.get_mut(source, channel).filter(|_| counts);
        if let Some(record) = record {
            record.signals += 1;
        }
    }

    fn on_plan(&mut self, event: &RiskSltp, positions: &BTreeMap<PositionId, Position>) {
        let trace_id = positions.get(&event.position_id).map(|position| &position.trace_id);
        let Some(trade) = trace_id.and_then(|trace_id| self.trades.get_mut(trace_id)) else {
            return;
        };
        let target = event.plan.targets.first().map(|target| target.price);
        if let (None, Some(target)) = (trade.plan, target) {
            let stop = event.plan.stop;
            trade.plan = Some((stop, chance_ppm(event.entry_price, stop, target)));
        }
    }

    /// A position's own result is the signal's outcome.
    fn on_closed(
        &mut self,
        record: &Record,
        event: &PositionClosed,
        positions: &BTreeMap<PositionId, Position>,
    ) {
        // A late twin is a fault of the transport and says nothing of the channel.
        let Some(position) =
            positions.get(&event.position_id).filter(|_| event.reason != CloseReason::Twin)
        else {
            return;
        };
        let Some(trade) = self.trades.remove(&position.trace_id).filter(|trade| trade.counts)
        else {
            return;
        };
        let Some((stop, chance_ppm)) = trade.plan else { return };
        let ending = match (position.targets_done, event.reason) {
            (1.., _) => Ending::Won,
            (0, CloseReason::Stop) => Ending::Lost,
            _ => Ending::Neither,
        };
        let risk = (event.entry_price.get() - stop.get()).saturating_mul(event.qty.get());
        let outcome = Outcome {
            at: record.ts,
            ending,
            chance_ppm,
            r: in_units_of_risk(event.realised_pnl.get(), risk),
            pnl: event.realised_pnl,
            traded: true,
        };
        if let Some(channel) = self.channels.get_mut(&trade.source, &trade.channel) {
            channel.take(outcome);
        }
    }

    fn on_shadow(&mut self, record: &Record, event: &ShadowOpened) {
        let (Some(symbol), Some(trace_id)) = (&record.symbol, &record.trace_id) else { return };
        self.count_signal(&event.source, &event.channel, event.counts);
        let shadow = Shadow {
            trace_id: trace_id.clone(),
            opened_at: record.ts,
            opened: event.clone(),
            entered: event.enter_by.is_none(),
        };
        self.shadows.open(symbol, shadow);
    }

    fn on_shadow_closed(&mut self, record: &Record, event: &ShadowClosed) {
        let (Some(symbol), Some(trace_id)) = (&record.symbol, &record.trace_id) else { return };
        let Some(shadow) = self.shadows.close(symbol, trace_id) else { return };
        let ending = match event.outcome {
            ShadowOutcome::Dropped => return,
            ShadowOutcome::Target => Some(Ending::Won),
            ShadowOutcome::Stop => Some(Ending::Lost),
            ShadowOutcome::Expired | ShadowOutcome::Unseen => Some(Ending::Neither),
            ShadowOutcome::NotEntered => None,
        };
        let (rules, day) = (&shadow.opened.blocked_by, record.ts.utc_day());
        self.rules.take(rules, day, ending, event.r, event.pnl);
        let ShadowOpened { source, channel, counts, .. } = &shadow.opened;
        let Some(known) = self.channels.get_mut(source, channel).filter(|_| *counts) else {
            return;
        };
        match ending {
            None => known.not_entered += 1,
            Some(ending) => known.take(Outcome {
                at: record.ts,
                ending,
                chance_ppm: shadow.chance_ppm(),
                r: event.r,
                pnl: event.pnl,
                traded: false,
            }),
        }
    }
}
