//! One connection: its subscriptions, pings and death.

use std::collections::{BTreeMap, VecDeque};
use std::future::pending;

use futures_util::{SinkExt, StreamExt};
use mexc_wire::ws::{Channel, Meaning, PushDataV3ApiWrapper, Reply, Request};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{self, Message};

use super::config::Timings;
use super::dial::Socket;
use super::error::StreamError;
use super::listen_key::KeptKey;

/// What came over a connection.
pub(crate) enum Arrival {
    /// A push.
    Push(Box<PushDataV3ApiWrapper>),
    /// A channel is subscribed.
    Settled,
    /// A channel is refused; it is out of this session.
    Refused { channel: Channel, reason: String },
    /// A frame that is neither push nor reply.
    Unreadable(String),
}

struct Subscription {
    channel: Channel,
    /// When it was asked for without a reply yet.
    asked_at: Option<Instant>,
}

/// An open connection.
pub(crate) struct Session {
    socket: Socket,
    timings: Timings,
    opened_at: Instant,
    last_frame: Instant,
    next_ping: Instant,
    /// By name on the wire.
    subscriptions: BTreeMap<String, Subscription>,
    arrived: VecDeque<Arrival>,
    key: Option<KeptKey>,
}

impl Session {
    pub(crate) fn new(socket: Socket, timings: Timings, key: Option<KeptKey>) -> Self {
        let opened_at = Instant::now();
        Self {
            socket,
            opened_at,
            last_frame: opened_at,
            next_ping: opened_at + timings.ping_every,
            timings,
            subscriptions: BTreeMap::new(),
            arrived: VecDeque::new(),
            key,
        }
    }

    pub(crate) fn opened_at(&self) -> Instant {
        self.opened_at
    }

    /// Whether every channel asked for is subscribed.
    pub(crate) fn is_settled(&self) -> bool {
        self.subscriptions.values().all(|subscription| subscription.asked_at.is_none())
    }

    pub(crate) fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.subscriptions.values().map(|subscription| &subscription.channel)
    }

    /// Asks for a channel; the reply comes as an [`Arrival`].
    pub(crate) async fn subscribe(&mut self, channel: &Channel) -> Result<(), StreamError> {
        let asked_at = Some(Instant::now());
        let subscription = Subscription { channel: channel.clone(), asked_at };
        self.subscriptions.insert(channel.to_string(), subscription);
        self.send(Request::subscribe(channel)).await
    }

    /// Gives a channel back.
    pub(crate) async fn unsubscribe(&mut self, channel: &Channel) -> Result<(), StreamError> {
        self.subscriptions.remove(&channel.to_string());
        self.send(Request::unsubscribe(channel)).await
    }

    /// Waits for what comes next, and keeps the connection alive meanwhile. Dropping the future
    /// loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Arrival, StreamError> {
        loop {
            if let Some(arrival) = self.arrived.pop_front() {
                return Ok(arrival);
            }
            let dead_at = self.last_frame + self.timings.dead_after;
            let duty_at = self.next_duty().min(dead_at);
            tokio::select! {
                frame = self.socket.next() => self.take(frame)?,
                () = sleep_until(duty_at) => self.do_duties(dead_at).await?,
                why = lapse(&mut self.key) => return Err(StreamError::KeyLapsed(why)),
            }
        }
    }

    /// Says goodbye; the exchange need not answer.
    pub(crate) async fn close(mut self) {
        let _ = timeout(self.timings.answer_within, self.socket.close(None)).await;
    }

    async fn send(&mut self, request: Request) -> Result<(), StreamError> {
        let message = Message::text(request.to_text());
        match timeout(self.timings.answer_within, self.socket.send(message)).await {
            Ok(sent) => sent.map_err(|error| broken(&error)),
            Err(_) => Err(StreamError::Broken("it takes no more frames".to_owned())),
        }
    }

    fn next_duty(&self) -> Instant {
        let unanswered = self.subscriptions.values().filter_map(|s| s.asked_at).min();
        let repeat_at = unanswered.map(|at| at + self.timings.answer_within);
        repeat_at.map_or(self.next_ping, |at| at.min(self.next_ping))
    }

    async fn do_duties(&mut self, dead_at: Instant) -> Result<(), StreamError> {
        let now = Instant::now();
        if now >= dead_at {
            return Err(StreamError::Silent(self.timings.dead_after));
        }
        if now >= self.next_ping {
            self.next_ping = now + self.timings.ping_every;
            self.send(Request::ping()).await?;
        }
        let patience = self.timings.answer_within;
        let overdue = |s: &&Subscription| s.asked_at.is_some_and(|at| now >= at + patience);
        let overdue: Vec<Channel> =
            self.subscriptions.values().filter(overdue).map(|s| s.channel.clone()).collect();
        for channel in overdue {
            tracing::warn!(%channel, "no reply to a subscription; asking again");
            self.subscribe(&channel).await?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        frame: Option<Result<Message, tungstenite::Error>>,
    ) -> Result<(), StreamError> {
        let frame = frame.ok_or_else(|| StreamError::Broken("it ended".to_owned()))?;
        let message = frame.map_err(|error| broken(&error))?;
        self.last_frame = Instant::now();
        match message {
            Message::Binary(bytes) => self.take_push(&bytes),
            Message::Text(text) => self.take_reply(&text),
            Message::Close(reason) => {
                let why = reason.map_or_else(String::new, |reason| format!(": {reason}"));
                return Err(StreamError::Broken(format!("the exchange closed it{why}")));
            }
            // The library answers a ping by itself, with the next frame that is read or sent.
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
        Ok(())
    }

    fn take_push(&mut self, bytes: &[u8]) {
        let arrival = match PushDataV3ApiWrapper::from_frame(bytes) {
            Ok(push) => {
                self.settle(&push.channel);
                Arrival::Push(Box::new(push))
            }
            Err(error) => Arrival::Unreadable(error.to_string()),
        };
        self.arrived.push_back(arrival);
    }

    fn take_reply(&mut self, text: &str) {
        let Some(reply) = Reply::from_text(text) else {
            let start: String = text.chars().take(200).collect();
            self.arrived.push_back(Arrival::Unreadable(format!("no reply: {start:?}")));
            return;
        };
        match reply.meaning() {
            Meaning::Pong => {}
            Meaning::Channels { done, refused, reason } => {
                for name in &done {
                    self.settle(name);
                }
                for name in &refused {
                    self.refuse(name, reason.as_deref().unwrap_or_default());
                }
            }
            Meaning::Other => {
                let text: String = reply.msg.chars().take(200).collect();
                tracing::warn!(code = reply.code, text, "an unknown reply on the stream");
            }
        }
    }

    /// A reply or a push proves the subscription. One for a channel not asked for means nothing.
    fn settle(&mut self, name: &str) {
        if let Some(subscription) = self.subscriptions.get_mut(name)
            && subscription.asked_at.take().is_some()
        {
            self.arrived.push_back(Arrival::Settled);
        }
    }

    fn refuse(&mut self, name: &str, reason: &str) {
        if let Some(subscription) = self.subscriptions.remove(name) {
            let channel = subscription.channel;
            self.arrived.push_back(Arrival::Refused { channel, reason: reason.to_owned() });
        }
    }
}

fn broken(error: &tungstenite::Error) -> StreamError {
    StreamError::Broken(error.to_string())
}

async fn lapse(key: &mut Option<KeptKey>) -> String {
    match key {
        Some(key) => key.lapsed().await,
        None => pending().await,
    }
}
