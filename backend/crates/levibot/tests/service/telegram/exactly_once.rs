//! Messages that come again and again, edits, faults and crashes: each signal enters once, nothing
//! is missed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Bench, CHANNEL, SIGNAL};
use super::server::{Fault, now_micros, post_of};
use crate::process::{PATIENCE, Process, events, eventually};

#[test]
fn an_edit_or_redelivery_never_enters_again() {
    let bench = Bench::new(&[("RISK_MAX_POSITIONS_PER_SYMBOL", "10"), ("RISK_COOLDOWN_SEC", "0")]);
    let service = bench.home.start_ready();
    let (message, _) = bench.telegram.channel_post(CHANNEL, SIGNAL);
    bench.telegram.update("channel_post", &post_of(CHANNEL, message, SIGNAL));
    let edited = SIGNAL.replace("52000", "53000");
    bench.telegram.update("edited_channel_post", &post_of(CHANNEL, message, &edited));
    // The same call, forwarded into the channel: it is the original.
    let mut copy = post_of(CHANNEL, bench.telegram.new_message(), SIGNAL);
    copy["forward_origin"] = json!({
        "type": "channel", "date": now_micros() / 1_000_000, "message_id": message,
        "chat": {"id": CHANNEL, "type": "channel", "title": "Alpha"},
    });
    bench.telegram.update("channel_post", &copy);
    bench.until_all_is_taken();
    eventually("the entry", PATIENCE, || (!service.positions().is_empty()).then_some(()));
    assert_eq!(bench.entries().len(), 1);
    let duplicate = "levibot_tg_messages_total{outcome=\"duplicate\"}";
    assert_eq!(service.metric(duplicate), "3");
}

#[test]
fn flood_waits_failures_and_broken_polls_lose_nothing() {
    let bench = Bench::new(&[]);
    bench.telegram.goes_wrong(&[
        Fault::Status(502),
        Fault::Flood(2),
        Fault::Break,
        Fault::Break,
        Fault::Status(500),
    ]);
    let service = bench.home.start_ready();
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    eventually("the entry", PATIENCE, || (!service.positions().is_empty()).then_some(()));
    let (polls, too_early) = bench.telegram.polls();
    assert!(polls >= 6 && too_early == 0, "{polls} polls, {too_early} during the flood wait");
    assert_eq!(service.metric("levibot_tg_flood_waits_total"), "1");
    assert_eq!(service.metric("levibot_tg_reconnects_total"), "5");
    assert_eq!(service.metric("levibot_tg_up "), "1");
}

/// A message with what a person says it means.
struct Row {
    text: String,
    intent: String,
    symbol: Option<String>,
    /// A price at which it can be traded.
    price: Option<String>,
}

fn rows(path: &Path) -> Option<Vec<Row>> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.lines().map(|line| row(&serde_json::from_str(line).unwrap())).collect())
}

fn row(value: &Value) -> Row {
    let symbol = value["symbol"].as_str().filter(|symbol| symbol.ends_with("USDT"));
    let number = |value: &Value| value.as_f64();
    let entries: Vec<f64> =
        value["entries"].as_array().into_iter().flatten().filter_map(number).collect();
    let stop = number(&value["sl"]);
    let target = value["tps"].as_array().and_then(|targets| targets.first()).and_then(number);
    let low = entries.iter().copied().reduce(f64::min);
    let high = entries.iter().copied().reduce(f64::max);
    let price = match (low, high, stop, target) {
        (Some(low), Some(high), ..) => Some(f64::midpoint(low, high)),
        (_, _, Some(stop), Some(target)) => Some(f64::midpoint(stop, target)),
        (_, _, Some(stop), None) => Some(stop * 1.03),
        (_, _, None, Some(target)) => Some(target * 0.97),
        _ => None,
    };
    Row {
        text: value["text"].as_str().unwrap().to_owned(),
        intent: value["intent"].as_str().unwrap().to_owned(),
        symbol: symbol.map(str::to_owned),
        price: price.filter(|price| *price > 0.0).map(|price| format!("{price:.10}")),
    }
}

#[test]
fn own_messages_enter_once_through_redeliveries_edits_and_crashes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/telegram/messages.jsonl");
    let outcome = play(&rows(&path).unwrap());
    assert_eq!(outcome.entered_as("BUY"), outcome.labelled("BUY"), "{outcome:?}");
    assert_eq!(outcome.entered.values().sum::<usize>(), outcome.labelled("BUY"), "{outcome:?}");
}

#[test]
fn real_messages_enter_once_through_redeliveries_edits_and_crashes() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/signals_dev.jsonl");
    let Some(rows) = rows(&path) else {
        eprintln!("skipped: {} is absent", path.display());
        return;
    };
    let outcome = play(&rows);
    eprintln!("{outcome:?}");
    assert!(outcome.entered_as("BUY") * 10 >= outcome.labelled("BUY") * 6, "{outcome:?}");
    assert_eq!(outcome.entered_as("NO_TRADE"), 0, "{outcome:?}");
}

/// What came of a run.
#[derive(Debug, Default)]
struct Outcome {
    messages: BTreeMap<String, usize>,
    entered: BTreeMap<String, usize>,
    why_not: BTreeMap<String, usize>,
    lag_p50_ms: i64,
    lag_p99_ms: i64,
}

impl Outcome {
    fn labelled(&self, intent: &str) -> usize {
        self.messages.get(intent).copied().unwrap_or(0)
    }

    fn entered_as(&self, intent: &str) -> usize {
        self.entered.get(intent).copied().unwrap_or(0)
    }
}

/// Where a message of the run is: its number, its first update.
struct Posted<'a> {
    row: &'a Row,
    message: i64,
    update: i64,
}

fn bench_for(rows: &[Row]) -> Bench {
    let mut pairs: BTreeMap<&str, &str> = BTreeMap::new();
    for row in rows {
        if let (Some(symbol), Some(price)) = (&row.symbol, &row.price) {
            pairs.entry(symbol).or_insert(price);
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pairs.json");
    std::fs::write(&file, serde_json::to_string(&pairs).unwrap()).unwrap();
    let limits = [
        ("AUTO_ROUTE_MIN_CONF", "0.5"),
        ("AUTO_ROUTE_DEFAULT_NOTIONAL", "10"),
        ("RISK_MAX_OPEN_POSITIONS", "10000"),
        ("RISK_MAX_POSITIONS_PER_SYMBOL", "1000"),
        ("RISK_MAX_TOTAL_EXPOSURE", "1000000"),
        ("RISK_MAX_DAILY_LOSS", "0"),
        ("RISK_COOLDOWN_SEC", "0"),
        ("TELEGRAM_MIN_TEXT_LEN", "1"),
    ];
    Bench::with_pairs(&limits, &[("--pairs", file.to_str().unwrap())])
}

/// Posts the messages, those of one pair one after the other with its price set to fit, with
/// redeliveries and edits of earlier ones between them, and kills the service again and again.
fn play(rows: &[Row]) -> Outcome {
    let bench = bench_for(rows);
    let mut service = bench.home.start_ready();
    let mut posted: Vec<Posted<'_>> = Vec::new();
    for (number, wave) in waves(rows).into_iter().enumerate() {
        set_prices(&bench, &wave);
        for row in wave {
            let (message, update) = bench.telegram.channel_post(CHANNEL, &row.text);
            posted.push(Posted { row, message, update });
        }
        come_again(&bench, &posted, number);
        if number % 4 == 1 {
            let fault = [Fault::Status(502), Fault::Break, Fault::Flood(1)][number / 4 % 3];
            bench.telegram.goes_wrong(&[fault]);
        }
        if number % 7 == 2 {
            service.kill_9();
            service = bench.home.start_ready();
        }
        bench.until_all_is_taken();
    }
    judge(&bench, service, &posted)
}

/// Messages in groups that name no pair twice.
fn waves(rows: &[Row]) -> Vec<Vec<&Row>> {
    let mut waves: Vec<Vec<&Row>> = Vec::new();
    let mut next: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let place = row.symbol.as_deref().map_or(0, |symbol| {
            let place = next.entry(symbol).or_insert(0);
            *place += 1;
            *place - 1
        });
        if waves.len() <= place {
            waves.resize_with(place + 1, Vec::new);
        }
        waves[place].push(row);
    }
    waves
}

fn set_prices(bench: &Bench, wave: &[&Row]) {
    for row in wave {
        if let (Some(symbol), Some(price)) = (&row.symbol, &row.price) {
            bench.price(symbol, price);
        }
    }
    // Two looks at all prices later the service knows them.
    let looks = || {
        let counts = bench.sandbox.get("/__admin/counts").json();
        counts["GET /api/v3/ticker/bookTicker"].as_u64().unwrap_or(0)
    };
    let before = looks();
    eventually("the service looks at the prices", PATIENCE, || {
        (looks() >= before + 2).then_some(())
    });
}

/// Some earlier messages come again, some edited.
fn come_again(bench: &Bench, posted: &[Posted<'_>], number: usize) {
    for earlier in posted.iter().rev().step_by(3).take(20) {
        let again = post_of(CHANNEL, earlier.message, &earlier.row.text);
        bench.telegram.update("channel_post", &again);
        if number.is_multiple_of(2) {
            let text = format!("{}\n(edited)", earlier.row.text);
            let edited = post_of(CHANNEL, earlier.message, &text);
            bench.telegram.update("edited_channel_post", &edited);
        }
    }
}

/// The journal's events of one type, by trace.
fn by_trace<'a>(events: &'a [Value], event_type: &str) -> HashMap<&'a str, Vec<&'a Value>> {
    let mut found: HashMap<&str, Vec<&Value>> = HashMap::new();
    for event in events.iter().filter(|event| event["event_type"] == event_type) {
        found.entry(event["trace_id"].as_str().unwrap()).or_default().push(event);
    }
    found
}

/// The trace of each message; none was considered twice, none is missing.
fn considered<'a>(events: &'a [Value], posted: &[Posted<'_>]) -> HashMap<&'a str, &'a str> {
    let ingested = by_trace(events, "SIGNAL_INGEST");
    let twice = ingested.iter().find(|(_, found)| found.len() > 1);
    assert!(twice.is_none(), "{twice:?} was considered more than once");
    let id = |found: &[&'a Value]| found[0]["payload"]["message_id"].as_str().unwrap();
    let traces: HashMap<&str, &str> =
        ingested.iter().map(|(trace, found)| (id(found), *trace)).collect();
    assert_eq!(traces.len(), posted.len(), "every message is considered, and nothing else");
    traces
}

/// Ids of orders that the journal proves not to be at the exchange.
fn not_placed(events: &[Value]) -> BTreeSet<&str> {
    let proven = events.iter().filter(|event| {
        event["event_type"] == "ORDER_ERROR" || event["payload"]["resolution"] == "never_placed"
    });
    proven.map(|event| event["payload"]["client_order_id"].as_str().unwrap()).collect()
}

fn judge(bench: &Bench, service: Process, posted: &[Posted<'_>]) -> Outcome {
    let placed = settled(bench, &service);
    service.kill_9();
    let events = events(bench.home.path());
    let traces = considered(&events, posted);
    let (orders, not_placed) = (by_trace(&events, "ORDER_NEW"), not_placed(&events));
    let reasons = [by_trace(&events, "ORDER_BLOCKED"), by_trace(&events, "AUTO_ROUTE_SKIPPED")];
    let mut outcome = Outcome::default();
    let mut lags = Vec::new();
    let mut known = BTreeSet::new();
    for message in posted {
        let trace = traces[message.message.to_string().as_str()];
        *outcome.messages.entry(message.row.intent.clone()).or_default() += 1;
        let entries = orders.get(trace).into_iter().flatten();
        let entries = entries.filter(|order| order["payload"]["leg"] == "entry");
        let ids: Vec<&str> =
            entries.map(|order| order["payload"]["client_order_id"].as_str().unwrap()).collect();
        known.extend(ids.iter().copied());
        let (there, absent): (Vec<&str>, Vec<&str>) =
            ids.iter().partition(|id| placed.contains_key(**id));
        assert!(there.len() <= 1, "{trace} entered {} times", there.len());
        assert!(absent.iter().all(|id| not_placed.contains(id)), "{absent:?} were lost");
        if let Some(at) = there.first().map(|id| placed[*id]) {
            *outcome.entered.entry(message.row.intent.clone()).or_default() += 1;
            lags.push((at - bench.telegram.handed_out(message.update).unwrap()) / 1_000);
        } else {
            let why = reasons.iter().find_map(|reasons| reasons.get(trace));
            let why = why.map_or("refused by the exchange", |found| {
                found[0]["payload"]["reason"].as_str().unwrap()
            });
            let why: String = why.chars().filter(|c| !c.is_ascii_digit()).take(60).collect();
            *outcome.why_not.entry(format!("{} {why}", message.row.intent)).or_default() += 1;
        }
    }
    let foreign = placed.keys().find(|id| !known.contains(id.as_str()));
    assert!(foreign.is_none(), "{foreign:?} belongs to no message");
    outcome.lags(lags);
    outcome
}

impl Outcome {
    fn lags(&mut self, mut lags: Vec<i64>) {
        lags.sort_unstable();
        let last = lags.len().saturating_sub(1);
        let at = |percent: usize| lags.get((lags.len() * percent / 100).min(last)).copied();
        self.lag_p50_ms = at(50).unwrap_or(0);
        self.lag_p99_ms = at(99).unwrap_or(0);
        eprintln!(
            "{} entries; delivery to order at the exchange: p50 {} ms, p99 {} ms (crashes included)",
            lags.len(),
            self.lag_p50_ms,
            self.lag_p99_ms,
        );
    }
}

/// When the exchange took each entry, once no more are on their way.
fn settled(bench: &Bench, service: &Process) -> HashMap<String, i64> {
    eventually("every entry has an answer", Duration::from_mins(1), || {
        let pending = service.get("/orders?limit=500").expect(200)["orders"]
            .as_array()
            .unwrap()
            .iter()
            .any(|order| matches!(order["status"].as_str(), Some("intended" | "in_doubt")));
        (!pending).then_some(())
    });
    let orders = bench.sandbox.get("/__admin/orders").json();
    let orders = orders.as_array().unwrap().iter();
    let entry = |order: &Value| {
        let id = order["client_order_id"].as_str().filter(|id| id.starts_with("levi-e"))?;
        let at = order["created_at"].as_str().unwrap();
        Some((id.to_owned(), domain::Timestamp::parse(at).unwrap().as_micros()))
    };
    orders.filter_map(entry).collect()
}
