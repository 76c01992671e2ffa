//! What the bot needs from the service. The binary implements it.

use std::future::Future;
use std::pin::Pin;

use domain::event::Notice;
use domain::{Record, Timestamp, TraceId};
use engine::{Command, Engine, Message, Reply, SignalReply};
use tokio::sync::oneshot;

/// A boxed future, so that the port can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The service cannot do it now; nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// One thing that readiness depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Short stable name.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// A sentence with the figures.
    pub detail: String,
}

/// Which lines of the journal are wanted, newest first.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// Any of these types; none means all.
    pub types: &'static [&'static str],
    /// Part of this trace only.
    pub trace: Option<TraceId>,
    /// At most this many.
    pub limit: usize,
}

/// The service behind the bot.
pub trait Service: Send + Sync + 'static {
    /// Hands in a message. The answer means that it is in the journal.
    ///
    /// # Errors
    /// [`Unavailable`] when it could not be taken yet; it must be handed in again later.
    fn take(&self, message: Message) -> BoxFuture<'_, Result<SignalReply, Unavailable>>;

    /// Carries out a command. The kill switch works at any time.
    ///
    /// # Errors
    /// [`Unavailable`] when the engine's loop is gone.
    fn command(&self, command: Command) -> BoxFuture<'_, Result<Reply, Unavailable>>;

    /// Journals that a person gave a command.
    fn commanded(&self, notice: Notice);

    /// Journals that somebody was turned away. Many of one kind become few lines with a count.
    fn refused(&self, reason: &'static str, notice: Notice);

    /// Journals that something needs a person.
    fn alarm(&self, notice: Notice);

    /// Runs `look` on the engine between two steps; it must be quick. See [`read`].
    ///
    /// # Errors
    /// [`Unavailable`] when the engine's loop is gone.
    fn inspect(&self, look: Box<dyn FnOnce(&Engine) + Send>) -> Result<(), Unavailable>;

    /// Lines of the journal, newest first.
    ///
    /// # Errors
    /// [`Unavailable`] when the journal cannot be read.
    fn lines(&self, wanted: Lines) -> BoxFuture<'_, Result<Vec<Record>, Unavailable>>;

    /// What the service depends on, and how that is.
    fn readiness(&self) -> Vec<Part>;

    /// The present time.
    fn now(&self) -> Timestamp;

    /// A text nobody can guess, new each time, of 32 letters and digits.
    fn fresh_text(&self) -> String;
}

/// Reads something from the engine.
///
/// # Errors
/// [`Unavailable`] when the engine's loop is gone.
pub async fn read<T: Send + 'static>(
    service: &dyn Service,
    look: impl FnOnce(&Engine) -> T + Send + 'static,
) -> Result<T, Unavailable> {
    let (answer, receive) = oneshot::channel();
    let look = move |engine: &Engine| {
        // The caller may have gone away meanwhile; then nobody wants the answer.
        let _ = answer.send(look(engine));
    };
    service.inspect(Box::new(look))?;
    receive.await.map_err(|_| Unavailable("the engine stopped before it answered".to_owned()))
}
