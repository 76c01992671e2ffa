//! UPDATE and CLOSE messages: they find what they speak of and change it.
//!
//! A message only ever reduces risk: a stop is never lowered, nothing is bought, and nothing of
//! another channel's is touched.

use domain::event::{CloseReason, ExitPlan, MessageRef, PositionClosing};
use domain::ids::Leg;
use domain::{
    Change, Check, CheckResult, ClientOrderId, Decimal, Intent, PositionId, Price, Qty, StopChange,
    Symbol,
};

use crate::ledger::{Order, Position};
use crate::messages::{Considered, Routed};
use crate::reply::RouteAction;
use crate::risk::checks;
use crate::step::Step;

/// What a message speaks of.
struct Subject {
    positions: Vec<Position>,
    entries: Vec<Order>,
}

/// One thing to do about it.
enum Action {
    MoveStop { position: Position, plan: ExitPlan },
    SellPart { position: PositionId, qty: Qty, price: Price },
    Leave(PositionId),
    Withdraw(Order),
}

/// What a message comes to: things to do, and a line for each thing asked, done or not.
#[derive(Default)]
struct Decision {
    actions: Vec<Action>,
    checks: Vec<Check>,
}

impl Decision {
    fn act(&mut self, action: Action, detail: String) {
        self.actions.push(action);
        self.checks.push(Check::new("change", CheckResult::Pass, detail));
    }

    fn refuse(&mut self, detail: String) {
        self.checks.push(Check::new("change", CheckResult::Block, detail));
    }

    /// What is done; where nothing is, why not.
    fn sentence(&self) -> String {
        let wanted = if self.actions.is_empty() { CheckResult::Block } else { CheckResult::Pass };
        let told = self.checks.iter().filter(|check| check.result == wanted);
        told.map(|check| check.detail.as_str()).collect::<Vec<_>>().join("; ")
    }
}

impl Step<'_> {
    /// A message about an earlier one.
    pub(crate) fn route_change(&mut self, considered: &Considered, symbol: Option<&Symbol>) {
        let subject = match self.subject(considered, symbol) {
            Ok(subject) => subject,
            Err(reason) => {
                let reason = format!("not applicable: {reason}");
                return self.skip(considered, symbol, reason, Routed::default());
            }
        };
        let decision = match considered.reading.score.label {
            Intent::Close => Decision::leave(&subject),
            _ => self.decide_change(considered, &subject),
        };
        let routed = Routed { checks: decision.checks.clone(), ..Routed::default() };
        let done = decision.sentence();
        if decision.actions.is_empty() {
            return self.skip(considered, symbol, format!("not applicable: {done}"), routed);
        }
        if self.settings.auto_route.dry_run {
            let reason = format!("would apply: {done}; AUTO_ROUTE_DRY_RUN is true");
            return self.finish(considered, symbol, RouteAction::DryRun, reason, routed);
        }
        for action in decision.actions {
            self.carry_out(considered, action);
        }
        self.finish(considered, symbol, RouteAction::Executed, done, routed);
    }

    fn carry_out(&mut self, considered: &Considered, action: Action) {
        match action {
            Action::MoveStop { position, plan } => {
                let Some(entry) = position.entry_price() else { return };
                let reason = format!("asked for by message {}", considered.trace_id);
                self.emit_plan(&position, entry, Some(&reason), plan);
            }
            Action::SellPart { position, qty, price } => self.begin_closing(PositionClosing {
                position_id: position,
                reason: Some(CloseReason::Signal),
                qty: Some(qty),
                price: Some(price),
                asked_by: Some(considered.trace_id.clone()),
            }),
            Action::Leave(position) => self.close(&position, CloseReason::Signal, None),
            Action::Withdraw(order) => self.cancel(&order, "a later message withdraws the entry"),
        }
    }

    /// What the message speaks of: the signal it replies to; else what its channel opened in the
    /// pair it names, or a person did; else the one thing that its channel has open.
    fn subject(&self, considered: &Considered, symbol: Option<&Symbol>) -> Result<Subject, String> {
        let here = considered.message.stands_at();
        if let Some(replied) = &considered.message.reply_to {
            let subject = self.caused_by(|from| {
                from.is_some_and(|from| {
                    from.same_channel(&here) && from.message_id.as_deref() == Some(replied)
                })
            });
            if !subject.is_empty() {
                return Ok(subject);
            }
            if symbol.is_none() {
                return Err(format!("it replies to message {replied}, which holds nothing open"));
            }
        }
        let mut subject = self.caused_by(|from| from.is_none_or(|from| from.same_channel(&here)));
        if let Some(symbol) = symbol {
            subject.narrow_to(symbol);
            return if subject.is_empty() {
                Err(format!("nothing of {symbol} is open that this channel or a person opened"))
            } else {
                Ok(subject)
            };
        }
        if let Some(named) = &considered.reading.signal.symbol {
            return Err(format!("{named} is not a pair of this exchange"));
        }
        let everything = considered.reading.signal.change.as_ref().is_some_and(|c| c.everything);
        subject.only_of_channel(self, &here);
        let symbols = subject.symbols();
        match symbols.as_slice() {
            [] => Err("this channel has nothing open, and the message names no pair".to_owned()),
            [_] => Ok(subject),
            _ if everything => Ok(subject),
            many => Err(format!("the message names no pair, and {} are open", many.join(", "))),
        }
    }

    fn caused_by(&self, matches: impl Fn(Option<&MessageRef>) -> bool) -> Subject {
        let from = |id: &ClientOrderId| self.ledger.order(id).and_then(|order| order.from.as_ref());
        let positions =
            self.ledger.positions().filter(|p| !p.is_leaving() && matches(from(&p.entry)));
        let waits = |order: &&Order| order.leg == Leg::Entry && matches(order.from.as_ref());
        Subject {
            positions: positions.cloned().collect(),
            entries: self.ledger.open_entries().filter(waits).cloned().collect(),
        }
    }

    fn decide_change(&self, considered: &Considered, subject: &Subject) -> Decision {
        let mut decision = Decision::default();
        let Some(change) = &considered.reading.signal.change else {
            decision.refuse("it reports on an earlier signal and asks for nothing".to_owned());
            return decision;
        };
        if change.cancel_entry {
            decision.withdraw(&subject.entries);
        }
        for position in &subject.positions {
            self.decide_for(position, change, &mut decision);
        }
        if decision.checks.is_empty() {
            decision.refuse("no position is open yet, and the entry stays".to_owned());
        }
        decision
    }

    fn decide_for(&self, position: &Position, change: &Change, decision: &mut Decision) {
        if let Some(stop) = change.stop {
            match self.raised_stop(position, stop) {
                Ok(plan) => {
                    let detail = format!("stop of {} to {}", position.symbol, plan.stop);
                    decision.act(Action::MoveStop { position: position.clone(), plan }, detail);
                }
                Err(reason) => decision.refuse(reason),
            }
        }
        if let Some(percent) = change.sold_pct {
            match self.part_to_sell(position, percent) {
                Ok((qty, price)) => {
                    let detail = format!("selling {qty} of {}: {percent} % sold", position.symbol);
                    let id = position.id.clone();
                    decision.act(Action::SellPart { position: id, qty, price }, detail);
                }
                Err(reason) => decision.refuse(reason),
            }
        }
        if change.stop.is_none() && change.sold_pct.is_none() {
            decision.refuse(format!("{} is held, its entry cannot be withdrawn", position.symbol));
        }
    }

    /// The plan with its stop where the message wants it: above today's, below the price.
    fn raised_stop(&self, position: &Position, wanted: StopChange) -> Result<ExitPlan, String> {
        let symbol = &position.symbol;
        let (Some(plan), Some(market), Some(quote)) =
            (&position.plan, self.desk.market(symbol), self.desk.quote(symbol))
        else {
            return Err(format!("{symbol} has no plan, market or price at present"));
        };
        let wanted = match wanted {
            StopChange::ToEntry => position.entry_price(),
            StopChange::To(price) => Some(price),
        };
        let Some(stop) = wanted.and_then(|price| price.floor_to(market.rules.tick)) else {
            return Err(format!("{symbol} has no entry price yet"));
        };
        if stop <= plan.stop {
            return Err(format!(
                "the stop of {symbol} stays at {}: a message may only raise it, not to {stop}",
                plan.stop
            ));
        }
        let price = quote.last.unwrap_or(quote.bid).min(quote.bid);
        if stop >= price {
            return Err(format!("the stop {stop} is not below the price {price} of {symbol}"));
        }
        // From now on it is the channel's word: candles that come later do not replace it.
        Ok(ExitPlan { stop, stop_hinted: true, ..plan.clone() })
    }

    /// What to sell so that `percent` of what was bought is gone, and at what price it is judged.
    fn part_to_sell(&self, position: &Position, percent: u8) -> Result<(Qty, Price), String> {
        let symbol = &position.symbol;
        if position.closing.is_some() {
            return Err(format!("a part of {symbol} is being sold already"));
        }
        let (Some(market), Some(quote)) = (self.desk.market(symbol), self.desk.quote(symbol))
        else {
            return Err(format!("{symbol} has no market or price at present"));
        };
        let ours = position.held().saturating_add(position.sold);
        let keep = ours.share(Decimal::from(100 - percent), Decimal::ONE_HUNDRED);
        let qty = market.rules.round_qty(position.held().saturating_sub(keep));
        let rest = position.held().saturating_sub(qty);
        if qty.is_zero() {
            return Err(format!("{percent} % of {symbol} are sold already"));
        }
        for part in [qty, rest] {
            if !checks::sellable(&market, quote.bid, part, market.market_orders) {
                return Err(format!(
                    "{percent} % of {symbol} would be {qty} sold and {rest} kept: {part} is too \
                     small for the exchange"
                ));
            }
        }
        Ok((qty, quote.bid))
    }
}

impl Decision {
    fn leave(subject: &Subject) -> Self {
        let mut decision = Self::default();
        decision.withdraw(&subject.entries);
        for position in &subject.positions {
            let detail = format!("closing {} of {}", position.held(), position.symbol);
            decision.act(Action::Leave(position.id.clone()), detail);
        }
        decision
    }

    fn withdraw(&mut self, entries: &[Order]) {
        for order in entries {
            let detail = format!("withdrawing the entry of {}", order.symbol);
            self.act(Action::Withdraw(order.clone()), detail);
        }
    }
}

impl Subject {
    fn is_empty(&self) -> bool {
        self.positions.is_empty() && self.entries.is_empty()
    }

    fn narrow_to(&mut self, symbol: &Symbol) {
        self.positions.retain(|position| position.symbol == *symbol);
        self.entries.retain(|order| order.symbol == *symbol);
    }

    /// Without a pair only the channel's own signals can be meant.
    fn only_of_channel(&mut self, step: &Step<'_>, here: &MessageRef) {
        let own = |order: &Order| order.from.as_ref().is_some_and(|from| from.same_channel(here));
        self.positions.retain(|position| step.ledger.order(&position.entry).is_some_and(own));
        self.entries.retain(own);
    }

    fn symbols(&self) -> Vec<&str> {
        let positions = self.positions.iter().map(|position| position.symbol.as_str());
        let entries = self.entries.iter().map(|order| order.symbol.as_str());
        let mut symbols: Vec<&str> = positions.chain(entries).collect();
        symbols.sort_unstable();
        symbols.dedup();
        symbols
    }
}
