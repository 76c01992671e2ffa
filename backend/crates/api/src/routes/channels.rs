//! `/channels`: what became of each channel's signals, and the trust that gives.

use axum::extract::State;
use domain::{Pnl, Timestamp};
use engine::Engine;
use engine::ledger::channels::ChannelRecord;
use engine::trust;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::json::{self, Num};
use crate::params::Params;
use crate::ports::read;
use crate::schema;

/// As many as the engine remembers.
const MOST: usize = 500;
const UNLESS_ASKED: usize = 100;

#[derive(Serialize, ToSchema)]
struct ChannelList {
    channels: Vec<ChannelView>,
    /// How many there are in all.
    total: usize,
}

/// A channel's record.
#[derive(Serialize, ToSchema)]
#[schema(as = Channel)]
struct ChannelView {
    source: String,
    /// Null where the source has no channels.
    channel: Option<String>,
    /// The factor on the model's confidence in this channel's entries.
    trust: Num,
    /// The factor without any outcome.
    prior: Num,
    messages: u64,
    #[schema(value_type = schema::Time)]
    last_message_at: Timestamp,
    /// Entries that were traded or followed.
    signals: u64,
    /// Of these, followed on the market now.
    following: usize,
    /// First target before stop.
    won: u64,
    /// Stop before first target.
    lost: u64,
    /// Ended otherwise: expired, or closed for another reason.
    neither: u64,
    not_entered: u64,
    /// The decided ones that are remembered, each worth less the older it is.
    weight: Num,
    /// How much of that weight was won.
    weight_won: Num,
    /// How much of it a price without direction would have won.
    weight_by_chance: Num,
    /// Mean result in units of risk.
    mean_r: Option<Num>,
    /// Results of its trades, after fees.
    pnl_realised: Num,
    /// Reckoned results of what was only followed, before fees.
    pnl_shadow: Num,
    /// The sums after each of the last outcomes, oldest first.
    curve: Vec<CurvePoint>,
}

#[derive(Serialize, ToSchema)]
struct CurvePoint {
    #[schema(value_type = schema::Time)]
    at: Timestamp,
    realised: Num,
    shadow: Num,
}

/// Every channel's record, last heard first.
#[utoipa::path(
    get, path = "/channels", tag = "signals", operation_id = "channels",
    params(("limit" = Option<usize>, Query, minimum = 1, maximum = 500, description = "At most this many; 100 unless given")),
    responses((status = 200, description = "The records", body = ChannelList))
)]
pub(super) async fn list(State(app): AppState, params: Params) -> Answer {
    let limit = params.count("limit", MOST)?.unwrap_or(UNLESS_ASKED);
    let at = app.core.now();
    Ok(json::ok(&read(&*app.core, move |engine| channels(engine, at, limit)).await?))
}

fn channels(engine: &Engine, at: Timestamp, limit: usize) -> ChannelList {
    let mut records: Vec<_> = engine.ledger().followed().channels().collect();
    records.sort_by_key(|(.., record)| std::cmp::Reverse(record.last_message_at));
    let total = records.len();
    let view = |(source, channel, record)| view(engine, source, channel, record, at);
    ChannelList { channels: records.into_iter().take(limit).map(view).collect(), total }
}

fn view(
    engine: &Engine,
    source: &str,
    channel: &str,
    record: &ChannelRecord,
    at: Timestamp,
) -> ChannelView {
    let trust = trust::trust(&engine.settings().record, Some(record), channel, at);
    let shadows = engine.ledger().followed().shadows();
    let own = shadows.filter(|(_, shadow)| {
        shadow.opened.counts && shadow.opened.source == source && shadow.opened.channel == channel
    });
    ChannelView {
        source: source.to_owned(),
        channel: (!channel.is_empty()).then(|| channel.to_owned()),
        trust: Num(trust.factor),
        prior: Num(trust.prior),
        messages: record.messages,
        last_message_at: record.last_message_at,
        signals: record.signals,
        following: own.count(),
        won: record.won,
        lost: record.lost,
        neither: record.neither,
        not_entered: record.not_entered,
        weight: Num(trust.weight),
        weight_won: Num(trust.won),
        weight_by_chance: Num(trust.by_chance),
        mean_r: record.mean_r().map(Num),
        pnl_realised: record.realised.into(),
        pnl_shadow: record.shadow.into(),
        curve: curve(record),
    }
}

/// Begins with the sums of what is no longer remembered one by one.
fn curve(record: &ChannelRecord) -> Vec<CurvePoint> {
    let kept = |traded: bool| {
        let own = record.outcomes.iter().filter(move |outcome| outcome.traded == traded);
        own.fold(Pnl::ZERO, |sum, outcome| sum.saturating_add(outcome.pnl)).get()
    };
    let mut realised = record.realised.get() - kept(true);
    let mut shadow = record.shadow.get() - kept(false);
    let points = record.outcomes.iter().map(|outcome| {
        let sum = if outcome.traded { &mut realised } else { &mut shadow };
        *sum += outcome.pnl.get();
        CurvePoint { at: outcome.at, realised: Num(realised), shadow: Num(shadow) }
    });
    points.collect()
}
