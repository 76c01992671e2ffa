//! What Telegram delivers to a bot by webhook: who may deliver, and who takes it.

use std::sync::Arc;

use crate::auth::ApiKeys;
use crate::ports::BoxFuture;

/// The name under `/hooks/` that is the bot's; no hook of the user's may have it.
pub const TELEGRAM: &str = "telegram";

/// Takes updates of a Telegram bot. The binary implements it.
pub trait Deliveries: Send + Sync + 'static {
    /// Hands in one update as Telegram sent it.
    fn deliver(&self, update: String) -> BoxFuture<'_, Delivered>;
}

/// What came of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// It is done with, and must not come again.
    Taken,
    /// It cannot be taken yet; Telegram has to deliver it again.
    NotYet,
    /// It is no update.
    Unreadable,
}

/// The webhook of a bot.
#[derive(Clone)]
pub struct BotUpdates {
    /// What Telegram proves itself with.
    pub secret: ApiKeys,
    /// Who takes the updates.
    pub deliveries: Arc<dyn Deliveries>,
}
