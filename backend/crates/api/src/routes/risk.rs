//! `/risk`: the policy, how far the limits are used, and the kill switch.

use axum::extract::State;
use domain::event::KillMode;
use domain::{Notional, Pnl, PolicyName, Symbol, Timestamp};
use engine::policy::Policy;
use engine::settings::AutoRoute;
use engine::{Command, Engine};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState, BY, done};
use crate::app::App;
use crate::error::ApiError;
use crate::json::{self, Num};
use crate::params::Params;
use crate::ports::read;
use crate::schema;
use crate::schema::requests::{KillRequest, PolicyRequest};

#[derive(Serialize, ToSchema)]
struct PolicyAnswer {
    #[schema(value_type = schema::PolicyName)]
    policy: PolicyName,
    /// The largest order in force, which a setting may hold below the policy's own.
    max_notional: Num,
    cooldown_sec: u64,
    policies: Vec<PolicyRow>,
}

#[derive(Serialize, ToSchema)]
struct PolicyRow {
    #[schema(value_type = schema::PolicyName)]
    name: PolicyName,
    sl_atr_multiple: Num,
    tp_rr: Num,
    max_notional: Num,
    cooldown_sec: u64,
}

impl From<PolicyName> for PolicyRow {
    fn from(name: PolicyName) -> Self {
        let row = Policy::of(name);
        Self {
            name,
            sl_atr_multiple: Num(row.stop_atr),
            tp_rr: Num(row.reward_ratio),
            max_notional: row.max_notional.into(),
            cooldown_sec: row.cooldown.as_secs(),
        }
    }
}

fn policy_in_force(engine: &Engine) -> PolicyAnswer {
    PolicyAnswer {
        policy: engine.ledger().policy(),
        max_notional: engine.max_notional().into(),
        cooldown_sec: engine.cooldown().as_secs(),
        policies: PolicyName::ALL.into_iter().map(PolicyRow::from).collect(),
    }
}

/// The policy in force, and the table.
#[utoipa::path(
    get, path = "/risk/policy", tag = "risk", operation_id = "policy", responses((status = 200, description = "In force", body = PolicyAnswer))
)]
pub(super) async fn policy(State(app): AppState) -> Answer {
    Ok(json::ok(&read(&*app.core, policy_in_force).await?))
}

/// Switches the policy. Plans of open positions stay.
#[utoipa::path(
    put, path = "/risk/policy", tag = "risk", operation_id = "setPolicy",
    request_body(content((PolicyRequest = "application/json"), (PolicyRequest = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "In force", body = PolicyAnswer))
)]
pub(super) async fn set_policy(State(app): AppState, params: Params) -> Answer {
    let policy = params.parse("policy", "conservative, moderate or aggressive")?;
    done(app.core.control(Command::SetPolicy { policy, by: BY.to_owned() }).await?)?;
    Ok(json::ok(&read(&*app.core, policy_in_force).await?))
}

#[derive(Serialize, ToSchema)]
#[schema(as = RiskStatus)]
struct Status {
    #[schema(value_type = schema::PolicyName)]
    policy: PolicyName,
    /// Where orders go; told also while the exchange is silent.
    #[schema(value_type = schema::Mode)]
    mode: &'static str,
    killed: bool,
    #[schema(value_type = Option<schema::KillMode>)]
    kill_mode: Option<KillMode>,
    /// Whether signals are traded, only tried, or neither.
    #[schema(value_type = schema::AutoRoute)]
    auto_route: &'static str,
    exposure: Num,
    realised_today: Num,
    open_positions: usize,
    open_orders: usize,
    limits: Vec<Usage>,
    cooldowns: Vec<Cooldown>,
}

/// A limit and how much of it is used. A limit of null is off.
#[derive(Serialize, ToSchema)]
#[schema(as = LimitUse)]
struct Usage {
    name: &'static str,
    used: Option<Num>,
    limit: Option<Num>,
}

#[derive(Serialize, ToSchema)]
struct Cooldown {
    #[schema(value_type = String)]
    symbol: Symbol,
    seconds_left: u64,
}

/// How far the limits are used.
#[utoipa::path(
    get, path = "/risk/status", tag = "risk", operation_id = "riskStatus", responses((status = 200, description = "As of now", body = Status))
)]
pub(super) async fn status(State(app): AppState) -> Answer {
    let now = app.core.now();
    Ok(json::ok(&read(&*app.core, move |engine| status_at(engine, now)).await?))
}

fn status_at(engine: &Engine, now: Timestamp) -> Status {
    let ledger = engine.ledger();
    Status {
        policy: ledger.policy(),
        mode: engine.settings().mode.as_str(),
        killed: ledger.kill_mode().is_some(),
        kill_mode: ledger.kill_mode(),
        auto_route: auto_route(&engine.settings().auto_route),
        exposure: ledger.exposure().into(),
        realised_today: ledger.realised_on(now.utc_day()).into(),
        open_positions: ledger.positions().count(),
        open_orders: ledger.open_orders().count(),
        limits: limits(engine, now),
        cooldowns: cooldowns(engine, now),
    }
}

const fn auto_route(settings: &AutoRoute) -> &'static str {
    match (settings.enabled && settings.exchange_matches, settings.dry_run) {
        (false, _) => "off",
        (true, true) => "dry_run",
        (true, false) => "on",
    }
}

fn limits(engine: &Engine, now: Timestamp) -> Vec<Usage> {
    let (risk, ledger) = (&engine.settings().risk, engine.ledger());
    let loss = ledger.realised_on(now.utc_day());
    let count = |n: usize| Some(Num(n.into()));
    let daily = Some(risk.max_daily_loss).filter(|limit| *limit != Notional::ZERO);
    vec![
        Usage { name: "min_notional", used: None, limit: Some(risk.min_notional.into()) },
        Usage { name: "max_notional", used: None, limit: Some(engine.max_notional().into()) },
        Usage {
            name: "open_positions",
            used: count(ledger.open_position_count(None)),
            limit: Some(Num(risk.max_open_positions.into())),
        },
        Usage {
            name: "positions_per_symbol",
            used: count(most_of_one_symbol(engine)),
            limit: Some(Num(risk.max_positions_per_symbol.into())),
        },
        Usage {
            name: "total_exposure",
            used: Some(ledger.exposure().into()),
            limit: Some(risk.max_total_exposure.into()),
        },
        Usage {
            name: "daily_loss",
            used: Some(Pnl::loss(loss).into()),
            limit: daily.map(Num::from),
        },
    ]
}

fn most_of_one_symbol(engine: &Engine) -> usize {
    let ledger = engine.ledger();
    let held = ledger.positions().map(|position| &position.symbol);
    let on_their_way = ledger.open_orders().map(|order| &order.symbol);
    let counts = held.chain(on_their_way).map(|symbol| ledger.open_position_count(Some(symbol)));
    counts.max().unwrap_or(0)
}

fn cooldowns(engine: &Engine, now: Timestamp) -> Vec<Cooldown> {
    let pause = engine.cooldown();
    let left = |(symbol, at): (&Symbol, Timestamp)| {
        let left = pause.checked_sub(now.since(at)).filter(|left| !left.is_zero())?;
        let seconds_left = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        Some(Cooldown { symbol: symbol.clone(), seconds_left })
    };
    engine.ledger().last_entries().filter_map(left).collect()
}

#[derive(Serialize, ToSchema)]
struct KillAnswer {
    killed: bool,
    #[schema(value_type = Option<schema::KillMode>)]
    kill_mode: Option<KillMode>,
}

/// Pulls the kill switch: works at any time.
#[utoipa::path(
    post, path = "/risk/kill", tag = "risk", operation_id = "kill",
    request_body(content((Option<KillRequest> = "application/json"), (Option<KillRequest> = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "Pulled, and in the journal", body = KillAnswer))
)]
pub(super) async fn kill(State(app): AppState, params: Params) -> Answer {
    let mode = kill_mode(params.optional("mode").as_deref())?;
    let reason = params.optional("reason").unwrap_or_else(|| "asked for over the API".to_owned());
    let reason = reason.chars().take(200).collect();
    done(app.core.control(Command::Kill { mode, reason, by: BY.to_owned() }).await?)?;
    standing(&app).await
}

fn kill_mode(text: Option<&str>) -> Result<KillMode, ApiError> {
    match text.map(str::to_ascii_lowercase).as_deref() {
        None | Some("cancel") => Ok(KillMode::Cancel),
        Some("entries") => Ok(KillMode::Entries),
        Some("flatten") => Ok(KillMode::Flatten),
        Some(other) => {
            let shown: String = other.chars().take(32).collect();
            Err(ApiError::bad_parameter(format!(
                "mode={shown:?} is not known: give entries, cancel or flatten"
            )))
        }
    }
}

/// Releases the kill switch.
#[utoipa::path(
    post, path = "/risk/resume", tag = "risk", operation_id = "resume", responses((status = 200, description = "Released", body = KillAnswer))
)]
pub(super) async fn resume(State(app): AppState) -> Answer {
    done(app.core.control(Command::Resume { by: BY.to_owned() }).await?)?;
    standing(&app).await
}

async fn standing(app: &App) -> Answer {
    let kill_mode = read(&*app.core, |engine| engine.ledger().kill_mode()).await?;
    Ok(json::ok(&KillAnswer { killed: kill_mode.is_some(), kill_mode }))
}
