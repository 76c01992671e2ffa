//! One connection, from its opening to its close.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use mexc_wire::ws::{Channel, PushDataV3ApiWrapper};
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep_until, timeout};

use super::control::Subscriptions;
use super::market_feed::{MarketFeed, View};
use super::outbox::Outbox;
use super::{StreamLimits, private_feed};
use crate::model::{AccountId, Event};
use crate::server::clock;
use crate::server::shared::Shared;

/// How often a connection looks for something to do.
const TICK: Duration = Duration::from_millis(100);
/// A client that reads nothing for this long is given up.
const SEND_WITHIN: Duration = Duration::from_secs(10);

/// One connection.
pub(super) struct Session {
    shared: Arc<Shared>,
    limits: StreamLimits,
    /// The listen key and whose it is.
    owner: Option<(String, AccountId)>,
    subscriptions: Subscriptions,
    outbox: Outbox,
    opened_at: Instant,
    /// Since when there is no subscription.
    idle_since: Option<Instant>,
    last_frame: Instant,
    /// The present second and how many frames came in it.
    received: (Instant, u32),
}

/// The connection ends.
struct Over;

type Step = Result<Vec<Message>, Over>;

impl Session {
    pub(super) fn new(shared: Arc<Shared>, owner: Option<(String, AccountId)>) -> Self {
        let (limits, now) = (shared.streams.clone(), Instant::now());
        Self {
            subscriptions: Subscriptions::new(limits.subscriptions, owner.is_some()),
            outbox: Outbox::default(),
            shared,
            limits,
            owner,
            opened_at: now,
            idle_since: Some(now),
            last_frame: now,
            received: (now, 0),
        }
    }

    /// Talks until either side has enough.
    pub(super) async fn run(mut self, mut socket: WebSocket) {
        let mut events = self.shared.events();
        let mut closing = self.shared.closing();
        let mut next_tick = Instant::now() + TICK;
        loop {
            let step = tokio::select! {
                frame = socket.recv() => self.receive(frame.and_then(Result::ok)),
                event = events.recv() => self.tell(event),
                () = sleep_until(next_tick) => {
                    next_tick = Instant::now() + self.tick_length();
                    self.tick()
                }
                _ = closing.changed() => Err(Over),
            };
            let Ok(frames) = step else { break };
            if self.send(&mut socket, frames).await.is_err() {
                break;
            }
        }
        let _ = timeout(SEND_WITHIN, socket.send(Message::Close(None))).await;
    }

    async fn send(&mut self, socket: &mut WebSocket, frames: Vec<Message>) -> Result<(), Over> {
        for frame in frames {
            self.last_frame = Instant::now();
            let sent = timeout(SEND_WITHIN, socket.send(frame)).await;
            sent.map_err(|_| Over)?.map_err(|_| Over)?;
        }
        Ok(())
    }

    fn receive(&mut self, frame: Option<Message>) -> Step {
        self.last_frame = Instant::now();
        self.count_frame()?;
        match frame {
            None | Some(Message::Close(_)) => Err(Over),
            // A new channel begins at once: what happens after the reply is in it.
            Some(Message::Text(text)) => {
                let mut frames = self.control(text.as_str());
                frames.extend(self.tick()?);
                Ok(frames)
            }
            // Protocol pings are answered by the library.
            Some(_) => Ok(Vec::new()),
        }
    }

    fn count_frame(&mut self) -> Result<(), Over> {
        let (second, count) = &mut self.received;
        if second.elapsed() >= Duration::from_secs(1) {
            (*second, *count) = (Instant::now(), 0);
        }
        *count += 1;
        if *count > self.limits.messages_per_second { Err(Over) } else { Ok(()) }
    }

    fn control(&mut self, text: &str) -> Vec<Message> {
        let shared = &self.shared;
        let pair = |channel: &Channel| {
            let symbol = channel.symbol()?;
            shared.market(symbol.as_str()).map(|(market, _)| market)
        };
        let reply = self.subscriptions.handle(text, &pair, clock::now());
        let idle = self.subscriptions.active.is_empty();
        self.idle_since = if idle { self.idle_since.or(Some(Instant::now())) } else { None };
        let reply = reply.and_then(|reply| serde_json::to_string(&reply).ok());
        reply.map(|reply| Message::Text(reply.into())).into_iter().collect()
    }

    /// Pushes what the account is to know. Who falls too far behind is cut off: a gap must not look
    /// like silence.
    fn tell(&mut self, event: Result<Arc<Event>, broadcast::error::RecvError>) -> Step {
        let event = event.map_err(|_| Over)?;
        let mine = self.owner.as_ref().is_some_and(|(_, account)| *account == event.account());
        if !mine || !self.subscriptions.has(&private_feed::channel(&event)) {
            return Ok(Vec::new());
        }
        self.post(&[private_feed::push(&event, clock::now())])
    }

    fn tick(&mut self) -> Step {
        self.check_time()?;
        let active = &mut self.subscriptions.active;
        if let Some(mirror) = &self.shared.mirror {
            for subscription in active.iter() {
                mirror.listen(&subscription.channel);
            }
        }
        let pushes = self.shared.look_at_books(|exchange, books, now| {
            let mut view = View::new(exchange, books, now);
            let feeds = active.iter_mut().filter_map(|s| Some((&s.channel, s.feed.as_mut()?)));
            feeds.flat_map(|(channel, feed)| feed.poll(channel, &mut view)).collect::<Vec<_>>()
        });
        let mut frames = self.outbox.due(Instant::now());
        frames.extend(self.post(&pushes.map_err(|_| Over)?)?);
        Ok(frames)
    }

    /// Pushes meet the faults of the plan on their way out.
    fn post(&mut self, pushes: &[PushDataV3ApiWrapper]) -> Step {
        let mut frames = Vec::new();
        for push in pushes {
            let fault = self.shared.faults.strike_push(&push.channel);
            let leaving = self.outbox.post(binary(push), fault, Instant::now());
            frames.extend(leaving.map_err(|_| Over)?);
        }
        Ok(frames)
    }

    fn check_time(&self) -> Result<(), Over> {
        let idle = self.idle_since.is_some_and(|since| since.elapsed() >= self.limits.unsubscribed);
        let silent = self.last_frame.elapsed() >= self.limits.silence;
        let old = self.opened_at.elapsed() >= self.limits.lifetime;
        let lapsed = self
            .owner
            .as_ref()
            .is_some_and(|(key, _)| self.shared.listen_keys().owner(key, clock::now()).is_none());
        if idle || silent || old || lapsed { Err(Over) } else { Ok(()) }
    }

    fn tick_length(&self) -> Duration {
        let feeds = self.subscriptions.active.iter().filter_map(|s| s.feed.as_ref());
        feeds.map(MarketFeed::period).min().unwrap_or(TICK).min(TICK)
    }
}

fn binary(push: &PushDataV3ApiWrapper) -> Message {
    Message::Binary(push.to_frame().into())
}
