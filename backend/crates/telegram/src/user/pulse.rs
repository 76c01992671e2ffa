//! How the user session is, for whoever looks.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Timestamp;

/// Shared between the session and those who look at it.
#[derive(Debug, Default)]
pub struct Pulse(Mutex<Condition>);

/// How the session is at present.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// When Telegram last answered or sent something; [`None`] before the first time.
    pub alive_at: Option<Timestamp>,
    /// Why nothing will come any more until a person does something.
    pub over: Option<String>,
    /// Titles of the channels that are followed.
    pub followed: Vec<String>,
    /// Names of `TELEGRAM_CHANNELS` that the account does not read.
    pub missing: Vec<String>,
}

impl Pulse {
    fn state(&self) -> MutexGuard<'_, Condition> {
        // Plain figures: a panic elsewhere cannot leave them half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it is.
    pub fn condition(&self) -> Condition {
        self.state().clone()
    }

    pub(crate) fn alive(&self, at: Timestamp) {
        self.state().alive_at = Some(at);
    }

    /// Notes that nothing will come any more, and why.
    pub fn over(&self, why: String) {
        self.state().over = Some(why);
    }

    pub(crate) fn follows(&self, followed: Vec<String>, missing: Vec<String>) {
        let mut state = self.state();
        (state.followed, state.missing) = (followed, missing);
    }
}
