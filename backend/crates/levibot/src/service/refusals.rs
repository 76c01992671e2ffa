//! Journalling who was turned away, without letting them fill the disk: the first of a kind at once,
//! then at most one line a minute that counts the rest.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;
use domain::event::Notice;

const PAUSE: Duration = Duration::from_mins(1);
/// Kinds that are told apart; further ones share a line.
const KINDS: usize = 64;

/// What was journalled of each kind, and when.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<String, Kind>>);

#[derive(Debug)]
struct Kind {
    told_at: Timestamp,
    untold: u64,
}

impl Refusals {
    /// The line for one refusal, when one may be written now.
    pub(crate) fn line(&self, kind: &str, mut notice: Notice, now: Timestamp) -> Option<Notice> {
        let untold = self.turn(kind, now)?;
        notice.details.insert("reason".to_owned(), kind.to_owned());
        if untold > 0 {
            notice.details.insert("unlisted_before".to_owned(), untold.to_string());
        }
        Some(notice)
    }

    /// How many were not told since the last line, when a line may be written now.
    fn turn(&self, kind: &str, now: Timestamp) -> Option<u64> {
        // Plain figures: a panic elsewhere cannot leave them half changed.
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = if kinds.contains_key(kind) || kinds.len() < KINDS { kind } else { "other" };
        match kinds.get_mut(name) {
            Some(known) if now.since(known.told_at) < PAUSE => {
                known.untold += 1;
                None
            }
            Some(known) => {
                known.told_at = now;
                Some(std::mem::take(&mut known.untold))
            }
            None => {
                kinds.insert(name.to_owned(), Kind { told_at: now, untold: 0 });
                Some(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_refusals_of_a_kind_make_one_line_a_minute_with_a_count() {
        let refusals = Refusals::default();
        let start = Timestamp::from_millis(1_700_000_000_000);
        let line = |kind: &str, seconds: u64| {
            let notice = Notice { message: "no".to_owned(), details: [].into() };
            refusals.line(kind, notice, start.plus(Duration::from_secs(seconds)))
        };
        assert!(line("user", 0).is_some() && line("hook", 0).is_some());
        assert!((1..60).all(|second| line("user", second).is_none()));
        let later = line("user", 60).unwrap();
        assert_eq!(later.details["unlisted_before"], "59");
        assert_eq!(later.details["reason"], "user");
    }

    #[test]
    fn invented_kinds_share_a_line() {
        let refusals = Refusals::default();
        let notice = || Notice { message: "no".to_owned(), details: [].into() };
        let lines = (0..1_000).filter_map(|kind: u32| {
            refusals.line(&kind.to_string(), notice(), Timestamp::from_millis(1))
        });
        assert_eq!(lines.count(), KINDS + 1);
    }
}
