//! Accounts and their balances.

use std::collections::BTreeMap;

use domain::{Asset, Decimal};
use serde::{Deserialize, Serialize};

/// The number of an account, in the order of opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub u16);

/// What an account holds of one asset. Neither part is ever negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Balance {
    /// Not locked in orders.
    pub free: Decimal,
    /// Reserved by open orders.
    pub locked: Decimal,
}

impl Balance {
    /// Free and locked together.
    pub fn total(&self) -> Decimal {
        self.free + self.locked
    }
}

/// One account. Its secret is not part of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Number.
    pub id: AccountId,
    /// API key.
    pub key: String,
    /// Holdings by asset.
    pub balances: BTreeMap<Asset, Balance>,
}

impl Account {
    /// What it holds of `asset`.
    pub fn balance(&self, asset: &Asset) -> Balance {
        self.balances.get(asset).copied().unwrap_or_default()
    }

    /// Adds to the free part; a negative amount takes away.
    pub(super) fn add_free(&mut self, asset: &Asset, amount: Decimal) {
        let balance = self.balances.entry(asset.clone()).or_default();
        balance.free = (balance.free + amount).normalize();
    }

    /// Moves from free to locked; a negative amount moves back.
    pub(super) fn lock(&mut self, asset: &Asset, amount: Decimal) {
        let balance = self.balances.entry(asset.clone()).or_default();
        balance.free = (balance.free - amount).normalize();
        balance.locked = (balance.locked + amount).normalize();
    }
}
