//! What happens in the course of the day, and what it came to.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::{Decimal, Symbol};
use fastrand::Rng;
use mexc::{Client, StreamStats};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::fills::Tally;
use crate::keeper::{Keeper, Link};
use crate::prices::Prices;
use crate::trader::{PRICE, Placed, Trader};
use crate::venue::Venue;

const DISCONNECTS: usize = 200;
const EXPIRIES: usize = 50;
/// Which of the faults above are followed by something else.
const STORMS: [usize; 3] = [60, 130, 210];
const CLOCKS: [(usize, i64); 4] = [(40, 30_000), (90, 0), (150, -30_000), (190, 0)];
const CALMS: [usize; 2] = [20, 170];
/// Longer than keys, connections and the silence that is tolerated last.
const CALM: Duration = Duration::from_secs(5);
/// Everything is back within this, or the day has failed.
const BACK_WITHIN: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Copy)]
enum Fault {
    Disconnect,
    Expiry,
}

/// The day and everybody in it.
pub(crate) struct Day {
    venue: Arc<Venue>,
    client: Client,
    keeper: Arc<Keeper>,
    prices: Prices,
    rng: Rng,
    stop: watch::Sender<bool>,
    trader: JoinHandle<Placed>,
    back: Vec<(&'static str, Duration)>,
    met_in_storms: Vec<u64>,
}

impl Day {
    pub(crate) async fn begin(seed: u64) -> Self {
        let (venue, symbol) = (Arc::new(Venue::open().await), Symbol::from_exchange("BTCUSDT"));
        venue.set_price(PRICE).await;
        let (client, config) = (venue.client(), venue.streams());
        let keeper = Arc::new(Keeper::start(&client, &config, symbol.clone()));
        let prices = Prices::start(config, &symbol);
        let mut rng = Rng::with_seed(seed);
        let (stop, stopped) = watch::channel(false);
        let trader = Trader {
            client: client.clone(),
            venue: venue.clone(),
            keeper: keeper.clone(),
            symbol,
            rng: rng.fork(),
        };
        let trader = tokio::spawn(trader.run(stopped));
        let (back, met_in_storms) = (Vec::new(), Vec::new());
        Self { venue, client, keeper, prices, rng, stop, trader, back, met_in_storms }
    }

    pub(crate) async fn run(mut self) -> Report {
        let mut faults =
            [vec![Fault::Disconnect; DISCONNECTS], vec![Fault::Expiry; EXPIRIES]].concat();
        self.rng.shuffle(&mut faults);
        self.all_is_well("begin", Instant::now()).await;
        for (number, fault) in faults.into_iter().enumerate() {
            self.strike(fault).await;
            if STORMS.contains(&number) {
                self.storm().await;
            }
            if let Some((_, skew_ms)) = CLOCKS.iter().find(|(at, _)| *at == number) {
                self.venue.set_clock(*skew_ms).await;
                self.all_is_well("clock", Instant::now()).await;
            }
            if CALMS.contains(&number) {
                self.calm().await;
            }
        }
        self.end().await
    }

    /// One fault. Some strike while another is being recovered from.
    async fn strike(&mut self, fault: Fault) {
        let waits = self.rng.u8(..4) != 0;
        if waits {
            self.all_is_well("streams", Instant::now()).await;
        }
        let (own, prices) = (self.keeper.link.clone(), self.prices.link.clone());
        let (own_before, prices_before) = (*own.borrow(), *prices.borrow());
        let name = match fault {
            Fault::Disconnect => {
                self.venue.disconnect().await;
                "disconnect"
            }
            Fault::Expiry => {
                self.venue.expire_keys().await;
                "expiry"
            }
        };
        if !waits {
            sleep(Duration::from_millis(self.rng.u64(..40))).await;
            return;
        }
        let since = Instant::now();
        again(own, own_before, name).await;
        if matches!(fault, Fault::Disconnect) {
            again(prices, prices_before, name).await;
        }
        self.back.push((name, since.elapsed()));
    }

    /// A second in which everything is answered with 429, and a fault of the streams in it.
    async fn storm(&mut self) {
        self.venue.begin_storm().await;
        sleep(Duration::from_millis(500)).await;
        self.venue.disconnect().await;
        sleep(Duration::from_millis(500)).await;
        self.met_in_storms.push(self.venue.end_storm().await);
        self.all_is_well("storm", Instant::now()).await;
    }

    /// Nothing breaks although everything outlives its time.
    async fn calm(&mut self) {
        self.all_is_well("streams", Instant::now()).await;
        let (own, prices) = (*self.keeper.link.borrow(), *self.prices.link.borrow());
        sleep(CALM).await;
        let (own_now, prices_now) = (*self.keeper.link.borrow(), *self.prices.link.borrow());
        assert_eq!((own_now.downs, prices_now.downs), (own.downs, prices.downs), "in a calm");
        assert!(own_now.ups >= own.ups + 2 && prices_now.ups >= prices.ups + 2, "no renewal");
    }

    /// Waits until both streams are up and a signed question is answered.
    async fn all_is_well(&mut self, after: &'static str, since: Instant) {
        let (mut own, mut prices) = (self.keeper.link.clone(), self.prices.link.clone());
        let symbol = Symbol::from_exchange("BTCUSDT");
        let well = async {
            while self.client.open_orders(Some(&symbol)).await.is_err() {}
            own.wait_for(|link| link.is_up).await.unwrap();
            prices.wait_for(|link| link.is_up).await.unwrap();
        };
        timeout(BACK_WITHIN, well).await.unwrap_or_else(|_| panic!("not back after {after}"));
        self.back.push((after, since.elapsed()));
    }

    async fn end(mut self) -> Report {
        self.all_is_well("streams", Instant::now()).await;
        self.stop.send_replace(true);
        let placed = (&mut self.trader).await.unwrap();
        // Nothing more is asked for than what pushes lead to.
        sleep(Duration::from_secs(1)).await;
        let trades = self.venue.trades().await;
        let (ids, traded, tally) = self.keeper.fills.result();
        let known: BTreeSet<String> = ids.iter().cloned().collect();
        let text = |trade: &Value, field: &str| trade[field].as_str().unwrap().to_owned();
        let missed = trades.iter().map(|trade| text(trade, "id")).filter(|id| !known.contains(id));
        Report {
            missed: missed.collect(),
            exchange: (trades.len(), trades.iter().map(|t| decimal(&text(t, "qty"))).sum()),
            learnt: (ids.len(), traded),
            open: self.keeper.fills.open_orders().len(),
            placed,
            tally,
            links: (*self.keeper.link.borrow(), *self.prices.link.borrow()),
            own: self.keeper.stream.stats_reader()(),
            prices: self.prices.streams.stats(),
            heard: self.prices.heard(),
            back: self.back,
            met_in_storms: self.met_in_storms,
            counts: self.venue.counts().await,
        }
    }
}

/// Waits until a stream that was up before is down and up again.
async fn again(mut link: watch::Receiver<Link>, before: Link, fault: &str) {
    let back = link.wait_for(|now| now.is_up && now.downs > before.downs);
    timeout(BACK_WITHIN, back).await.unwrap_or_else(|_| panic!("not back after {fault}")).unwrap();
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// What the day came to.
pub(crate) struct Report {
    missed: Vec<String>,
    /// Number of trades and their base quantity by the exchange's books, and by what was learnt.
    exchange: (usize, Decimal),
    learnt: (usize, Decimal),
    open: usize,
    placed: Placed,
    tally: Tally,
    links: (Link, Link),
    own: StreamStats,
    prices: StreamStats,
    heard: (Option<domain::Price>, usize, usize),
    back: Vec<(&'static str, Duration)>,
    met_in_storms: Vec<u64>,
    counts: Value,
}

impl Report {
    pub(crate) fn check(&self) {
        assert_eq!(self.missed, Vec::<String>::new(), "fills that nobody learnt of");
        assert_eq!(self.learnt, self.exchange, "trades and their quantity");
        assert_eq!(self.open, 0, "orders whose end nobody learnt of");
        assert!(self.placed.accepted > 200 && self.tally.again > 0, "too quiet a day");
        assert_eq!(self.tally.pushed_twice, 0, "fills that the stream told twice");
        assert_eq!(self.heard.2, 0, "public trades that the stream told twice");
        assert!(self.own.duplicates > 0 && self.prices.duplicates > 0, "no overlap was exercised");
        assert_eq!((self.own.unreadable, self.prices.unreadable), (0, 0));
        // Whichever request is refused first after a jump has the clock measured again.
        assert!(self.counts["GET /api/v3/time"].as_u64() > Some(10), "no clock jump was felt");
        assert!(self.met_in_storms.iter().all(|met| (1..=12).contains(met)), "storms");
        assert_eq!(self.counts["limits"]["refused"], 0, "the budget was passed");
        assert!(self.counts["PUT /api/v3/userDataStream"].as_u64() > Some(10), "keys kept alive");
    }

    fn longest(&self, after: &str) -> Duration {
        let of = self.back.iter().filter(|(name, _)| *name == after);
        of.map(|(_, took)| *took).max().unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "the day: {DISCONNECTS} disconnects, {EXPIRIES} expired keys, {} storms",
            STORMS.len()
        )?;
        writeln!(f, "  orders    {:?}", self.placed)?;
        writeln!(f, "  exchange  {:?}, learnt {:?}, {:?}", self.exchange, self.learnt, self.tally)?;
        writeln!(f, "  streams   own {:?} {:?}", self.links.0, self.own)?;
        writeln!(f, "            prices {:?} {:?} {:?}", self.links.1, self.prices, self.heard)?;
        for after in ["disconnect", "expiry", "storm", "clock"] {
            let count = self.back.iter().filter(|(name, _)| *name == after).count();
            writeln!(
                f,
                "  back      after {after}: at most {:?} ({count} waits)",
                self.longest(after)
            )?;
        }
        writeln!(f, "  429s      {:?} met in the storms", self.met_in_storms)?;
        write!(f, "  requests  {}", self.counts)
    }
}
