//! A user session: the way to channels that no bot can be added to.
//!
//! It speaks Telegram's own protocol (`MTProto`). The bytes on the wire are grammers' part, behind
//! [`Line`]; what is asked, what is kept and what follows from it are ours.

mod changes;
mod dialogs;
mod follower;
mod line;
mod login;
mod mapping;
mod missed;
mod network;
mod pulse;
mod session;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::bot::Shared;
use crate::channels::Channels;
use crate::intake::Intake;
use crate::port::Service;
use crate::settings::Pauses;
use follower::Follower;

pub use dialogs::{Dialog, all as dialogs};
pub use follower::Dial;
pub use line::{Line, LineError, ask};
pub use login::{Account, Application, LoginError, Terminal, ask_whether_signed_in, login, logout};
pub use network::Network;
pub use pulse::{Condition, Pulse};
pub use session::{Centre, Keys, Mark, Session, SessionError, SessionFile, SessionLock};

/// Everything about the user session. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `TELEGRAM_API_ID`, `TELEGRAM_API_HASH`.
    pub application: Application,
    /// `TELEGRAM_SESSION`.
    pub session: SessionFile,
    /// `TELEGRAM_CHANNELS`: whose messages are considered.
    pub channels: Channels,
    /// `TELEGRAM_MIN_TEXT_LEN`: shorter texts are passed over, characters.
    pub min_text_len: usize,
    /// `TG_BACKOFF_BASE_MS`, `TG_BACKOFF_MAX_MS`.
    pub backoff: Pauses,
    /// `SIGNAL_MAX_AGE_SEC`: how far back a channel's history is read when too much was missed.
    pub signal_max_age: Duration,
}

/// Starts following on the current runtime. It ends with the returned set, or when the session is
/// over.
///
/// # Errors
/// [`SessionError`]: nobody signed in, or another process works with the session.
pub fn start(
    dial: Dial,
    service: Arc<dyn Service>,
    settings: Settings,
    shared: Shared,
) -> Result<JoinSet<()>, SessionError> {
    let lock = settings.session.lock()?;
    let session = settings.session.load()?;
    if session.user.is_none() {
        return Err(SessionError::Absent(settings.session.path().to_owned()));
    }
    let Shared { figures, chats, pulse } = shared;
    let intake = Intake {
        service: Arc::clone(&service),
        channels: settings.channels.clone(),
        min_text_len: settings.min_text_len,
        figures: Arc::clone(&figures),
        chats,
    };
    let settings = Arc::new(settings);
    let followed = BTreeMap::new();
    let follower = Follower { dial, settings, service, intake, figures, pulse, session, followed };
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        Box::pin(follower.run()).await;
        // Signing in again needs it.
        drop(lock);
    });
    Ok(tasks)
}
