//! Identities. Ids derive from their cause, so the same decision always gets the same id and a
//! replayed journal repeats them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// Takes an id as it was received or read back.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(SmolStr::new(text.as_ref()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// What makes a signal the same signal: source, channel and message id; or the caller's
    /// idempotency key; or the hash of its content with the time it was first seen.
    SignalKey
);
text_id!(
    /// Ties everything that came of one cause together, from message to close.
    TraceId
);
text_id!(
    /// The exchange's order id: opaque text such as `C02__443776347957968896088`.
    ExchangeOrderId
);
text_id!(
    /// The exchange's id of one execution; fills are keyed by it.
    TradeId
);
text_id!(
    /// One position, from its first fill until it is closed.
    PositionId
);
text_id!(
    /// Our id of an order: 1 to 32 characters of `0-9 a-z A-Z _ -` (contract 10.1).
    ClientOrderId
);

impl SignalKey {
    /// The trace of everything this signal causes.
    pub fn trace_id(&self) -> TraceId {
        TraceId::new(&digest(&["trace", self.as_str()])[..16])
    }
}

/// The short name that marks our orders on a shared account: 1 to 8 letters or digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct BotId(SmolStr);

/// A name that cannot mark orders.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bot id {0:?} must be 1 to 8 letters or digits")]
pub struct InvalidBotId(pub String);

impl FromStr for BotId {
    type Err = InvalidBotId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid =
            (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if valid { Ok(Self(SmolStr::new(text))) } else { Err(InvalidBotId(text.to_owned())) }
    }
}

impl TryFrom<SmolStr> for BotId {
    type Error = InvalidBotId;

    fn try_from(text: SmolStr) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<BotId> for SmolStr {
    fn from(id: BotId) -> Self {
        id.0
    }
}

impl BotId {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `id` is one of ours. A bot id holds no `-`, so the prefix is unambiguous.
    pub fn owns(&self, id: &str) -> bool {
        id.split_once('-').is_some_and(|(prefix, _)| prefix == self.0)
    }
}

/// Which part of a position's life an order serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leg {
    /// Opens the position.
    Entry,
    /// Rests at a take-profit price; the number counts targets from 1.
    Target(u8),
    /// Sells because the stop was crossed.
    Stop,
    /// Sells because a person, a SELL signal or the kill switch asked for it.
    Close,
}

impl Leg {
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "e" => Some(Self::Entry),
            "s" => Some(Self::Stop),
            "c" => Some(Self::Close),
            _ => code.strip_prefix('t')?.parse().ok().map(Self::Target),
        }
    }

    fn code(self) -> String {
        match self {
            Self::Entry => "e".to_owned(),
            Self::Target(number) => format!("t{number}"),
            Self::Stop => "s".to_owned(),
            Self::Close => "c".to_owned(),
        }
    }
}

impl ClientOrderId {
    /// Longest id the exchange takes.
    pub const MAX_LEN: usize = 32;

    /// The id of the `attempt`-th order for `leg` of what `cause` set off on `account`.
    ///
    /// `<bot>-<leg>a<attempt>-<hash>`: the readable parts help a person at the exchange's own order
    /// list, the hash of all inputs fills the rest of the 32 characters (at least 60 bits).
    pub fn derive(bot: &BotId, account: &str, cause: &str, leg: Leg, attempt: u32) -> Self {
        let code = leg.code();
        let attempt = attempt.to_string();
        let prefix = format!("{}-{code}a{attempt}-", bot.as_str());
        let hash = digest(&["order", account, bot.as_str(), cause, &code, &attempt]);
        let room = Self::MAX_LEN - prefix.len();
        Self::new(format!("{prefix}{}", &hash[..room.min(hash.len())]))
    }

    /// What the readable part of a derived id says; [`None`] for an id of another form.
    pub fn leg_and_attempt(&self) -> Option<(Leg, u32)> {
        let (code, attempt) = self.as_str().split('-').nth(1)?.rsplit_once('a')?;
        Some((Leg::from_code(code)?, attempt.parse().ok()?))
    }
}

impl PositionId {
    /// The id of the position that `entry` opens.
    pub fn derive(entry: &ClientOrderId) -> Self {
        Self::new(format!("pos-{}", &digest(&["position", entry.as_str()])[..12]))
    }
}

/// Lower-case hex SHA-256 over length-prefixed parts, so that no two lists of parts collide by
/// concatenation.
pub fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_cause_gives_the_same_id() {
        let bot: BotId = "levi".parse().unwrap();
        let id = |cause, leg, attempt| ClientOrderId::derive(&bot, "paper", cause, leg, attempt);
        assert_eq!(id("a", Leg::Entry, 1), id("a", Leg::Entry, 1));
        let ids = [
            id("a", Leg::Entry, 1),
            id("a", Leg::Entry, 2),
            id("b", Leg::Entry, 1),
            id("a", Leg::Target(1), 1),
            id("a", Leg::Stop, 1),
        ];
        for (i, left) in ids.iter().enumerate() {
            assert!(ids[i + 1..].iter().all(|right| left != right), "{left} twice");
        }
    }

    #[test]
    fn only_the_own_prefix_is_ours() {
        let bot: BotId = "levi".parse().unwrap();
        assert!(bot.owns("levi-ea1-0123"));
        for foreign in ["levi2-ea1-0123", "levi", "lev-ea1-0", "x-levi-1", ""] {
            assert!(!bot.owns(foreign), "{foreign}");
        }
        for bad in ["", "waytoolong", "a-b", "ä"] {
            assert!(bad.parse::<BotId>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn ids_fit_the_exchange(bot in "[a-zA-Z0-9]{1,8}", cause in ".*", target in 0_u8.., attempt in 0_u32..) {
            let bot: BotId = bot.parse().unwrap();
            let id = ClientOrderId::derive(&bot, "acct", &cause, Leg::Target(target), attempt);
            prop_assert!(id.as_str().len() <= ClientOrderId::MAX_LEN);
            prop_assert!(id.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            prop_assert!(bot.owns(id.as_str()));
        }
    }
}
