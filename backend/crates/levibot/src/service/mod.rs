//! The running service: wiring and supervision. Each part lives in a file of its own; here they are
//! put together and taken apart again.

mod archivist;
mod bot;
mod budget;
mod core_loop;
mod effects;
mod exchange_port;
mod feeds;
mod handle;
mod health;
mod heartbeat;
mod history_port;
mod label_file;
mod notices;
mod operator;
mod paper;
mod refusals;
mod revoker;
mod session_vault;
mod shutdown;
mod startup;
mod streams;
mod unique;
mod user;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use api::session::Sessions;
use api::{Access, ApiKeys, App, Hooks, Metrics, Ports};
use domain::Record;
use driver::{Driver, SyncMode};
use engine::{Engine, Input, Mode, Report, ReportKind};
use journal::{Journal, OpenError, Opened};
use limits::Budget;
use mexc::{Client, ClientConfig, ConfigError};
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::config::{Config, JournalSync};
use crate::market_list::MarketListFile;
use archivist::ArchiveMetrics;
use bot::BotPort;
use budget::Budgeting;
use core_loop::{Caller, CoreLoop, Job, LoopEnd, Outlets};
use effects::Executor;
use exchange_port::ExchangePort;
use feeds::Feeds;
use handle::CoreHandle;
use health::Health;
use heartbeat::Beats;
use history_port::HistoryPort;
use label_file::LabelFile;
use notices::notice;
pub(crate) use operator::Operator;
use paper::PaperExchange;
use revoker::Revoker;
use session_vault::SessionFile;
use streams::{Board, Interest, StreamParts};

/// Records a slow reader of the live journal may lag behind.
const RECORDS_BUFFER: usize = 8_192;
/// Open connections get this long to finish at shutdown.
const DRAIN: Duration = Duration::from_secs(2);

/// Why the service could not start, or ended by itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// The journal cannot be used.
    #[error("{0}")]
    Journal(#[from] OpenError),
    /// The intent model cannot be used.
    #[error("SIGNAL_MODEL: {0}")]
    Model(#[from] crate::commands::model::ModelFileError),
    /// The client cannot be built.
    #[error("{0}")]
    Client(#[from] ConfigError),
    /// The shared budget cannot be reached.
    #[error("{0}")]
    Redis(#[from] limits::InvalidRedisUrl),
    /// The heartbeat cannot be sent.
    #[error("{0}")]
    Heartbeat(#[from] heartbeat::HeartbeatError),
    /// Old days cannot be archived.
    #[error("{0}")]
    Archive(#[from] ::archive::ArchiveError),
    /// The paper exchange cannot start.
    #[error("the paper exchange cannot start: {0}")]
    Paper(#[from] paper::PaperError),
    /// The client for Telegram cannot be built.
    #[error("TELEGRAM_API_URL cannot be used: {0}")]
    Telegram(ConfigError),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}. Set HOST and PORT to a free address")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The core loop ended by itself.
    #[error("{0}")]
    Core(String),
    /// The system refused something basic.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

pub(crate) use feeds::to_balance;
pub(crate) use startup::pairs_to_compare;

/// A client as the service would build it, with a budget of its own; the exchange is one outside.
///
/// # Errors
/// See [`ConfigError`].
pub(crate) fn client_for_checks(config: &Config) -> Result<Client, ConfigError> {
    let budget = Budget::local(&budget::settings(config), limits::Start::Empty);
    build_client(config, None, budget)
}

/// Runs the service until it is asked to stop.
pub(crate) async fn serve(mut config: Config, operator: Operator) -> Result<(), ServeError> {
    operator::reload_on_hangup(Arc::clone(&operator.logging))?;
    let listener = listen(config.http.address).await?;
    let figures = match config.http.metrics {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let paper = match config.engine.mode {
        Mode::Paper => Some(paper::start(&config).await?),
        Mode::Sandbox | Mode::Live => None,
    };
    if let Some(paper) = &paper {
        paper.book.clone_into(&mut config.engine.account);
    }
    let budgeting = Budgeting::new(&config)?;
    let client = build_client(&config, paper.as_ref(), budgeting.budget.clone())?;
    let (engine, journal, opened) = open_journal(&config)?;
    let market_source = paper.as_ref().map_or("mexc", |paper| paper.market_source);
    let bot = telegram::Shared::default();
    let parts = (engine, journal, market_source);
    let mut running = start_core(&config, parts, client.clone(), (budgeting, &bot), &opened)?;
    let interest = Arc::new(Interest::default());
    let streams = streams::start(StreamParts {
        url: paper.as_ref().map_or(&config.mexc.ws_url, |paper| &paper.ws_url).clone(),
        client: client.clone(),
        core: running.core.clone(),
        bot_id: config.engine.bot_id.clone(),
        interest: Arc::clone(&interest),
        balances_wanted: Arc::clone(&running.balances_wanted),
        board: Arc::clone(&running.board),
        health: Arc::clone(&running.health),
    });
    let mut app = build_app(&config, &running, client, market_source, interest, operator);
    let webhook = config.telegram.as_ref().and_then(bot::webhook);
    let (updates, ends) = webhook.map(|hook| (hook.updates, hook.ends)).unzip();
    if let Some(updates) = updates {
        app = app.with_bot_updates(updates);
    }
    let user = start_user(&config, &running, bot.clone());
    let bot = start_bot(&config, &mut running, bot, ends)?;
    tracing::info!(
        address = %listener.local_addr()?, mode = config.engine.mode.as_str(), market = market_source,
        "listening"
    );
    let result = run_until_stopped((listener, figures), app, running).await;
    drop((bot, user));
    streams.stop().await;
    if let Some(paper) = paper {
        paper.handle.shutdown().await;
    }
    result
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|source| ServeError::Listen { address, source })
}

fn build_client(
    config: &Config,
    paper: Option<&PaperExchange>,
    budget: Budget,
) -> Result<Client, ConfigError> {
    let base_url = paper.map_or(&config.mexc.base_url, |paper| &paper.base_url);
    let mut client = ClientConfig::new(base_url.clone(), budget);
    client.recv_window_ms = config.engine.recv_window_ms;
    if let Some(paper) = paper {
        client = client.with_keys(paper.api_key.clone(), paper.api_secret.clone());
    } else {
        client.api_key.clone_from(&config.mexc.api_key);
        client.api_secret.clone_from(&config.mexc.api_secret);
    }
    Client::new(&client)
}

fn open_journal(config: &Config) -> Result<(Engine, Journal, Opened), ServeError> {
    let reader = crate::commands::model::reader(config.signal_model.as_deref())?;
    let mut engine = Engine::new(config.engine_settings(), reader);
    let (mut journal, opened) =
        Journal::open(&config.log.dir, config.time_zone.clone(), |record| engine.replay(&record))?;
    journal.keep_room(config.room.wanted, config.room.reserve)?;
    tracing::info!(last_seq = opened.last_seq, replayed = opened.replayed, "journal replayed");
    Ok((engine, journal, opened))
}

/// The core with everything that hangs on it.
struct Running {
    core: CoreHandle,
    health: Arc<Health>,
    metrics: Arc<Metrics>,
    balances_wanted: Arc<Notify>,
    board: Arc<Board>,
    ended: oneshot::Receiver<LoopEnd>,
    /// The journal from the very start of the service.
    news: Option<broadcast::Receiver<Arc<Record>>>,
}

fn start_core(
    config: &Config,
    (engine, journal, market_source): (Engine, Journal, &'static str),
    client: Client,
    (budgeting, bot): (Budgeting, &telegram::Shared),
    opened: &Opened,
) -> Result<Running, ServeError> {
    let (jobs, taken_jobs) = channel();
    let (effects, taken_effects) = mpsc::unbounded_channel();
    let (records, news) = broadcast::channel(RECORDS_BUFFER);
    let (ready, is_ready) = watch::channel(false);
    let health = Arc::new(Health::new(config.engine.risk.price_max_age));
    let board = Arc::new(Board::default());
    let (beats, archived) = (Beats::default(), ArchiveMetrics::default());
    let metrics =
        Arc::new(Metrics::new(config.engine.mode, env!("CARGO_PKG_VERSION"), |registry| {
            budget::register(&budgeting.budget, registry);
            streams::register(&board, registry);
            bot.figures.register(registry);
            paper::register_source(market_source, registry);
            health.register(registry);
            beats.register(registry);
            archived.register(registry);
        }));
    engine.ledger().open_orders().for_each(|order| metrics.adopt(order));
    warn_of_policy(config, &engine);
    let revoker = Arc::new(Revoker::default());
    let core = CoreHandle::new(jobs, records.clone(), is_ready, Arc::clone(&health));
    core.tell(start_reports(config, opened));
    budgeting.report_to(core.clone());
    let sync = match config.journal_sync {
        JournalSync::Before => SyncMode::Before,
        JournalSync::Beside => SyncMode::Beside,
    };
    let outlets = Outlets {
        effects,
        records,
        metrics: Arc::clone(&metrics),
        revoker: Arc::clone(&revoker),
        health: Arc::clone(&health),
    };
    let ended = spawn_core(Driver::new(engine, journal, sync), taken_jobs, outlets)?;
    let balances_wanted = Arc::new(Notify::new());
    let clock_wanted = Arc::new(Notify::new());
    let markets_wanted = Arc::new(Notify::new());
    let executor = Executor {
        client: client.clone(),
        core: core.clone(),
        revoker,
        balances_wanted: Arc::clone(&balances_wanted),
        clock_wanted: Arc::clone(&clock_wanted),
        markets_wanted: Arc::clone(&markets_wanted),
    };
    tokio::spawn(executor.run(taken_effects));
    heartbeat::start(&config.heartbeat, core.clone(), Arc::clone(&health), beats)?;
    archivist::start(config, core.clone(), archived)?;
    let feeds = Feeds {
        client,
        core: core.clone(),
        health: Arc::clone(&health),
        balances_wanted: Arc::clone(&balances_wanted),
        clock_wanted,
        markets_wanted,
        market_list: market_list(config),
        price_poll: config.price_poll,
        metrics: Arc::clone(&metrics),
    };
    tokio::spawn(startup::until_ready(feeds, ready));
    Ok(Running { core, health, metrics, balances_wanted, board, ended, news: Some(news) })
}

/// Where the market list is kept. The paper exchange is in this process, so its list costs nothing.
fn market_list(config: &Config) -> Option<MarketListFile> {
    let asks = config.engine.mode != Mode::Paper;
    asks.then(|| MarketListFile::new(&config.log.dir, &config.mexc.base_url))
}

/// The policy in the journal wins over the configured one; a person who changed the latter should
/// know that.
fn warn_of_policy(config: &Config, engine: &Engine) {
    let (wanted, in_force) = (config.engine.risk.policy, engine.ledger().policy());
    if engine.ledger().seq() > 0 && wanted != in_force {
        tracing::warn!(
            "RISK_POLICY is {wanted}, but {in_force} is in force since it was switched by the API: \
             PUT /risk/policy changes it"
        );
    }
}

fn spawn_core(
    driver: Driver<Journal, Caller>,
    jobs: Receiver<Job>,
    outlets: Outlets,
) -> Result<oneshot::Receiver<LoopEnd>, std::io::Error> {
    let (tell_end, ended) = oneshot::channel();
    thread::Builder::new().name("core".to_owned()).spawn(move || {
        let end = CoreLoop::new(driver, jobs, outlets).run();
        // At shutdown nobody may be listening any more.
        let _ = tell_end.send(end);
    })?;
    Ok(ended)
}

fn start_reports(config: &Config, opened: &Opened) -> Vec<Input> {
    let mode = config.engine.mode;
    let details = [
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("mode", mode.as_str().to_owned()),
        ("account", config.engine.account.clone()),
        ("replayed", opened.replayed.to_string()),
    ];
    let mut reports =
        vec![Report { kind: ReportKind::Started, notice: notice("service started", &details) }];
    if let Some(repair) = &opened.repaired {
        let message = "the journal's last line was torn and was cut; it was never acknowledged";
        let details = [
            ("file", repair.file.display().to_string()),
            ("bytes_cut", repair.bytes_cut.to_string()),
        ];
        let notice = notice(message, &details);
        reports.push(Report { kind: ReportKind::JournalRepaired, notice });
    }
    reports.into_iter().map(Input::Report).collect()
}

fn build_app(
    config: &Config,
    running: &Running,
    client: Client,
    market_source: &'static str,
    interest: Arc<Interest>,
    operator: Operator,
) -> App {
    let exchange = ExchangePort {
        client,
        core: running.core.clone(),
        health: Arc::clone(&running.health),
        mode: config.engine.mode,
        market_source,
        price_max_age: config.engine.risk.price_max_age,
        interest,
    };
    let ports = Ports {
        core: Arc::new(running.core.clone()),
        exchange: Arc::new(exchange),
        operation: Arc::new(operator),
        labels: Arc::new(LabelFile::within(&config.log.dir)),
        history: Arc::new(HistoryPort::new(journal::Reader::new(&config.log.dir))),
    };
    let keys = config.http.api_keys.iter().map(ExposeSecret::expose_secret);
    let access = Access {
        keys: ApiKeys::new(keys),
        bound: config.http.address.ip(),
        trusted_peers: config.http.trusted_peers.clone(),
    };
    let file = SessionFile::within(&config.log.dir);
    let kept = file.load();
    let sessions = Sessions::new(Box::new(file), kept, config.http.session_max_age);
    App::new(ports, Arc::clone(&running.metrics), access, config.engine.mode, unique::text)
        .with_sessions(sessions)
        .with_hooks(Hooks::new(config.hooks.clone()))
}

/// Starts the Telegram bot where one is configured; it ends with what is returned.
fn start_bot(
    config: &Config,
    running: &mut Running,
    shared: telegram::Shared,
    webhook: Option<(telegram::webhook::Webhook, telegram::webhook::Deliveries)>,
) -> Result<Option<JoinSet<()>>, ServeError> {
    let news = running.news.take();
    let (Some(settings), Some(news)) = (&config.telegram, news) else { return Ok(None) };
    running.health.watch_bot(shared.clone());
    bot::start(settings, bot_port(config, running), shared, news, webhook).map(Some)
}

/// Starts the Telegram user session where one is configured; it ends with what is returned.
fn start_user(config: &Config, running: &Running, shared: telegram::Shared) -> Option<JoinSet<()>> {
    let settings = config.telegram_user.as_ref()?;
    running.health.watch_user(shared.clone());
    user::start(settings, bot_port(config, running), shared)
}

fn bot_port(config: &Config, running: &Running) -> BotPort {
    BotPort {
        core: running.core.clone(),
        history: HistoryPort::new(journal::Reader::new(&config.log.dir)),
        signal_max_age: config.engine.signal_max_age,
    }
}

/// Serves until a signal comes or the core ends; then lets what is under way finish.
async fn run_until_stopped(
    (listener, figures_at): (TcpListener, Option<TcpListener>),
    app: App,
    running: Running,
) -> Result<(), ServeError> {
    let (stop, stopped) = watch::channel(false);
    let (router, figures) = api::routers(app);
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    // Scrapes are short; they end with the process.
    let figures =
        figures_at.map(|at| tokio::spawn(axum::serve(at, figures).into_future()).abort_handle());
    let mut stopping = stopped.clone();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        // A closed channel means the same as the signal.
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    let server = tokio::spawn(server.into_future());
    let Running { core, mut ended, .. } = running;
    let end = tokio::select! {
        asked = shutdown::asked() => { asked?; None }
        end = &mut ended => Some(end.map_or_else(|_| "the core loop panicked".to_owned(), |end| end.to_string())),
    };
    stop.send_replace(true);
    figures.inspect(tokio::task::AbortHandle::abort);
    if tokio::time::timeout(DRAIN, server).await.is_err() {
        tracing::info!("open connections were cut at shutdown");
    }
    if let Some(end) = end {
        return Err(ServeError::Core(end));
    }
    let stopped = Report { kind: ReportKind::Stopped, notice: notice("service stopped", &[]) };
    core.tell(vec![Input::Report(stopped)]);
    core.stop();
    // The loop commits and syncs everything before it ends.
    let _ = ended.await;
    Ok(())
}
