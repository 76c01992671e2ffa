//! How far a channel's record raises or lowers the model's confidence.
//!
//! A Beta posterior over "the first target comes before the stop". What a price without direction
//! would win, the gambler's ruin, is the yardstick: a channel whose targets lie close and whose stops
//! lie far wins often and proves nothing by it. With `w` the decayed weight of an outcome, `N` their
//! sum, `W` the won part, `q` the mean chance, `n` the prior's weight and `m` the prior's factor:
//!
//! ```text
//! trust = ((n·m·q + W) / (n + N)) / q      held within TRUST_MIN and TRUST_MAX
//! ```
//!
//! Without outcomes it is `m`; a channel that wins as often as chance tends to 1. The derivation is
//! in `docs/channels.md`.

use std::time::Duration;

use domain::event::ChannelTrust;
use domain::{Decimal, Intent, Timestamp};

use crate::input::Message;
use crate::ledger::channels::{ChannelRecord, Ending};
use crate::settings::RecordSettings;
use crate::step::Step;

/// The weight of an outcome of this moment.
const WHOLE: u64 = 1 << 20;
/// Millionths in one.
const MILLION: u64 = 1_000_000;
/// The chance taken where no outcome tells a channel's own.
const EVEN: Decimal = Decimal::from_parts(5, 0, 0, false, 1);
/// Chances nearer to certainty than this would make a factor of their own.
const LEAST_CHANCE: Decimal = Decimal::from_parts(5, 0, 0, false, 2);
/// Decimal places of what people read.
const PLACES: u32 = 4;

/// A channel's record in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The factor on the model's confidence.
    pub factor: Decimal,
    /// The factor without any outcome.
    pub prior: Decimal,
    /// Decayed weight of the decided outcomes that are remembered.
    pub weight: Decimal,
    /// How much of that weight was won.
    pub won: Decimal,
    /// How much of it a price without direction would have won.
    pub by_chance: Decimal,
}

/// The trust in a channel at a moment.
pub fn trust(
    settings: &RecordSettings,
    record: Option<&ChannelRecord>,
    channel: &str,
    at: Timestamp,
) -> Trust {
    let prior = settings.priors.get(channel).copied().unwrap_or(Decimal::ONE);
    let sums = record.map_or_else(Sums::default, |record| Sums::of(record, settings, at));
    let (weight, won, by_chance) = sums.in_outcomes();
    let chance = by_chance.checked_div(weight).unwrap_or(EVEN);
    let chance = chance.clamp(LEAST_CHANCE, Decimal::ONE);
    let strength = Decimal::from(settings.prior_signals);
    let posterior = (strength * prior * chance + won).checked_div(strength + weight);
    let factor = posterior.and_then(|rate| rate.checked_div(chance)).unwrap_or(prior);
    let factor = factor.clamp(settings.trust_min, settings.trust_max);
    let round = |value: Decimal| value.round_dp(PLACES).normalize();
    Trust {
        factor: round(factor),
        prior,
        weight: round(weight),
        won: round(won),
        by_chance: round(by_chance),
    }
}

/// Weighted sums, in parts of [`WHOLE`]; integers, so that they are the same everywhere.
#[derive(Default)]
struct Sums {
    weight: u64,
    won: u64,
    /// In millionths of [`WHOLE`].
    by_chance: u64,
}

impl Sums {
    fn of(record: &ChannelRecord, settings: &RecordSettings, at: Timestamp) -> Self {
        let mut sums = Self::default();
        for outcome in record.outcomes.iter().filter(|one| one.ending != Ending::Neither) {
            let weight = weight_after(at.since(outcome.at), settings.half_life);
            sums.weight += weight;
            sums.won += if outcome.ending == Ending::Won { weight } else { 0 };
            sums.by_chance += weight * u64::from(outcome.chance_ppm);
        }
        sums
    }

    fn in_outcomes(&self) -> (Decimal, Decimal, Decimal) {
        let whole = Decimal::from(WHOLE);
        let by_chance = Decimal::from(self.by_chance / MILLION);
        (Decimal::from(self.weight) / whole, Decimal::from(self.won) / whole, by_chance / whole)
    }
}

/// Halves with each half-life, in a straight line between.
fn weight_after(age: Duration, half_life: Duration) -> u64 {
    let half_life = half_life.as_millis().max(1);
    let (halvings, rest) = (age.as_millis() / half_life, age.as_millis() % half_life);
    let shift = u32::try_from(halvings).unwrap_or(u32::MAX);
    let full = WHOLE.checked_shr(shift).unwrap_or(0);
    let lost = u128::from(full) * rest / (2 * half_life);
    full - u64::try_from(lost).unwrap_or(full)
}

impl Step<'_> {
    /// Lets the channel's record meet the model's confidence in an entry, and says so among the
    /// reasons. Leaving a position is never made harder by a poor record.
    pub(crate) fn weigh(
        &self,
        message: &Message,
        score: &mut domain::Score,
    ) -> Option<ChannelTrust> {
        if score.label != Intent::Buy {
            return None;
        }
        let channel = message.channel.as_deref().unwrap_or_default();
        let record = self.ledger.followed().channel(&message.source, channel);
        let trust = trust(&self.settings.record, record, channel, self.at);
        let (won, decided) = record.map_or((0, 0), |record| (record.won, record.decided()));
        let model_confidence = score.confidence;
        let applied = ChannelTrust {
            model_confidence,
            trust: trust.factor,
            prior: trust.prior,
            won,
            decided,
            weight: trust.weight,
            by_chance: trust.by_chance,
        };
        let confidence_factor = f64::try_from(trust.factor).unwrap_or(1.0);
        score.confidence = (model_confidence * confidence_factor).min(1.0);
        let name = if channel.is_empty() { &message.source } else { channel };
        if decided > 0 || trust.factor != Decimal::ONE {
            score.reasons.push(in_words(name, &applied));
            score.reasons.push(format!("confidence {model_confidence:.3} by the words alone"));
        }
        Some(applied)
    }
}

fn in_words(name: &str, applied: &ChannelTrust) -> String {
    let ChannelTrust { trust, prior, won, decided, weight, by_chance, .. } = applied;
    if *decided == 0 {
        return format!(
            "channel {name}: no outcome yet, trust {trust} as configured (prior {prior})"
        );
    }
    format!(
        "channel {name}: {won} of {decided} signals reached their first target before the stop \
         (weighing {} now; {} of those by chance), trust {}",
        weight.round_dp(1).normalize(),
        by_chance.round_dp(1).normalize(),
        trust.round_dp(2)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::channels::Outcome;
    use domain::Pnl;
    use proptest::prelude::*;

    const DAY: Duration = Duration::from_hours(24);

    fn start() -> Timestamp {
        Timestamp::from_millis(1_760_000_000_000)
    }

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn record(won: u64, lost: u64, chance_ppm: u32) -> ChannelRecord {
        let outcome = |ending| Outcome {
            at: start(),
            ending,
            chance_ppm,
            r: Decimal::ZERO,
            pnl: Pnl::ZERO,
            traded: false,
        };
        let mut record = ChannelRecord { won, lost, ..ChannelRecord::default() };
        record.outcomes.extend((0..won).map(|_| outcome(Ending::Won)));
        record.outcomes.extend((0..lost).map(|_| outcome(Ending::Lost)));
        record
    }

    fn factor(record: &ChannelRecord, age: Duration) -> Decimal {
        trust(&RecordSettings::default(), Some(record), "alpha", start().plus(age)).factor
    }

    #[test]
    fn the_factor_agrees_with_a_calculation_by_hand() {
        // ((20·1·0.6 + 14) / (20 + 20)) / 0.6 = 0.65 / 0.6.
        assert_eq!(factor(&record(14, 6, 600_000), Duration::ZERO), dec("1.0833"));
        // ((20·0.5 + 5) / 40) / 0.5.
        assert_eq!(factor(&record(5, 15, 500_000), Duration::ZERO), dec("0.75"));
    }

    #[test]
    fn winning_as_often_as_chance_is_neutral_however_often_that_is() {
        for (won, lost, chance) in [(5, 5, 500_000), (9, 1, 900_000), (2, 8, 200_000)] {
            assert_eq!(factor(&record(won, lost, chance), Duration::ZERO), Decimal::ONE);
        }
    }

    #[test]
    fn a_record_fades_towards_the_prior() {
        let record = record(20, 0, 500_000);
        let fresh = factor(&record, Duration::ZERO);
        let old = factor(&record, 60 * DAY);
        let forgotten = factor(&record, 3_000 * DAY);
        assert!(fresh > old && old > forgotten, "{fresh} {old} {forgotten}");
        assert_eq!(forgotten, Decimal::ONE);
    }

    #[test]
    fn the_configured_prior_holds_until_outcomes_say_otherwise() {
        let mut settings = RecordSettings::default();
        settings.priors.insert("alpha".to_owned(), dec("0.8"));
        let of = |record: Option<&ChannelRecord>| trust(&settings, record, "alpha", start()).factor;
        assert_eq!(of(None), dec("0.8"));
        assert!(of(Some(&record(30, 10, 500_000))) > Decimal::ONE);
        assert_eq!(trust(&settings, None, "beta", start()).factor, Decimal::ONE);
    }

    #[test]
    fn a_weight_halves_with_each_half_life() {
        let half = |days| weight_after(days * DAY, 30 * DAY);
        assert_eq!([half(0), half(30), half(60)], [WHOLE, WHOLE / 2, WHOLE / 4]);
        assert_eq!(half(15), WHOLE * 3 / 4);
        assert_eq!(half(10_000), 0);
    }

    proptest! {
        #[test]
        fn trust_stays_within_its_bounds_and_grows_with_every_win(
            won in 0_u64..60, lost in 0_u64..60, chance in 0_u32..=1_000_000, days in 0_u32..400,
        ) {
            let settings = RecordSettings::default();
            let one = factor(&record(won, lost, chance), days * DAY);
            prop_assert!(one >= settings.trust_min && one <= settings.trust_max);
            prop_assert!(factor(&record(won + 1, lost, chance), days * DAY) >= one);
            prop_assert!(factor(&record(won, lost + 1, chance), days * DAY) <= one);
        }
    }
}
