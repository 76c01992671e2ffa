//! What a person can see of the process and turn in it: settings, and how much is logged. SIGHUP
//! reads `LOG_LEVEL` again.

use std::sync::Arc;

use api::operation::{InvalidFilter, LogInForce, Operation, Settings};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::logging::{Filter, Logging};

/// The process as its operator sees it.
pub(crate) struct Operator {
    pub(crate) settings: Settings,
    pub(crate) logging: Arc<Logging>,
}

impl Operation for Operator {
    fn settings(&self) -> Settings {
        self.settings.clone()
    }

    fn log(&self) -> LogInForce {
        self.logging.in_force()
    }

    fn set_log(&self, filter: &str) -> Result<LogInForce, InvalidFilter> {
        let filter: Filter = filter
            .parse()
            .map_err(|error: crate::logging::InvalidFilter| InvalidFilter(error.to_string()))?;
        self.logging.set(filter);
        Ok(self.logging.in_force())
    }
}

/// Takes `LOG_LEVEL` from the environment or `.env` again with each SIGHUP, as long as the service
/// runs. Nothing else is read again: what trades does not change under way.
///
/// # Errors
/// When the handler cannot be installed.
pub(crate) fn reload_on_hangup(logging: Arc<Logging>) -> std::io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match Config::load_here() {
                Ok(loaded) => logging.set(loaded.config.log.filter),
                Err(mistakes) => {
                    for mistake in mistakes {
                        tracing::error!(%mistake, "SIGHUP: the log stays as it is");
                    }
                }
            }
        }
    });
    Ok(())
}
