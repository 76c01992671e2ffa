//! Answers to questions.

use domain::{Decimal, Event, PositionId, Record, Timestamp, TraceId};
use engine::{Engine, Position};

use super::ask::{Ask, MENU};
use crate::chats::Chats;
use crate::port::{Lines, Service, Unavailable, read};
use crate::words;

/// Events of one decision that are shown.
const EXPLAINED: usize = 60;
/// Signals that are listed.
const SIGNALS: usize = 10;
/// Days of results.
const DAYS: i64 = 7;
/// Rows of a list.
const ROWS: usize = 30;

/// The answer, or why there is none.
pub(super) async fn answer(service: &dyn Service, chats: &Chats, question: &Ask) -> String {
    let now = service.now();
    let answer = match question {
        Ask::Help => Ok(help()),
        Ask::Wrong(why) => Ok(why.clone()),
        Ask::Channels => Ok(channels(chats, now)),
        Ask::Status => status(service, now).await,
        Ask::Positions => read(service, move |engine| positions(engine, now)).await,
        Ask::Orders => read(service, orders).await,
        Ask::Balance => read(service, balance).await,
        Ask::Pnl => read(service, move |engine| results(engine, now)).await,
        Ask::Policy(_) => read(service, policy).await,
        Ask::Signals => signals(service).await,
        Ask::Why(id) => why(service, id).await,
        Ask::Close(_) | Ask::Pause | Ask::Resume | Ask::Kill(_) => Ok(String::new()),
    };
    answer.unwrap_or_else(|error| error.to_string())
}

fn help() -> String {
    let lines = MENU.iter().map(|(name, about)| format!("/{name} - {about}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A list, or a word for none, bounded.
fn listed(rows: Vec<String>, none: &str) -> String {
    if rows.is_empty() {
        return none.to_owned();
    }
    let more = rows.len().saturating_sub(ROWS);
    let mut text = rows.into_iter().take(ROWS).collect::<Vec<_>>().join("\n");
    if more > 0 {
        text = format!("{text}\n… and {more} more");
    }
    text
}

fn channels(chats: &Chats, now: Timestamp) -> String {
    let row = |heard: crate::chats::Heard| {
        let age = now.since(heard.last).as_secs();
        let word = if heard.followed { "follows" } else { "ignores" };
        format!(
            "{word} {} ({}): {} messages, the last {age} s ago",
            heard.title, heard.id, heard.count
        )
    };
    listed(chats.all().into_iter().map(row).collect(), "no message was heard since the start")
}

async fn status(service: &dyn Service, now: Timestamp) -> Result<String, Unavailable> {
    let parts = service.readiness();
    let broken: Vec<String> =
        parts.iter().filter(|part| !part.ok).map(|p| format!("{}: {}", p.name, p.detail)).collect();
    let ready = if broken.is_empty() { "ready".to_owned() } else { broken.join("\n") };
    let standing = read(service, move |engine| standing(engine, now)).await?;
    Ok(format!("{ready}\n{standing}"))
}

fn standing(engine: &Engine, now: Timestamp) -> String {
    let (ledger, settings) = (engine.ledger(), engine.settings());
    let routing = match (settings.auto_route.enabled, settings.auto_route.dry_run) {
        (false, _) => "off",
        (true, true) => "dry run",
        (true, false) => "on",
    };
    let kill = ledger.kill_mode().map_or("released", domain::event::KillMode::as_str);
    format!(
        "mode {}, account {}, auto-routing {routing}\nkill switch {kill}, policy {}\n{} positions \
         ({} unprotected), {} open orders\nexposure {}, realised today {}",
        settings.mode.as_str(),
        ledger.account(),
        ledger.policy(),
        ledger.positions().count(),
        engine.unprotected(now).count(),
        ledger.open_orders().count(),
        words::plain(ledger.exposure().get()),
        words::signed(ledger.realised_on(now.utc_day()).get()),
    )
}

fn positions(engine: &Engine, now: Timestamp) -> String {
    let rows = engine.ledger().positions().map(|position| held(engine, position, now));
    listed(rows.collect(), "no open positions")
}

fn held(engine: &Engine, position: &Position, now: Timestamp) -> String {
    let entry = position.entry_price().map_or_else(|| "?".to_owned(), |price| price.to_string());
    let result = open_result(engine, position).map_or_else(|| "?".to_owned(), words::signed);
    let plan = position.plan.as_ref().map_or_else(|| "no plan yet".to_owned(), words::plan);
    let guard = engine
        .why_unprotected(position, now)
        .map_or_else(String::new, |why| format!("\n   NOT PROTECTED: {why}"));
    format!(
        "{} {} at {entry}, result {result}\n   {plan}{guard}\n   /close {}",
        position.symbol,
        words::plain(position.held().get()),
        position.id
    )
}

/// What is held at the bid, less what it cost.
fn open_result(engine: &Engine, position: &Position) -> Option<Decimal> {
    let bid = engine.quote(&position.symbol)?.bid;
    Some(bid.notional(position.held()).get() - position.cost_of_held().get())
}

fn orders(engine: &Engine) -> String {
    let row = |order: &engine::Order| {
        let side = order.side.to_string().to_lowercase();
        format!(
            "{} {side} {} {} at {}, {}\n   {}",
            order.symbol,
            order.kind.as_str(),
            words::plain(order.qty.get()),
            order.kind.limit_price().unwrap_or(order.price),
            order.state.as_str(),
            order.client_order_id
        )
    };
    listed(engine.ledger().open_orders().map(row).collect(), "no open orders")
}

fn balance(engine: &Engine) -> String {
    let held = engine.balances().iter().filter(|b| !(b.free + b.locked).is_zero());
    let row = |balance: &engine::Balance| {
        let locked = if balance.locked.is_zero() {
            String::new()
        } else {
            format!(" and {} in orders", words::plain(balance.locked))
        };
        format!("{} {} free{locked}", balance.asset, words::plain(balance.free))
    };
    listed(held.map(row).collect(), "nothing, or not known yet")
}

fn results(engine: &Engine, now: Timestamp) -> String {
    let ledger = engine.ledger();
    let today = now.utc_day();
    let day = |back: i64| {
        let at = Timestamp::from_millis((today - back) * 86_400_000).to_string();
        let result = ledger.realised_on(today - back).get();
        format!("{} {}", at.get(..10).unwrap_or_default(), words::signed(result))
    };
    let days: Vec<String> = (0..DAYS).map(day).collect();
    let open: Decimal = ledger.positions().filter_map(|p| open_result(engine, p)).sum();
    format!("open positions {}\nrealised by UTC day:\n{}", words::signed(open), days.join("\n"))
}

fn policy(engine: &Engine) -> String {
    format!(
        "{}: orders up to {}, a pause of {} s for each pair",
        engine.ledger().policy(),
        words::plain(engine.max_notional().get()),
        engine.cooldown().as_secs()
    )
}

async fn signals(service: &dyn Service) -> Result<String, Unavailable> {
    let types = &["AUTO_ROUTE_EXECUTED", "AUTO_ROUTE_SKIPPED", "AUTO_ROUTE_DRYRUN"];
    let records = service.lines(Lines { types, trace: None, limit: SIGNALS }).await?;
    let row = |record: &Record| {
        let symbol = record.symbol.as_ref().map_or("-", domain::Symbol::as_str);
        let trace = record.trace_id.as_ref().map_or("-", TraceId::as_str);
        let fate = words::sentence(record);
        format!("{} {symbol} {}\n   /why {trace}", time(record.ts), words::first_line(&fate))
    };
    Ok(listed(records.iter().map(row).collect(), "no signals yet"))
}

async fn why(service: &dyn Service, id: &str) -> Result<String, Unavailable> {
    let wanted = id.to_owned();
    let trace = read(service, move |engine| trace_of(engine, &wanted)).await?;
    let trace = trace.unwrap_or_else(|| TraceId::new(id));
    let lines = Lines { types: &[], trace: Some(trace), limit: EXPLAINED };
    let mut records = service.lines(lines).await?;
    records.reverse();
    if records.is_empty() {
        return Ok(format!("the journal knows nothing of {id}: /signals lists ids"));
    }
    let row = |record: &Record| format!("{} {}", time(record.ts), words::sentence(record));
    Ok(records
        .iter()
        .filter(|record| says_why(&record.event))
        .map(row)
        .collect::<Vec<_>>()
        .join("\n"))
}

/// Fees and acknowledgements explain nothing.
const fn says_why(event: &Event) -> bool {
    !matches!(event, Event::OrderFees(_) | Event::OrderAccepted(_) | Event::Checkpoint(_))
}

/// A position or order stands for the trace it belongs to.
fn trace_of(engine: &Engine, id: &str) -> Option<TraceId> {
    let ledger = engine.ledger();
    let position = ledger.position(&PositionId::new(id)).map(|position| &position.trace_id);
    let order = || ledger.order(&domain::ClientOrderId::new(id)).map(|order| &order.trace_id);
    position.or_else(order).cloned()
}

/// Hours to seconds, UTC.
fn time(at: Timestamp) -> String {
    at.to_string().get(11..19).unwrap_or_default().to_owned()
}
