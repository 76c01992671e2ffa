//! The way out of a connection, where pushes meet faults.

use std::time::Duration;

use axum::extract::ws::Message;
use tokio::time::Instant;

use crate::faults::PushFault;

/// A push that waits for the next one goes alone after this.
const ALONE_AFTER: Duration = Duration::from_secs(2);

/// Pushes that were held back.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Changes places with the next push.
    held: Option<(Instant, Message)>,
    late: Vec<(Instant, Message)>,
}

/// The connection is to be closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disconnect;

impl Outbox {
    /// What leaves when this push is to leave.
    pub(super) fn post(
        &mut self,
        push: Message,
        fault: Option<PushFault>,
        now: Instant,
    ) -> Result<Vec<Message>, Disconnect> {
        let mut leaving = match fault {
            Some(PushFault::Disconnect) => return Err(Disconnect),
            Some(PushFault::Lose) => Vec::new(),
            Some(PushFault::Duplicate) => vec![push.clone(), push],
            Some(PushFault::Late { ms }) => {
                self.late.push((now + Duration::from_millis(ms), push));
                Vec::new()
            }
            Some(PushFault::Reorder) if self.held.is_none() => {
                self.held = Some((now + ALONE_AFTER, push));
                Vec::new()
            }
            Some(PushFault::Reorder) | None => vec![push],
        };
        if !leaving.is_empty() {
            leaving.extend(self.held.take().map(|(_, held)| held));
        }
        Ok(leaving)
    }

    /// What was held back long enough.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Message> {
        let mut due: Vec<(Instant, Message)> =
            self.late.extract_if(.., |(at, _)| *at <= now).collect();
        due.extend(self.held.take_if(|(at, _)| *at <= now));
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, push)| push).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pushes: &[Message]) -> String {
        pushes.iter().map(|push| push.to_text().unwrap()).collect()
    }

    #[test]
    fn pushes_are_doubled_lost_swapped_and_late() {
        let start = Instant::now();
        let mut outbox = Outbox::default();
        let mut post = |name: &str, fault| {
            outbox.post(Message::text(name), fault, start).map(|l| names(&l)).unwrap_or_default()
        };
        // Push, fault, what leaves.
        let cases = [
            ("a", None, "a"),
            ("b", Some(PushFault::Duplicate), "bb"),
            ("c", Some(PushFault::Lose), ""),
            ("d", Some(PushFault::Reorder), ""),
            ("e", None, "ed"),
            ("f", Some(PushFault::Late { ms: 100 }), ""),
            ("g", Some(PushFault::Reorder), ""),
            ("h", Some(PushFault::Reorder), "hg"),
            ("i", Some(PushFault::Reorder), ""),
        ];
        for (name, fault, expected) in cases {
            assert_eq!(post(name, fault), expected, "{name}");
        }
        let mut due = |ms| names(&outbox.due(start + Duration::from_millis(ms)));
        for (ms, expected) in [(99, ""), (100, "f"), (1_999, ""), (2_000, "i")] {
            assert_eq!(due(ms), expected, "{ms}");
        }
        let cut = outbox.post(Message::text("j"), Some(PushFault::Disconnect), start);
        assert_eq!(cut, Err(Disconnect));
    }
}
