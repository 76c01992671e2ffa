//! The journal against the exchange: of a running service by its own words, of a stopped one by the
//! very comparison it makes at its start, on a copy of its state that is thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::event::Event;
use domain::{Decimal, Markets, OrderSnapshot, Record, Symbol};
use engine::{Engine, Input, OrderState, Outbox};
use journal::OpenError;
use mexc::{Client, ClientError};
use serde_json::Value;

use super::exchange::Seen;
use super::finding::Finding;
use crate::clock::now;
use crate::commands::remote::{RemoteError, Service};
use crate::config::Config;
use crate::service::{pairs_to_compare, to_balance};

const DIFFERENCES: &str = "differences";
const SETTLE: &str = "look the order up at MEXC; `levibot positions` and POST /positions/adjust \
                      settle what you can explain, then `levibot resume`";

pub(super) async fn findings(config: &Config, seen: Option<(Client, Seen)>) -> Vec<Finding> {
    let service = match Service::new(config) {
        Ok(service) => service,
        Err(error) => return vec![Finding::failed("service", error.to_string(), "set API_BASE")],
    };
    match service.get("/risk/status").await {
        Err(RemoteError::Unreachable { .. }) => stopped(config, seen).await,
        Err(error) => {
            let advice = "set API_BASE and API_KEY to those of the service";
            vec![Finding::failed("service", error.to_string(), advice)]
        }
        Ok(risk) => running(&service, &risk, config, seen).await,
    }
}

async fn running(
    service: &Service,
    risk: &Value,
    config: &Config,
    seen: Option<(Client, Seen)>,
) -> Vec<Finding> {
    let mut findings = vec![match service.get("/readyz").await {
        Ok(_) => Finding::ok("service", "it runs and is ready"),
        Err(error) => Finding::failed("service", error.to_string(), "see its log"),
    }];
    if let Some(mode) = risk["kill_mode"].as_str() {
        let detail = format!("the kill switch is pulled ({mode})");
        findings.push(Finding::warning("kill switch", detail, "`levibot resume` releases it"));
    }
    let lists = (service.get("/orders?limit=1000").await, service.get("/positions").await);
    let (Ok(orders), Ok(positions)) = lists else {
        let detail = "the service does not tell its orders and positions";
        findings.push(Finding::failed("orders", detail, "see its log"));
        return findings;
    };
    let (orders, positions) = (list(&orders["orders"]), list(&positions["positions"]));
    let doubtful =
        |order: &&Value| matches!(order["status"].as_str(), Some("in_doubt" | "intended"));
    findings.push(doubts(orders.iter().filter(doubtful).count()));
    findings.push(protection(&positions));
    if let Some((client, seen)) = seen {
        let told = Told::new(&orders, &positions);
        findings.extend(told.compare(&client, &seen, config).await);
    }
    findings
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn doubts(count: usize) -> Finding {
    match count {
        0 => Finding::ok("orders", "none is in doubt"),
        count => Finding::warning(
            "orders",
            format!("{count} in doubt"),
            "the service asks for them until it knows; look again in a minute",
        ),
    }
}

fn protection(positions: &[Value]) -> Finding {
    let exposed = positions.iter().find_map(|position| {
        let why = position["unprotected_because"].as_str()?;
        Some(format!("{} is UNPROTECTED: {why}", position["symbol"]))
    });
    match exposed {
        None => Finding::ok("positions", format!("{} open, all protected", positions.len())),
        Some(detail) => Finding::failed("positions", detail, "see the service's log and alarms"),
    }
}

/// What a running service says it has.
struct Told {
    orders: BTreeSet<String>,
    held: BTreeMap<Symbol, Decimal>,
}

impl Told {
    fn new(orders: &[Value], positions: &[Value]) -> Self {
        let id = |order: &Value| order["client_order_id"].as_str().map(str::to_owned);
        let mut held = BTreeMap::new();
        for position in positions {
            let symbol = Symbol::from_exchange(position["symbol"].as_str().unwrap_or_default());
            let qty: Option<Decimal> = position["qty"].to_string().parse().ok();
            *held.entry(symbol).or_insert(Decimal::ZERO) += qty.unwrap_or_default();
        }
        Self { orders: orders.iter().filter_map(id).collect(), held }
    }

    async fn compare(&self, client: &Client, seen: &Seen, config: &Config) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (symbol, qty) in &self.held {
            match client.open_orders(Some(symbol)).await {
                Ok(orders) => findings.extend(self.orphans(&orders, config)),
                Err(error) => findings.push(unknown(symbol, &error)),
            }
            findings.extend(missing(symbol, *qty, seen));
        }
        if findings.is_empty() {
            findings.push(Finding::ok(DIFFERENCES, "orders and coins are as the journal says"));
        }
        findings
    }

    fn orphans(&self, orders: &[OrderSnapshot], config: &Config) -> Vec<Finding> {
        let ids = orders.iter().filter_map(|order| order.client_order_id.as_ref());
        let ours = ids.filter(|id| config.engine.bot_id.owns(id.as_str()));
        let unknown = ours.filter(|id| !self.orders.contains(id.as_str()));
        unknown
            .map(|id| {
                let detail = format!("order {id} rests at the exchange, the journal lacks it");
                Finding::failed(DIFFERENCES, detail, SETTLE)
            })
            .collect()
    }
}

fn unknown(symbol: &Symbol, error: &ClientError) -> Finding {
    let detail = format!("orders of {symbol} cannot be compared: {error}");
    Finding::failed(DIFFERENCES, detail, "try again")
}

fn missing(symbol: &Symbol, held: Decimal, seen: &Seen) -> Option<Finding> {
    let market = seen.markets.iter().find(|market| market.symbol == *symbol)?;
    let balances = seen.balances.as_ref()?;
    let balance = balances.iter().find(|balance| balance.asset == market.base);
    let there = balance.map_or(Decimal::ZERO, |balance| balance.free + balance.locked);
    (there < held).then(|| {
        let base = &market.base;
        let detail = format!("{held} {base} are held, but the account has only {there}");
        Finding::failed(DIFFERENCES, detail, SETTLE)
    })
}

/// A service that holds the journal and does not answer here runs all the same.
fn not_running(config: &Config) -> Finding {
    const CHECK: &str = "service";
    match journal::holder(&config.log.dir) {
        None => Finding::ok(CHECK, "it does not run"),
        Some(process) => Finding::warning(
            CHECK,
            format!("process {process} holds the journal and does not answer here"),
            "set API_BASE, or HOST and PORT, to where it listens",
        ),
    }
}

/// Nothing of it is journalled and no effect is carried out; the journal's files are only read.
async fn stopped(config: &Config, seen: Option<(Client, Seen)>) -> Vec<Finding> {
    let mut findings = vec![not_running(config)];
    if !config.log.dir.is_dir() {
        findings.push(Finding::ok("journal", "none yet"));
        return findings;
    }
    let mut engine = Engine::new(config.engine_settings(), signal::Reader::embedded());
    match replay(config, &mut engine) {
        Ok(finding) => findings.push(finding),
        Err(error) => {
            findings.push(Finding::failed("journal", error.to_string(), "as it says"));
            return findings;
        }
    }
    let mut records = Vec::new();
    let mut out = Outbox::default();
    engine.resume(now(), &mut out);
    records.append(&mut out.records);
    findings.push(held(&engine));
    let Some((client, seen)) = seen else { return findings };
    let balances = seen.balances.into_iter().flatten().map(to_balance).collect();
    for input in [
        Input::ClockOffset { offset_ms: client.offset_ms() },
        Input::Markets(Arc::new(Markets::new(seen.markets))),
        Input::Balances(balances),
    ] {
        engine.step(now(), input, &mut out);
        records.append(&mut out.records);
    }
    let orders = match recent_orders(&client, &engine).await {
        Ok(orders) => orders,
        Err(finding) => {
            findings.push(finding);
            return findings;
        }
    };
    engine.step(now(), Input::Reconciled { orders }, &mut out);
    records.append(&mut out.records);
    let in_doubt = |order: &&engine::Order| order.state == OrderState::InDoubt;
    findings.push(doubts(engine.ledger().open_orders().filter(in_doubt).count()));
    findings.extend(told(&records));
    findings
}

fn replay(config: &Config, engine: &mut Engine) -> Result<Finding, OpenError> {
    let opened = journal::look(&config.log.dir, |record| engine.replay(&record))?;
    let detail = format!("{} events, {} replayed", opened.last_seq, opened.replayed);
    Ok(match opened.repaired {
        None => Finding::ok("journal", detail),
        Some(repair) => Finding::warning(
            "journal",
            format!("{detail}; its last line is torn, {} bytes of it", repair.bytes_cut),
            "nothing to do: it was never acknowledged, and the next start cuts it",
        ),
    })
}

fn held(engine: &Engine) -> Finding {
    let count = engine.ledger().positions().count();
    match count {
        0 => Finding::ok("positions", "none is open"),
        count => Finding::warning(
            "positions",
            format!("{count} open, and nobody looks after them while the service is stopped"),
            "start the service: its first deed is to put their exits in force",
        ),
    }
}

async fn recent_orders(client: &Client, engine: &Engine) -> Result<Vec<OrderSnapshot>, Finding> {
    let mut orders = Vec::new();
    for symbol in pairs_to_compare(engine).symbols {
        let unknown = |error: ClientError| unknown(&symbol, &error);
        orders.extend(client.open_orders(Some(&symbol)).await.map_err(unknown)?);
        orders.extend(client.all_orders(&symbol).await.map_err(unknown)?);
    }
    Ok(orders)
}

/// What the start would tell.
fn told(records: &[Record]) -> Vec<Finding> {
    let alarm = |record: &Record| match &record.event {
        Event::Alarm(notice) => Some(Finding::failed(DIFFERENCES, &notice.message, SETTLE)),
        _ => None,
    };
    let alarms: Vec<Finding> = records.iter().filter_map(alarm).collect();
    if alarms.is_empty() {
        return vec![Finding::ok(DIFFERENCES, "orders and coins are as the journal says")];
    }
    alarms
}
