//! Listen keys (contract 12): what opens the user stream.

use std::fmt;

use mexc_wire::Query;
use mexc_wire::rest::{self, Unusable};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::de::IgnoredAny;

use crate::client::Client;
use crate::error::ClientError;
use limits::Lane;

const PATH: &str = "/userDataStream";

/// Opens the user stream of an account for 60 minutes. Whoever has it can read along, so `Debug`
/// hides it.
#[derive(Clone)]
pub struct ListenKey(SecretString);

impl ListenKey {
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ListenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListenKey([hidden])")
    }
}

impl Client {
    /// A new listen key, valid for 60 minutes.
    ///
    /// # Errors
    /// [`ClientError`]. An answer without a key is not quoted, since it may hold one.
    pub async fn create_listen_key(&self) -> Result<ListenKey, ClientError> {
        let missing =
            Unusable::Missing { what: "the reply to a new listen key", field: "listenKey" };
        let received = self.ask_signed(Lane::Query, Method::POST, PATH, Query::new()).await?;
        match received.read::<rest::ListenKey>() {
            Ok(reply) => {
                let key = reply.listen_key.filter(|key| !key.is_empty());
                key.map(|key| ListenKey(key.into())).ok_or(ClientError::Unusable(missing))
            }
            Err(error) if received.status == 200 && error.code.is_none() => {
                Err(ClientError::Unusable(missing))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the key valid for 60 minutes from now.
    ///
    /// # Errors
    /// [`ClientError`]; with [`ClientError::Api`] the key is most likely gone for good.
    pub async fn keep_listen_key(&self, key: &ListenKey) -> Result<(), ClientError> {
        self.about_key(Method::PUT, key).await
    }

    /// Gives the key back and closes its stream.
    ///
    /// # Errors
    /// [`ClientError`]; the key then lapses by itself.
    pub async fn delete_listen_key(&self, key: &ListenKey) -> Result<(), ClientError> {
        self.about_key(Method::DELETE, key).await
    }

    async fn about_key(&self, method: Method, key: &ListenKey) -> Result<(), ClientError> {
        let query = Query::new().with("listenKey", key.expose());
        let received = self.ask_signed(Lane::Query, method, PATH, query).await?;
        let received = received.hide(&[key.expose()]);
        received.read::<IgnoredAny>()?;
        Ok(())
    }
}
