//! The two ways in: everybody's, and the one with a listen key.

use tokio::sync::mpsc;

use super::config::Timings;
use super::dial::Dialer;
use super::error::StreamError;
use super::listen_key::KeptKey;
use super::session::Session;
use crate::client::Client;

/// Opens sessions.
pub(crate) struct Entrance {
    pub(crate) dialer: Dialer,
    pub(crate) timings: Timings,
    /// For the user stream: whose it is, and what is held as long as a key is out.
    pub(crate) account: Option<(Client, mpsc::Sender<()>)>,
}

impl Entrance {
    /// Opens a connection, with a listen key of its own where one is needed: a lapsed key cannot
    /// be revived, and whether an old one is still valid nobody knows.
    pub(crate) async fn open(&self) -> Result<Box<Session>, StreamError> {
        let key = match &self.account {
            None => None,
            Some((client, busy)) => {
                let key = client.create_listen_key().await.map_err(StreamError::NoListenKey)?;
                // Kept from here on, so that it is given back when dialling fails.
                Some(KeptKey::keep(client.clone(), key, &self.timings, busy.clone()))
            }
        };
        let socket = self.dialer.dial(key.as_ref().map(KeptKey::expose)).await?;
        Ok(Box::new(Session::new(socket, self.timings.clone(), key)))
    }
}
