//! How streams behave.

use std::time::Duration;

/// Where to connect and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamConfig {
    /// `wss://wbs-api.mexc.com/ws`, without query.
    pub url: String,
    /// Channels a connection carries; MEXC allows 30.
    pub channels_per_connection: usize,
    /// Waits and limits.
    pub timings: Timings,
}

impl StreamConfig {
    /// With the limits of contract 14.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), channels_per_connection: 30, timings: Timings::default() }
    }
}

/// Waits and limits of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timings {
    /// Pause between pings; MEXC wants one every 15 to 30 s.
    pub ping_every: Duration,
    /// Silence after which a connection is dead; pings are answered, so there is always a frame.
    pub dead_after: Duration,
    /// Longest wait for a connection, for a frame to leave, and before a subscription without
    /// reply is repeated.
    pub answer_within: Duration,
    /// Age at which the next connection is opened; MEXC ends one after 24 hours.
    pub max_age: Duration,
    /// How long old and new connection run side by side at least.
    pub overlap: Duration,
    /// How long a new connection may take to become as good as the old one.
    pub overlap_at_most: Duration,
    /// Pause before the first new attempt; it doubles up to `longest_pause`.
    pub first_pause: Duration,
    /// Longest pause between attempts.
    pub longest_pause: Duration,
    /// Life after which a connection counts as sound, so that pauses begin small again.
    pub sound_after: Duration,
    /// Pause between extensions of a listen key, which lasts 60 minutes.
    pub keep_key_every: Duration,
    /// Pause before a failed extension is repeated.
    pub keep_key_again: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            ping_every: Duration::from_secs(17),
            dead_after: Duration::from_mins(1),
            answer_within: Duration::from_secs(10),
            max_age: Duration::from_mins(23 * 60 + 30),
            overlap: Duration::from_secs(3),
            overlap_at_most: Duration::from_secs(30),
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(15),
            sound_after: Duration::from_secs(10),
            keep_key_every: Duration::from_mins(30),
            keep_key_again: Duration::from_mins(1),
        }
    }
}
