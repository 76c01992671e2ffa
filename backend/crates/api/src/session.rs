//! Sessions of browsers: an API key is exchanged once for a cookie that scripts cannot read.
//!
//! A token is 256 random bits. What is kept is its digest together with the key's, so that a session
//! ends when its key is taken out of `API_KEYS`, and a stolen file of sessions opens nothing. Sessions
//! outlive restarts: whoever must reach the kill switch at night should not have to find the key first.

mod attempts;

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::Timestamp;
use domain::ids::digest;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::auth::ApiKeys;
use attempts::Attempts;
pub(crate) use attempts::TooMany;

/// Sessions at a time; the oldest makes room.
const MAX_SESSIONS: usize = 100;

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSession {
    /// Digest of token and key.
    digest: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Where sessions outlive the process.
pub trait Vault: Send + Sync + 'static {
    /// Keeps these in place of whatever was kept.
    ///
    /// # Errors
    /// When they cannot be written.
    fn save(&self, sessions: &[StoredSession]) -> std::io::Result<()>;
}

/// Keeps nothing: sessions end with the process.
#[derive(Debug, Clone, Copy)]
pub struct Forgetful;

impl Vault for Forgetful {
    fn save(&self, _: &[StoredSession]) -> std::io::Result<()> {
        Ok(())
    }
}

/// All sessions.
pub struct Sessions {
    vault: Box<dyn Vault>,
    lasts: Duration,
    /// Held while the vault is written: one after the other, and nobody else waits for the disk.
    writing: Mutex<()>,
    state: Mutex<State>,
}

struct State {
    kept: Vec<StoredSession>,
    attempts: Attempts,
}

/// A session that was just begun, or is in force.
pub(crate) struct Session {
    /// What the cookie holds.
    pub(crate) token: String,
    pub(crate) expires_at: Timestamp,
}

impl Session {
    /// What changing requests must send along. A page of another origin can neither read it nor
    /// guess it.
    pub(crate) fn csrf_token(&self) -> String {
        digest(&["csrf", &self.token])
    }

    /// Whether `offered` is that.
    pub(crate) fn admits(&self, offered: Option<&str>) -> bool {
        let token = self.csrf_token();
        offered.is_some_and(|offered| token.as_bytes().ct_eq(offered.as_bytes()).into())
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self::new(Box::new(Forgetful), Vec::new(), Duration::from_hours(7 * 24))
    }
}

impl Sessions {
    /// With those kept by an earlier process; a new session lasts this long.
    pub fn new(vault: Box<dyn Vault>, kept: Vec<StoredSession>, lasts: Duration) -> Self {
        let state = State { kept, attempts: Attempts::default() };
        Self { vault, lasts, writing: Mutex::new(()), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A list of digests cannot be left half changed by a panic elsewhere.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a session lasts.
    pub(crate) const fn lasts(&self) -> Duration {
        self.lasts
    }

    /// Whether this peer may try a key now.
    pub(crate) fn may_try(&self, peer: Option<IpAddr>, now: Timestamp) -> Result<(), TooMany> {
        self.state().attempts.may_try(peer, now)
    }

    /// Remembers a wrong key.
    pub(crate) fn failed(&self, peer: Option<IpAddr>, now: Timestamp) {
        self.state().attempts.failed(peer, now);
    }

    /// Begins a session for a key that was accepted. Waits for the vault.
    pub(crate) fn begin(
        &self,
        keys: &ApiKeys,
        key: &str,
        now: Timestamp,
    ) -> std::io::Result<Session> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(std::io::Error::from)?;
        let token = hex::encode(bytes);
        let expires_at = now.plus(self.lasts);
        let stored = StoredSession { digest: bound(&token, &keys.digest_of(key)), expires_at };
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = self.state().kept.clone();
        kept.retain(|session| session.expires_at > now);
        let surplus = (kept.len() + 1).saturating_sub(MAX_SESSIONS);
        kept.drain(..surplus);
        kept.push(stored);
        self.vault.save(&kept)?;
        self.state().kept = kept;
        Ok(Session { token, expires_at })
    }

    /// The session of a cookie, while it and its key are in force.
    pub(crate) fn find(&self, keys: &ApiKeys, token: &str, now: Timestamp) -> Option<Session> {
        let wanted: Vec<String> = keys.digests().map(|key| bound(token, key)).collect();
        let state = self.state();
        let found = state.kept.iter().find(|kept| kept.is_one_of(&wanted))?;
        let in_force = found.expires_at > now;
        in_force.then(|| Session { token: token.to_owned(), expires_at: found.expires_at })
    }

    /// Ends a session. Its cookie opens nothing from here on, also after a restart once the vault
    /// has it. Waits for the vault.
    pub(crate) fn end(&self, keys: &ApiKeys, session: &Session) -> std::io::Result<()> {
        let ended: Vec<String> = keys.digests().map(|key| bound(&session.token, key)).collect();
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.state().kept.retain(|kept| !kept.is_one_of(&ended));
        let kept = self.state().kept.clone();
        self.vault.save(&kept)
    }
}

impl StoredSession {
    fn is_one_of(&self, digests: &[String]) -> bool {
        digests.iter().any(|one| one.as_bytes().ct_eq(self.digest.as_bytes()).into())
    }
}

fn bound(token: &str, key_digest: &str) -> String {
    digest(&["session", token, key_digest])
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_760_000_000_000);

    #[test]
    fn a_session_opens_until_it_ends_by_time_or_word() {
        let (sessions, keys) = (Sessions::default(), ApiKeys::new(["k"]));
        let session = sessions.begin(&keys, "k", NOW).unwrap();
        assert!(sessions.find(&keys, &session.token, NOW).is_some());
        assert!(sessions.find(&keys, "another", NOW).is_none());
        assert!(sessions.find(&keys, &session.token, session.expires_at).is_none());
        sessions.end(&keys, &session).unwrap();
        assert!(sessions.find(&keys, &session.token, NOW).is_none());
    }

    #[test]
    fn a_session_ends_with_its_key() {
        let sessions = Sessions::default();
        let session = sessions.begin(&ApiKeys::new(["old", "k"]), "old", NOW).unwrap();
        assert!(sessions.find(&ApiKeys::new(["k", "old"]), &session.token, NOW).is_some());
        assert!(sessions.find(&ApiKeys::new(["k"]), &session.token, NOW).is_none());
    }

    #[test]
    fn what_is_kept_opens_nothing() {
        let (sessions, keys) = (Sessions::default(), ApiKeys::new(["hunter2"]));
        let session = sessions.begin(&keys, "hunter2", NOW).unwrap();
        let kept = serde_json::to_string(&sessions.state().kept).unwrap();
        assert!(!kept.contains(&session.token) && !kept.contains("hunter2"));
        assert!(!kept.contains(&keys.digest_of("hunter2")));
        let digest = sessions.state().kept[0].digest.clone();
        assert!(sessions.find(&keys, &digest, NOW).is_none());
    }

    #[test]
    fn the_oldest_session_makes_room() {
        let (sessions, keys) = (Sessions::default(), ApiKeys::new(["k"]));
        let first = sessions.begin(&keys, "k", NOW).unwrap();
        for _ in 0..MAX_SESSIONS {
            sessions.begin(&keys, "k", NOW).unwrap();
        }
        assert_eq!(sessions.state().kept.len(), MAX_SESSIONS);
        assert!(sessions.find(&keys, &first.token, NOW).is_none());
    }

    #[test]
    fn a_session_that_cannot_be_kept_is_not_begun() {
        struct Full;
        impl Vault for Full {
            fn save(&self, _: &[StoredSession]) -> std::io::Result<()> {
                Err(std::io::ErrorKind::StorageFull.into())
            }
        }
        let sessions = Sessions::new(Box::new(Full), Vec::new(), Duration::from_hours(1));
        assert!(sessions.begin(&ApiKeys::new(["k"]), "k", NOW).is_err());
        assert!(sessions.state().kept.is_empty());
    }
}
