//! Opening a socket.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::error::StreamError;

/// Largest frame taken, bytes. A book of 20 levels has some 2000.
const MAX_FRAME: usize = 4 << 20;

pub(crate) trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

pub(crate) type Socket = WebSocketStream<Box<dyn Bytes>>;

/// Knows where the exchange is and how to trust it.
#[derive(Clone)]
pub(crate) struct Dialer {
    url: Url,
    host: String,
    port: u16,
    tls: Option<TlsConnector>,
    patience: Duration,
}

impl Dialer {
    pub(crate) fn new(url: &str, patience: Duration) -> Result<Self, StreamError> {
        let wrong = |why: &str| StreamError::Address(why.to_owned());
        let url = Url::parse(url.trim()).map_err(|error| wrong(&error.to_string()))?;
        let host = url.host_str().ok_or_else(|| wrong("it has no host"))?;
        let clean = url.username().is_empty() && url.password().is_none();
        if !clean || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it holds more than an address"));
        }
        let tls = match url.scheme() {
            "ws" => None,
            "wss" => Some(tls()?),
            _ => return Err(wrong("it is no ws or wss address")),
        };
        let port = url.port_or_known_default().unwrap_or(443);
        Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port, tls, patience, url })
    }

    /// Opens a socket, with `listen_key` for a user stream.
    pub(crate) async fn dial(&self, listen_key: Option<&str>) -> Result<Socket, StreamError> {
        let mut url = self.url.clone();
        if let Some(key) = listen_key {
            url.query_pairs_mut().append_pair("listenKey", key);
        }
        match timeout(self.patience, self.open(&url)).await {
            Ok(opened) => opened.map_err(|seen| self.not_connected(seen)),
            Err(_) => Err(self.not_connected(format!("no answer within {:?}", self.patience))),
        }
    }

    fn not_connected(&self, seen: String) -> StreamError {
        StreamError::NotConnected { host: format!("{}:{}", self.host, self.port), seen }
    }

    async fn open(&self, url: &Url) -> Result<Socket, String> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await;
        let tcp = tcp.map_err(|error| error.to_string())?;
        // A ping or a subscription is one small packet: waiting to fill it up gains nothing.
        tcp.set_nodelay(true).map_err(|error| error.to_string())?;
        let bytes: Box<dyn Bytes> = match &self.tls {
            None => Box::new(tcp),
            Some(connector) => {
                let name = ServerName::try_from(self.host.clone());
                let name = name.map_err(|error| error.to_string())?;
                let secured = connector.connect(name, tcp).await;
                Box::new(secured.map_err(|error| error.to_string())?)
            }
        };
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MAX_FRAME))
            .max_frame_size(Some(MAX_FRAME));
        let shaken = client_async_with_config(url.as_str(), bytes, Some(limits)).await;
        // The library's text names a status or a broken rule, never the address.
        shaken.map(|(socket, _)| socket).map_err(|error| error.to_string())
    }
}

/// Trusts what the REST client trusts: the system's certificates and Mozilla's.
fn tls() -> Result<TlsConnector, StreamError> {
    let failed = |error: rustls::Error| StreamError::Tls(error.to_string());
    let provider: Arc<CryptoProvider> = Arc::new(rustls::crypto::ring::default_provider());
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
    let verifier =
        rustls_platform_verifier::Verifier::new_with_extra_roots(roots, provider.clone())
            .map_err(failed)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_socket_addresses_are_taken() {
        let patience = Duration::from_secs(1);
        for good in ["wss://wbs-api.mexc.com/ws", "ws://127.0.0.1:9000/ws", "ws://[::1]:80/ws"] {
            assert!(Dialer::new(good, patience).is_ok(), "{good}");
        }
        for bad in ["", "https://host/ws", "ws://user:hunter2@host/ws", "ws://host/ws?a=hunter2"] {
            let Err(error) = Dialer::new(bad, patience) else { panic!("{bad} was taken") };
            assert!(error.to_string().contains("MEXC_WS_URL"), "{bad}: {error}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
