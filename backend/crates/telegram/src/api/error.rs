//! Why a call to the Bot API failed. No text here ever holds the token.

use std::time::Duration;

/// Why a call failed, by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No whole answer came: not connected, broken off, timed out.
    #[error("Telegram cannot be reached: {0}")]
    Unreachable(String),
    /// Telegram's own fault (5xx).
    #[error("Telegram failed with status {0}")]
    Server(u16),
    /// Too many calls; nothing may be asked before this.
    #[error("Telegram wants no calls for {} s", .0.as_secs())]
    FloodWait(Duration),
    /// The token is not one of a bot.
    #[error("Telegram does not know this bot: check TELEGRAM_BOT_TOKEN (status {0})")]
    BadToken(u16),
    /// Somebody else reads this bot's updates.
    #[error(
        "another program reads the updates of this bot: stop it, or make a bot of its own ({0})"
    )]
    Conflict(String),
    /// Any other refusal.
    #[error("Telegram refused: {description} (status {status})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Telegram's words.
        description: String,
    },
    /// Not an answer of the Bot API.
    #[error("the answer is not the Bot API's: {0}")]
    Unreadable(String),
}

impl CallError {
    /// Whether the same call may succeed later without anybody's doing.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::Server(_) | Self::FloodWait(_) | Self::Unreadable(_)
        )
    }
}
