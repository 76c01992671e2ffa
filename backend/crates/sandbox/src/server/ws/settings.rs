//! What a connection may do and for how long it lives.

use std::time::Duration;

/// Limits of one WebSocket connection (contract 14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamLimits {
    /// Most subscriptions.
    pub subscriptions: usize,
    /// Most frames of the client in a second.
    pub messages_per_second: u32,
    /// A connection without a subscription is closed after this.
    pub unsubscribed: Duration,
    /// A connection without a frame either way is closed after this.
    pub silence: Duration,
    /// A connection is closed after this in any case.
    pub lifetime: Duration,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            subscriptions: 30,
            messages_per_second: 100,
            unsubscribed: Duration::from_secs(30),
            silence: Duration::from_mins(1),
            lifetime: Duration::from_hours(24),
        }
    }
}
