//! Market data: any number of channels, spread over as many connections as they need.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Symbol;
use mexc_wire::ws::{Channel, PushSpeed};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Sink;
use super::config::StreamConfig;
use super::dial::Dialer;
use super::entrance::Entrance;
use super::error::StreamError;
use super::line::{Line, LineParts, Order};
use super::stats::{Counters, StreamStats};

/// Public streams. Cheap to clone; they end when the last clone is dropped.
#[derive(Clone)]
pub struct MarketStreams {
    pool: Arc<Pool>,
}

struct Pool {
    config: StreamConfig,
    dialer: Dialer,
    sink: Sink,
    counters: Arc<Counters>,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    next_number: u32,
    open: Vec<OpenLine>,
}

struct OpenLine {
    channels: BTreeSet<Channel>,
    orders: mpsc::UnboundedSender<Order>,
}

impl MarketStreams {
    /// Prepares streams; a connection is opened with the first subscription. `sink` is called from
    /// the connections' tasks and must not block. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`StreamError::Address`] or [`StreamError::Tls`]. That nobody answers is no error: it is
    /// told as [`super::StreamEvent::Down`] and tried again.
    pub fn start(config: StreamConfig, sink: Sink) -> Result<Self, StreamError> {
        let dialer = Dialer::new(&config.url, config.timings.answer_within)?;
        let counters = Arc::default();
        let pool = Pool { config, dialer, sink, counters, lines: Mutex::default() };
        Ok(Self { pool: Arc::new(pool) })
    }

    /// Wants a channel. Wanting it again changes nothing, also when the exchange refused it.
    /// Private channels are left out: they need a listen key.
    pub fn subscribe(&self, channel: Channel) {
        if !channel.is_private() {
            self.pool.subscribe(channel);
        }
    }

    /// Wants a channel no longer.
    pub fn unsubscribe(&self, channel: &Channel) {
        self.pool.unsubscribe(channel);
    }

    /// Wants trades and top of the book of a pair.
    pub fn watch(&self, symbol: &Symbol) {
        for channel in watched(symbol) {
            self.subscribe(channel);
        }
    }

    /// Takes [`MarketStreams::watch`] back.
    pub fn unwatch(&self, symbol: &Symbol) {
        for channel in watched(symbol) {
            self.unsubscribe(&channel);
        }
        self.pool.counters.forget(symbol);
    }

    /// When the last push about a pair came; [`None`] when none came since it is wanted.
    pub fn heard_at(&self, symbol: &Symbol) -> Option<Instant> {
        self.pool.counters.heard_at(symbol)
    }

    /// Reads the counts since the start, without keeping the streams open.
    pub fn stats_reader(&self) -> impl Fn() -> StreamStats + Send + Sync + use<> {
        let counters = Arc::clone(&self.pool.counters);
        move || counters.stats()
    }

    /// Counts since the start.
    pub fn stats(&self) -> StreamStats {
        self.pool.counters.stats()
    }
}

fn watched(symbol: &Symbol) -> [Channel; 2] {
    [
        Channel::AggreDeals(PushSpeed::Ms100, symbol.clone()),
        Channel::AggreBookTicker(PushSpeed::Ms100, symbol.clone()),
    ]
}

impl Pool {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        // Every change below is complete before the next one begins.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn subscribe(&self, channel: Channel) {
        let mut lines = self.lines();
        if lines.open.iter().any(|line| line.channels.contains(&channel)) {
            return;
        }
        let room = |line: &&mut OpenLine| line.channels.len() < self.config.channels_per_connection;
        match lines.open.iter_mut().find(room) {
            Some(line) => {
                line.channels.insert(channel.clone());
                // A line ends only after its sender is dropped.
                let _ = line.orders.send(Order::Add(channel));
            }
            None => self.open_line(&mut lines, channel),
        }
    }

    fn open_line(&self, lines: &mut Lines, channel: Channel) {
        let (orders, taken_orders) = mpsc::unbounded_channel();
        let timings = self.config.timings.clone();
        let parts = LineParts {
            number: lines.next_number,
            entrance: Entrance { dialer: self.dialer.clone(), timings, account: None },
            sink: Arc::clone(&self.sink),
            counters: Arc::clone(&self.counters),
            orders: taken_orders,
        };
        lines.next_number = lines.next_number.wrapping_add(1);
        let channels = BTreeSet::from([channel]);
        tokio::spawn(Line::new(parts, channels.clone()).run());
        lines.open.push(OpenLine { channels, orders });
    }

    fn unsubscribe(&self, channel: &Channel) {
        let mut lines = self.lines();
        for line in &mut lines.open {
            if line.channels.remove(channel) {
                let _ = line.orders.send(Order::Remove(channel.clone()));
            }
        }
        // Dropping the sender of an idle line ends it.
        lines.open.retain(|line| !line.channels.is_empty());
    }
}
