//! The API in front of the real engine, on a loopback port.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::ports::{
    BoxFuture, BudgetInfo, BudgetLane, BudgetWindow, Core, Exchange, ExchangeError, NotReady,
    PingInfo, Readiness, ReadinessPart,
};
use api::{Access, ApiKeys, App, Metrics, Ports};
use domain::event::Notice;
use domain::{Candle, Interval, Markets, Record, Symbol, Timestamp};
use engine::{Balance, Command, Engine, Input, Mode, Outbox, Quote, Reply, Report, ReportKind};
use tokio::sync::broadcast;

use crate::client::{self, Answer};
use crate::desk::{self, Desk, Fate};
use crate::journal::Journal;
use crate::labels::Book;
use crate::operation::Panelled;

/// The engine with its exchange, stepped by whoever calls.
pub(crate) struct Bench {
    state: Mutex<State>,
    pub(crate) journal: Journal,
    live: broadcast::Sender<Arc<Record>>,
    metrics: Arc<Metrics>,
}

struct State {
    engine: Engine,
    desk: Desk,
    now: Timestamp,
    not_ready: Option<&'static str>,
    panics: bool,
    exchange_error: Option<ExchangeError>,
}

impl Bench {
    fn new(metrics: Arc<Metrics>, settings: engine::Settings) -> Self {
        let engine = Engine::new(settings, signal::Reader::embedded());
        let state = State {
            engine,
            desk: Desk::new(),
            now: desk::start_of_time(),
            not_ready: None,
            panics: false,
            exchange_error: None,
        };
        let (live, _) = broadcast::channel(256);
        let bench = Self { state: Mutex::new(state), journal: Journal::default(), live, metrics };
        bench.step(Input::Markets(Arc::new(desk::markets())));
        bench.step(Input::Balances(desk::balances()));
        bench.step(Input::Reconciled { orders: Vec::new() });
        bench
    }

    /// Takes an input and everything that follows from it.
    pub(crate) fn step(&self, input: Input) -> Option<Reply> {
        let state = &mut *self.state.lock().expect("unpoisoned");
        let (mut inputs, mut reply) = (vec![input], None);
        for _ in 0..200 {
            if inputs.is_empty() {
                let Some(due) = state.engine.next_deadline(state.now) else { break };
                if due.since(state.now) > Duration::from_millis(500) {
                    break;
                }
                state.now = state.now.max(due);
                inputs.push(Input::Tick);
            }
            for input in std::mem::take(&mut inputs) {
                let mut out = Outbox::default();
                state.engine.step(state.now, input, &mut out);
                assert!(out.fault.is_none(), "{:?}", out.fault);
                reply = reply.or(out.reply);
                for record in out.records {
                    self.publish(Arc::new(record));
                }
                let answers = out.effects.into_iter();
                inputs.extend(answers.filter_map(|effect| state.desk.answer(effect, state.now)));
            }
        }
        reply
    }

    fn publish(&self, record: Arc<Record>) {
        self.metrics.observe(&record);
        self.journal.push(record.clone());
        // Nobody may be listening.
        let _ = self.live.send(record);
    }

    pub(crate) fn set_fate(&self, fate: Fate) {
        self.state.lock().expect("unpoisoned").desk.fate = fate;
    }

    pub(crate) fn set_not_ready(&self, why: &'static str) {
        self.state.lock().expect("unpoisoned").not_ready = Some(why);
    }

    pub(crate) fn set_exchange_error(&self, error: ExchangeError) {
        self.state.lock().expect("unpoisoned").exchange_error = Some(error);
    }

    /// The next look at readiness panics.
    pub(crate) fn set_panics(&self) {
        self.state.lock().expect("unpoisoned").panics = true;
    }

    pub(crate) fn forget_markets(&self) {
        self.step(Input::Markets(Arc::new(Markets::default())));
    }

    /// The price stream has something on BTC.
    pub(crate) fn quote_btc(&self) {
        let quote = desk::quote(self.now());
        self.step(Input::Quote { symbol: desk::symbol("BTCUSDT"), quote });
    }

    pub(crate) fn pass(&self, time: Duration) {
        let mut state = self.state.lock().expect("unpoisoned");
        state.now = state.now.plus(time);
    }

    fn failing(&self) -> Result<Timestamp, ExchangeError> {
        let state = self.state.lock().expect("unpoisoned");
        state.exchange_error.clone().map_or(Ok(state.now), Err)
    }
}

impl Core for Bench {
    fn submit(&self, input: Input) -> BoxFuture<'_, Result<Reply, NotReady>> {
        let not_ready = self.state.lock().expect("unpoisoned").not_ready;
        Box::pin(async move {
            match not_ready {
                Some(why) => Err(NotReady::new(why)),
                None => self.step(input).ok_or_else(|| NotReady::new("no reply")),
            }
        })
    }

    fn control(&self, command: Command) -> BoxFuture<'_, Result<Reply, NotReady>> {
        Box::pin(async move {
            self.step(Input::Command(command)).ok_or_else(|| NotReady::new("no reply"))
        })
    }

    fn inspect(
        &self,
        look: Box<dyn FnOnce(&Engine) + Send>,
    ) -> BoxFuture<'_, Result<(), NotReady>> {
        look(&self.state.lock().expect("unpoisoned").engine);
        Box::pin(async { Ok(()) })
    }

    fn records(&self) -> broadcast::Receiver<Arc<Record>> {
        self.live.subscribe()
    }

    fn refused(&self, kind: &str, mut notice: Notice) {
        notice.details.insert("reason".to_owned(), kind.to_owned());
        self.step(Input::Report(Report { kind: ReportKind::TurnedAway, notice }));
    }

    fn readiness(&self) -> Readiness {
        let (not_ready, panics) = {
            let mut state = self.state.lock().expect("unpoisoned");
            (state.not_ready, std::mem::take(&mut state.panics))
        };
        assert!(!panics, "a secret detail");
        let detail = not_ready.unwrap_or("done").to_owned();
        let ok = not_ready.is_none();
        Readiness { parts: vec![ReadinessPart::new("reconciled", ok, detail)] }
    }

    fn now(&self) -> Timestamp {
        self.state.lock().expect("unpoisoned").now
    }
}

impl Exchange for Bench {
    fn ping(&self) -> BoxFuture<'_, Result<PingInfo, ExchangeError>> {
        Box::pin(async {
            self.failing()?;
            Ok(PingInfo {
                mode: "paper",
                markets_count: 3,
                market_source: "sim".to_owned(),
                clock_offset_ms: Some(-2),
            })
        })
    }

    fn balances(&self) -> BoxFuture<'_, Result<Vec<Balance>, ExchangeError>> {
        Box::pin(async { self.failing().map(|_| desk::balances()) })
    }

    fn budget(&self) -> BudgetInfo {
        let windows = vec![BudgetWindow { name: "ip_weight_10s", limit: 300, left: 295 }];
        let waiting = vec![BudgetLane { lane: "exit", waiting: 0 }];
        BudgetInfo { windows, waiting, ..BudgetInfo::default() }
    }

    fn price(&self, symbol: &Symbol) -> BoxFuture<'_, Result<Quote, ExchangeError>> {
        let symbol = symbol.clone();
        Box::pin(async move {
            let quote = desk::quote(self.failing()?);
            self.step(Input::Quote { symbol, quote });
            Ok(quote)
        })
    }

    fn ensure_candles(&self, _: &Symbol) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn candles(
        &self,
        _: &Symbol,
        interval: Interval,
        count: usize,
    ) -> BoxFuture<'_, Result<Vec<Candle>, ExchangeError>> {
        Box::pin(async move { Ok(desk::candles(self.failing()?, interval, count)) })
    }
}

/// A running service.
pub(crate) struct Service {
    pub(crate) at: SocketAddr,
    pub(crate) bench: Arc<Bench>,
    /// Where figures are served without a key.
    pub(crate) figures: SocketAddr,
    /// The router as axum prints it.
    pub(crate) routes: String,
}

/// How a service is set up.
pub(crate) struct Setup {
    pub(crate) keys: Vec<&'static str>,
    pub(crate) bound: &'static str,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) trusted_peers: Vec<std::net::IpAddr>,
    pub(crate) settings: engine::Settings,
    pub(crate) fill_wait: Duration,
    pub(crate) hooks: api::Hooks,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            bound: "127.0.0.1",
            peer: None,
            trusted_peers: Vec::new(),
            settings: desk::settings(),
            fill_wait: Duration::from_millis(200),
            hooks: api::Hooks::default(),
        }
    }
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        let metrics = Arc::new(Metrics::new(Mode::Paper, "2.0.0", |_| {}));
        let bench = Arc::new(Bench::new(metrics.clone(), setup.settings));
        let ports = Ports {
            core: bench.clone(),
            exchange: bench.clone(),
            operation: Arc::new(Panelled::default()),
            labels: Arc::new(Book::default()),
            history: Arc::new(bench.journal.clone()),
        };
        let access = Access {
            keys: ApiKeys::new(setup.keys.iter().copied()),
            bound: setup.bound.parse().expect("an address"),
            trusted_peers: setup.trusted_peers,
        };
        let counter = AtomicU64::new(0);
        let fresh = move || format!("fresh-{}", counter.fetch_add(1, Ordering::Relaxed));
        let app = App::new(ports, metrics, access, Mode::Paper, fresh)
            .with_waits(setup.fill_wait, Duration::from_millis(200))
            .with_stream_patience(Duration::from_millis(300))
            .with_hooks(setup.hooks);
        let (mut router, figures) = api::routers(app);
        if let Some(peer) = setup.peer {
            router = router.layer(axum::Extension(axum::extract::ConnectInfo(peer)));
        }
        let routes = format!("{router:?}");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let at = listener.local_addr().expect("an address");
        let beside = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let figures_at = beside.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(beside, figures).await });
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { at, figures: figures_at, bench, routes }
    }

    pub(crate) async fn send(&self, method: &str, target: &str, body: &str) -> Answer {
        let json = [("Host", "localhost"), ("Content-Type", "application/json")];
        client::raw(self.at, method, target, &json, body.as_bytes()).await
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send("GET", target, "").await
    }

    pub(crate) async fn post(&self, target: &str) -> Answer {
        self.send("POST", target, "").await
    }

    /// A real order of 10 USDT.
    pub(crate) async fn buy(&self, symbol: &str) -> Answer {
        let target =
            format!("/exchange/test-order?symbol={symbol}&side=buy&notional_usd=10&dry_run=false");
        self.post(&target).await
    }
}
