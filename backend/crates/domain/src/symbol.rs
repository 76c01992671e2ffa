//! Names of coins and pairs, exactly as the exchange spells them.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// Takes a name that came from the exchange's own list. Text from people goes through
            /// [`crate::Markets::resolve`] instead.
            pub fn from_exchange(name: &str) -> Self {
                Self(SmolStr::new(name))
            }

            /// The name as the exchange spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

name!(
    /// A pair under the exchange's name, without separator: `BTCUSDT`. May hold digits, parentheses
    /// and letters of any script (`GOLD(PAXG)USDT`); never split it, ask its [`crate::Market`].
    Symbol
);
name!(
    /// A coin: `BTC`, `USDT`.
    Asset
);
