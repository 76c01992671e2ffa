//! Telling duplicates: while two connections carry the same channel, and when the exchange repeats
//! itself.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use mexc_wire::ws::{Body, PushDataV3ApiWrapper};

/// Pushes or trades that are remembered a channel; two connections are never that far apart.
const REMEMBERED: usize = 512;

/// What came lately on one channel.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Of the book: version and when it was sent.
    latest: Option<(u64, i64)>,
    recent: VecDeque<u64>,
}

impl Seen {
    /// Takes out what had come before. Gives how much that was, and whether anything is left.
    pub(crate) fn sift(&mut self, push: &mut PushDataV3ApiWrapper) -> (u64, bool) {
        let sent = push.send_time.unwrap_or(0);
        let fresh = match &mut push.body {
            Some(Body::PublicAggreDeals(body)) if body.deals.iter().all(|d| has(&d.trade_id)) => {
                let before = body.deals.len();
                body.deals.retain(|deal| self.is_new(&deal.trade_id));
                let repeated = u64::try_from(before - body.deals.len()).unwrap_or(u64::MAX);
                return (repeated, !body.deals.is_empty());
            }
            Some(Body::PublicAggreBookTicker(body)) => self.is_later(&body.version, sent),
            Some(Body::PublicBookTickerBatch(body)) => self.is_later(&body.version, sent),
            Some(Body::PublicLimitDepths(body)) => self.is_later(&body.version, sent),
            Some(Body::PrivateDeals(body)) => self.is_new(&body.trade_id),
            // Equal content says nothing new: these are states, not steps.
            _ => self.is_new(&push.to_frame()),
        };
        (u64::from(!fresh), fresh)
    }

    fn is_new(&mut self, key: &impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let key = hasher.finish();
        if self.recent.contains(&key) {
            return false;
        }
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(key);
        true
    }

    /// A lower version counts when it was sent later: the exchange began to count anew.
    fn is_later(&mut self, version: &str, sent: i64) -> bool {
        let Ok(version) = version.parse::<u64>() else { return true };
        let later =
            self.latest.is_none_or(|(known, at)| version > known || (version < known && sent > at));
        if later {
            self.latest = Some((version, sent));
        }
        later
    }
}

fn has(id: &str) -> bool {
    !id.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mexc_wire::ws::{AggreDeal, PublicAggreBookTicker, PublicAggreDeals};

    fn book(version: &str, sent: i64) -> PushDataV3ApiWrapper {
        let version = version.to_owned();
        let body = PublicAggreBookTicker { version, ..PublicAggreBookTicker::default() };
        PushDataV3ApiWrapper {
            send_time: Some(sent),
            body: Some(Body::PublicAggreBookTicker(body)),
            ..PushDataV3ApiWrapper::default()
        }
    }

    fn deals(ids: &[&str]) -> PushDataV3ApiWrapper {
        let deal = |id: &&str| AggreDeal { trade_id: (*id).to_owned(), ..AggreDeal::default() };
        let deals = ids.iter().map(deal).collect();
        let body = PublicAggreDeals { deals, event_type: String::new() };
        let body = Some(Body::PublicAggreDeals(body));
        PushDataV3ApiWrapper { body, ..PushDataV3ApiWrapper::default() }
    }

    #[test]
    fn a_book_counts_when_it_is_later() {
        let mut seen = Seen::default();
        for (version, sent, expected) in [
            ("10", 100, true),
            ("10", 101, false),
            ("9", 99, false),
            ("12", 110, true),
            // The exchange began to count anew.
            ("1", 120, true),
            ("", 130, true),
        ] {
            let (_, fresh) = seen.sift(&mut book(version, sent));
            assert_eq!(fresh, expected, "{version} {sent}");
        }
    }

    #[test]
    fn only_the_trades_that_are_new_are_left() {
        let mut seen = Seen::default();
        assert_eq!(seen.sift(&mut deals(&["1", "2"])), (0, true));
        let mut overlapping = deals(&["2", "3"]);
        assert_eq!(seen.sift(&mut overlapping), (1, true));
        assert_eq!(overlapping, deals(&["3"]));
        assert_eq!(seen.sift(&mut deals(&["3", "1"])), (2, false));
    }

    #[test]
    fn trades_without_ids_are_compared_as_a_whole() {
        let mut seen = Seen::default();
        assert_eq!(seen.sift(&mut deals(&["", ""])), (0, true));
        assert_eq!(seen.sift(&mut deals(&["", ""])), (1, false));
        assert_eq!(seen.sift(&mut deals(&[""])), (0, true));
    }

    #[test]
    fn memory_is_bounded() {
        let mut seen = Seen::default();
        for number in 0..2 * REMEMBERED {
            let id = number.to_string();
            assert!(seen.sift(&mut deals(&[id.as_str()])).1);
        }
        assert_eq!(seen.recent.len(), REMEMBERED);
    }
}
