//! API keys. Only their digests are kept, and comparing takes the same time for every guess.

use domain::ids::digest;
use subtle::{Choice, ConstantTimeEq};

/// The accepted keys (`API_KEYS`). Holds digests, so that neither `Debug` nor a dump shows a key.
#[derive(Clone, Default)]
pub struct ApiKeys {
    digests: Vec<String>,
}

impl std::fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiKeys({} keys)", self.digests.len())
    }
}

impl ApiKeys {
    /// Takes the keys as configured; empty ones are ignored.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let keys = keys.into_iter().map(str::trim).filter(|key| !key.is_empty());
        Self { digests: keys.map(hashed).collect() }
    }

    /// Whether no key is needed.
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Whether `offered` is one of them. Every key is compared, in full.
    pub fn accepts(&self, offered: &str) -> bool {
        let offered = hashed(offered);
        let any = self
            .digests
            .iter()
            .fold(Choice::from(0), |any, key| any | key.as_bytes().ct_eq(offered.as_bytes()));
        any.into()
    }
}

impl ApiKeys {
    /// What is kept of each key.
    pub(crate) fn digests(&self) -> impl Iterator<Item = &str> {
        self.digests.iter().map(String::as_str)
    }

    /// What is or would be kept of this key.
    #[expect(clippy::unused_self, reason = "how keys are kept is this type's business")]
    pub(crate) fn digest_of(&self, key: &str) -> String {
        hashed(key)
    }
}

fn hashed(key: &str) -> String {
    digest(&["api-key", key])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_configured_keys_are_accepted() {
        let keys = ApiKeys::new([" first ", "second", ""]);
        for (offered, accepted) in
            [("first", true), ("second", true), ("", false), ("firs", false), ("FIRST", false)]
        {
            assert_eq!(keys.accepts(offered), accepted, "{offered}");
        }
        assert!(!ApiKeys::new([]).accepts(""));
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", ApiKeys::new(["hunter2"])), "ApiKeys(1 keys)");
    }
}
