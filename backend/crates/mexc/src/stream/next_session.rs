//! The session that will carry a line next: waited for, being opened, or running beside the old
//! one until it is as good.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use mexc_wire::ws::Channel;
use tokio::time::{Instant, sleep_until};

use super::config::Timings;
use super::entrance::Entrance;
use super::error::StreamError;
use super::session::{Arrival, Session};

/// Where the next session stands.
pub(crate) enum NextSession {
    /// Opened at this time, not before.
    At(Instant),
    /// Being opened and subscribed.
    Opening(BoxFuture<'static, Result<Box<Session>, StreamError>>),
    /// Subscribed beside the old one.
    Beside(Box<Beside>),
}

/// A session that runs beside the old one.
pub(crate) struct Beside {
    pub(crate) session: Box<Session>,
    since: Instant,
    checked_at: Instant,
    /// Whether old and new one delivered since.
    pub(crate) old_delivers: bool,
    pub(crate) new_delivers: bool,
}

impl Beside {
    pub(crate) fn new(session: Box<Session>, timings: &Timings) -> Self {
        let since = Instant::now();
        let checked_at = since + timings.overlap;
        Self { session, since, checked_at, old_delivers: false, new_delivers: false }
    }

    /// Whether it may take over: subscribed, long enough beside the old one that nothing is under
    /// way there alone, and delivering if the old one is.
    pub(crate) fn may_take_over(&self, timings: &Timings) -> bool {
        self.session.is_settled()
            && self.since.elapsed() >= timings.overlap
            && (self.new_delivers || !self.old_delivers)
    }

    /// Whether it had its time and is no good.
    pub(crate) fn is_hopeless(&self, timings: &Timings) -> bool {
        self.since.elapsed() >= timings.overlap_at_most
    }
}

/// What happened to the next session.
pub(crate) enum Turn {
    /// It is time to open it.
    Due,
    /// Opening ended.
    Opened(Result<Box<Session>, StreamError>),
    /// It delivered, or broke.
    Arrived(Result<Arrival, StreamError>),
    /// Time to look whether it may take over.
    Look,
}

impl NextSession {
    /// Opens a session and subscribes `channels`.
    pub(crate) fn open(entrance: Arc<Entrance>, channels: Vec<Channel>) -> Self {
        Self::Opening(Box::pin(async move {
            let mut session = entrance.open().await?;
            for channel in &channels {
                session.subscribe(channel).await?;
            }
            Ok(session)
        }))
    }

    /// Waits for what happens to it. Dropping the future loses nothing.
    pub(crate) async fn turn(&mut self, timings: &Timings) -> Turn {
        match self {
            Self::At(at) => {
                sleep_until(*at).await;
                Turn::Due
            }
            Self::Opening(opening) => Turn::Opened(opening.await),
            Self::Beside(beside) => {
                tokio::select! {
                    arrival = beside.session.next() => Turn::Arrived(arrival),
                    () = sleep_until(beside.checked_at) => {
                        beside.checked_at = Instant::now() + timings.overlap;
                        Turn::Look
                    }
                }
            }
        }
    }
}
