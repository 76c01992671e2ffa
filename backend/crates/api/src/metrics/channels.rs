//! Channels' records as gauges: they are the engine's state and outlive the process.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use domain::Timestamp;
use engine::Engine;
use engine::ledger::channels::ChannelRecord;
use engine::trust;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::to_float;

/// Channels with a series of their own: those with the most signals.
const NAMED: usize = 20;
/// Longest label: names come from outside.
const LONGEST: usize = 64;
/// All others together.
const OTHER: &str = "other";

/// How signals end, for the label.
const OUTCOMES: [&str; 4] = ["won", "lost", "neither", "not_entered"];

/// What the gauges show, taken from the engine between two steps.
#[derive(Debug, Default)]
pub(crate) struct ChannelFigures {
    shadows: usize,
    /// By channel, in the order of [`OUTCOMES`].
    outcomes: BTreeMap<String, [u64; 4]>,
    trust: BTreeMap<String, f64>,
}

impl ChannelFigures {
    pub(crate) fn of(engine: &Engine, at: Timestamp) -> Self {
        let followed = engine.ledger().followed();
        let mut records: Vec<_> = followed.channels().collect();
        records.sort_by_key(|(.., record)| std::cmp::Reverse(record.signals));
        let mut figures = Self { shadows: followed.shadow_count(), ..Self::default() };
        for (place, (source, channel, record)) in records.into_iter().enumerate() {
            let label = if place < NAMED { label(source, channel) } else { OTHER.to_owned() };
            if place < NAMED {
                let settings = &engine.settings().record;
                let factor = trust::trust(settings, Some(record), channel, at).factor;
                figures.trust.insert(label.clone(), to_float(factor));
            }
            let sums = figures.outcomes.entry(label).or_default();
            for (sum, more) in sums.iter_mut().zip(counts(record)) {
                *sum += more;
            }
        }
        figures
    }
}

const fn counts(record: &ChannelRecord) -> [u64; 4] {
    [record.won, record.lost, record.neither, record.not_entered]
}

fn label(source: &str, channel: &str) -> String {
    let whole = if channel.is_empty() { source.to_owned() } else { format!("{source}/{channel}") };
    whole.chars().take(LONGEST).collect()
}

type ByOutcome = Family<[(&'static str, String); 2], Gauge>;
type ByChannel = Family<[(&'static str, String); 1], Gauge<f64, AtomicU64>>;

#[derive(Default)]
pub(super) struct ChannelGauges {
    shadows: Gauge,
    outcomes: ByOutcome,
    trust: ByChannel,
}

impl ChannelGauges {
    pub(super) fn register(&self, registry: &mut Registry) {
        let shadows = self.shadows.clone();
        registry.register("shadows_open", "Untraded signals followed on the market", shadows);
        let outcomes = self.outcomes.clone();
        registry.register("channel_outcomes", "Signals by channel and how they ended", outcomes);
        let trust = self.trust.clone();
        registry.register("channel_trust", "Factor on the confidence in entries", trust);
        self.set(&ChannelFigures::default());
    }

    /// Names that no longer have a series of their own lose it.
    pub(super) fn set(&self, figures: &ChannelFigures) {
        self.shadows.set(i64::try_from(figures.shadows).unwrap_or(i64::MAX));
        self.outcomes.clear();
        self.trust.clear();
        let none = [0; 4];
        let rest = figures.outcomes.get(OTHER).unwrap_or(&none);
        let named = figures.outcomes.iter().map(|(channel, counts)| (channel.as_str(), counts));
        for (channel, counts) in named.chain([(OTHER, rest)]) {
            for (outcome, count) in OUTCOMES.into_iter().zip(counts) {
                let labels = [("channel", channel.to_owned()), ("outcome", outcome.to_owned())];
                let count = i64::try_from(*count).unwrap_or(i64::MAX);
                self.outcomes.get_or_create(&labels).set(count);
            }
        }
        for (channel, factor) in &figures.trust {
            self.trust.get_or_create(&[("channel", channel.clone())]).set(*factor);
        }
        self.trust.get_or_create(&[("channel", OTHER.to_owned())]).set(1.0);
    }
}
