//! A WebSocket client for tests. Every wait is bounded.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mexc_wire::ws::{Body, Channel, PushDataV3ApiWrapper, Reply, Request};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::Client;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Stream(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What came.
#[derive(Debug)]
pub(crate) enum Came {
    Reply(Reply),
    Push(Box<PushDataV3ApiWrapper>),
    Closed,
}

impl Stream {
    pub(crate) async fn open(client: &Client) -> Self {
        Self::try_open(client, "").await.unwrap()
    }

    /// A connection with a fresh listen key.
    pub(crate) async fn private(client: &Client) -> Self {
        let key = client.signed("POST", "/userDataStream", &[]).await.ok();
        let query = format!("?listenKey={}", key["listenKey"].as_str().unwrap());
        Self::try_open(client, &query).await.unwrap()
    }

    pub(crate) async fn try_open(client: &Client, query: &str) -> Result<Self, Error> {
        let url = format!("ws://{}/ws{query}", client.addr);
        connect_async(url).await.map(|(stream, _)| Self(stream))
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// Subscribes and checks the reply. Pushes that come before it are dropped.
    pub(crate) async fn subscribe(&mut self, channel: &str) {
        self.send(&Request::subscribe(&channel).to_text()).await;
        assert_eq!(self.reply().await.msg, channel);
    }

    pub(crate) async fn next(&mut self) -> Came {
        loop {
            let frame = timeout(PATIENCE, self.0.next()).await.expect("a frame in time");
            match frame {
                Some(Ok(Message::Text(text))) => {
                    return Came::Reply(Reply::from_text(text.as_str()).unwrap());
                }
                Some(Ok(Message::Binary(bytes))) => {
                    let push = PushDataV3ApiWrapper::from_frame(&bytes).unwrap();
                    assert_eq!(push.to_frame(), bytes, "a frame is written as it is read");
                    return Came::Push(Box::new(push));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Came::Closed,
                Some(Ok(_)) => {}
            }
        }
    }

    pub(crate) async fn reply(&mut self) -> Reply {
        loop {
            match self.next().await {
                Came::Reply(reply) => return reply,
                Came::Push(_) => {}
                Came::Closed => panic!("closed instead of a reply"),
            }
        }
    }

    pub(crate) async fn push(&mut self) -> PushDataV3ApiWrapper {
        match self.next().await {
            Came::Push(push) => *push,
            other => panic!("{other:?} instead of a push"),
        }
    }

    /// The next push that `wanted` finds something in.
    pub(crate) async fn find<T>(&mut self, wanted: impl Fn(Body) -> Option<T>) -> T {
        loop {
            if let Some(found) = self.push().await.body.and_then(&wanted) {
                return found;
            }
        }
    }

    /// Waits for the end of the connection; returns how many pushes came before it.
    pub(crate) async fn closed(&mut self) -> usize {
        let mut pushes = 0;
        timeout(PATIENCE, async {
            loop {
                match self.next().await {
                    Came::Closed => return,
                    Came::Push(_) => pushes += 1,
                    Came::Reply(_) => {}
                }
            }
        })
        .await
        .expect("closed in time");
        pushes
    }

    pub(crate) async fn subscribe_private(&mut self) {
        for channel in [Channel::PrivateOrders, Channel::PrivateDeals, Channel::PrivateAccount] {
            self.subscribe(&channel.to_string()).await;
        }
    }
}
