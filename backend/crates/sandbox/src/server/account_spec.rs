//! Accounts as they are written on a command line.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use domain::{Asset, Decimal};

use crate::model::AccountSeed;

/// Largest balance to start with; keeps all arithmetic exact.
const MAX_BALANCE: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);
const MAX_DECIMALS: u32 = 8;

/// An account to open: `KEY:SECRET:USDT=10000,BTC=1`.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountSpec {
    /// API key.
    pub key: String,
    /// Secret that requests are signed with.
    pub secret: String,
    /// Free balances to start with, at most 10¹² with at most 8 decimals.
    pub balances: BTreeMap<Asset, Decimal>,
}

impl fmt::Debug for AccountSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, secret: _, balances } = self;
        f.debug_struct("AccountSpec")
            .field("key", key)
            .field("secret", &"hidden")
            .field("balances", balances)
            .finish()
    }
}

/// Why a text is no account. The text itself is not repeated: it may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccountSpec {
    /// Not three parts, or an empty key or secret.
    #[error("an account is written KEY:SECRET:ASSET=AMOUNT,… , for example k1:s1:USDT=10000,BTC=1")]
    Shape,
    /// A balance that is no `ASSET=AMOUNT` within bounds.
    #[error(
        "balance {0:?} of an account must be ASSET=AMOUNT with an amount of 0 to 10^12 and at most \
         8 decimals, for example USDT=10000"
    )]
    Balance(String),
}

impl AccountSpec {
    pub(super) fn seed(&self) -> AccountSeed {
        AccountSeed { key: self.key.clone(), balances: self.balances.clone() }
    }
}

impl FromStr for AccountSpec {
    type Err = InvalidAccountSpec;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.trim().splitn(3, ':');
        let mut part = || parts.next().map(str::trim).ok_or(InvalidAccountSpec::Shape);
        let (key, secret, balances) = (part()?, part()?, part()?);
        if key.is_empty() || secret.is_empty() {
            return Err(InvalidAccountSpec::Shape);
        }
        let named = balances.split(',').map(str::trim).filter(|balance| !balance.is_empty());
        Ok(Self {
            key: key.to_owned(),
            secret: secret.to_owned(),
            balances: named.map(balance).collect::<Result<_, _>>()?,
        })
    }
}

fn balance(text: &str) -> Result<(Asset, Decimal), InvalidAccountSpec> {
    let invalid = || InvalidAccountSpec::Balance(text.chars().take(48).collect());
    let (asset, amount) = text.split_once('=').ok_or_else(invalid)?;
    let amount = domain::decimal::parse_decimal(amount).map_err(|_| invalid())?.normalize();
    let bounded = amount >= Decimal::ZERO && amount <= MAX_BALANCE;
    if !bounded || amount.scale() > MAX_DECIMALS || asset.trim().is_empty() {
        return Err(invalid());
    }
    Ok((Asset::from_exchange(&asset.trim().to_uppercase()), amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_form_is_read() {
        let spec: AccountSpec = "k1:s1:USDT=10000,btc=1.5".parse().unwrap();
        assert_eq!((spec.key.as_str(), spec.secret.as_str()), ("k1", "s1"));
        assert_eq!(spec.balances[&Asset::from_exchange("BTC")], Decimal::new(15, 1));
        assert!("k:s:".parse::<AccountSpec>().unwrap().balances.is_empty());
        assert!("k:s:USDT=1000000000000".parse::<AccountSpec>().is_ok());
    }

    #[test]
    fn everything_else_is_refused_without_telling_the_secret() {
        for text in ["", "k", "k:s", ":s:USDT=1", "k::USDT=1"] {
            assert_eq!(text.parse::<AccountSpec>(), Err(InvalidAccountSpec::Shape), "{text}");
        }
        let bad = ["USDT", "USDT=x", "USDT=-1", "=5", "USDT=0.123456789", "USDT=1000000000001"];
        for text in bad {
            let error = format!("k:topsecret:{text}").parse::<AccountSpec>().unwrap_err();
            assert!(matches!(error, InvalidAccountSpec::Balance(_)), "{text}");
            assert!(!error.to_string().contains("topsecret"));
        }
        let spec: AccountSpec = "k:topsecret:".parse().unwrap();
        assert!(!format!("{spec:?}").contains("topsecret"));
    }
}
