//! A sliding window of weights.

use std::collections::VecDeque;
use std::time::Duration;

use domain::Timestamp;

/// What was spent lately. The span is half open: something spent exactly `span` ago is over.
#[derive(Debug)]
pub(super) struct Window {
    span: Duration,
    limit: u32,
    spent: VecDeque<(Timestamp, u32)>,
    used: u32,
}

impl Window {
    pub(super) fn new(span: Duration, limit: u32) -> Self {
        Self { span, limit, spent: VecDeque::new(), used: 0 }
    }

    /// What would be used with `weight` more.
    pub(super) fn usage_with(&mut self, weight: u32, now: Timestamp) -> u32 {
        self.forget(now);
        self.used.saturating_add(weight)
    }

    /// Until when `weight` has to wait; [`None`] when there is room for it.
    pub(super) fn full_until(&mut self, weight: u32, now: Timestamp) -> Option<Timestamp> {
        let mut over = self.usage_with(weight, now).checked_sub(self.limit).filter(|o| *o > 0)?;
        for (at, spent) in &self.spent {
            over = over.saturating_sub(*spent);
            if over == 0 {
                return Some(at.plus(self.span));
            }
        }
        Some(now.plus(self.span))
    }

    pub(super) fn spend(&mut self, weight: u32, now: Timestamp) {
        if weight > 0 {
            self.spent.push_back((now, weight));
            self.used = self.used.saturating_add(weight);
        }
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some((at, weight)) = self.spent.front().copied() {
            if now < at.plus(self.span) {
                return;
            }
            self.used -= weight;
            self.spent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_slides_and_says_when_there_is_room_again() {
        let at = |ms: i64| Timestamp::from_millis(1_000_000 + ms);
        let mut window = Window::new(Duration::from_secs(10), 10);
        window.spend(4, at(0));
        window.spend(6, at(3_000));
        // Moment, weight asked for, when it has room.
        let cases = [
            (3_000, 1, Some(10_000)),
            (3_000, 5, Some(13_000)),
            (9_999, 4, Some(10_000)),
            (10_000, 4, None),
            (10_000, 5, Some(13_000)),
            (12_999, 11, Some(22_999)),
            (13_000, 10, None),
        ];
        for (now, weight, expected) in cases {
            assert_eq!(window.full_until(weight, at(now)), expected.map(at), "{now} {weight}");
        }
    }

    #[test]
    fn usage_counts_what_is_inside_the_span_only() {
        let at = |ms: i64| Timestamp::from_millis(1_000_000 + ms);
        let mut window = Window::new(Duration::from_secs(1), 12);
        for n in 0..20 {
            window.spend(1, at(n * 100));
        }
        assert_eq!(window.usage_with(1, at(1_900)), 11);
        assert_eq!(window.usage_with(0, at(5_000)), 0);
    }
}
