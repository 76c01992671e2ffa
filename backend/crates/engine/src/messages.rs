//! From a message to a decision.

use domain::event::{AutoRoute, ExitHints, Origin, SignalDuplicate, SignalIngest, SignalScored};
use domain::{Event, Intent, Markets, SignalKey, Symbol, TraceId};

use crate::input::Message;
use crate::reply::{Reply, RouteAction, SignalReply};
use crate::risk::EntryWish;
use crate::step::Step;

/// A message that was read, on its way to a decision.
pub(crate) struct Considered {
    pub(crate) message: Message,
    pub(crate) trace_id: TraceId,
    pub(crate) reading: signal::Reading,
}

/// What was decided on a message.
#[derive(Default)]
pub(crate) struct Routed {
    pub(crate) checks: Vec<domain::Check>,
    pub(crate) client_order_id: Option<domain::ClientOrderId>,
    pub(crate) plan: Option<domain::event::ExitPlan>,
}

/// Reads a message against the exchange's list.
pub(crate) fn read(reader: &signal::Reader, markets: &Markets, text: &str) -> signal::Reading {
    reader.read(text, &|symbol| markets.resolve(symbol).is_ok())
}

impl Step<'_> {
    pub(crate) fn on_message(&mut self, message: Message) {
        if !message.route {
            return self.score_only(&message);
        }
        let (key, content_hash) = self.identify(&message);
        let trace_id = key.trace_id();
        if let Some(first_seen) = self.ledger.first_seen(&trace_id) {
            let event = Event::SignalDuplicate(SignalDuplicate { key, first_seen });
            self.emit(None, Some(&trace_id), event);
            return self.answer_duplicate(trace_id);
        }
        let event = Event::SignalIngest(SignalIngest {
            key,
            source: message.source.clone(),
            channel: message.channel.clone(),
            message_id: message.message_id.clone(),
            reply_to: message.reply_to.clone(),
            content_hash,
            posted_at: message.posted_at,
            text: message.text.clone(),
        });
        self.emit(None, Some(&trace_id), event);
        let mut reading = self.read(&message.text);
        let channel = self.weigh(&message, &mut reading.score);
        let symbol = self.named_symbol(&reading);
        let event = Event::SignalScored(SignalScored {
            score: reading.score.clone(),
            signal: reading.signal.clone(),
            channel,
            spans: reading.field_spans(&message.text),
        });
        self.emit(symbol.as_ref(), Some(&trace_id), event);
        self.route(&Considered { message, trace_id, reading }, symbol);
    }

    fn read(&self, text: &str) -> signal::Reading {
        read(self.reader, &self.desk.markets, text)
    }

    fn named_symbol(&self, reading: &signal::Reading) -> Option<Symbol> {
        let named = reading.signal.symbol.as_deref()?;
        Some(self.desk.markets.resolve(named).ok()?.symbol.clone())
    }

    fn score_only(&mut self, message: &Message) {
        let mut reading = self.read(&message.text);
        self.weigh(message, &mut reading.score);
        let (key, _) = self.identify(message);
        self.reply(Reply::Signal(Box::new(SignalReply {
            trace_id: key.trace_id(),
            spans: reading.field_spans(&message.text),
            score: Some(reading.score),
            signal: Some(reading.signal),
            action: RouteAction::ScoredOnly,
            reason: "scored only, as asked".to_owned(),
            checks: Vec::new(),
            client_order_id: None,
            plan: None,
        })));
    }

    fn answer_duplicate(&mut self, trace_id: TraceId) {
        let client_order_id =
            self.ledger.entry_of(&trace_id).map(|order| order.client_order_id.clone());
        self.reply(Reply::Signal(Box::new(SignalReply {
            trace_id,
            score: None,
            signal: None,
            spans: Vec::new(),
            action: RouteAction::Duplicate,
            reason: "this message was considered before: a signal enters at most once".to_owned(),
            checks: Vec::new(),
            client_order_id,
            plan: None,
        })));
    }

    /// The message's identity: the caller's key; else source, channel and message id; else its
    /// content, for as long as `SIGNAL_DEDUP_WINDOW`.
    fn identify(&self, message: &Message) -> (SignalKey, Option<String>) {
        let channel = message.channel.as_deref().unwrap_or("");
        if let Some(key) = &message.idempotency_key {
            return (SignalKey::new(domain::ids::digest(&["key", key])), None);
        }
        if let Some(id) = &message.message_id {
            return (
                SignalKey::new(domain::ids::digest(&["id", &message.source, channel, id])),
                None,
            );
        }
        let text: Vec<&str> = message.text.split_whitespace().collect();
        let hash = domain::ids::digest(&["text", &message.source, channel, &text.join(" ")]);
        let first = match self.ledger.seen_content(&hash) {
            Some((_, first)) if self.at.since(first) < self.settings.dedup_window => first,
            _ => self.at,
        };
        let key = SignalKey::new(format!("{hash}@{}", first.as_micros()));
        (key, Some(hash))
    }

    fn route(&mut self, considered: &Considered, symbol: Option<Symbol>) {
        if let Some(reason) = self.reason_to_skip(considered) {
            return self.skip(considered, symbol.as_ref(), reason, Routed::default());
        }
        let label = considered.reading.score.label;
        match (label, symbol) {
            (Intent::Update | Intent::Close, symbol) => {
                self.route_change(considered, symbol.as_ref());
            }
            (Intent::Buy, Some(symbol)) => self.route_entry(considered, &symbol),
            (Intent::Sell, Some(symbol)) => self.route_sale(considered, &symbol),
            (_, symbol) => {
                let reason = self.unknown_symbol(considered);
                self.skip(considered, symbol.as_ref(), reason, Routed::default());
            }
        }
    }

    fn reason_to_skip(&self, considered: &Considered) -> Option<String> {
        let auto = &self.settings.auto_route;
        let score = &considered.reading.score;
        if score.label == Intent::NoTrade {
            return Some("says nothing to trade".to_owned());
        }
        if !auto.enabled {
            return Some("auto-routing is off: AUTO_ROUTE_ENABLED is false".to_owned());
        }
        if !auto.exchange_matches {
            let exchange = self.settings.mode.exchange();
            return Some(format!(
                "AUTO_ROUTE_EXCH names another exchange than the one in force ({exchange})"
            ));
        }
        if let Some(reason) = self.too_unsure(score) {
            return Some(reason);
        }
        let others = &considered.reading.signal.other_symbols;
        if !others.is_empty() {
            return Some(format!(
                "names several pairs ({} and more): not traded",
                others.join(", ")
            ));
        }
        let posted_at = considered.message.posted_at?;
        let (age, most) = (self.at.since(posted_at), self.settings.signal_max_age);
        (age > most).then(|| {
            format!(
                "posted {} s ago, older than SIGNAL_MAX_AGE_SEC {}",
                age.as_secs(),
                most.as_secs()
            )
        })
    }

    fn too_unsure(&self, score: &domain::Score) -> Option<String> {
        let auto = &self.settings.auto_route;
        let (least, name) = match score.label {
            Intent::Buy => (auto.min_confidence, "AUTO_ROUTE_MIN_CONF"),
            _ => (auto.min_confidence_exit, "AUTO_ROUTE_MIN_CONF_EXIT"),
        };
        let found = score.confidence;
        (found < least).then(|| format!("confidence {found:.3} is below {name} {least}"))
    }

    fn unknown_symbol(&self, considered: &Considered) -> String {
        match considered.reading.signal.symbol.as_deref() {
            None => "names no pair".to_owned(),
            Some(named) => match self.desk.markets.resolve(named) {
                Ok(_) => format!("{named} cannot be traded"),
                Err(unknown) => unknown.to_string(),
            },
        }
    }

    fn route_entry(&mut self, considered: &Considered, symbol: &Symbol) {
        let signal = &considered.reading.signal;
        let wish = EntryWish {
            origin: Origin::Signal,
            symbol: symbol.clone(),
            notional: self.settings.auto_route.default_notional,
            entries: signal.entries.clone(),
            entry_kind: signal.entry_kind,
            from: Some(considered.message.stands_at()),
            hints: ExitHints::from(signal),
            confidence: Some(considered.reading.score.confidence),
            posted_at: considered.message.posted_at,
            attempt: 1,
        };
        let verdict = crate::risk::judge(&self.situation(), &wish);
        let plan = self.expected_plan(&wish, &verdict);
        let routed = Routed { checks: verdict.checks.clone(), client_order_id: None, plan };
        if let Some(reason) = verdict.block_reason() {
            let reason = reason.to_owned();
            if !self.settings.auto_route.dry_run {
                self.emit_blocked(&wish, &verdict, &considered.trace_id);
            }
            return self.finish(considered, Some(symbol), RouteAction::Blocked, reason, routed);
        }
        if self.settings.auto_route.dry_run {
            let reason = "would be traded; AUTO_ROUTE_DRY_RUN is true".to_owned();
            return self.finish(considered, Some(symbol), RouteAction::DryRun, reason, routed);
        }
        let id = self.send_entry(&wish, &verdict, &considered.trace_id);
        let reason = format!("{} order of {}", verdict.kind_name(), verdict.notional);
        let routed = Routed { client_order_id: Some(id), ..routed };
        self.finish(considered, Some(symbol), RouteAction::Executed, reason, routed);
    }

    pub(crate) fn skip(
        &mut self,
        considered: &Considered,
        symbol: Option<&Symbol>,
        reason: String,
        routed: Routed,
    ) {
        self.finish(considered, symbol, RouteAction::Skipped, reason, routed);
    }

    /// Journals the message's fate and answers the caller.
    pub(crate) fn finish(
        &mut self,
        considered: &Considered,
        symbol: Option<&Symbol>,
        action: RouteAction,
        reason: String,
        routed: Routed,
    ) {
        let route = AutoRoute {
            reason: reason.clone(),
            checks: routed.checks.clone(),
            client_order_id: routed.client_order_id.clone(),
            plan: routed.plan.clone(),
        };
        let event = match action {
            RouteAction::Executed => Event::AutoRouteExecuted(route),
            RouteAction::DryRun => Event::AutoRouteDryRun(route),
            RouteAction::Blocked if self.settings.auto_route.dry_run => {
                Event::AutoRouteDryRun(route)
            }
            _ => Event::AutoRouteSkipped(route),
        };
        self.emit(symbol, Some(&considered.trace_id), event);
        self.follow(considered, symbol, action, &routed.checks);
        self.reply(Reply::Signal(Box::new(SignalReply {
            trace_id: considered.trace_id.clone(),
            score: Some(considered.reading.score.clone()),
            signal: Some(considered.reading.signal.clone()),
            spans: considered.reading.field_spans(&considered.message.text),
            action,
            reason,
            checks: routed.checks,
            client_order_id: routed.client_order_id,
            plan: routed.plan,
        })));
    }
}
