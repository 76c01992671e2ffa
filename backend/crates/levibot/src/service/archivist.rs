//! Old days are archived while the service runs: on a thread of its own that yields to everything
//! else, and that nothing waits for.

use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ::archive::{Archive, ArchiveError, Done, Step};
use engine::{Input, Report, ReportKind};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::handle::CoreHandle;
use super::notices::notice;
use crate::config::Config;
use crate::{archiving, clock};

/// Between two looks when all is well: a look costs a listing of `LOG_DIR`.
const LOOK_EVERY: Duration = Duration::from_hours(1);
/// After a failure; doubles up to [`LOOK_EVERY`].
const FIRST_RETRY: Duration = Duration::from_mins(1);
/// A person is told after so many failures in a row.
const ALARM_AFTER: u32 = 3;

type Outcome = [(&'static str, &'static str); 1];
const ARCHIVED: Outcome = [("outcome", "archived")];
const FAILED: Outcome = [("outcome", "failed")];

/// What came of it, in the exposition from the start.
#[derive(Debug, Clone, Default)]
pub(crate) struct ArchiveMetrics {
    days: Family<Outcome, Counter>,
    pending: Gauge,
    last_pass: Gauge<u64, AtomicU64>,
}

impl ArchiveMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        drop(self.days.get_or_create(&ARCHIVED));
        drop(self.days.get_or_create(&FAILED));
        let help =
            "Days of the journal looked after: compressed, stored or deleted here; or failed";
        registry.register("archive_days", help, self.days.clone());
        let help = "Days of the journal that are due and not archived yet";
        registry.register("archive_pending_days", help, self.pending.clone());
        let help = "When the last pass without a failure ended, seconds since 1970; 0 before it";
        registry.register("archive_last_success_timestamp_seconds", help, self.last_pass.clone());
    }
}

/// Who archives, and who is told.
struct Archivist {
    archive: Archive,
    time_zone: TimeZone,
    core: CoreHandle,
    metrics: ArchiveMetrics,
    failures: u32,
}

/// Starts it, unless nothing is to be archived. The thread ends with the process: a pass may be cut
/// anywhere.
///
/// # Errors
/// `ARCHIVE_URL` cannot be used, or the system gives no thread.
pub(crate) fn start(
    config: &Config,
    core: CoreHandle,
    metrics: ArchiveMetrics,
) -> Result<(), ArchiveError> {
    if config.archiving.keep.plain_days.is_none() {
        return Ok(());
    }
    let store = archiving::store(&config.archiving)?;
    let archivist = Archivist {
        archive: Archive::new(&config.log.dir, config.archiving.keep, store),
        time_zone: config.time_zone.clone(),
        core,
        metrics,
        failures: 0,
    };
    let started = thread::Builder::new().name("archive".to_owned()).spawn(move || archivist.work());
    started.map(drop).map_err(|source| ArchiveError::Io {
        doing: "start a thread for",
        path: config.log.dir.clone(),
        source,
    })
}

impl Archivist {
    fn work(mut self) {
        yield_to_others();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return tracing::error!(%error, "old days are not archived"),
        };
        runtime.block_on(async {
            // Nothing of this may slow down a start.
            while self.core.started().await {
                let pause = self.pass().await;
                tokio::time::sleep(pause).await;
            }
        });
    }

    /// Does what is due; returns how long to wait.
    async fn pass(&mut self) -> Duration {
        let (today, now) = (journal::day_of(clock::now(), &self.time_zone), SystemTime::now());
        let watch = |day: Date, step: Step| {
            tracing::debug!(%day, ?step, "archiving");
            Ok(())
        };
        let troubles = match self.archive.run(today, now, watch).await {
            // Somebody runs `levibot archive`.
            Err(ArchiveError::Busy { .. }) => return FIRST_RETRY,
            Err(error) => vec![error.to_string()],
            Ok(done) => done.iter().filter_map(|done| self.note(done)).collect(),
        };
        let pending = self.archive.due(today, now).map_or(0, |due| due.len());
        self.metrics.pending.set(i64::try_from(pending).unwrap_or(i64::MAX));
        if troubles.is_empty() { self.succeeded(now) } else { self.failed(&troubles) }
    }

    /// Counts and tells what came of a day; returns the trouble with it.
    fn note(&self, done: &Done) -> Option<String> {
        let Done { due, compressed_bytes, result } = done;
        let day = due.date;
        match result {
            Ok(()) => {
                self.metrics.days.get_or_create(&ARCHIVED).inc();
                let (bytes, deleted_here) = (due.bytes, due.delete_here);
                tracing::info!(%day, bytes, compressed_bytes, deleted_here, "a day of the journal was archived");
                None
            }
            Err(error) => {
                self.metrics.days.get_or_create(&FAILED).inc();
                Some(format!("{day}: {error}"))
            }
        }
    }

    fn succeeded(&mut self, now: SystemTime) -> Duration {
        self.failures = 0;
        let at = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.metrics.last_pass.set(at);
        LOOK_EVERY
    }

    fn failed(&mut self, troubles: &[String]) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let pause =
            FIRST_RETRY.saturating_mul(2_u32.saturating_pow(self.failures - 1)).min(LOOK_EVERY);
        let what = troubles.join("; ");
        tracing::warn!(retry_in = ?pause, "old days could not be archived; nothing was lost: {what}");
        if self.failures == ALARM_AFTER {
            let message = "old days of the journal cannot be archived; nothing was lost, and it is tried again";
            let notice = notice(message, &[("trouble", what)]);
            self.core.tell(vec![Input::Report(Report { kind: ReportKind::Alarm, notice })]);
        }
        pause
    }
}

/// On Linux niceness is a thread's own; elsewhere it is the process's, which must stay as it is.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(19) {
        tracing::debug!(%error, "the archive's thread runs at the usual priority");
    }
}
