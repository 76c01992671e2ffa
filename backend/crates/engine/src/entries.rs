//! Entries: from a verdict to an order on its way, and direct orders.

use domain::event::{ExitHints, ExitPlan, OrderBlocked, OrderDryRun, OrderNew, Origin};
use domain::ids::Leg;
use domain::{ClientOrderId, Event, OrderKind, PlaceOrder, Side, TraceId};

use crate::effect::Effect;
use crate::input::ManualOrder;
use crate::plan::{self, PlanBasis};
use crate::reply::{OrderDecision, OrderReply, Reply};
use crate::risk::{self, EntryWish, Verdict};
use crate::step::Step;

/// Candles fetched beyond the lookback, so that Wilder's smoothing settles.
const EXTRA_CANDLES: usize = 100;

impl Step<'_> {
    pub(crate) fn on_manual_order(&mut self, wanted: &ManualOrder) {
        let trace_id = wanted.key.trace_id();
        if !wanted.dry_run && self.ledger.first_seen(&trace_id).is_some() {
            return self.answer_repeated(wanted, trace_id);
        }
        match wanted.side {
            Side::Buy => self.manual_buy(wanted, trace_id),
            Side::Sell => self.manual_sell(wanted, trace_id),
        }
    }

    fn manual_buy(&mut self, wanted: &ManualOrder, trace_id: TraceId) {
        let wish = EntryWish {
            origin: Origin::Manual,
            symbol: wanted.symbol.clone(),
            notional: wanted.notional,
            entries: Vec::new(),
            entry_kind: None,
            from: None,
            hints: ExitHints::default(),
            confidence: None,
            posted_at: None,
            attempt: 1,
        };
        let verdict = risk::judge(&self.situation(), &wish);
        let plan = self.expected_plan(&wish, &verdict);
        let mut answer = OrderReply {
            trace_id,
            decision: OrderDecision::Sent,
            symbol: wanted.symbol.clone(),
            side: Side::Buy,
            qty: verdict.qty,
            price: verdict.price,
            notional: verdict.notional,
            requested_notional: wanted.notional,
            would_block: verdict.blocked(),
            reason: verdict.block_reason().unwrap_or_default().to_owned(),
            checks: verdict.checks.clone(),
            plan,
            client_order_id: None,
        };
        if wanted.dry_run {
            self.fetch_candles(&wanted.symbol);
            return self.answer_dry_run(answer);
        }
        if answer.would_block {
            answer.decision = OrderDecision::Blocked;
            self.emit_blocked(&wish, &verdict, &answer.trace_id);
        } else {
            answer.client_order_id = Some(self.send_entry(&wish, &verdict, &answer.trace_id));
        }
        self.reply(Reply::Order(Box::new(answer)));
    }

    pub(crate) fn answer_dry_run(&mut self, mut answer: OrderReply) {
        answer.decision = OrderDecision::DryRun;
        let event = Event::OrderDryRun(OrderDryRun {
            side: answer.side,
            requested_notional: answer.requested_notional,
            notional: answer.notional,
            qty: answer.qty,
            price: answer.price,
            would_block: answer.would_block,
            checks: answer.checks.clone(),
        });
        let (symbol, trace_id) = (answer.symbol.clone(), answer.trace_id.clone());
        self.emit(Some(&symbol), Some(&trace_id), event);
        self.reply(Reply::Order(Box::new(answer)));
    }

    /// The same key again: says what the first request came to, does nothing new.
    fn answer_repeated(&mut self, wanted: &ManualOrder, trace_id: TraceId) {
        let known = self.ledger.order_of(&trace_id).cloned();
        let price = known.as_ref().map(|order| order.average_price().unwrap_or(order.price));
        self.reply(Reply::Order(Box::new(OrderReply {
            trace_id,
            decision: OrderDecision::Duplicate,
            symbol: wanted.symbol.clone(),
            side: wanted.side,
            qty: known.as_ref().map_or(domain::Qty::ZERO, |order| order.qty),
            price,
            notional: known.as_ref().map_or(wanted.notional, |order| order.notional),
            requested_notional: wanted.notional,
            would_block: false,
            reason: "this idempotency key was used before: nothing new was sent".to_owned(),
            checks: Vec::new(),
            plan: None,
            client_order_id: known.map(|order| order.client_order_id),
        })));
    }

    pub(crate) fn emit_blocked(&mut self, wish: &EntryWish, verdict: &Verdict, trace: &TraceId) {
        let event = Event::OrderBlocked(OrderBlocked {
            origin: wish.origin,
            side: Side::Buy,
            kind: verdict.kind_name().to_owned(),
            requested_notional: wish.notional,
            notional: verdict.notional,
            price: verdict.price,
            reason: verdict.block_reason().unwrap_or_default().to_owned(),
            checks: verdict.checks.clone(),
        });
        self.emit(Some(&wish.symbol), Some(trace), event);
    }

    /// Journals the decision, and has the order sent once that is on disk.
    ///
    /// The verdict must not be blocked.
    pub(crate) fn send_entry(
        &mut self,
        wish: &EntryWish,
        verdict: &Verdict,
        trace_id: &TraceId,
    ) -> ClientOrderId {
        let id = ClientOrderId::derive(
            &self.settings.bot_id,
            &self.settings.account,
            trace_id.as_str(),
            Leg::Entry,
            wish.attempt,
        );
        let (Some(kind), Some(price), Some(market)) =
            (verdict.kind, verdict.price, self.desk.markets.get(&wish.symbol))
        else {
            return id;
        };
        let rests = matches!(kind, OrderKind::Limit { .. });
        let new = OrderNew {
            client_order_id: id.clone(),
            origin: wish.origin,
            leg: Leg::Entry,
            attempt: wish.attempt,
            base: market.base.clone(),
            quote: market.quote.clone(),
            side: Side::Buy,
            kind,
            price,
            qty: verdict.qty,
            notional: verdict.notional,
            requested_notional: wish.notional,
            position_id: None,
            from: wish.from.clone(),
            hints: wish.hints.clone(),
            signal_at: (wish.origin == Origin::Signal).then(|| wish.posted_at.unwrap_or(self.at)),
            expires_at: rests.then(|| self.at.plus(self.settings.entry.ttl)),
            timestamp_ms: self.exchange_now_ms(),
            recv_window_ms: self.settings.recv_window_ms,
            checks: verdict.checks.clone(),
        };
        self.send(&wish.symbol, trace_id, new, true);
        self.fetch_candles(&wish.symbol);
        id
    }

    /// Journals an order's intent and emits the effect that sends exactly it.
    pub(crate) fn send(
        &mut self,
        symbol: &domain::Symbol,
        trace_id: &TraceId,
        new: OrderNew,
        revocable: bool,
    ) {
        let order = PlaceOrder {
            client_order_id: new.client_order_id.clone(),
            symbol: symbol.clone(),
            side: new.side,
            kind: new.kind,
            timestamp_ms: new.timestamp_ms,
            recv_window_ms: new.recv_window_ms,
        };
        self.emit(Some(symbol), Some(trace_id), Event::OrderNew(Box::new(new)));
        self.effect(Effect::Place { order, revocable });
    }

    pub(crate) fn fetch_candles(&mut self, symbol: &domain::Symbol) {
        if self.desk.ask_candles(symbol, self.at) {
            self.effect(Effect::FetchCandles {
                symbol: symbol.clone(),
                interval: self.settings.risk.atr_interval,
                count: self.settings.risk.atr_lookback + EXTRA_CANDLES,
            });
        }
    }

    /// The plan an entry would get at the price it was judged at.
    pub(crate) fn expected_plan(&self, wish: &EntryWish, verdict: &Verdict) -> Option<ExitPlan> {
        let market = self.desk.markets.get(&wish.symbol)?;
        Some(plan::derive(&PlanBasis {
            entry: verdict.price?,
            qty: verdict.qty,
            hints: &wish.hints,
            atr: self.desk.atr(&wish.symbol, self.at),
            policy: risk::policy(self.ledger),
            rules: &market.rules,
            exit: &self.settings.exit,
        }))
    }
}
