//! Requests to the service's own HTTP API.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use api::labels::{Kept, Label, Labels, LabelsError};
use api::operation::{self, InvalidFilter, LogInForce, Operation};
use api::ports::{
    BoxFuture, BudgetInfo, Core, Exchange, ExchangeError, History, HistoryError, HistoryFilter,
    NotReady, PingInfo, Readiness,
};
use api::{Access, ApiKeys, App, Metrics, Ports};
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use domain::event::Notice;
use domain::{
    Asset, Bps, Candle, Decimal, Interval, Notional, PolicyName, Record, Symbol, Timestamp,
};
use engine::settings::{
    AutoRoute, EntrySettings, ExitSettings, NotionalMode, RecordSettings, RiskSettings,
};
use engine::{
    Balance, Command, Engine, Input, Mode, Outbox, Quote, Reply, Report, ReportKind, Settings,
};
use mexc_wire::rest::decode_markets;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::broadcast;
use tower::ServiceExt;

const MARKETS: &[u8] =
    include_bytes!("../../../testdata/mexc/exchange_info_with_broken_entries.json");
const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

thread_local! {
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_time().build().expect("a runtime");
}
static READER: LazyLock<signal::Reader> = LazyLock::new(signal::Reader::embedded);

/// Method and target in the first line, headers up to an empty line, then the body. The answer is
/// never a 500, what calls itself JSON is JSON, and a failure says that it is one.
pub fn api_http(bytes: &[u8]) {
    let Some(request) = request(bytes) else { return };
    let shown = format!("{request:?}");
    let has_body = request.method() != Method::HEAD;
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let answer = router().oneshot(request).await.expect("infallible");
            let failed = answer.status().is_client_error();
            assert_ne!(answer.status().as_u16(), 500, "{shown}");
            let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
            if has_body && kind == Some("application/json") {
                let body = to_bytes(answer.into_body(), 1 << 24).await.expect("a body");
                let json: Value = serde_json::from_slice(&body).expect("JSON");
                assert!(!failed || json["ok"] == false, "{shown}: {json}");
            }
        });
    });
}

fn request(bytes: &[u8]) -> Option<Request<Body>> {
    let end = bytes.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((bytes, &[][..]), |end| (&bytes[..end], &bytes[end + 2..]));
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(target);
    for line in lines {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim());
    }
    let peer: SocketAddr = ([127, 0, 0, 1], 1).into();
    request.extension(ConnectInfo(peer)).body(Body::from(body.to_vec())).ok()
}

fn router() -> axum::Router {
    let metrics = Arc::new(Metrics::new(Mode::Paper, "2.0.0", |_| {}));
    let house = Arc::new(House::new());
    let ports = Ports {
        core: house.clone(),
        exchange: house.clone(),
        history: house.clone(),
        operation: house.clone(),
        labels: house,
    };
    let access =
        Access { keys: ApiKeys::new([]), bound: [127, 0, 0, 1].into(), trusted_peers: Vec::new() };
    let app = App::new(ports, metrics, access, Mode::Paper, || "fresh".to_owned());
    api::router(app.with_waits(Duration::ZERO, Duration::ZERO))
}

/// The real engine; what it wants done outside is not done.
struct House {
    engine: Mutex<Engine>,
    live: broadcast::Sender<Arc<Record>>,
}

impl House {
    fn new() -> Self {
        let engine = Mutex::new(Engine::new(settings(), READER.clone()));
        let house = Self { engine, live: broadcast::Sender::new(1) };
        let markets = decode_markets(MARKETS).expect("a market list").markets;
        house.step(Input::Markets(Arc::new(markets)));
        house.step(Input::Balances(Vec::new()));
        house.step(Input::Reconciled { orders: Vec::new() });
        house
    }

    fn step(&self, input: Input) -> Option<Reply> {
        let mut out = Outbox::default();
        self.engine.lock().expect("unpoisoned").step(NOW, input, &mut out);
        assert!(out.fault.is_none(), "{:?}", out.fault);
        out.reply
    }

    fn answer(&self, input: Input) -> BoxFuture<'_, Result<Reply, NotReady>> {
        let reply = self.step(input).ok_or_else(|| NotReady::new("the exchange is silent"));
        Box::pin(async { reply })
    }
}

impl Core for House {
    fn submit(&self, input: Input) -> BoxFuture<'_, Result<Reply, NotReady>> {
        self.answer(input)
    }

    fn control(&self, command: Command) -> BoxFuture<'_, Result<Reply, NotReady>> {
        self.answer(Input::Command(command))
    }

    fn inspect(
        &self,
        look: Box<dyn FnOnce(&Engine) + Send>,
    ) -> BoxFuture<'_, Result<(), NotReady>> {
        look(&self.engine.lock().expect("unpoisoned"));
        Box::pin(async { Ok(()) })
    }

    fn records(&self) -> broadcast::Receiver<Arc<Record>> {
        self.live.subscribe()
    }

    fn refused(&self, _: &str, notice: Notice) {
        self.step(Input::Report(Report { kind: ReportKind::TurnedAway, notice }));
    }

    fn readiness(&self) -> Readiness {
        Readiness::default()
    }

    fn now(&self) -> Timestamp {
        NOW
    }
}

impl Exchange for House {
    fn budget(&self) -> BudgetInfo {
        BudgetInfo::default()
    }

    fn ping(&self) -> BoxFuture<'_, Result<PingInfo, ExchangeError>> {
        Box::pin(async { Err(silent()) })
    }

    fn balances(&self) -> BoxFuture<'_, Result<Vec<Balance>, ExchangeError>> {
        Box::pin(async { Err(silent()) })
    }

    fn price(&self, symbol: &Symbol) -> BoxFuture<'_, Result<Quote, ExchangeError>> {
        let price = |text: &str| text.parse().expect("a price");
        let quote = Quote { bid: price("9.9"), ask: price("10.1"), last: None, at: NOW };
        self.step(Input::Quote { symbol: symbol.clone(), quote });
        Box::pin(async move { Ok(quote) })
    }

    fn candles(
        &self,
        _: &Symbol,
        _: Interval,
        _: usize,
    ) -> BoxFuture<'_, Result<Vec<Candle>, ExchangeError>> {
        Box::pin(async { Err(silent()) })
    }

    fn ensure_candles(&self, _: &Symbol) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

fn silent() -> ExchangeError {
    ExchangeError::Unreachable("the exchange is silent".to_owned())
}

impl History for House {
    fn newest(
        &self,
        _: HistoryFilter,
        _: Option<u64>,
        _: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, HistoryError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn after(
        &self,
        _: HistoryFilter,
        _: u64,
        _: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, HistoryError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

impl Labels for House {
    fn all(&self) -> BoxFuture<'_, Result<Vec<Label>, LabelsError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn keep(&self, _: Label) -> BoxFuture<'_, Result<Kept, LabelsError>> {
        Box::pin(async { Ok(Kept::Stored) })
    }
}

impl Operation for House {
    fn settings(&self) -> operation::Settings {
        operation::Settings {
            version: "2.0.0".to_owned(),
            account: "paper".to_owned(),
            settings: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn log(&self) -> LogInForce {
        let (filter, level) = ("info".to_owned(), "info".to_owned());
        LogInForce { filter, level, modules: BTreeMap::new() }
    }

    fn set_log(&self, filter: &str) -> Result<LogInForce, InvalidFilter> {
        Err(InvalidFilter(filter.to_owned()))
    }
}

fn settings() -> Settings {
    let amount = |units: i64| Notional::new(Decimal::from(units)).expect("an amount");
    Settings {
        mode: Mode::Paper,
        account: "paper".to_owned(),
        bot_id: "levi".parse().expect("a bot id"),
        executor_enabled: true,
        quote_asset: Asset::from_exchange("USDT"),
        auto_route: AutoRoute {
            enabled: true,
            dry_run: false,
            min_confidence: 0.0,
            min_confidence_exit: 0.0,
            default_notional: amount(25),
            exchange_matches: true,
        },
        risk: RiskSettings {
            policy: PolicyName::Moderate,
            min_notional: amount(5),
            max_notional: None,
            notional_mode: NotionalMode::Clamp,
            cooldown: None,
            max_positions_per_symbol: 1,
            max_open_positions: 10,
            max_total_exposure: amount(1_000),
            max_daily_loss: amount(100),
            price_max_age: Duration::from_secs(5),
            atr_lookback: 14,
            atr_interval: Interval::M15,
        },
        entry: EntrySettings { max_slippage: Bps(50), ttl: Duration::from_mins(15) },
        record: RecordSettings::default(),
        exit: ExitSettings {
            max_slippage: Bps(100),
            breakeven_after: 1,
            tp_shares: Vec::new(),
            trailing_pct: None,
            time_stop: None,
        },
        dedup_window: Duration::from_hours(24),
        signal_max_age: Duration::from_mins(5),
        recv_window_ms: 5_000,
        in_doubt_settle: Duration::from_secs(10),
    }
}
