//! Signals that are followed on the market without being traded.

use std::collections::BTreeMap;

use domain::event::{ShadowClosed, ShadowOpened, ShadowOutcome};
use domain::{Decimal, Pnl, Price, Symbol, Timestamp, TraceId};
use serde::{Deserialize, Serialize};

use crate::input::Quote;

/// Decimal places of a result in units of risk.
const R_PLACES: u32 = 4;
/// Bounds a result in units of risk, so that a stop a hair below the entry makes no figure of its own.
const MOST_R: Decimal = Decimal::from_parts(1_000, 0, 0, false, 0);
/// Decimal places of a reckoned profit or loss.
const PNL_PLACES: u32 = 8;

/// A signal that is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadow {
    /// The signal's trace.
    pub trace_id: TraceId,
    /// When it was begun.
    pub opened_at: Timestamp,
    /// As it was begun.
    pub opened: ShadowOpened,
    /// Whether the price came to its entry.
    pub entered: bool,
}

/// What a quote makes of a shadow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShadowMove {
    /// Its limit was reached.
    Enter(Price),
    /// It is over, and left at this price.
    Close(ShadowOutcome, Price),
}

impl Shadow {
    /// What `quote` makes of it. `unseen` says that prices were missing for a while before it.
    ///
    /// Pessimistic: entered when somebody offers at the limit, won when somebody bids the target,
    /// lost as soon as the bid or a trade touches the stop, and the stop is looked at first.
    pub(crate) fn after(&self, quote: &Quote, unseen: bool) -> Option<ShadowMove> {
        if !self.entered {
            let entry = self.opened.entry;
            return (quote.ask <= entry).then_some(ShadowMove::Enter(entry));
        }
        let (stop, target) = (self.opened.stop, self.opened.target);
        let lowest = quote.last.map_or(quote.bid, |last| last.min(quote.bid));
        if lowest <= stop {
            return Some(ShadowMove::Close(ShadowOutcome::Stop, quote.bid.min(stop)));
        }
        if quote.bid < target {
            return None;
        }
        let outcome = if unseen { ShadowOutcome::Unseen } else { ShadowOutcome::Target };
        Some(ShadowMove::Close(outcome, target))
    }

    /// When it is given up.
    pub(crate) fn due(&self) -> Timestamp {
        let waits = self.opened.enter_by.filter(|_| !self.entered);
        waits.unwrap_or(self.opened.expires_at)
    }

    /// Its end, left at `exit`, as the event to be journalled.
    pub(crate) fn closed(&self, outcome: ShadowOutcome, exit: Option<Price>) -> ShadowClosed {
        let entry = self.entered.then_some(self.opened.entry);
        // What was passed unseen may have been lost before: it is worth nothing.
        let known = self.entered && outcome != ShadowOutcome::Unseen;
        let exit = exit.filter(|_| known);
        let gain = exit.map_or(Decimal::ZERO, |exit| exit.get() - self.opened.entry.get());
        ShadowClosed {
            outcome,
            opened_at: self.opened_at,
            entry,
            exit,
            r: in_units_of_risk(gain, self.opened.entry.get() - self.opened.stop.get()),
            pnl: self.pnl_of(gain),
        }
    }

    /// A gain per coin at the requested size.
    fn pnl_of(&self, gain: Decimal) -> Pnl {
        let share = gain.checked_div(self.opened.entry.get()).unwrap_or_default();
        let pnl = share.saturating_mul(self.opened.notional.get()).round_dp(PNL_PLACES);
        Pnl::new(pnl).unwrap_or(Pnl::ZERO)
    }

    /// How often a price without direction comes to the target before the stop.
    pub(crate) fn chance_ppm(&self) -> u32 {
        chance_ppm(self.opened.entry, self.opened.stop, self.opened.target)
    }
}

/// A gain (or loss) in units of the risk that was taken for it.
pub(super) fn in_units_of_risk(gain: Decimal, risk: Decimal) -> Decimal {
    if risk <= Decimal::ZERO {
        return Decimal::ZERO;
    }
    let r = gain.checked_div(risk).unwrap_or_default();
    r.clamp(-MOST_R, MOST_R).round_dp(R_PLACES).normalize()
}

/// How often, in millionths, a price without direction comes from `entry` to `target` before it
/// comes to `stop`: the gambler's ruin, (entry − stop) / (target − stop).
pub(super) fn chance_ppm(entry: Price, stop: Price, target: Price) -> u32 {
    let (risk, way) = (entry.get() - stop.get(), target.get() - stop.get());
    let chance = risk.checked_div(way).unwrap_or_default().clamp(Decimal::ZERO, Decimal::ONE);
    u32::try_from((chance * Decimal::from(1_000_000)).trunc()).unwrap_or(0)
}

/// All shadows, by pair, so that a quote finds its own without looking at the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shadows {
    by_symbol: BTreeMap<Symbol, Vec<Shadow>>,
    count: usize,
    next_due: Option<Timestamp>,
}

impl Shadows {
    pub(super) fn of(&self, symbol: &Symbol) -> &[Shadow] {
        self.by_symbol.get(symbol).map_or(&[], Vec::as_slice)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&Symbol, &Shadow)> {
        self.by_symbol
            .iter()
            .flat_map(|(symbol, shadows)| shadows.iter().map(move |shadow| (symbol, shadow)))
    }

    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// When the first of them is given up.
    pub(super) const fn next_due(&self) -> Option<Timestamp> {
        self.next_due
    }

    pub(super) fn open(&mut self, symbol: &Symbol, shadow: Shadow) {
        self.by_symbol.entry(symbol.clone()).or_default().push(shadow);
        self.recount();
    }

    pub(super) fn enter(&mut self, symbol: &Symbol, trace_id: &TraceId) {
        let shadows = self.by_symbol.get_mut(symbol).map_or(&mut [][..], Vec::as_mut_slice);
        for shadow in shadows.iter_mut().filter(|shadow| shadow.trace_id == *trace_id) {
            shadow.entered = true;
        }
        self.recount();
    }

    pub(super) fn close(&mut self, symbol: &Symbol, trace_id: &TraceId) -> Option<Shadow> {
        let shadows = self.by_symbol.get_mut(symbol)?;
        let place = shadows.iter().position(|shadow| shadow.trace_id == *trace_id)?;
        let shadow = shadows.remove(place);
        if shadows.is_empty() {
            self.by_symbol.remove(symbol);
        }
        self.recount();
        Some(shadow)
    }

    /// Both are asked for with every input, and change seldom.
    fn recount(&mut self) {
        self.count = self.by_symbol.values().map(Vec::len).sum();
        self.next_due = self.by_symbol.values().flatten().map(Shadow::due).min();
    }
}
