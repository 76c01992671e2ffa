//! What the service says on standard error, and how that is changed while it runs.

mod filter;

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};

use api::operation::LogInForce;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

use crate::config::{Log, LogFormat};
pub(crate) use filter::{Filter, InvalidFilter};

/// The running log.
pub(crate) struct Logging {
    reload: reload::Handle<EnvFilter, Registry>,
    in_force: Mutex<Filter>,
}

/// Starts logging. Called once.
pub(crate) fn start(log: &Log) -> Logging {
    let (filter, reload) = reload::Layer::new(log.filter.for_subscriber());
    let registry = tracing_subscriber::registry().with(filter);
    // Colours are for people: in a file or a container's log they would be rubbish.
    let lines =
        fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match log.format {
        LogFormat::Text => registry.with(lines).init(),
        LogFormat::Json => registry.with(lines.json()).init(),
    }
    Logging { reload, in_force: Mutex::new(log.filter.clone()) }
}

impl Logging {
    /// Changes how much is said, at once.
    pub(crate) fn set(&self, filter: Filter) {
        if let Err(error) = self.reload.reload(filter.for_subscriber()) {
            tracing::error!(%error, "the log's filter could not be changed");
            return;
        }
        tracing::warn!(%filter, "from here on the log says this much");
        *self.in_force.lock().unwrap_or_else(PoisonError::into_inner) = filter;
    }

    /// What is said at present.
    pub(crate) fn in_force(&self) -> LogInForce {
        let filter = self.in_force.lock().unwrap_or_else(PoisonError::into_inner);
        LogInForce {
            filter: filter.to_string(),
            level: filter.level().to_string(),
            modules: filter
                .modules()
                .map(|(module, level)| (module.to_owned(), level.to_string()))
                .collect(),
        }
    }
}
