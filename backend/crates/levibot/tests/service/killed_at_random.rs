//! kill -9 at random moments, again and again, with an exchange that outlives it all and loses
//! answers on the way. What must be true afterwards is reckoned from two accounts of the same trades
//! that share no code: the journal's and the exchange's.
//!
//! `LEVIBOT_KILLS=200 cargo test -p levibot --test service killed_at_random -- --nocapture` is the
//! long run; `LEVIBOT_SEED` chooses another one.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::foreign::{Foreign, Manner, Order, Pico, SYMBOLS, Status, base_of, pico};
use crate::process::{Home, PATIENCE, Process, against, events, eventually, try_ingest};

const KILLS_IN_SHORT: u64 = 15;
const FIRST_USDT: &str = "100000";
/// Coins of the user's own, which nobody may touch.
const OWN_ETH: &str = "3";

/// The same seed gives the same schedule; the moments within it are the machine's.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }
}

fn number_from(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

/// What happens to the service before it is killed.
#[derive(Debug, Clone)]
enum Deed {
    Signal { symbol: &'static str, id: String },
    Price { symbol: &'static str, price: &'static str },
    Pause(Duration),
}

/// When it is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So long after its start, ready or not.
    AfterStart(Duration),
    /// So long after it became ready.
    AfterReady(Duration),
    /// When an event of this type was written since it started.
    AtEvent(&'static str),
}

struct Trial {
    home: Home,
    foreign: Foreign,
    chance: Chance,
    signals: Vec<(String, &'static str)>,
    kills: BTreeMap<String, u64>,
}

impl Trial {
    fn new(seed: u64) -> Self {
        let foreign = Foreign::start();
        foreign.give("ETH", OWN_ETH);
        let home = against(
            &foreign,
            &[
                ("IN_DOUBT_SETTLE_MS", "500"),
                ("PRICE_POLL_MS", "100"),
                ("RISK_COOLDOWN_SEC", "0"),
                ("RISK_MAX_POSITIONS_PER_SYMBOL", "1000"),
                ("RISK_MAX_OPEN_POSITIONS", "1000"),
                ("RISK_MAX_TOTAL_EXPOSURE", "1000000"),
                ("RISK_MAX_DAILY_LOSS", "0"),
            ],
        );
        let chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        Self { home, foreign, chance, signals: Vec::new(), kills: BTreeMap::new() }
    }

    /// One life of the service, to its violent end.
    fn live_and_die(&mut self) {
        let manners: Vec<Manner> = (0..self.chance.below(3)).map(|_| self.manner()).collect();
        self.foreign.behave(&manners);
        let moment = self.moment();
        let deeds = self.deeds();
        let written = self.count_events();
        let service = self.home.start();
        if !matches!(moment, Moment::AfterStart(_)) {
            service.until_ready();
        }
        let doer = self.start_doing(deeds, service.address);
        match moment {
            Moment::AfterStart(pause) | Moment::AfterReady(pause) => thread::sleep(pause),
            Moment::AtEvent(name) => self.wait_for_event(name, written),
        }
        service.kill_9();
        doer.join().unwrap();
        *self.kills.entry(kind(moment)).or_default() += 1;
    }

    fn manner(&mut self) -> Manner {
        self.chance.one_of(&[
            Manner::Orderly,
            Manner::ServerErrorAfter,
            Manner::CutAfter,
            Manner::CutBefore,
            Manner::HalfAfter,
        ])
    }

    fn moment(&mut self) -> Moment {
        const MARKS: [&str; 7] = [
            "SIGNAL_INGEST",
            "ORDER_NEW",
            "ORDER_ACCEPTED",
            "ORDER_IN_DOUBT",
            "POSITION_OPENED",
            "POSITION_CLOSING",
            "ORDER_CANCEL_REQUESTED",
        ];
        match self.chance.below(4) {
            0 => Moment::AfterStart(Duration::from_millis(self.chance.below(400))),
            1 => Moment::AfterReady(Duration::from_millis(self.chance.below(600))),
            _ => Moment::AtEvent(self.chance.one_of(&MARKS)),
        }
    }

    fn deeds(&mut self) -> Vec<Deed> {
        let count = 2 + self.chance.below(4);
        (0..count).map(|_| self.deed()).collect()
    }

    fn deed(&mut self) -> Deed {
        let symbol = self.chance.one_of(&SYMBOLS);
        match self.chance.below(10) {
            0..4 => {
                let id = (self.signals.len() + 1).to_string();
                self.signals.push((id.clone(), symbol));
                Deed::Signal { symbol, id }
            }
            // Redelivered, perhaps edited, perhaps after several lives.
            4 | 5 if !self.signals.is_empty() => {
                let (id, _) = self.signals
                    [usize::try_from(self.chance.below(self.signals.len() as u64)).unwrap()]
                .clone();
                Deed::Signal { symbol, id }
            }
            6 | 7 => {
                let price = self.chance.one_of(&["94", "98", "100", "100", "100", "111"]);
                Deed::Price { symbol, price }
            }
            _ => Deed::Pause(Duration::from_millis(20 + self.chance.below(200))),
        }
    }

    fn start_doing(&self, deeds: Vec<Deed>, address: SocketAddr) -> thread::JoinHandle<()> {
        let foreign = self.foreign.clone();
        thread::spawn(move || {
            for deed in deeds {
                match deed {
                    // The service may be dead by now, or die before it answers.
                    Deed::Signal { symbol, id } => drop(try_ingest(address, &text(symbol), &id)),
                    Deed::Price { symbol, price } => foreign.set_price(symbol, price),
                    Deed::Pause(pause) => thread::sleep(pause),
                }
            }
        })
    }

    fn count_events(&self) -> usize {
        if self.home.path().join("backend/data/logs").exists() { self.events().len() } else { 0 }
    }

    /// Whole lines only: the last one may be torn, and is cut at the next start.
    fn events(&self) -> Vec<Value> {
        events(self.home.path())
    }

    /// Or so long that it cannot be expected any more.
    fn wait_for_event(&self, name: &str, after: usize) {
        let started = Instant::now();
        while started.elapsed() < Duration::from_millis(1_200) {
            let news = self.events().split_off(after);
            if news.iter().any(|event| event["event_type"] == name) {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// A last life in which nothing goes wrong: everything comes to rest.
    fn settle(&mut self) -> Process {
        self.foreign.behave(&[]);
        for symbol in SYMBOLS {
            self.foreign.set_price(symbol, "100");
        }
        let service = self.home.start_ready();
        for (id, symbol) in &self.signals {
            service.ingest(&text(symbol), id);
        }
        eventually("every doubt is settled and every position protected", PATIENCE * 2, || {
            let orders = service.get("/orders?limit=1000").expect(200);
            let status = |order: &Value| order["status"].as_str().unwrap().to_owned();
            let orders = orders["orders"].as_array().unwrap().clone();
            let unsettled = ["intended", "in_doubt"];
            let clear = !orders.iter().any(|o| unsettled.contains(&status(o).as_str()));
            let at_rest = |p: &Value| p["protected"] == true && p["exit_order"].is_string();
            (clear && service.positions().iter().all(at_rest)).then_some(())
        });
        service
    }
}

fn kind(moment: Moment) -> String {
    match moment {
        Moment::AfterStart(_) => "while starting".to_owned(),
        Moment::AfterReady(_) => "while running".to_owned(),
        Moment::AtEvent(name) => format!("at {name}"),
    }
}

fn text(symbol: &str) -> String {
    let coin = base_of(symbol);
    format!("#{coin}/USDT LONG\nEntry: 99 - 101\nTargets: 110\nStop loss: 95")
}

/// What the journal says of one order, last word last.
#[derive(Debug, Default)]
struct Told {
    trace_id: String,
    is_buy: bool,
    leg: Value,
    position_id: Option<String>,
    executed: Pico,
    quote: Pico,
    fee: Pico,
}

fn told_orders(events: &[Value]) -> BTreeMap<String, Told> {
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for event in events {
        let payload = &event["payload"];
        let Some(id) = payload["client_order_id"].as_str() else { continue };
        let order = told.entry(id.to_owned()).or_default();
        match event["event_type"].as_str().unwrap() {
            "ORDER_NEW" => {
                event["trace_id"].as_str().unwrap().clone_into(&mut order.trace_id);
                order.is_buy = payload["side"] == "buy";
                order.leg = payload["leg"].clone();
                order.position_id = payload["position_id"].as_str().map(str::to_owned);
            }
            "POSITION_OPENED" => {
                order.position_id = payload["position_id"].as_str().map(str::to_owned);
            }
            "ORDER_PARTIAL_FILL" | "ORDER_FILLED" | "ORDER_CANCELED" | "ORDER_FEES" => {
                order.executed = pico(payload["executed_qty"].as_str().unwrap());
                order.quote = pico(payload["executed_quote"].as_str().unwrap());
                let fees = payload["fees"].as_array().cloned().unwrap_or_default();
                let amount = |fee: &Value| pico(fee["amount"].as_str().unwrap());
                order.fee = fees.iter().map(amount).sum();
            }
            _ => {}
        }
    }
    told
}

/// Two accounts of the same trades.
struct Audit {
    events: Vec<Value>,
    told: BTreeMap<String, Told>,
    orders: Vec<Order>,
    positions: Vec<Value>,
}

impl Audit {
    /// At most one entry for each signal, and no order that the journal does not tell of.
    fn entries_are_single(&self) {
        let mut bought = BTreeSet::new();
        for order in &self.orders {
            let told = self.told.get(&order.client_id);
            let told = told.unwrap_or_else(|| panic!("{order:?} is not in the journal"));
            if told.leg == "entry" {
                assert!(bought.insert(&told.trace_id), "{} entered twice", told.trace_id);
            }
        }
        let ingested = self.events.iter().filter(|e| e["event_type"] == "SIGNAL_INGEST");
        let traces: BTreeSet<_> = ingested.map(|e| e["trace_id"].as_str().unwrap()).collect();
        assert!(bought.iter().all(|trace| traces.contains(trace.as_str())));
    }

    fn figures_agree(&self, foreign: &Foreign) {
        for order in &self.orders {
            let told = &self.told[&order.client_id];
            let (left, right) =
                ((told.executed, told.quote, told.fee), (order.executed, order.quote, order.fee));
            assert_eq!(left, right, "journal and exchange of {}", order.client_id);
        }
        let (mut usdt, mut coins) = (pico(FIRST_USDT), 0);
        for told in self.told.values() {
            let sign = if told.is_buy { 1 } else { -1 };
            usdt -= sign * told.quote + told.fee;
            coins += sign * told.executed;
        }
        assert_eq!(foreign.total("USDT"), usdt, "money by the journal's arithmetic");
        let there: Pico = SYMBOLS.iter().map(|symbol| foreign.total(base_of(symbol))).sum();
        assert_eq!(there, coins + pico(OWN_ETH), "coins by the journal's arithmetic");
    }

    fn nothing_is_oversold(&self) {
        let mut held: BTreeMap<&str, Pico> = BTreeMap::new();
        for told in self.told.values().filter(|told| told.executed > 0) {
            let id = told.position_id.as_deref();
            let id = id.unwrap_or_else(|| panic!("{told:?} belongs to no position"));
            *held.entry(id).or_default() +=
                if told.is_buy { told.executed } else { -told.executed };
        }
        for (id, left) in held {
            assert!(left >= 0, "position {id} was oversold by {}", -left);
            let shown = self.positions.iter().find(|p| p["id"] == *id);
            let shown = shown.map_or(0, |p| pico(&p["qty"].to_string()));
            assert_eq!(shown, left, "position {id}");
        }
    }

    /// Each position has its plan, and its exit rests at the exchange for all that is held.
    fn positions_are_protected(&self) {
        for position in &self.positions {
            assert!(position["plan"]["stop"].is_number(), "{position}");
            let exit = position["exit_order"].as_str().unwrap();
            let order = self.orders.iter().find(|order| order.client_id == exit).unwrap();
            assert_eq!(order.status, Status::New, "{position}");
            assert_eq!(order.qty, pico(&position["qty"].to_string()), "{position}");
        }
        let resting = self.orders.iter().filter(|order| order.status == Status::New).count();
        assert_eq!(resting, self.positions.len(), "orders rest that belong to no position");
    }

    /// Nobody but the service trades here, so it may find nothing that it cannot explain.
    fn nothing_was_unexplained(&self) {
        let stops = self.events.iter().filter(|event| event["event_type"] == "KILL_SWITCH");
        assert_eq!(stops.collect::<Vec<_>>(), Vec::<&Value>::new());
        let seqs: Vec<u64> = self.events.iter().map(|e| e["seq"].as_u64().unwrap()).collect();
        assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "the journal has gaps");
    }

    fn count(&self, event_type: &str) -> usize {
        self.events.iter().filter(|event| event["event_type"] == event_type).count()
    }
}

#[test]
fn whenever_it_is_killed_there_is_one_entry_a_signal_and_every_position_is_protected() {
    let (kills, seed) =
        (number_from("LEVIBOT_KILLS", KILLS_IN_SHORT), number_from("LEVIBOT_SEED", 1));
    println!("seed {seed}: LEVIBOT_SEED={seed} LEVIBOT_KILLS={kills} repeats it");
    let started = Instant::now();
    let mut trial = Trial::new(seed);
    for _ in 0..kills {
        trial.live_and_die();
    }
    let service = trial.settle();
    let positions = service.positions();
    service.kill_9();
    let events = trial.events();
    let audit =
        Audit { told: told_orders(&events), events, orders: trial.foreign.orders(), positions };
    audit.entries_are_single();
    audit.figures_agree(&trial.foreign);
    audit.nothing_is_oversold();
    audit.positions_are_protected();
    audit.nothing_was_unexplained();
    assert_eq!(trial.foreign.faults(), Vec::<String>::new());
    println!(
        "{kills} kills in {:?} ({:?}): {} signals, {} orders at the exchange, {} in doubt, {} reconciled, \
         {} positions opened, {} closed, {} open",
        started.elapsed(),
        trial.kills,
        trial.signals.len(),
        audit.orders.len(),
        audit.count("ORDER_IN_DOUBT"),
        audit.count("ORDER_RECONCILED"),
        audit.count("POSITION_OPENED"),
        audit.count("POSITION_CLOSED"),
        audit.positions.len(),
    );
}
