//! Streams: prices and our own orders over WebSocket (contract 12, 14 to 17).
//!
//! From the inside out:
//! - `dial` opens a socket, `session` keeps one connection with its subscriptions alive and
//!   notices its death;
//! - `line` keeps a set of channels subscribed over any number of sessions: it reconnects with
//!   growing, jittered pauses, and opens the next session before the exchange's 24 hours are over;
//! - [`MarketStreams`] spreads channels over lines, [`UserStream`] is one line behind a listen key.
//!
//! Pushes may be lost whenever a connection is, and MEXC never sends them again. So after each
//! [`StreamEvent::Up`] the caller asks by REST for what it must not miss. Duplicates are taken out
//! here where a version, a trade id or equal content proves them; money must still be keyed by
//! trade id.

mod backoff;
mod config;
mod dial;
mod entrance;
mod error;
mod line;
mod listen_key;
mod market;
mod next_session;
mod seen;
mod session;
mod stats;
mod user;

use std::sync::Arc;

use mexc_wire::ws::Update;

pub use config::{StreamConfig, Timings};
pub use error::StreamError;
pub use market::MarketStreams;
pub use stats::StreamStats;
pub use user::UserStream;

/// Where events go. It is called from the connection's own task, so it must not block.
pub type Sink = Arc<dyn Fn(StreamEvent) + Send + Sync>;

/// What a stream tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEvent {
    /// A push, in the domain's terms.
    Update(Update),
    /// A connection is subscribed, for the first time or again. What happened before may have been
    /// missed: ask by REST now.
    Up {
        /// Which connection; the user stream has one, number 0.
        connection: u32,
    },
    /// A connection is lost or cannot be had; it is tried again. Told once until the next
    /// [`StreamEvent::Up`].
    Down {
        /// Which connection.
        connection: u32,
        /// Why.
        why: String,
    },
    /// The exchange does not serve a channel. It is not asked for again.
    Refused {
        /// The channel's name on the wire.
        channel: String,
        /// The exchange's word.
        reason: String,
    },
}
