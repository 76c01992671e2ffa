//! The streams' figures for the exposition. Every family is there from the start, at zero.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::Timestamp;
use mexc::StreamStats;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

type Reader = Box<dyn Fn() -> StreamStats + Send + Sync>;

/// Where running streams can be read; empty until they run.
#[derive(Default)]
pub(crate) struct Board {
    pub(super) prices: OnceLock<Reader>,
    pub(super) own_orders: OnceLock<Reader>,
    pub(super) lag: Lag,
}

/// How old pushed prices are when they come.
pub(super) struct Lag(Histogram);

impl Default for Lag {
    fn default() -> Self {
        // 1 ms to some 16 s.
        Self(Histogram::new(exponential_buckets(0.001, 2.0, 15)))
    }
}

impl Lag {
    /// Notes what the exchange sent at `sent` by its clock, which is `offset_ms` ahead of ours.
    pub(super) fn note(&self, sent: Timestamp, at: Timestamp, offset_ms: i64) {
        let late_ms = at.as_millis().saturating_add(offset_ms).saturating_sub(sent.as_millis());
        let late = Duration::from_millis(u64::try_from(late_ms).unwrap_or(0));
        self.0.observe(late.as_secs_f64());
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Board")
    }
}

impl Board {
    fn stats(&self) -> [(&'static str, StreamStats); 2] {
        let read = |reader: &OnceLock<Reader>| reader.get().map_or_else(Default::default, |r| r());
        [("prices", read(&self.prices)), ("own_orders", read(&self.own_orders))]
    }
}

/// Puts the figures into the exposition, read at each scrape.
pub(crate) fn register(board: &Arc<Board>, registry: &mut Registry) {
    let help = "From the exchange's time stamp on a pushed price to its arrival";
    registry.register("stream_lag_seconds", help, board.lag.0.clone());
    registry.register_collector(Box::new(Figures(Arc::clone(board))));
}

#[derive(Debug)]
struct Figures(Arc<Board>);

type Figure = (&'static str, &'static str, fn(&StreamStats) -> u64);

/// Counters; the exposition ends their names with `_total`.
const COUNTERS: [Figure; 4] = [
    ("stream_lost", "Connections lost", |stats| stats.lost),
    ("stream_pushes", "Pushes taken", |stats| stats.pushes),
    ("stream_duplicates", "Pushes or parts of them that came twice", |stats| stats.duplicates),
    ("stream_unreadable", "Frames of no use", |stats| stats.unreadable),
];

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let streams = self.0.stats();
        let help = "Connections that are subscribed";
        let mut family =
            encoder.encode_descriptor("stream_connections", help, None, MetricType::Gauge)?;
        for (stream, stats) in &streams {
            let connected = i64::try_from(stats.connected).unwrap_or(i64::MAX);
            ConstGauge::new(connected).encode(family.encode_family(&[("stream", *stream)])?)?;
        }
        for (name, help, figure) in COUNTERS {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for (stream, stats) in &streams {
                let counter = ConstCounter::new(figure(stats));
                counter.encode(family.encode_family(&[("stream", *stream)])?)?;
            }
        }
        Ok(())
    }
}
