//! The real connection: grammers' sender behind our port.

use std::sync::Arc;
use std::time::Duration;

use grammers_mtsender::{ConnectionParams, NoRetries, SenderPool, SenderPoolFatHandle};
use grammers_session::Session;
use grammers_session::storages::MemorySession;
use grammers_session::types::DcOption;
use grammers_session::updates::UpdatesLike;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::line::{Line, LineError};
use super::session::Keys;
use crate::port::BoxFuture;

/// Longest wait for an answer, connecting included.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection over the network. Nothing is sent before the first call.
pub struct Network {
    parts: Arc<MemorySession>,
    handle: SenderPoolFatHandle,
    updates: Receiver<UpdatesLike>,
    runner: JoinHandle<()>,
    /// The data centres that may be connected to.
    centres: Vec<i32>,
}

impl Network {
    /// A connection with these keys for this application (`TELEGRAM_API_ID`). Must be called on a
    /// runtime.
    pub fn open(keys: &Keys, api_id: i32) -> Self {
        let parts = Arc::new(MemorySession::from(keys.to_data()));
        let params = ConnectionParams {
            device_model: "LeviBot".to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            // What failed comes back to us: we know what may be asked again, and when.
            retry_policy: Box::new(NoRetries),
            ..ConnectionParams::default()
        };
        let pool = SenderPool::with_configuration(Arc::clone(&parts), api_id, params);
        let runner = tokio::spawn(pool.runner.run());
        let centres = keys.centres.iter().map(|centre| centre.id).collect();
        Self { parts, handle: pool.handle, updates: pool.updates, runner, centres }
    }

    fn options(&self) -> Result<Vec<DcOption>, LineError> {
        let option = |centre: &i32| self.parts.dc_option(*centre).transpose();
        let options = self.centres.iter().filter_map(option).collect::<Result<Vec<_>, _>>();
        options.map_err(|error| poisoned(&error))
    }

    fn home(&self) -> Result<i32, LineError> {
        self.parts.home_dc_id().map_err(|error| poisoned(&error))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.handle.quit();
        self.runner.abort();
    }
}

impl Line for Network {
    fn call(&mut self, request: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, LineError>> {
        Box::pin(async move {
            let home = self.home()?;
            let answer = timeout(PATIENCE, self.handle.raw_invoke_in_dc(home, request)).await;
            let late = || LineError::Unreachable(format!("no answer in {} s", PATIENCE.as_secs()));
            Ok(answer.map_err(|_| late())??)
        })
    }

    fn pushed(&mut self) -> BoxFuture<'_, Option<UpdatesLike>> {
        Box::pin(self.updates.recv())
    }

    fn move_to(&mut self, centre: i32) -> BoxFuture<'_, Result<(), LineError>> {
        Box::pin(async move {
            let home = self.home()?;
            self.handle.disconnect_from_dc(home);
            self.parts.set_home_dc_id(centre).await.map_err(|error| poisoned(&error))
        })
    }

    fn keys(&self) -> Result<Keys, LineError> {
        Ok(Keys::of(self.home()?, self.options()?.iter()))
    }
}

fn poisoned(error: &dyn std::error::Error) -> LineError {
    LineError::Unreachable(error.to_string())
}
