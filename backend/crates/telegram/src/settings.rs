//! What the user configured.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use secrecy::SecretString;

use crate::channels::{Channels, ChatName};

/// Everything about Telegram. `Debug` shows no token.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `TELEGRAM_BOT_TOKEN`.
    pub token: SecretString,
    /// `TELEGRAM_API_URL`, without a path.
    pub api_url: String,
    /// `TELEGRAM_WEBHOOK_URL`, without a path; [`None`] to poll.
    pub webhook_url: Option<String>,
    /// `TELEGRAM_CHANNELS`: whose messages are considered.
    pub channels: Channels,
    /// `TELEGRAM_MIN_TEXT_LEN`: shorter texts are passed over, characters.
    pub min_text_len: usize,
    /// `TG_BACKOFF_BASE_MS`, `TG_BACKOFF_MAX_MS`.
    pub backoff: Pauses,
    /// `TELEGRAM_ALLOWED_USERS`: who may command, by id.
    pub allowed_users: BTreeSet<i64>,
    /// `TELEGRAM_NOTIFY_*`; [`None`] when nobody is told anything.
    pub notify: Option<Notify>,
    /// When the user's days begin.
    pub time_zone: TimeZone,
}

/// Shortest and longest pause between attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pauses {
    /// After the first failure.
    pub base: Duration,
    /// At most.
    pub max: Duration,
}

/// Who is told what, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    /// `TELEGRAM_NOTIFY_CHAT`.
    pub chat: ChatName,
    /// `TELEGRAM_NOTIFY_LEVEL`.
    pub level: Level,
    /// `TELEGRAM_QUIET_HOURS`: everything but alarms arrives without a sound.
    pub quiet: Option<QuietHours>,
    /// `TELEGRAM_SUMMARY_AT`; [`None`] for no daily summary.
    pub summary_at: Option<Time>,
}

/// How much is told; each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What needs a person.
    Alarms,
    /// Entries and exits, the kill switch, the daily summary.
    Trades,
    /// Signals that were refused by a risk check, connections lost and found.
    All,
}

/// From one time of day to another, perhaps over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// First quiet minute.
    pub from: Time,
    /// First loud one.
    pub until: Time,
}

impl QuietHours {
    /// Whether it is quiet then.
    pub fn contains(self, time: Time) -> bool {
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_pass_midnight() {
        let at = |hour| Time::constant(hour, 0, 0, 0);
        let night = QuietHours { from: at(23), until: at(7) };
        let noon = QuietHours { from: at(12), until: at(13) };
        let table = [(night, 23, true), (night, 3, true), (night, 7, false), (night, 12, false)];
        let table =
            table.into_iter().chain([(noon, 12, true), (noon, 13, false), (noon, 0, false)]);
        for (hours, hour, expected) in table {
            assert_eq!(hours.contains(at(hour)), expected, "{hours:?} at {hour}");
        }
    }
}
