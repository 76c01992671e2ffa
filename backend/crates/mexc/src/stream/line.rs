//! A set of channels, kept subscribed over any number of sessions.

use std::collections::{BTreeSet, HashMap};
use std::future::pending;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use mexc_wire::ws::{Channel, PushDataV3ApiWrapper, Update};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::backoff::{jitter, pause};
use super::config::Timings;
use super::entrance::Entrance;
use super::error::StreamError;
use super::next_session::{Beside, NextSession, Turn};
use super::seen::Seen;
use super::session::{Arrival, Session};
use super::stats::Counters;
use super::{Sink, StreamEvent};

/// What to do with a channel.
#[derive(Debug)]
pub(crate) enum Order {
    Add(Channel),
    Remove(Channel),
}

/// What a line needs from outside.
pub(crate) struct LineParts {
    pub(crate) number: u32,
    pub(crate) entrance: Entrance,
    pub(crate) sink: Sink,
    pub(crate) counters: Arc<Counters>,
    /// The line ends when the other side is dropped.
    pub(crate) orders: mpsc::UnboundedReceiver<Order>,
}

/// The line itself; one task runs it.
pub(crate) struct Line {
    number: u32,
    entrance: Arc<Entrance>,
    timings: Timings,
    sink: Sink,
    counters: Arc<Counters>,
    orders: mpsc::UnboundedReceiver<Order>,
    wanted: BTreeSet<Channel>,
    /// Wanted too, but the exchange said no. Asked for again with the daily renewal only.
    refused: BTreeSet<Channel>,
    /// By channel, for every one that is wanted; pushes of others are dropped.
    seen: HashMap<String, Seen>,
    current: Option<Box<Session>>,
    next: NextSession,
    /// Whether the current session was told as up.
    announced: bool,
    /// What was told last; nothing at first.
    is_up: Option<bool>,
    failures: u32,
}

enum Happening {
    Order(Option<Order>),
    Current(Result<Arrival, StreamError>),
    Next(Turn),
}

impl Line {
    pub(crate) fn new(parts: LineParts, wanted: BTreeSet<Channel>) -> Self {
        Self {
            number: parts.number,
            timings: parts.entrance.timings.clone(),
            entrance: Arc::new(parts.entrance),
            sink: parts.sink,
            counters: parts.counters,
            orders: parts.orders,
            seen: wanted.iter().map(|channel| (channel.to_string(), Seen::default())).collect(),
            wanted,
            refused: BTreeSet::new(),
            current: None,
            next: NextSession::At(Instant::now()),
            announced: false,
            is_up: None,
            failures: 0,
        }
    }

    /// Runs until the other side of the orders is dropped.
    pub(crate) async fn run(mut self) {
        loop {
            let happening = tokio::select! {
                order = self.orders.recv() => Happening::Order(order),
                arrival = arrival(&mut self.current) => Happening::Current(arrival),
                turn = self.next.turn(&self.timings) => Happening::Next(turn),
            };
            match happening {
                Happening::Order(None) => return self.end().await,
                Happening::Order(Some(order)) => self.obey(order).await,
                Happening::Current(Ok(arrival)) => self.take(arrival, false),
                Happening::Current(Err(error)) => self.lose(&error),
                Happening::Next(turn) => self.step(turn).await,
            }
        }
    }

    async fn end(mut self) {
        if self.is_up == Some(true) {
            self.counters.disconnect();
        }
        let next = mem::replace(&mut self.next, NextSession::At(Instant::now()));
        if let NextSession::Beside(beside) = next {
            beside.session.close().await;
        }
        if let Some(session) = self.current.take() {
            session.close().await;
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Add(channel) => {
                if self.wanted.is_empty() && self.current.is_none() {
                    self.next = NextSession::At(Instant::now());
                }
                self.seen.entry(channel.to_string()).or_default();
                self.wanted.insert(channel);
            }
            Order::Remove(channel) => {
                self.wanted.remove(&channel);
                self.refused.remove(&channel);
                self.seen.remove(&channel.to_string());
            }
        }
        if let Some(session) = &mut self.current
            && let Err(error) = adjust(session, &self.wanted).await
        {
            self.lose(&error);
        }
        if let NextSession::Beside(beside) = &mut self.next
            && let Err(error) = adjust(&mut beside.session, &self.wanted).await
        {
            self.give_up_next(&error);
        }
    }

    async fn step(&mut self, turn: Turn) {
        match turn {
            Turn::Due => self.open_next(),
            Turn::Opened(Ok(session)) => self.welcome(session).await,
            Turn::Opened(Err(error)) | Turn::Arrived(Err(error)) => self.give_up_next(&error),
            Turn::Arrived(Ok(arrival)) => {
                self.take(arrival, true);
                self.look();
            }
            Turn::Look => self.look(),
        }
    }

    fn open_next(&mut self) {
        let renews = self.current.is_some() || self.wanted.is_empty();
        if renews {
            self.wanted.append(&mut self.refused);
        }
        if self.wanted.is_empty() {
            self.next = NextSession::At(Instant::now() + self.timings.max_age);
            return;
        }
        let channels = self.wanted.iter().cloned().collect();
        self.next = NextSession::open(Arc::clone(&self.entrance), channels);
    }

    /// A session is open: it takes over at once where there is none, or runs beside the old one.
    async fn welcome(&mut self, mut session: Box<Session>) {
        // Channels may have come and gone while it was opened.
        if let Err(error) = adjust(&mut session, &self.wanted).await {
            return self.give_up_next(&error);
        }
        if self.current.is_some() {
            let beside = Beside::new(session, &self.timings);
            self.next = NextSession::Beside(Box::new(beside));
        } else {
            self.adopt(session);
        }
    }

    fn adopt(&mut self, session: Box<Session>) {
        let age = self.timings.max_age.saturating_sub(jitter(self.timings.max_age / 50));
        self.next = NextSession::At(session.opened_at() + age);
        self.current = Some(session);
        self.announced = false;
        self.announce();
    }

    /// Whether the session beside is good enough to take over, or never will be.
    fn look(&mut self) {
        let NextSession::Beside(beside) = &self.next else { return };
        if beside.may_take_over(&self.timings) {
            self.take_over();
        } else if beside.is_hopeless(&self.timings) {
            self.give_up_next(&StreamError::Silent(self.timings.overlap_at_most));
        }
    }

    fn take_over(&mut self) {
        let next = mem::replace(&mut self.next, NextSession::At(Instant::now()));
        let NextSession::Beside(beside) = next else { return };
        if let Some(old) = self.current.take() {
            tracing::debug!(connection = self.number, "a new connection took over");
            tokio::spawn(old.close());
        }
        self.failures = 0;
        self.adopt(beside.session);
    }

    /// The current session is gone. One that runs beside it takes its place.
    fn lose(&mut self, error: &StreamError) {
        let Some(lost) = self.current.take() else { return };
        Counters::add(&self.counters.lost, 1);
        self.mark_down(&error.to_string());
        let sound = lost.opened_at().elapsed() >= self.timings.sound_after;
        self.failures = if sound { 1 } else { self.failures.saturating_add(1) };
        match mem::replace(&mut self.next, NextSession::At(Instant::now())) {
            NextSession::Beside(beside) => self.adopt(beside.session),
            opening @ NextSession::Opening(_) => self.next = opening,
            NextSession::At(_) => self.next = NextSession::At(Instant::now() + self.pause()),
        }
    }

    fn give_up_next(&mut self, error: &StreamError) {
        self.failures = self.failures.saturating_add(1);
        let pause = self.pause();
        tracing::debug!(connection = self.number, %error, retry_in = ?pause, "no stream");
        self.next = NextSession::At(Instant::now() + pause);
        if self.current.is_none() {
            self.mark_down(&error.to_string());
        }
    }

    fn pause(&self) -> Duration {
        pause(self.timings.first_pause, self.timings.longest_pause, self.failures)
    }

    fn take(&mut self, arrival: Arrival, from_next: bool) {
        match arrival {
            Arrival::Push(push) => {
                self.note_delivery(from_next);
                self.deliver(*push);
            }
            Arrival::Settled => {}
            Arrival::Refused { channel, reason } => self.refused(&channel, reason),
            Arrival::Unreadable(why) => self.unreadable(&why),
        }
        self.announce();
    }

    fn note_delivery(&mut self, from_next: bool) {
        if let NextSession::Beside(beside) = &mut self.next {
            let delivers =
                if from_next { &mut beside.new_delivers } else { &mut beside.old_delivers };
            *delivers = true;
        }
    }

    fn deliver(&mut self, mut push: PushDataV3ApiWrapper) {
        Counters::add(&self.counters.pushes, 1);
        let Some(seen) = self.seen.get_mut(&push.channel) else { return };
        if let Some(symbol) = &push.symbol {
            self.counters.hear(symbol, Instant::now());
        }
        let (repeated, fresh) = seen.sift(&mut push);
        Counters::add(&self.counters.duplicates, repeated);
        if !fresh {
            return;
        }
        match Update::from_push(&push) {
            Ok(Some(update)) => (self.sink)(StreamEvent::Update(update)),
            Ok(None) => {}
            Err(error) => self.unreadable(&error.to_string()),
        }
    }

    fn refused(&mut self, channel: &Channel, reason: String) {
        // Both sessions may be told the same.
        let Some(channel) = self.wanted.take(channel) else { return };
        let name = channel.to_string();
        tracing::warn!(channel = name, reason, "the exchange refuses a channel");
        (self.sink)(StreamEvent::Refused { channel: name, reason });
        self.refused.insert(channel);
        if self.wanted.is_empty() {
            self.rest();
        }
    }

    /// Without a channel the exchange would close the connection every 30 seconds.
    fn rest(&mut self) {
        self.mark_down("the exchange refuses every channel of this connection");
        if let Some(session) = self.current.take() {
            tokio::spawn(session.close());
        }
        self.next = NextSession::At(Instant::now() + self.timings.max_age);
    }

    fn unreadable(&self, why: &str) {
        Counters::add(&self.counters.unreadable, 1);
        tracing::warn!(connection = self.number, why, "a frame of no use on the stream");
    }

    /// Tells once that the current session is subscribed.
    fn announce(&mut self) {
        let settled = self.current.as_ref().is_some_and(|session| session.is_settled());
        if self.announced || !settled || self.wanted.is_empty() {
            return;
        }
        self.announced = true;
        if self.is_up.replace(true) != Some(true) {
            Counters::add(&self.counters.connected, 1);
        }
        (self.sink)(StreamEvent::Up { connection: self.number });
    }

    fn mark_down(&mut self, why: &str) {
        let was_up = self.is_up.replace(false);
        if was_up == Some(true) {
            self.counters.disconnect();
        }
        if was_up != Some(false) {
            let why = why.to_owned();
            (self.sink)(StreamEvent::Down { connection: self.number, why });
        }
    }
}

async fn arrival(current: &mut Option<Box<Session>>) -> Result<Arrival, StreamError> {
    match current {
        Some(session) => session.next().await,
        None => pending().await,
    }
}

/// Makes a session carry exactly the wanted channels.
async fn adjust(session: &mut Session, wanted: &BTreeSet<Channel>) -> Result<(), StreamError> {
    let carried: BTreeSet<Channel> = session.channels().cloned().collect();
    for channel in carried.difference(wanted) {
        session.unsubscribe(channel).await?;
    }
    for channel in wanted.difference(&carried) {
        session.subscribe(channel).await?;
    }
    Ok(())
}
