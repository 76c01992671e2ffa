//! Keys of user data streams (contract 12): who has which, and until when.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use domain::Timestamp;

use crate::model::AccountId;

/// How many keys there are and how long they live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenKeyLimits {
    /// Life of a key from its making or last renewal.
    pub lifetime: Duration,
    /// Most keys of an account.
    pub per_account: usize,
}

impl Default for ListenKeyLimits {
    fn default() -> Self {
        Self { lifetime: Duration::from_hours(1), per_account: 60 }
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    account: AccountId,
    expires_at: Timestamp,
}

/// All keys in force.
#[derive(Debug)]
pub(super) struct ListenKeys {
    limits: ListenKeyLimits,
    keys: BTreeMap<String, Entry>,
}

impl ListenKeys {
    pub(super) fn new(limits: ListenKeyLimits) -> Self {
        Self { limits, keys: BTreeMap::new() }
    }

    /// Makes a key; [`None`] when the account has as many as it may.
    pub(super) fn create(&mut self, account: AccountId, now: Timestamp) -> Option<String> {
        if self.of(account, now).len() >= self.limits.per_account {
            return None;
        }
        let key = fresh_key();
        let entry = Entry { account, expires_at: now.plus(self.limits.lifetime) };
        self.keys.insert(key.clone(), entry);
        Some(key)
    }

    /// Lets a key live on; false when the account has no such key (any more).
    pub(super) fn renew(&mut self, account: AccountId, key: &str, now: Timestamp) -> bool {
        self.forget(now);
        let entry = self.keys.get_mut(key).filter(|entry| entry.account == account);
        let renewed = entry.map(|entry| entry.expires_at = now.plus(self.limits.lifetime));
        renewed.is_some()
    }

    /// Ends a key; false when the account has no such key.
    pub(super) fn delete(&mut self, account: AccountId, key: &str, now: Timestamp) -> bool {
        self.owner(key, now) == Some(account) && self.keys.remove(key).is_some()
    }

    /// Ends every key of every account, as if their time were over; returns how many.
    pub(super) fn expire_all(&mut self) -> usize {
        std::mem::take(&mut self.keys).len()
    }

    /// The keys of an account.
    pub(super) fn of(&mut self, account: AccountId, now: Timestamp) -> Vec<String> {
        self.forget(now);
        let mine = self.keys.iter().filter(|(_, entry)| entry.account == account);
        mine.map(|(key, _)| key.clone()).collect()
    }

    /// Whose key it is, while it is in force.
    pub(super) fn owner(&mut self, key: &str, now: Timestamp) -> Option<AccountId> {
        self.forget(now);
        self.keys.get(key).map(|entry| entry.account)
    }

    /// How many more keys the account may make.
    pub(super) fn left(&mut self, account: AccountId, now: Timestamp) -> usize {
        self.limits.per_account.saturating_sub(self.of(account, now).len())
    }

    pub(super) const fn per_account(&self) -> usize {
        self.limits.per_account
    }

    fn forget(&mut self, now: Timestamp) {
        self.keys.retain(|_, entry| now < entry.expires_at);
    }
}

/// 64 hexadecimal digits nobody can guess.
fn fresh_key() -> String {
    let word = |n: u64| format!("{:016x}", RandomState::new().hash_one(n));
    (0..4).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: AccountId = AccountId(0);
    const BOB: AccountId = AccountId(1);

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_millis(n * 60_000)
    }

    #[test]
    fn a_key_lives_sixty_minutes_from_its_last_renewal() {
        let mut keys = ListenKeys::new(ListenKeyLimits::default());
        let key = keys.create(ALICE, minute(0)).unwrap();
        assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!(!keys.renew(BOB, &key, minute(1)));
        assert!(keys.renew(ALICE, &key, minute(30)));
        assert_eq!(keys.owner(&key, minute(89)), Some(ALICE));
        assert_eq!(keys.owner(&key, minute(90)), None);
        assert!(!keys.renew(ALICE, &key, minute(90)), "a lapsed key cannot be revived");
    }

    #[test]
    fn an_account_has_sixty_keys_at_most_and_deleting_makes_room() {
        let mut keys = ListenKeys::new(ListenKeyLimits::default());
        let mine: Vec<String> = (0..60).filter_map(|_| keys.create(ALICE, minute(0))).collect();
        assert_eq!((mine.len(), keys.left(ALICE, minute(1))), (60, 0));
        assert_eq!(keys.create(ALICE, minute(1)), None);
        assert!(keys.create(BOB, minute(1)).is_some());
        assert!(!keys.delete(BOB, &mine[0], minute(1)));
        assert!(keys.delete(ALICE, &mine[0], minute(1)));
        assert!(keys.create(ALICE, minute(1)).is_some());
    }
}
