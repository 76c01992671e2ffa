//! `/signals/labels`: what messages really meant, told by people, for the next training.

use axum::body::Body;
use axum::extract::{Request, State};
use domain::{Decimal, EntryKind, Event, Intent, Price, TraceId, TradeSignal};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::app::App;
use crate::body;
use crate::error::ApiError;
use crate::json::{self, Num};
use crate::labels::{self, Kept, Label, LabelsError};
use crate::paging;
use crate::params::Params;
use crate::ports::{HistoryFilter, read};
use crate::schema;

/// Longest message taken, characters.
const MAX_TEXT: usize = 20_000;
/// Most prices in one list, as the reader takes them.
const MAX_PRICES: usize = 32;
const MAX_LEVERAGE: u32 = 1_000;
const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1_000;

/// What a message really means. A field that is left out is as the service reads it: to correct
/// the intent alone, give the intent alone. Prices are as written in the message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LabelRequest {
    /// The message in the journal; this or `text`.
    trace_id: Option<String>,
    /// The message itself, at most 20,000 characters.
    #[schema(
        max_length = 20_000,
        example = "SUI looks ready, 1.10 is where I buy, out below 1.02"
    )]
    text: Option<String>,
    #[schema(value_type = schema::Intent)]
    intent: Intent,
    /// The pair in any spelling, listed or not; null if the message names none.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "SUIUSDT")]
    symbol: Told<String>,
    /// At most 32.
    #[schema(value_type = Option<Vec<Num>>)]
    entries: Option<Vec<Figure>>,
    #[schema(value_type = Option<schema::EntryKind>)]
    entry_kind: Option<EntryKind>,
    /// Target prices, at most 32; given, they stand instead of `tp_pcts` too.
    #[schema(value_type = Option<Vec<Num>>)]
    tps: Option<Vec<Figure>>,
    /// Targets in percent of the entry.
    #[schema(value_type = Option<Vec<Num>>)]
    tp_pcts: Option<Vec<Figure>>,
    /// Stop price, null for none; given, it stands instead of `sl_pct` too.
    #[serde(default)]
    #[schema(value_type = Option<Num>)]
    sl: Told<Figure>,
    /// Stop in percent of the entry.
    #[serde(default)]
    #[schema(value_type = Option<Num>)]
    sl_pct: Told<Figure>,
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    leverage: Told<u32>,
    /// Two letters.
    #[schema(pattern = "^[A-Za-z]{2}$")]
    lang: Option<String>,
    /// Where such messages come from; the message's channel unless given.
    #[schema(max_length = 200)]
    source: Option<String>,
}

/// A decimal from a JSON number, also with an exponent, or from a text.
struct Figure(Decimal);

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get().trim_matches('"');
        let number = text.parse().or_else(|_| Decimal::from_scientific(text));
        number.map(|value| Self(value.normalize())).map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            serde::de::Error::custom(format!("{shown} is no number that can be a price"))
        })
    }
}

/// What a caller says of a field of which a message has one or none.
#[derive(Default)]
enum Told<T> {
    /// Nothing: it is as the service reads it.
    #[default]
    AsRead,
    /// The message has none.
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Told<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

impl<T> Told<T> {
    fn is_said(&self) -> bool {
        !matches!(self, Self::AsRead)
    }

    fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::AsRead | Self::Null => None,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Label)]
struct LabelView {
    /// The same for the same text.
    id: String,
    #[schema(value_type = schema::Time)]
    at: domain::Timestamp,
    #[schema(value_type = Option<String>)]
    trace_id: Option<TraceId>,
    source: String,
    lang: String,
    text: String,
    #[schema(value_type = schema::Intent)]
    intent: Intent,
    symbol: Option<String>,
    entries: Vec<Num>,
    #[schema(value_type = Option<schema::EntryKind>)]
    entry_kind: Option<EntryKind>,
    tps: Vec<Num>,
    tp_pcts: Vec<Num>,
    sl: Option<Num>,
    sl_pct: Option<Num>,
    leverage: Option<u32>,
}

impl From<Label> for LabelView {
    fn from(label: Label) -> Self {
        let prices = |list: Vec<Price>| list.into_iter().map(Num::from).collect();
        Self {
            id: label.id,
            at: label.at,
            trace_id: label.trace_id,
            source: label.source,
            lang: label.lang,
            text: label.text,
            intent: label.intent,
            symbol: label.symbol,
            entries: prices(label.entries),
            entry_kind: label.entry_kind,
            tps: prices(label.tps),
            tp_pcts: label.tp_pcts.into_iter().map(Num).collect(),
            sl: label.sl.map(Num::from),
            sl_pct: label.sl_pct.map(Num),
            leverage: label.leverage,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct LabelAnswer {
    /// False when the newest label of this message said the same already.
    stored: bool,
    label: LabelView,
}

#[derive(Serialize, ToSchema)]
struct LabelList {
    /// The newest label of each message, newest first.
    labels: Vec<LabelView>,
    /// How many messages have a label.
    count: usize,
}

impl From<LabelsError> for ApiError {
    fn from(error: LabelsError) -> Self {
        tracing::error!(%error, "labels");
        Self::internal(error.to_string())
    }
}

/// Keeps what a message really means. It is on disk before the answer.
#[utoipa::path(
    post, path = "/signals/labels", tag = "signals", operation_id = "labelSignal",
    request_body(content((LabelRequest = "application/json"))),
    responses(
        (status = 200, description = "Kept, or known already", body = LabelAnswer),
        (status = 404, description = "No message has this trace_id")
    )
)]
pub(super) async fn keep(State(app): AppState, request: Request<Body>) -> Answer {
    let bytes = body::read(request.into_body()).await?;
    let wanted: LabelRequest = serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::bad_parameter(format!("the body is no label: {error}")))?;
    let label = wanted.into_label(&app).await?;
    let stored = app.labels.keep(label.clone()).await? == Kept::Stored;
    Ok(json::ok(&LabelAnswer { stored, label: label.into() }))
}

/// The labels in force.
#[utoipa::path(
    get, path = "/signals/labels", tag = "signals", operation_id = "signalLabels",
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "Labels wanted; 100 unless given")),
    responses((status = 200, description = "The newest label of each message, newest first", body = LabelList))
)]
pub(super) async fn list(State(app): AppState, params: Params) -> Answer {
    let limit = params.count("limit", MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let labels = labels::in_force(app.labels.all().await?);
    let count = labels.len();
    let labels = labels.into_iter().take(limit).map(LabelView::from).collect();
    Ok(json::ok(&LabelList { labels, count }))
}

/// The message that a label is about.
struct Labelled {
    text: String,
    trace_id: Option<TraceId>,
    source: String,
}

impl LabelRequest {
    async fn into_label(self, app: &App) -> Result<Label, ApiError> {
        let Labelled { text, trace_id, source } = self.message(app).await?;
        let length = text.chars().count();
        if text.trim().is_empty() || length > MAX_TEXT {
            let sentence = format!("text has {length} characters: give 1 to {MAX_TEXT}");
            return Err(ApiError::bad_parameter(sentence));
        }
        let asked = text.clone();
        let signal = read(&*app.core, move |engine| engine.read_text(&asked).signal).await?;
        let signal = if self.intent == Intent::NoTrade { TradeSignal::default() } else { signal };
        let mut label = Label::new(app.core.now(), text, self.intent, signal);
        label.trace_id = trace_id;
        label.source = short("source", self.source.as_deref().unwrap_or(&source))?;
        label.lang = language(self.lang.as_deref())?;
        self.correct(&mut label)?;
        let opens = matches!(label.intent, Intent::Buy | Intent::Sell);
        if opens && label.symbol.is_none() {
            let sentence =
                "no pair was found in the message, and a BUY or SELL needs one: give symbol";
            return Err(ApiError::bad_parameter(sentence));
        }
        Ok(label)
    }

    async fn message(&self, app: &App) -> Result<Labelled, ApiError> {
        match (&self.text, &self.trace_id) {
            (Some(text), None) => {
                Ok(Labelled { text: text.clone(), trace_id: None, source: "labels".to_owned() })
            }
            (None, Some(trace_id)) => journalled(app, TraceId::new(trace_id)).await,
            _ => Err(ApiError::bad_parameter("give text or trace_id, one of them")),
        }
    }

    /// What the caller says stands instead of what was read.
    fn correct(self, label: &mut Label) -> Result<(), ApiError> {
        if self.symbol.is_said() {
            label.symbol = self.symbol.value().as_deref().map(pair).transpose()?;
        }
        if self.entries.is_some() || self.entry_kind.is_some() {
            label.entry_kind = self.entry_kind;
        }
        if let Some(entries) = self.entries {
            label.entries = prices("entries", entries)?;
        }
        if self.tps.is_some() || self.tp_pcts.is_some() {
            label.tps = prices("tps", self.tps.unwrap_or_default())?;
            label.tp_pcts = percents("tp_pcts", self.tp_pcts.unwrap_or_default())?;
        }
        if self.sl.is_said() || self.sl_pct.is_said() {
            label.sl = prices("sl", self.sl.value().into_iter().collect())?.pop();
            label.sl_pct = percents("sl_pct", self.sl_pct.value().into_iter().collect())?.pop();
        }
        if self.leverage.is_said() {
            label.leverage = self.leverage.value();
        }
        let fits = label.leverage.is_none_or(|times| (1..=MAX_LEVERAGE).contains(&times));
        let sentence = format!("leverage is not allowed: give 1 to {MAX_LEVERAGE}");
        if fits { Ok(()) } else { Err(ApiError::bad_parameter(sentence)) }
    }
}

async fn journalled(app: &App, trace_id: TraceId) -> Result<Labelled, ApiError> {
    let filter = HistoryFilter::new(&["SIGNAL_INGEST"], None, [trace_id.clone()]);
    let lines = app.history.newest(filter, None, 1).await?;
    let event = paging::parse(&lines)?.into_iter().next().map(|record| record.event);
    let Some(Event::SignalIngest(ingest)) = event else {
        let sentence = "no message in the journal has this trace_id";
        return Err(ApiError::not_found("unknown_trace", sentence));
    };
    let source = ingest.channel.unwrap_or(ingest.source);
    Ok(Labelled { text: ingest.text, trace_id: Some(trace_id), source })
}

fn short(name: &str, text: &str) -> Result<String, ApiError> {
    if text.chars().count() > 200 {
        return Err(ApiError::bad_parameter(format!("{name} is longer than 200 characters")));
    }
    Ok(text.to_owned())
}

fn language(code: Option<&str>) -> Result<String, ApiError> {
    let code = code.unwrap_or_default().to_ascii_lowercase();
    let fits = code.is_empty() || (code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()));
    if fits { Ok(code) } else { Err(ApiError::bad_parameter("lang has two letters, such as en")) }
}

/// `sui/usdt` as the reader writes it.
fn pair(text: &str) -> Result<String, ApiError> {
    let name = text.trim().to_uppercase().replace(['/', '-', '_', ' '], "");
    let name = name.trim_start_matches(['#', '$']);
    if (2..=30).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(name.to_owned());
    }
    let shown: String = text.chars().take(48).collect();
    Err(ApiError::bad_parameter(format!("symbol={shown:?} is no pair: give one such as SUIUSDT")))
}

fn bounded(name: &str, list: Vec<Figure>) -> Result<Vec<Decimal>, ApiError> {
    if list.len() > MAX_PRICES {
        return Err(ApiError::bad_parameter(format!("{name} has more than {MAX_PRICES} numbers")));
    }
    Ok(list.into_iter().map(|figure| figure.0).collect())
}

fn prices(name: &str, list: Vec<Figure>) -> Result<Vec<Price>, ApiError> {
    let price = |value| {
        Price::new(value).map_err(|error| ApiError::bad_parameter(format!("{name}: {error}")))
    };
    bounded(name, list)?.into_iter().map(price).collect()
}

fn percents(name: &str, list: Vec<Figure>) -> Result<Vec<Decimal>, ApiError> {
    let list = bounded(name, list)?;
    if let Some(wrong) = list.iter().find(|value| **value <= Decimal::ZERO) {
        return Err(ApiError::bad_parameter(format!("{name}: {wrong} is not above zero")));
    }
    Ok(list)
}
