//! `/risk/report`: each rule's own account.

use axum::extract::State;
use domain::Timestamp;
use engine::Engine;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::json::{self, Num};
use crate::params::Params;
use crate::ports::read;

/// As many as the engine remembers.
const MOST_DAYS: usize = 90;
const UNLESS_ASKED: usize = 30;

#[derive(Serialize, ToSchema)]
#[schema(as = RiskReport)]
struct Report {
    /// UTC days looked at, today included.
    days: usize,
    rules: Vec<RuleView>,
}

/// What the signals that a rule blocked would have come to, by the day on which they ended. One that
/// several rules blocked is in the account of each.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleReport)]
struct RuleView {
    /// The check's name.
    name: String,
    /// Entered and over.
    ended: u64,
    /// First target before stop: what the rule cost.
    won: u64,
    /// Stop before first target: what it saved.
    lost: u64,
    neither: u64,
    not_entered: u64,
    /// Still followed.
    following: usize,
    /// Results in units of risk, summed.
    sum_r: Num,
    mean_r: Option<Num>,
    /// Results at the requested size, before fees.
    pnl: Num,
    /// The part of it that no other rule blocked.
    pnl_alone: Num,
}

/// What the orders that risk rules blocked would have won or lost.
#[utoipa::path(
    get, path = "/risk/report", tag = "risk", operation_id = "riskReport",
    params(("days" = Option<usize>, Query, minimum = 1, maximum = 90, description = "UTC days looked at, today included; 30 unless given")),
    responses((status = 200, description = "The accounts", body = Report))
)]
pub(super) async fn report(State(app): AppState, params: Params) -> Answer {
    let days = params.count("days", MOST_DAYS)?.unwrap_or(UNLESS_ASKED);
    let at = app.core.now();
    Ok(json::ok(&read(&*app.core, move |engine| report_at(engine, days, at)).await?))
}

fn report_at(engine: &Engine, days: usize, at: Timestamp) -> Report {
    let followed = engine.ledger().followed();
    let since = at.utc_day() + 1 - i64::try_from(days).unwrap_or(i64::MAX);
    let mut accounts = followed.rules_since(since);
    let open: Vec<_> =
        followed.shadows().flat_map(|(_, shadow)| &shadow.opened.blocked_by).collect();
    for rule in &open {
        accounts.entry(rule.as_str()).or_default();
    }
    let view = |(name, account): (&str, engine::ledger::rules::RuleAccount)| RuleView {
        name: name.to_owned(),
        ended: account.ended(),
        won: account.won,
        lost: account.lost,
        neither: account.neither,
        not_entered: account.not_entered,
        following: open.iter().filter(|rule| rule.as_str() == name).count(),
        sum_r: Num(account.sum_r),
        mean_r: account.mean_r().map(Num),
        pnl: account.pnl.into(),
        pnl_alone: account.pnl_alone.into(),
    };
    Report { days, rules: accounts.into_iter().map(view).collect() }
}
