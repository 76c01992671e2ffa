//! The user data stream: our own orders, deals and balances.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use mexc_wire::ws::Channel;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Sink;
use super::config::StreamConfig;
use super::dial::Dialer;
use super::entrance::Entrance;
use super::error::StreamError;
use super::line::{Line, LineParts, Order};
use super::stats::{Counters, StreamStats};
use crate::client::Client;

/// Longest wait for listen keys to be given back.
const GOODBYE: Duration = Duration::from_secs(5);

/// One connection behind a listen key. It ends when this is dropped; [`UserStream::stop`] also
/// waits until the key was given back.
pub struct UserStream {
    orders: mpsc::UnboundedSender<Order>,
    counters: Arc<Counters>,
    busy: mpsc::Receiver<()>,
}

impl UserStream {
    /// Opens the stream and keeps it open: listen keys are created, extended and given back, a
    /// lapsed one is replaced. `sink` is called from the connection's task and must not block.
    /// Needs a tokio runtime.
    ///
    /// # Errors
    /// [`StreamError::Address`] or [`StreamError::Tls`]. That the exchange does not answer is no
    /// error: it is told as [`super::StreamEvent::Down`] and tried again.
    pub fn start(config: &StreamConfig, client: Client, sink: Sink) -> Result<Self, StreamError> {
        let timings = config.timings.clone();
        let dialer = Dialer::new(&config.url, timings.answer_within)?;
        let (orders, taken_orders) = mpsc::unbounded_channel();
        let (held_while_busy, busy) = mpsc::channel(1);
        let counters: Arc<Counters> = Arc::default();
        let parts = LineParts {
            number: 0,
            entrance: Entrance { dialer, timings, account: Some((client, held_while_busy)) },
            sink,
            counters: Arc::clone(&counters),
            orders: taken_orders,
        };
        let channels = [Channel::PrivateOrders, Channel::PrivateDeals, Channel::PrivateAccount];
        tokio::spawn(Line::new(parts, BTreeSet::from(channels)).run());
        Ok(Self { orders, counters, busy })
    }

    /// Reads the counts since the start, also after the stream has ended.
    pub fn stats_reader(&self) -> impl Fn() -> StreamStats + Send + Sync + use<> {
        let counters = Arc::clone(&self.counters);
        move || counters.stats()
    }

    /// Closes the connection and waits, not for long, until its listen key was given back.
    pub async fn stop(self) {
        let Self { orders, mut busy, .. } = self;
        drop(orders);
        // Nothing is ever sent: the channel closes when line and key keepers have ended.
        if timeout(GOODBYE, busy.recv()).await.is_err() {
            tracing::debug!("a listen key was not given back in time; it lapses by itself");
        }
    }
}
