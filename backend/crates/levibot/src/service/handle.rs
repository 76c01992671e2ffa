//! The way into the core loop, for the API and the feeds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use api::ports::{BoxFuture, Core, NotReady, Readiness};
use domain::event::Notice;
use domain::{Record, Timestamp};
use engine::{Command, Engine, Input, Reply, Report, ReportKind};
use tokio::sync::{broadcast, oneshot, watch};

use super::core_loop::Job;
use super::health::Health;
use super::refusals::Refusals;
use crate::clock;

/// How long a request that may move money waits for the start to finish.
const READY_WAIT: Duration = Duration::from_secs(8);
/// Callers that may wait for the loop at a time; more are turned away.
const MAX_WAITING: usize = 10_000;

/// Hands jobs to the core loop. Cheap to clone.
#[derive(Clone)]
pub(crate) struct CoreHandle {
    jobs: Sender<Job>,
    records: broadcast::Sender<Arc<Record>>,
    ready: watch::Receiver<bool>,
    health: Arc<Health>,
    waiting: Arc<AtomicUsize>,
    refusals: Arc<Refusals>,
}

impl CoreHandle {
    pub(crate) fn new(
        jobs: Sender<Job>,
        records: broadcast::Sender<Arc<Record>>,
        ready: watch::Receiver<bool>,
        health: Arc<Health>,
    ) -> Self {
        Self { jobs, records, ready, health, waiting: Arc::default(), refusals: Arc::default() }
    }

    /// Hands in inputs nobody waits for.
    pub(crate) fn tell(&self, inputs: Vec<Input>) {
        if self.jobs.send(Job::Inputs(inputs)).is_err() {
            tracing::debug!("inputs dropped: the core loop has ended");
        }
    }

    /// Asks the loop to commit everything and end.
    pub(crate) fn stop(&self) {
        // The loop may have ended by itself.
        let _ = self.jobs.send(Job::Stop);
    }

    /// Waits, however long, until start-up is over. False when the service ends before.
    pub(crate) async fn started(&self) -> bool {
        self.ready.clone().wait_for(|ready| *ready).await.is_ok()
    }

    /// Whether start-up is over.
    pub(crate) fn is_ready(&self) -> bool {
        *self.ready.borrow()
    }

    /// Runs `look` on the engine between two steps.
    pub(crate) fn look(&self, look: Box<dyn FnOnce(&Engine) + Send>) -> Result<(), NotReady> {
        self.jobs.send(Job::Look(look)).map_err(|_| gone())
    }

    /// Hands in an input and waits for the reply, whether or not start-up is over.
    pub(crate) async fn ask(&self, input: Input) -> Result<Reply, NotReady> {
        let _place = Waiting::take(&self.waiting)?;
        let (caller, reply) = oneshot::channel();
        self.jobs.send(Job::Input(input, Some(caller))).map_err(|_| gone())?;
        reply.await.map_err(|_| NotReady::new(self.health.obstacle()))
    }

    async fn wait_until_ready(&self) -> Result<(), NotReady> {
        let mut ready = self.ready.clone();
        let started = tokio::time::timeout(READY_WAIT, ready.wait_for(|ready| *ready)).await;
        match started {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(gone()),
            Err(_) => Err(NotReady::new(self.health.obstacle())),
        }
    }
}

fn gone() -> NotReady {
    NotReady::new("the service is shutting down")
}

/// Scoring a text needs no exchange.
fn needs_exchange(input: &Input) -> bool {
    !matches!(input, Input::Message(message) if !message.route)
}

impl Core for CoreHandle {
    fn submit(&self, input: Input) -> BoxFuture<'_, Result<Reply, NotReady>> {
        Box::pin(async move {
            if needs_exchange(&input) {
                self.wait_until_ready().await?;
            }
            self.ask(input).await
        })
    }

    fn control(&self, command: Command) -> BoxFuture<'_, Result<Reply, NotReady>> {
        Box::pin(self.ask(Input::Command(command)))
    }

    fn inspect(
        &self,
        look: Box<dyn FnOnce(&Engine) + Send>,
    ) -> BoxFuture<'_, Result<(), NotReady>> {
        Box::pin(async move { self.look(look) })
    }

    fn refused(&self, kind: &str, notice: Notice) {
        if let Some(notice) = self.refusals.line(kind, notice, clock::now()) {
            tracing::warn!(message = %notice.message, kind, "turned away");
            let report = Report { kind: ReportKind::TurnedAway, notice };
            self.tell(vec![Input::Report(report)]);
        }
    }

    fn records(&self) -> broadcast::Receiver<Arc<Record>> {
        self.records.subscribe()
    }

    fn readiness(&self) -> Readiness {
        self.health.readiness()
    }

    fn now(&self) -> Timestamp {
        clock::now()
    }
}

/// A place among the waiting callers.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn take(count: &'a AtomicUsize) -> Result<Self, NotReady> {
        let place = Self(count);
        if count.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            return Err(NotReady::new("too many requests are waiting for the engine"));
        }
        Ok(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
