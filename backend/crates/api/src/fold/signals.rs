//! Messages from the journal, with what came of them.

use std::collections::HashMap;

use domain::event::{AutoRoute, ChannelTrust, SignalIngest, SignalScored};
use domain::{
    Check, ClientOrderId, Decimal, EntryKind, Event, FieldSpan, Intent, Record, Score, Side,
    Timestamp, TraceId, TradeSignal,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{before_oldest, later};
use crate::app::App;
use crate::error::ApiError;
use crate::json::Num;
use crate::schema;

/// Where messages begin. The pair is not known yet, so this cannot be narrowed by symbol.
pub(crate) const FIRST: &[&str] = &["SIGNAL_INGEST"];
/// What the same step writes next, under the pair that the message names.
pub(crate) const UNDER_SYMBOL: &[&str] = &["SIGNAL_SCORED"];
const ALL: &[&str] = &[
    "SIGNAL_INGEST",
    "SIGNAL_SCORED",
    "AUTO_ROUTE_EXECUTED",
    "AUTO_ROUTE_SKIPPED",
    "AUTO_ROUTE_DRYRUN",
];

/// The fields of a signal, as numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignalFields {
    symbol: Option<String>,
    #[schema(value_type = Option<schema::Side>)]
    side: Option<Side>,
    entries: Vec<Num>,
    #[schema(value_type = Option<schema::EntryKind>)]
    entry_kind: Option<EntryKind>,
    tps: Vec<Num>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tp_pcts: Vec<Num>,
    sl: Option<Num>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sl_pct: Option<Num>,
    leverage: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_symbols: Vec<String>,
}

impl SignalFields {
    pub(crate) fn new(signal: &TradeSignal, label: Option<Intent>) -> Self {
        let percent = |values: &[Decimal]| values.iter().copied().map(Num).collect();
        Self {
            symbol: signal.symbol.clone(),
            side: label.and_then(side),
            entries: signal.entries.iter().copied().map(Num::from).collect(),
            entry_kind: signal.entry_kind,
            tps: signal.tps.iter().copied().map(Num::from).collect(),
            tp_pcts: percent(&signal.tp_pcts),
            sl: signal.sl.map(Num::from),
            sl_pct: signal.sl_pct.map(Num),
            leverage: signal.leverage,
            other_symbols: signal.other_symbols.clone(),
        }
    }
}

/// The side an intent trades on: a close sells.
fn side(label: Intent) -> Option<Side> {
    match label {
        Intent::Buy => Some(Side::Buy),
        Intent::Sell | Intent::Close => Some(Side::Sell),
        Intent::Update | Intent::NoTrade => None,
    }
}

/// A message and its fate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignalView {
    #[schema(value_type = String)]
    trace_id: TraceId,
    #[schema(value_type = schema::Time)]
    at: Timestamp,
    source: String,
    channel: Option<String>,
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[schema(value_type = Option<schema::Time>)]
    posted_at: Option<Timestamp>,
    text: String,
    #[schema(value_type = Option<schema::Score>)]
    score: Option<Score>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<TrustView>,
    signal: Option<SignalFields>,
    /// Where each field stands in the text, in its order; they may overlap. Empty for messages read
    /// by a version that did not keep it.
    #[schema(value_type = Vec<schema::FieldSpan>)]
    spans: Vec<FieldSpan>,
    routed: bool,
    route: Option<RouteView>,
}

/// How the channel's record changed the confidence.
#[derive(Debug, Serialize, ToSchema)]
struct TrustView {
    model_confidence: f64,
    trust: Num,
    won: u64,
    decided: u64,
}

impl From<ChannelTrust> for TrustView {
    fn from(applied: ChannelTrust) -> Self {
        let ChannelTrust { model_confidence, trust, won, decided, .. } = applied;
        Self { model_confidence, trust: Num(trust), won, decided }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct RouteView {
    #[schema(value_type = schema::RouteAction)]
    action: &'static str,
    reason: String,
    #[schema(value_type = Vec<schema::Check>)]
    checks: Vec<Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    client_order_id: Option<ClientOrderId>,
}

/// The messages of a page of [`FIRST`] or [`UNDER_SYMBOL`] records, in the page's order.
pub(crate) async fn signals(app: &App, page: &[Record]) -> Result<Vec<SignalView>, ApiError> {
    // A score stands right behind its message.
    let since = before_oldest(page).saturating_sub(1);
    let records = later(app, ALL, page, since).await?;
    Ok(fold(page, records))
}

fn fold(page: &[Record], records: Vec<Record>) -> Vec<SignalView> {
    let mut views: HashMap<TraceId, SignalView> = HashMap::new();
    for record in records {
        if let Some(view) = begin(&record) {
            views.insert(view.trace_id.clone(), view);
        } else if let Some(view) = record.trace_id.as_ref().and_then(|id| views.get_mut(id)) {
            view.apply(record.event);
        }
    }
    page.iter().filter_map(|record| views.remove(record.trace_id.as_ref()?)).collect()
}

fn begin(record: &Record) -> Option<SignalView> {
    let Event::SignalIngest(ingest) = &record.event else {
        return None;
    };
    let SignalIngest { source, channel, message_id, reply_to, posted_at, text, .. } =
        ingest.clone();
    Some(SignalView {
        trace_id: record.trace_id.clone()?,
        at: record.ts,
        source,
        channel,
        message_id,
        reply_to,
        posted_at,
        text,
        score: None,
        trust: None,
        signal: None,
        spans: Vec::new(),
        routed: false,
        route: None,
    })
}

impl SignalView {
    fn apply(&mut self, event: Event) {
        match event {
            Event::SignalScored(SignalScored { score, signal, channel, spans }) => {
                self.spans = spans;
                self.trust = channel.map(TrustView::from);
                self.signal = Some(SignalFields::new(&signal, Some(score.label)));
                self.score = Some(score);
            }
            Event::AutoRouteExecuted(route) => self.route("executed", route),
            Event::AutoRouteDryRun(route) => self.route("dry_run", route),
            Event::AutoRouteSkipped(route) => self.route("skipped", route),
            _ => {}
        }
    }

    fn route(&mut self, action: &'static str, route: AutoRoute) {
        let AutoRoute { reason, checks, client_order_id, .. } = route;
        self.routed = action == "executed";
        self.route = Some(RouteView { action, reason, checks, client_order_id });
    }
}
