//! How the plain types of the inner crates look in the OpenAPI document. They are described here,
//! so that the inside need not know that there is such a document; `tests/http/contract.rs` holds
//! these descriptions against real answers.

pub(crate) mod requests;

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::json::Num;

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

fn done(object: ObjectBuilder) -> RefOr<Schema> {
    RefOr::T(Schema::Object(object.build()))
}

impl PartialSchema for Num {
    fn schema() -> RefOr<Schema> {
        let description = "A decimal, written as a JSON number with exactly its digits. Read it as \
                           a decimal where digits matter: floats hold some 16 of them.";
        done(ObjectBuilder::new().schema_type(Type::Number).description(Some(description)))
    }
}

impl ToSchema for Num {}

/// A point in time.
pub(crate) struct Time;

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        done(text("RFC 3339 in UTC with microseconds.").format(Some(format)))
    }
}

impl ToSchema for Time {}

/// An event type, any of [`domain::Event::TYPES`].
pub(crate) struct EventType;

impl PartialSchema for EventType {
    fn schema() -> RefOr<Schema> {
        let names = domain::Event::TYPES.iter().copied();
        done(text("What became true.").enum_values(Some(names)))
    }
}

impl ToSchema for EventType {}

/// Enumerations of the inner crates, named as they serialise.
macro_rules! enumerations {
    ($($(#[doc = $doc:literal])* $name:ident = $path:ty { $($variant:ident),* $(,)? })*) => {
        $(
            $(#[doc = $doc])*
            pub(crate) struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let named = |value: $path| serde_json::to_value(value).unwrap_or(Value::Null);
                    let values = [$(<$path>::$variant),*].map(named);
                    done(text(concat!($($doc),*).trim()).enum_values(Some(values)))
                }
            }

            impl ToSchema for $name {}
        )*
    };
}

enumerations! {
    /// Which way an order goes.
    Side = domain::Side { Buy, Sell }
    /// Where an order's wish came from.
    Origin = domain::event::Origin { Signal, Manual, Exit }
    /// Where the numbers of an exit plan come from: the signal, the average true range, or one percent of the price for want of candles.
    PlanSource = domain::event::PlanSource { Hint, Atr, Fallback }
    /// A row of the policy table.
    PolicyName = domain::PolicyName { Conservative, Moderate, Aggressive }
    /// Why a position is or was left.
    CloseReason = domain::event::CloseReason {
        Stop, Targets, Manual, Signal, KillSwitch, Dust, Time, Twin
    }
    /// How much the kill switch stops: entries; and orders on their way; and every position sold.
    KillMode = domain::event::KillMode { Entries, Cancel, Flatten }
    /// What a message wants.
    Intent = domain::Intent { Buy, Sell, Close, Update, NoTrade }
    /// How a message wants to get in.
    EntryKind = domain::EntryKind { Market, Limit, Range }
    /// A field of a signal.
    Field = domain::Field { Symbol, Side, Entry, Target, Stop, Leverage }
    /// What a check concluded.
    CheckResult = domain::CheckResult { Pass, Clamp, Block, Skip }
    /// What a refusal is about.
    RefusalClass = domain::RefusalClass {
        Funds, Filter, Symbol, Auth, Clock, Rate, Maintenance, Account, Malformed, Withheld
    }
}

/// Words that are plain text inside.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident = $($word:literal)|+)*) => {
        $(
            $(#[doc = $doc])*
            pub(crate) struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    done(text(concat!($($doc),*).trim()).enum_values(Some([$($word),+])))
                }
            }

            impl ToSchema for $name {}
        )*
    };
}

words! {
    /// Where the service trades.
    Mode = "paper" | "sandbox" | "live"
    /// Where an order would go or went; a dry run goes nowhere.
    OrderMode = "dry_run" | "paper" | "sandbox" | "live"
    /// Whose account it is.
    ExchangeName = "paper" | "mexc"
    /// How an order stands.
    OrderStatus = "intended" | "in_doubt" | "working" | "filled" | "canceled" | "failed" | "never_placed"
    /// How a direct order stands when its answer is given.
    OrderOutcome = "dry_run" | "intended" | "in_doubt" | "working" | "closing" | "filled" | "canceled"
    /// An order's type at the exchange.
    OrderType = "market" | "limit" | "ioc"
    /// What became of a message.
    RouteAction = "executed" | "dry_run" | "blocked" | "skipped" | "duplicate" | "scored_only"
    /// What is done with signals: traded, only tried, or neither.
    AutoRoute = "on" | "dry_run" | "off"
    /// A stage in the life of a signal or order.
    StageName = "posted" | "received" | "scored" | "checked" | "blocked" | "not_traded" | "dry_run" | "sent" | "in_doubt" | "settled" | "acknowledged" | "refused" | "partly_filled" | "filled" | "protected" | "leaving" | "closed"
}

/// One risk check with the numbers it used.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes domain::Check")]
pub(crate) struct Check {
    /// Short stable name: `cooldown`, `total_exposure` …
    name: String,
    result: CheckResult,
    /// A sentence with the figures.
    detail: String,
}

/// How sure the reading is, and why.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes domain::Score")]
pub(crate) struct Score {
    /// The likeliest intent.
    label: Intent,
    /// Probability, 0 to 1, that the intent is right and the fields suffice to trade.
    #[schema(minimum = 0.0, maximum = 1.0)]
    confidence: f64,
    /// What carried it, in words.
    reasons: Vec<String>,
}

/// The piece of a message that a field was read from, in characters: Unicode scalar values, as
/// Python and jq count them. JavaScript's strings count those above U+FFFF, most emoji, twice.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes domain::FieldSpan")]
pub(crate) struct FieldSpan {
    field: Field,
    /// First character, from 0.
    start: usize,
    /// Character behind the last one.
    end: usize,
}

/// The exchange refused an order, or it was held back here.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes domain::Refusal")]
pub(crate) struct Refusal {
    class: RefusalClass,
    /// The exchange's own code.
    code: Option<i64>,
    /// What happened and what to do.
    message: String,
}

/// A line of the journal. Amounts in its payload are strings.
#[derive(ToSchema)]
#[schema(as = Event)]
#[expect(dead_code, reason = "describes domain::Record")]
pub(crate) struct EventLine {
    /// Counts from 1 over all days, without gaps.
    #[schema(minimum = 1)]
    seq: u64,
    ts: Time,
    event_type: EventType,
    symbol: Option<String>,
    trace_id: Option<String>,
    /// What belongs to this type of event; `docs/architecture.md` says where types are defined.
    #[schema(value_type = Object)]
    payload: Value,
}
