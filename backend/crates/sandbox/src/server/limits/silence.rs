//! What follows a request too many: silence, and a ban for those who do not keep it.

use std::time::Duration;

use domain::Timestamp;

use super::Limits;

const LONGEST_BAN: Duration = Duration::from_hours(72);

/// A request that is turned away: 429, or 418 for the banned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) struct TooMany {
    pub(in crate::server) banned: bool,
    /// Whole seconds until requests are taken again, at least 1.
    pub(in crate::server) retry_after_s: u64,
}

/// The silence of one address or account.
#[derive(Debug, Default)]
pub(super) struct Silence {
    until: Option<Timestamp>,
    ignored: u32,
    bans: u32,
    banned: bool,
}

impl Silence {
    /// Turns a request away while the silence lasts; asking too often makes it a longer one.
    pub(super) fn check(&mut self, limits: &Limits, now: Timestamp) -> Result<(), TooMany> {
        let Some(until) = self.until.filter(|until| now < *until) else {
            return Ok(());
        };
        self.ignored += 1;
        if self.ignored <= limits.tolerated {
            return Err(self.refusal(until, now));
        }
        self.ignored = 0;
        self.banned = true;
        let ban = Duration::from_secs(limits.first_ban_s);
        let ban = ban.saturating_mul(1 << self.bans.min(20)).min(LONGEST_BAN);
        self.bans += 1;
        let until = until.max(now.plus(ban));
        self.until = Some(until);
        Err(self.refusal(until, now))
    }

    /// Silence begins.
    pub(super) fn begin(&mut self, until: Timestamp, now: Timestamp) -> TooMany {
        self.until = Some(until);
        self.ignored = 0;
        self.banned = false;
        self.refusal(until, now)
    }

    fn refusal(&self, until: Timestamp, now: Timestamp) -> TooMany {
        let left_ms = (until.as_millis() - now.as_millis()).max(0).cast_unsigned();
        TooMany { banned: self.banned, retry_after_s: left_ms.div_ceil(1_000).max(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_on_becomes_a_ban_that_grows() {
        let limits = Limits { tolerated: 2, first_ban_s: 120, ..Limits::default() };
        let at = |second: i64| Timestamp::from_millis(1_000_000_000 + second * 1_000);
        let mut silence = Silence::default();
        assert_eq!(silence.check(&limits, at(0)), Ok(()));
        let first = silence.begin(at(5), at(0));
        assert_eq!(first, TooMany { banned: false, retry_after_s: 5 });
        // Second, whether banned, how long.
        let cases = [
            (1, false, 4),
            (2, false, 3),
            (3, true, 120),
            (4, true, 119),
            (5, true, 118),
            (6, true, 240),
            (7, true, 239),
            (8, true, 238),
            (9, true, 480),
        ];
        for (second, banned, retry_after_s) in cases {
            let expected = Err(TooMany { banned, retry_after_s });
            assert_eq!(silence.check(&limits, at(second)), expected, "{second}");
        }
        assert_eq!(silence.check(&limits, at(500)), Ok(()));
        assert!(!silence.begin(at(501), at(500)).banned);
    }

    #[test]
    fn a_ban_never_passes_three_days() {
        let limits = Limits { tolerated: 0, ..Limits::default() };
        let now = Timestamp::from_millis(0);
        let mut silence = Silence::default();
        silence.begin(Timestamp::from_millis(1_000), now);
        let longest = (0..40).filter_map(|_| silence.check(&limits, now).err()).last().unwrap();
        assert_eq!(longest.retry_after_s, 72 * 3_600);
    }
}
