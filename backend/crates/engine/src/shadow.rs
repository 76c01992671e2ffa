//! Following signals that are not traded: begun with the decision, moved by prices, ended by target,
//! stop or time. Nothing here ever places an order.

use domain::event::{
    ExitHints, ShadowClosed, ShadowEntered, ShadowFate, ShadowOpened, ShadowOutcome,
};
use domain::{
    Check, CheckResult, EntryKind, Event, Intent, Market, Price, Symbol, Timestamp, TraceId,
    TradeSignal,
};

use crate::input::Quote;
use crate::ledger::shadows::{Shadow, ShadowMove};
use crate::messages::Considered;
use crate::plan::{self, PlanBasis};
use crate::reply::RouteAction;
use crate::risk;
use crate::step::Step;

/// Prices missing for longer than this may have touched a stop that nobody saw.
const LONGEST_BLINK: std::time::Duration = std::time::Duration::from_mins(1);

/// How a shadow gets in.
struct Entry {
    price: Price,
    waits: bool,
}

impl Step<'_> {
    /// Begins to follow a BUY signal that was not traded, if it can be reckoned with.
    pub(crate) fn follow(
        &mut self,
        considered: &Considered,
        symbol: Option<&Symbol>,
        action: RouteAction,
        checks: &[Check],
    ) {
        let (Some(symbol), Some(fate)) = (symbol, fate_of(action)) else { return };
        let Some(mut opened) = self.shadow_of(considered, symbol, fate) else { return };
        opened.blocked_by = self.blocking(considered, checks);
        self.make_room();
        let event = Event::ShadowOpened(Box::new(opened));
        self.emit(Some(symbol), Some(&considered.trace_id), event);
    }

    /// The names of everything that kept it from being traded, the dry run excepted.
    fn blocking(&self, considered: &Considered, checks: &[Check]) -> Vec<String> {
        let auto = &self.settings.auto_route;
        let mut rules: Vec<String> = checks
            .iter()
            .filter(|check| check.result == CheckResult::Block)
            .map(|check| check.name.to_string())
            .collect();
        // Judged before any check runs.
        if checks.is_empty() && considered.reading.score.confidence < auto.min_confidence {
            rules.push("confidence".to_owned());
        }
        rules
    }

    fn shadow_of(
        &self,
        considered: &Considered,
        symbol: &Symbol,
        fate: ShadowFate,
    ) -> Option<ShadowOpened> {
        let signal = &considered.reading.signal;
        let is_one_entry =
            considered.reading.score.label == Intent::Buy && signal.other_symbols.is_empty();
        if self.settings.record.max_shadows == 0 || !is_one_entry || self.is_late(considered) {
            return None;
        }
        let market = self.desk.markets.get(symbol)?;
        let entry = self.shadow_entry(signal, symbol, market)?;
        let (stop, target, plan_source) = self.shadow_plan(signal, market, entry.price)?;
        let message = &considered.message;
        let channel = message.channel.clone().unwrap_or_default();
        Some(ShadowOpened {
            counts: !self.ledger.is_following(&message.source, &channel, symbol),
            source: message.source.clone(),
            channel,
            fate,
            blocked_by: Vec::new(),
            notional: self.settings.auto_route.default_notional,
            entry: entry.price,
            enter_by: entry.waits.then(|| self.at.plus(self.settings.entry.ttl)),
            stop,
            target,
            plan_source,
            expires_at: self.at.plus(self.settings.record.shadow_time),
        })
    }

    /// A message that came late was overtaken by the market: its outcome could not be told.
    fn is_late(&self, considered: &Considered) -> bool {
        let posted_at = considered.message.posted_at;
        posted_at.is_some_and(|at| self.at.since(at) > self.settings.signal_max_age)
    }

    /// At once at the ask, or at the zone's upper edge when the ask is above it.
    fn shadow_entry(
        &self,
        signal: &TradeSignal,
        symbol: &Symbol,
        market: &Market,
    ) -> Option<Entry> {
        let most = self.settings.risk.price_max_age;
        let quote = self.desk.quote(symbol).filter(|quote| self.at.since(quote.at) <= most)?;
        if market.quote != self.settings.quote_asset {
            return None;
        }
        let at_once = Entry { price: quote.ask, waits: false };
        let Some(edge) = signal.entries.iter().max() else { return Some(at_once) };
        let near = edge.moved_by(self.settings.entry.max_slippage).unwrap_or(*edge);
        if quote.ask <= near || signal.entry_kind == Some(EntryKind::Market) {
            return Some(at_once);
        }
        Some(Entry { price: edge.floor_to(market.rules.tick)?, waits: true })
    }

    /// Stop and first target around the entry. A signal whose own stop or targets are already behind
    /// the price has no outcome.
    fn shadow_plan(
        &self,
        signal: &TradeSignal,
        market: &Market,
        entry: Price,
    ) -> Option<(Price, Price, domain::event::PlanSource)> {
        let over = |target: &Price| *target <= entry;
        if signal.sl.is_some_and(|stop| stop >= entry)
            || (!signal.tps.is_empty() && signal.tps.iter().all(over))
        {
            return None;
        }
        let plan = plan::derive(&PlanBasis {
            entry,
            qty: self.settings.auto_route.default_notional.qty_at(entry),
            hints: &ExitHints::from(signal),
            atr: self.desk.atr(&market.symbol, self.at),
            policy: risk::policy(self.ledger),
            rules: &market.rules,
            exit: &self.settings.exit,
        });
        let target = plan.targets.first()?.price;
        (plan.stop < entry && entry < target).then_some((plan.stop, target, plan.source))
    }

    /// Gives the oldest up until one more fits.
    fn make_room(&mut self) {
        let most = self.settings.record.max_shadows;
        while self.out.fault.is_none() && self.ledger.followed().shadow_count() >= most {
            let oldest = self.ledger.followed().shadows().min_by_key(|(_, s)| s.opened_at);
            let Some((symbol, shadow)) = oldest.map(|(symbol, s)| (symbol.clone(), s.clone()))
            else {
                return;
            };
            self.end_shadow(&symbol, &shadow, ShadowOutcome::Dropped, None);
        }
    }

    /// A market update: the fast path. Nothing is allocated unless a shadow moves.
    pub(crate) fn watch_shadows(
        &mut self,
        symbol: &Symbol,
        quote: &Quote,
        before: Option<Timestamp>,
    ) {
        let unseen = before.is_none_or(|before| quote.at.since(before) > LONGEST_BLINK);
        let moved = |shadow: &Shadow| Some((shadow.after(quote, unseen)?, shadow.clone()));
        while self.out.fault.is_none() {
            let first = self.ledger.followed().shadows_of(symbol).iter().find_map(moved);
            let Some((next, shadow)) = first else { return };
            match next {
                ShadowMove::Enter(price) => {
                    let event = Event::ShadowEntered(ShadowEntered { price });
                    self.emit(Some(symbol), Some(&shadow.trace_id), event);
                }
                ShadowMove::Close(outcome, exit) => {
                    self.end_shadow(symbol, &shadow, outcome, Some(exit));
                }
            }
        }
    }

    /// Gives up what took too long, at the present bid.
    pub(crate) fn expire_shadows(&mut self) {
        while self.out.fault.is_none() && self.next_shadow_due().is_some_and(|due| due <= self.at) {
            let due = self.ledger.followed().shadows().min_by_key(|(_, shadow)| shadow.due());
            let Some((symbol, shadow)) = due.map(|(symbol, s)| (symbol.clone(), s.clone())) else {
                return;
            };
            let outcome =
                if shadow.entered { ShadowOutcome::Expired } else { ShadowOutcome::NotEntered };
            let exit = self.desk.quote(&symbol).map(|quote| quote.bid);
            self.end_shadow(&symbol, &shadow, outcome, exit);
        }
    }

    /// When the first shadow is to be given up. Not before prices are known after a start: they tell
    /// what it is worth.
    pub(crate) fn next_shadow_due(&self) -> Option<Timestamp> {
        self.ledger.followed().next_due().filter(|_| self.desk.knows_the_market())
    }

    fn end_shadow(
        &mut self,
        symbol: &Symbol,
        shadow: &Shadow,
        outcome: ShadowOutcome,
        exit: Option<Price>,
    ) {
        let closed: ShadowClosed = shadow.closed(outcome, exit);
        let trace_id: &TraceId = &shadow.trace_id;
        self.emit(Some(symbol), Some(trace_id), Event::ShadowClosed(closed));
    }
}

const fn fate_of(action: RouteAction) -> Option<ShadowFate> {
    match action {
        RouteAction::DryRun => Some(ShadowFate::DryRun),
        RouteAction::Blocked => Some(ShadowFate::Blocked),
        RouteAction::Skipped => Some(ShadowFate::Skipped),
        RouteAction::Executed | RouteAction::Duplicate | RouteAction::ScoredOnly => None,
    }
}
