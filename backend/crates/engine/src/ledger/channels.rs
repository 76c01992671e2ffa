//! Each channel's record: what became of its signals.

use std::collections::{BTreeMap, VecDeque};

use domain::{Decimal, Pnl, Timestamp};
use serde::{Deserialize, Serialize};

/// Outcomes remembered one by one; older ones live on in the sums only.
const KEPT: usize = 128;
/// Channels remembered. The one that was silent for longest makes room.
const MOST_CHANNELS: usize = 500;

/// How one signal ended, for the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The first target before the stop.
    Won,
    /// The stop before the first target.
    Lost,
    /// Neither: expired, unseen, or closed for another reason.
    Neither,
}

/// One signal's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// When.
    pub at: Timestamp,
    /// How.
    pub ending: Ending,
    /// How often a price without direction would have won it, millionths.
    pub chance_ppm: u32,
    /// Result in units of risk.
    pub r: Decimal,
    /// Result in quote units: after fees for a trade, before fees for a shadow.
    pub pnl: Pnl,
    /// Whether it was traded.
    pub traded: bool,
}

/// What is known of one channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRecord {
    /// Messages of any kind.
    pub messages: u64,
    /// When the last one came.
    pub last_message_at: Timestamp,
    /// Entries that were traded or followed.
    pub signals: u64,
    /// First target before stop.
    pub won: u64,
    /// Stop before first target.
    pub lost: u64,
    /// Ended otherwise.
    pub neither: u64,
    /// The price never came to the entry.
    pub not_entered: u64,
    /// Results in units of risk, summed over all that ended.
    pub sum_r: Decimal,
    /// Results of its trades after fees, quote units.
    pub realised: Pnl,
    /// Reckoned results of its shadows before fees, quote units.
    pub shadow: Pnl,
    /// The last outcomes, oldest first.
    pub outcomes: VecDeque<Outcome>,
}

impl ChannelRecord {
    /// Signals that came to target or stop.
    pub const fn decided(&self) -> u64 {
        self.won + self.lost
    }

    /// Signals that were entered and are over.
    pub const fn ended(&self) -> u64 {
        self.won + self.lost + self.neither
    }

    /// Mean result in units of risk; [`None`] before the first.
    pub fn mean_r(&self) -> Option<Decimal> {
        Some(self.sum_r.checked_div(Decimal::from(self.ended()))?.round_dp(4).normalize())
    }

    pub(super) fn take(&mut self, outcome: Outcome) {
        match outcome.ending {
            Ending::Won => self.won += 1,
            Ending::Lost => self.lost += 1,
            Ending::Neither => self.neither += 1,
        }
        self.sum_r = self.sum_r.saturating_add(outcome.r);
        let sum = if outcome.traded { &mut self.realised } else { &mut self.shadow };
        *sum = sum.saturating_add(outcome.pnl);
        self.outcomes.push_back(outcome);
        if self.outcomes.len() > KEPT {
            self.outcomes.pop_front();
        }
    }
}

/// All records: by source, then by channel within it (empty where the source has none).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Channels(BTreeMap<String, BTreeMap<String, ChannelRecord>>);

impl Channels {
    pub(super) fn get(&self, source: &str, channel: &str) -> Option<&ChannelRecord> {
        self.0.get(source)?.get(channel)
    }

    pub(super) fn get_mut(&mut self, source: &str, channel: &str) -> Option<&mut ChannelRecord> {
        self.0.get_mut(source)?.get_mut(channel)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str, &ChannelRecord)> {
        self.0.iter().flat_map(|(source, channels)| {
            channels
                .iter()
                .map(move |(channel, record)| (source.as_str(), channel.as_str(), record))
        })
    }

    /// A message came.
    pub(super) fn heard(&mut self, source: &str, channel: &str, at: Timestamp) {
        if self.get(source, channel).is_none() && self.all().count() >= MOST_CHANNELS {
            self.forget_the_most_silent();
        }
        let channels = self.0.entry(source.to_owned()).or_default();
        let record = channels.entry(channel.to_owned()).or_default();
        record.messages += 1;
        record.last_message_at = record.last_message_at.max(at);
    }

    fn forget_the_most_silent(&mut self) {
        let silent = self.all().min_by_key(|(.., record)| record.last_message_at);
        let Some((source, channel)) = silent.map(|(s, c, _)| (s.to_owned(), c.to_owned())) else {
            return;
        };
        if let Some(channels) = self.0.get_mut(&source) {
            channels.remove(&channel);
            if channels.is_empty() {
                self.0.remove(&source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000)
    }

    #[test]
    fn the_most_silent_channel_makes_room() {
        let mut channels = Channels::default();
        let many = i64::try_from(MOST_CHANNELS).unwrap();
        for number in 0..=many {
            channels.heard("api", &number.to_string(), at(number));
        }
        assert_eq!(channels.all().count(), MOST_CHANNELS);
        assert!(channels.get("api", "0").is_none());
        assert!(channels.get("api", &many.to_string()).is_some());
    }

    #[test]
    fn old_outcomes_stay_in_the_sums() {
        let mut record = ChannelRecord::default();
        let one = Outcome {
            at: at(0),
            ending: Ending::Won,
            chance_ppm: 500_000,
            r: Decimal::TWO,
            pnl: "3".parse().unwrap(),
            traded: false,
        };
        for _ in 0..KEPT + 10 {
            record.take(one.clone());
        }
        assert_eq!(record.outcomes.len(), KEPT);
        assert_eq!(record.won, 138);
        assert_eq!(record.shadow.to_string(), "414");
        assert_eq!(record.realised, Pnl::ZERO);
        assert_eq!(record.mean_r(), Some(Decimal::TWO));
    }
}
