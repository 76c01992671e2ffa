//! Streams in the service: prices of what is held, ordered or looked at, and news of our orders.
//!
//! Nothing depends on them. Prices of all pairs and the state of every open order are asked for by
//! REST all the time; the streams make both faster. What they say of an order is never believed
//! by itself: it only leads to asking for that order at once, so that fills come one way only.

mod board;
mod interest;
mod outage;
mod own_orders;
mod prices;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::ports::read;
use domain::{BotId, Symbol, Timestamp};
use engine::Quote;
use mexc::ws::Update;
use mexc::{Client, MarketStreams, StreamConfig, StreamError, StreamEvent, UserStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::handle::CoreHandle;
use super::health::Health;
use crate::clock;
pub(crate) use board::{Board, register};
pub(crate) use interest::Interest;
use outage::Outage;
use own_orders::OwnOrders;
use prices::Prices;

/// How often the pairs that matter are looked up.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Pairs watched for no other reason than that an untraded signal is followed on them, newest first.
/// Prices of the others come by REST, which fetches all pairs at once.
const MOST_SHADOWED: usize = 20;

/// News of balances that are taken together.
const BALANCES_TOGETHER: Duration = Duration::from_secs(1);
/// Longest wait for the user stream's end.
const GOODBYE: Duration = Duration::from_secs(3);

/// What the streams need.
pub(crate) struct StreamParts {
    /// `ws://` or `wss://` address.
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) core: CoreHandle,
    pub(crate) bot_id: BotId,
    pub(crate) interest: Arc<Interest>,
    /// Wakes the balance feed.
    pub(crate) balances_wanted: Arc<Notify>,
    pub(crate) board: Arc<Board>,
    pub(crate) health: Arc<Health>,
}

/// Running streams. The prices end with the runtime, the user stream with [`Streams::stop`].
pub(crate) struct Streams {
    /// Dropped to end the user stream.
    stop: oneshot::Sender<()>,
    user: JoinHandle<()>,
}

/// Starts what can be started. An address nobody answers at is told and tried again.
pub(crate) fn start(parts: StreamParts) -> Streams {
    let (stop, stopped) = oneshot::channel();
    let user = tokio::spawn(async move {
        let config = StreamConfig::new(&parts.url);
        let outage = Outage::new(parts.core.clone(), Arc::clone(&parts.health));
        if let Err(error) = run(parts, &config, &outage, stopped).await {
            outage.down("all", 0, error.to_string());
        }
    });
    Streams { stop, user }
}

/// Runs both streams until it is stopped.
async fn run(
    parts: StreamParts,
    config: &StreamConfig,
    outage: &Outage,
    mut stopped: oneshot::Receiver<()>,
) -> Result<(), StreamError> {
    start_prices(&parts, config.clone(), outage.clone())?;
    if !parts.client.has_keys() {
        return Ok(());
    }
    // Until it is over, start-up itself compares every order with the exchange.
    let started = tokio::select! {
        started = parts.core.started() => started,
        _ = &mut stopped => false,
    };
    if !started {
        return Ok(());
    }
    let board = Arc::clone(&parts.board);
    let user = start_own_orders(parts, config, outage.clone())?;
    let _ = board.own_orders.set(Box::new(user.stats_reader()));
    // The sender is only ever dropped, which is the sign.
    let _ = stopped.await;
    user.stop().await;
    Ok(())
}

impl Streams {
    /// Gives the listen key back.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // A panic in there was logged and leaves nothing to stop.
        let _ = tokio::time::timeout(GOODBYE, self.user).await;
    }
}

fn start_prices(
    parts: &StreamParts,
    config: StreamConfig,
    outage: Outage,
) -> Result<(), StreamError> {
    let prices = Arc::new(Mutex::new(Prices::default()));
    let (known, core) = (Arc::clone(&prices), parts.core.clone());
    let (board, client) = (Arc::clone(&parts.board), parts.client.clone());
    let sink = move |event| match event {
        StreamEvent::Update(update) => {
            let at = clock::now();
            if let Some(sent) = prices::sent_at(&update) {
                board.lag.note(sent, at, client.offset_ms());
            }
            let inputs = known.lock().unwrap_or_else(PoisonError::into_inner).take(update, at);
            if !inputs.is_empty() {
                core.tell(inputs);
            }
        }
        StreamEvent::Up { connection } => outage.up("prices", connection),
        StreamEvent::Down { connection, why } => outage.down("prices", connection, why),
        // The pair's price comes by REST; the stream itself wrote a line about it.
        StreamEvent::Refused { .. } => {}
    };
    let streams = MarketStreams::start(config, Arc::new(sink))?;
    // The board is new, so nothing is there yet.
    let _ = parts.board.prices.set(Box::new(streams.stats_reader()));
    let (core, interest) = (parts.core.clone(), Arc::clone(&parts.interest));
    tokio::spawn(async move { follow(&streams, &core, &interest, &prices).await });
    Ok(())
}

/// Keeps the watched pairs those that matter, until the core loop ends.
async fn follow(
    streams: &MarketStreams,
    core: &CoreHandle,
    interest: &Interest,
    prices: &Mutex<Prices>,
) {
    let mut watched = BTreeSet::new();
    let mut pace = tokio::time::interval(LOOK_EVERY);
    loop {
        pace.tick().await;
        let asked_for = interest.symbols(clock::now());
        let Ok(wanted) = read(core, |engine| quotes_that_matter(engine, asked_for)).await else {
            return;
        };
        for (symbol, quote) in &wanted {
            if watched.insert(symbol.clone()) {
                prices.lock().unwrap_or_else(PoisonError::into_inner).begin(symbol, *quote);
                streams.watch(symbol);
            }
        }
        watched.retain(|symbol: &Symbol| {
            let still = wanted.iter().any(|(wanted, _)| wanted == symbol);
            if !still {
                streams.unwatch(symbol);
                prices.lock().unwrap_or_else(PoisonError::into_inner).end(symbol);
            }
            still
        });
    }
}

/// Pairs held, ordered or asked for, each with its last known quote.
fn quotes_that_matter(
    engine: &engine::Engine,
    asked_for: Vec<Symbol>,
) -> Vec<(Symbol, Option<Quote>)> {
    let ledger = engine.ledger();
    let held = ledger.positions().map(|position| position.symbol.clone());
    let ordered = ledger.open_orders().map(|order| order.symbol.clone());
    let shadowed = shadowed(ledger).into_iter().cloned();
    let symbols: BTreeSet<Symbol> = held.chain(ordered).chain(asked_for).chain(shadowed).collect();
    let listed = symbols.into_iter().filter(|symbol| engine.markets().get(symbol).is_some());
    listed.map(|symbol| (symbol.clone(), engine.quote(&symbol).copied())).collect()
}

/// The pairs with the newest shadows.
fn shadowed(ledger: &engine::Ledger) -> Vec<&Symbol> {
    let mut newest: BTreeMap<&Symbol, Timestamp> = BTreeMap::new();
    for (symbol, shadow) in ledger.followed().shadows() {
        let at = newest.entry(symbol).or_insert(shadow.opened_at);
        *at = shadow.opened_at.max(*at);
    }
    let mut symbols: Vec<_> = newest.into_iter().collect();
    symbols.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    symbols.into_iter().map(|(symbol, _)| symbol).take(MOST_SHADOWED).collect()
}

fn start_own_orders(
    parts: StreamParts,
    config: &StreamConfig,
    outage: Outage,
) -> Result<UserStream, StreamError> {
    let own = OwnOrders::start(parts.client.clone(), parts.core, parts.bot_id);
    let balances =
        Arc::new(BalanceNews { wanted: parts.balances_wanted, ..BalanceNews::default() });
    let sink = move |event| match event {
        StreamEvent::Update(Update::Order(order)) => own.order_changed(&order),
        StreamEvent::Update(Update::Deal(deal)) => own.order_traded(&deal),
        StreamEvent::Update(Update::Balance(_)) => balances.came(),
        StreamEvent::Update(_) => {}
        StreamEvent::Up { connection } => {
            outage.up("own orders", connection);
            own.ask_for_all();
            balances.came();
        }
        StreamEvent::Down { connection, why } => outage.down("own orders", connection, why),
        StreamEvent::Refused { channel, reason } => outage.refused(&channel, &reason),
    };
    UserStream::start(config, parts.client, Arc::new(sink))
}

/// Balances are asked for once for all news of a second: one trade makes several.
#[derive(Default)]
struct BalanceNews {
    wanted: Arc<Notify>,
    pending: AtomicBool,
}

impl BalanceNews {
    fn came(self: &Arc<Self>) {
        if self.pending.swap(true, Ordering::Relaxed) {
            return;
        }
        let news = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(BALANCES_TOGETHER).await;
            news.pending.store(false, Ordering::Relaxed);
            news.wanted.notify_one();
        });
    }
}
