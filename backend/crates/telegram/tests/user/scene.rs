//! A session on a Telegram of our own, and a service that remembers what it was given.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::event::Notice;
use domain::{Record, Timestamp, TraceId};
use engine::{Command, Engine, Message, Reply, RouteAction, SignalReply};
use grammers_session::updates::UpdatesLike;
use telegram::Shared;
use telegram::port::{BoxFuture, Lines, Part, Service, Unavailable};
use telegram::settings::Pauses;
use telegram::user::{self, Application, Keys, Line, LineError, Session, SessionFile, Settings};
use tokio::task::JoinSet;

use crate::tl_text::Written;
use crate::world::World;

pub(crate) const ALPHA: i64 = 1_234_567_890;
pub(crate) const BETA: i64 = 2_000_000_000;

/// What the service was given, and how it behaves.
#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) messages: Vec<Message>,
    seen: HashSet<(Option<String>, Option<String>)>,
    pub(crate) duplicates: usize,
    pub(crate) alarms: Vec<Notice>,
    /// Calls that are turned away before one is taken.
    pub(crate) busy: usize,
    /// Whatever was taken, the answer never comes: the process dies there.
    pub(crate) dies_after: Option<usize>,
}

/// A service with a memory.
#[derive(Clone, Default)]
pub(crate) struct Keeper(pub(crate) Arc<Mutex<Journal>>);

impl Keeper {
    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.0.lock().unwrap()
    }

    /// The texts taken, in order.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.journal().messages.iter().map(|message| message.text.clone()).collect()
    }

    fn take_now(&self, message: Message) -> Result<RouteAction, Unavailable> {
        let mut journal = self.journal();
        if journal.busy > 0 {
            journal.busy -= 1;
            return Err(Unavailable("starting".to_owned()));
        }
        if !journal.seen.insert((message.channel.clone(), message.message_id.clone())) {
            journal.duplicates += 1;
            return Ok(RouteAction::Duplicate);
        }
        journal.messages.push(message);
        Ok(RouteAction::Executed)
    }
}

impl Service for Keeper {
    fn take(&self, message: Message) -> BoxFuture<'_, Result<SignalReply, Unavailable>> {
        Box::pin(async move {
            let action = self.take_now(message)?;
            let dead = {
                let journal = self.journal();
                journal.dies_after.is_some_and(|count| journal.messages.len() >= count)
            };
            if dead {
                std::future::pending::<()>().await;
            }
            Ok(SignalReply {
                trace_id: TraceId::new("test"),
                score: None,
                signal: None,
                action,
                reason: String::new(),
                checks: Vec::new(),
                client_order_id: None,
                plan: None,
                spans: Vec::new(),
            })
        })
    }

    fn command(&self, _: Command) -> BoxFuture<'_, Result<Reply, Unavailable>> {
        Box::pin(async { Err(Unavailable("not here".to_owned())) })
    }

    fn commanded(&self, _: Notice) {}

    fn refused(&self, _: &'static str, _: Notice) {}

    fn alarm(&self, notice: Notice) {
        self.journal().alarms.push(notice);
    }

    fn inspect(&self, _: Box<dyn FnOnce(&Engine) + Send>) -> Result<(), Unavailable> {
        Err(Unavailable("not here".to_owned()))
    }

    fn lines(&self, _: Lines) -> BoxFuture<'_, Result<Vec<Record>, Unavailable>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn readiness(&self) -> Vec<Part> {
        Vec::new()
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(i64::from(now_seconds()) * 1_000)
    }

    fn fresh_text(&self) -> String {
        "x".repeat(32)
    }
}

pub(crate) fn now_seconds() -> i32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i32::try_from(since.as_secs()).unwrap()
}

/// A message posted now.
pub(crate) fn says(text: &str) -> Written {
    Written { date: now_seconds(), text: text.to_owned(), ..Written::default() }
}

/// A connection to the world.
pub(crate) struct Wire {
    pub(crate) world: Arc<Mutex<World>>,
    keys: Keys,
    /// The connection that was open when this one opened is dead.
    generation: usize,
    current: Arc<Mutex<usize>>,
}

impl Wire {
    pub(crate) fn new(world: &Arc<Mutex<World>>) -> Self {
        Self {
            world: Arc::clone(world),
            keys: Keys::default(),
            generation: 0,
            current: Arc::default(),
        }
    }

    fn is_cut(&self) -> bool {
        *self.current.lock().unwrap() != self.generation
    }
}

impl Line for Wire {
    fn call(&mut self, request: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, LineError>> {
        if self.is_cut() {
            return Box::pin(async { Err(LineError::Unreachable("cut".to_owned())) });
        }
        let answer = self.world.lock().unwrap().answer(&request);
        Box::pin(async move {
            answer.map_err(|(code, name, value)| {
                let name = name.to_owned();
                let error = grammers_mtsender::RpcError { code, name, value, caused_by: None };
                grammers_mtsender::InvocationError::Rpc(error).into()
            })
        })
    }

    fn pushed(&mut self) -> BoxFuture<'_, Option<UpdatesLike>> {
        Box::pin(async move {
            loop {
                if self.is_cut() {
                    return None;
                }
                let pushed = self.world.lock().unwrap().pushes.pop_front();
                if let Some(updates) = pushed {
                    return Some(UpdatesLike::Updates(updates));
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
    }

    fn move_to(&mut self, centre: i32) -> BoxFuture<'_, Result<(), LineError>> {
        self.keys.home = centre;
        Box::pin(async { Ok(()) })
    }

    fn keys(&self) -> Result<Keys, LineError> {
        Ok(self.keys.clone())
    }
}

/// Everything a test needs.
pub(crate) struct Scene {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) keeper: Keeper,
    pub(crate) shared: Shared,
    pub(crate) file: SessionFile,
    pub(crate) follows: &'static str,
    generation: Arc<Mutex<usize>>,
    _dir: tempfile::TempDir,
}

impl Scene {
    /// Alpha is followed; Beta is there too. Somebody signed in.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path: PathBuf = dir.path().join("telegram.session");
        let file = SessionFile::at(&path);
        file.save(&Session { user: Some(42), ..Session::fresh() }).unwrap();
        let mut world = World::new();
        world.open(ALPHA, "Alpha", Some("alpha_signals"));
        world.open(BETA, "Beta", None);
        Self {
            world: Arc::new(Mutex::new(world)),
            keeper: Keeper::default(),
            shared: Shared::default(),
            file,
            follows: "-1001234567890",
            generation: Arc::default(),
            _dir: dir,
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub(crate) fn settings(&self) -> Settings {
        let names = self.follows.split(',').map(|name| name.parse().unwrap());
        Settings {
            application: Application { id: 1, hash: "hash".to_owned().into() },
            session: self.file.clone(),
            channels: telegram::channels::Channels(names.collect()),
            min_text_len: 3,
            backoff: Pauses { base: Duration::from_millis(2), max: Duration::from_millis(20) },
            signal_max_age: Duration::from_mins(5),
        }
    }

    /// Starts following; it ends, as by kill -9, when the set is dropped.
    pub(crate) fn start(&self) -> JoinSet<()> {
        let (world, current) = (Arc::clone(&self.world), Arc::clone(&self.generation));
        let dial = move |keys: &Keys| {
            let generation = *current.lock().unwrap();
            let (world, current) = (Arc::clone(&world), Arc::clone(&current));
            Box::new(Wire { world, keys: keys.clone(), generation, current }) as Box<dyn Line>
        };
        let service = Arc::new(self.keeper.clone());
        user::start(Box::new(dial), service, self.settings(), self.shared.clone()).unwrap()
    }

    /// Starts and waits until Alpha is followed live.
    pub(crate) async fn start_live(&self) -> JoinSet<()> {
        let tasks = self.start();
        until("it follows", || self.metric("tg_user_up") == "1").await;
        tasks
    }

    /// Ends the process without a chance to tidy up; what it held is free again.
    pub(crate) async fn kill(&mut self, mut tasks: JoinSet<()>) {
        tasks.abort_all();
        while tasks.join_next().await.is_some() {}
        self.keeper.journal().dies_after = None;
        // Figures do not outlive a process.
        self.shared = Shared::default();
    }

    /// Cuts the connection that is open.
    pub(crate) fn cut(&self) {
        *self.generation.lock().unwrap() += 1;
    }

    pub(crate) async fn until_texts(&self, expected: &[&str]) {
        until(&format!("{expected:?}, not {:?}", self.keeper.texts()), || {
            self.keeper.texts() == expected
        })
        .await;
    }

    pub(crate) fn metric(&self, line: &str) -> String {
        let mut registry = prometheus_client::registry::Registry::default();
        self.shared.figures.register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let found = text.lines().find_map(|l| l.strip_prefix(&format!("{line} ")));
        found.unwrap_or_else(|| panic!("no {line} in {text}")).to_owned()
    }
}

/// Waits, for a bounded time, until it holds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..5_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("{what} did not happen");
}
