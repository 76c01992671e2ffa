//! The connection to Telegram as far as it is needed: a port of ours, so that everything but the
//! sockets is tested without them.

use std::time::Duration;

use grammers_mtsender::{InvocationError, RpcError};
use grammers_session::updates::UpdatesLike;
use grammers_tl_types::{Deserializable, RemoteCall};

use crate::port::BoxFuture;
use crate::user::session::Keys;

/// Longest flood wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// One connection. It is not repaired: after a failure a new one is opened.
pub trait Line: Send {
    /// Sends one request, as bytes of Telegram's type language, and gives the answer's bytes.
    ///
    /// # Errors
    /// [`LineError`].
    fn call(&mut self, request: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, LineError>>;

    /// Waits for what Telegram sends by itself; [`None`] when the connection is gone.
    fn pushed(&mut self) -> BoxFuture<'_, Option<UpdatesLike>>;

    /// Turns to another data centre, as Telegram asks for before somebody signs in.
    ///
    /// # Errors
    /// [`LineError`].
    fn move_to(&mut self, centre: i32) -> BoxFuture<'_, Result<(), LineError>>;

    /// What a later connection needs to be the same one for Telegram.
    ///
    /// # Errors
    /// [`LineError`].
    fn keys(&self) -> Result<Keys, LineError>;
}

/// Why Telegram could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Telegram asks for a pause.
    #[error("Telegram asks for a pause of {} s", .0.as_secs())]
    FloodWait(Duration),
    /// The session is over: revoked, expired, or the account is gone.
    #[error("the session is over ({0}): sign in again with `levibot telegram login`")]
    SignedOut(String),
    /// The account lives in another data centre.
    #[error("the account lives in data centre {0}")]
    Moved(i32),
    /// Telegram refused the request; the same one will be refused again.
    #[error("Telegram refused: {0}")]
    Refused(String),
    /// No connection, or Telegram has troubles of its own.
    #[error("Telegram cannot be reached: {0}")]
    Unreachable(String),
    /// The answer has a form that is not known.
    #[error("Telegram's answer cannot be read: {0}")]
    Unreadable(String),
}

impl LineError {
    /// Whether Telegram refused with this name.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Refused(refused) if refused == name)
    }
}

/// Asks a typed question.
///
/// # Errors
/// [`LineError`].
pub async fn ask<R: RemoteCall>(line: &mut dyn Line, request: &R) -> Result<R::Return, LineError> {
    let answer = line.call(request.to_bytes()).await?;
    R::Return::from_bytes(&answer).map_err(|error| LineError::Unreadable(error.to_string()))
}

impl From<InvocationError> for LineError {
    fn from(error: InvocationError) -> Self {
        match error {
            InvocationError::Rpc(error) => of_answer(error),
            // Telegram does not know the key any more.
            InvocationError::Transport(grammers_mtproto::transport::Error::BadStatus {
                status: 404,
            }) => Self::SignedOut("AUTH_KEY_UNKNOWN".to_owned()),
            InvocationError::Deserialize(error) => Self::Unreadable(error.to_string()),
            other => Self::Unreachable(other.to_string()),
        }
    }
}

fn of_answer(error: RpcError) -> LineError {
    let value = error.value.unwrap_or(0);
    match (error.code, error.name.as_str()) {
        (420, _) | (_, "FLOOD_WAIT" | "FLOOD_PREMIUM_WAIT" | "SLOWMODE_WAIT") => {
            let wait = Duration::from_secs(u64::from(value));
            LineError::FloodWait(wait.clamp(Duration::from_secs(1), LONGEST_WAIT))
        }
        // Not an end: the answer to the first step of signing in where a password is set.
        (401, "SESSION_PASSWORD_NEEDED") => LineError::Refused(error.name),
        (401, _) | (406, "AUTH_KEY_DUPLICATED") => LineError::SignedOut(error.name),
        (303, _) => LineError::Moved(i32::try_from(value).unwrap_or(0)),
        (code, _) if !(0..500).contains(&code) => {
            LineError::Unreachable(format!("{} {}", error.code, error.name))
        }
        _ => LineError::Refused(error.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: i32, name: &str, value: Option<u32>) -> LineError {
        InvocationError::Rpc(RpcError { code, name: name.to_owned(), value, caused_by: None })
            .into()
    }

    #[test]
    fn a_failure_is_classed_by_what_can_be_done_about_it() {
        let wait = |seconds| LineError::FloodWait(Duration::from_secs(seconds));
        let refused = |name: &str| LineError::Refused(name.to_owned());
        let over = |name: &str| LineError::SignedOut(name.to_owned());
        let table = [
            (of(420, "FLOOD_WAIT", Some(31)), wait(31)),
            (of(420, "FLOOD_WAIT", None), wait(1)),
            (of(420, "FLOOD_WAIT", Some(u32::MAX)), LineError::FloodWait(LONGEST_WAIT)),
            (of(401, "AUTH_KEY_UNREGISTERED", None), over("AUTH_KEY_UNREGISTERED")),
            (of(401, "SESSION_REVOKED", None), over("SESSION_REVOKED")),
            (of(401, "USER_DEACTIVATED_BAN", None), over("USER_DEACTIVATED_BAN")),
            (of(406, "AUTH_KEY_DUPLICATED", None), over("AUTH_KEY_DUPLICATED")),
            (of(401, "SESSION_PASSWORD_NEEDED", None), refused("SESSION_PASSWORD_NEEDED")),
            (of(303, "USER_MIGRATE", Some(4)), LineError::Moved(4)),
            (of(400, "CHANNEL_PRIVATE", None), refused("CHANNEL_PRIVATE")),
            (of(500, "INTERNAL", None), LineError::Unreachable("500 INTERNAL".to_owned())),
            (of(-503, "Timeout", None), LineError::Unreachable("-503 Timeout".to_owned())),
        ];
        for (found, expected) in table {
            assert_eq!(found, expected);
        }
        let gone = grammers_mtproto::transport::Error::BadStatus { status: 404 };
        let gone: LineError = InvocationError::Transport(gone).into();
        assert_eq!(gone, over("AUTH_KEY_UNKNOWN"));
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert!(matches!(LineError::from(InvocationError::Io(broken)), LineError::Unreachable(_)));
    }
}
