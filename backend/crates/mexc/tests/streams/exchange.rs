//! The exchange's side of a WebSocket, led by the test.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mexc_wire::ws::{
    AggreDeal, Body, Method, PublicAggreBookTicker, PublicAggreDeals, PushDataV3ApiWrapper, Reply,
    Request,
};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request as Handshake, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// Longest wait for anything that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

type Manner = fn(&Request) -> Option<Reply>;

/// Grants every channel and answers pings.
#[expect(clippy::unnecessary_wraps, reason = "a manner may also keep silent")]
pub(crate) fn obliging(request: &Request) -> Option<Reply> {
    match request.method {
        Method::Ping => Some(Reply::pong(0)),
        Method::Subscription | Method::Unsubscription => Some(Reply::done(0, &request.params)),
    }
}

/// A listening exchange.
pub(crate) struct Exchange {
    pub(crate) url: String,
    peers: mpsc::UnboundedReceiver<Peer>,
}

impl Exchange {
    pub(crate) async fn start(manner: Manner) -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").await.unwrap(), manner)
    }

    pub(crate) fn listen(listener: TcpListener, manner: Manner) -> Self {
        let url = format!("ws://{}/ws", listener.local_addr().unwrap());
        let (tell, peers) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if tell.is_closed() {
                    return;
                }
                let tell = tell.clone();
                tokio::spawn(async move { receive(stream, manner, &tell).await });
            }
        });
        Self { url, peers }
    }

    /// The next client that connects.
    pub(crate) async fn peer(&mut self) -> Peer {
        timeout(PATIENCE, self.peers.recv()).await.expect("nobody connects").unwrap()
    }

    /// Whether nobody has connected beside those already met.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.peers.try_recv().is_err()
    }
}

enum Action {
    Send(Message),
    /// Raw bytes below the protocol, then the end without a goodbye.
    Break(Vec<u8>),
}

/// One client's connection.
pub(crate) struct Peer {
    /// Path and query it asked for.
    pub(crate) target: String,
    actions: mpsc::UnboundedSender<Action>,
    requests: mpsc::UnboundedReceiver<Request>,
}

impl Peer {
    /// The next control frame but pings; [`None`] when the client is gone.
    pub(crate) async fn request(&mut self) -> Option<Request> {
        loop {
            let request = timeout(PATIENCE, self.requests.recv()).await.expect("no request");
            if request.as_ref().is_none_or(|request| request.method != Method::Ping) {
                return request;
            }
        }
    }

    /// The channels of the next `count` subscriptions, sorted.
    pub(crate) async fn subscriptions(&mut self, count: usize) -> Vec<String> {
        let mut channels = Vec::new();
        for _ in 0..count {
            let request = self.request().await.expect("the client is gone");
            assert_eq!(request.method, Method::Subscription);
            channels.extend(request.params);
        }
        channels.sort();
        channels
    }

    /// Waits until the client is gone.
    pub(crate) async fn gone(&mut self) {
        while self.request().await.is_some() {}
    }

    pub(crate) fn push(&self, push: &PushDataV3ApiWrapper) {
        self.send(Message::binary(push.to_frame()));
    }

    pub(crate) fn send(&self, message: Message) {
        let _ = self.actions.send(Action::Send(message));
    }

    pub(crate) fn close(self) {
        self.send(Message::Close(None));
    }

    pub(crate) fn break_off_after(self, bytes: &[u8]) {
        let _ = self.actions.send(Action::Break(bytes.to_vec()));
    }
}

#[expect(clippy::result_large_err, reason = "the library's own signature")]
async fn receive(stream: TcpStream, manner: Manner, tell: &mpsc::UnboundedSender<Peer>) {
    stream.set_nodelay(true).unwrap();
    let mut target = String::new();
    let note = |request: &Handshake, response: Response| {
        target = request.uri().to_string();
        Ok(response)
    };
    let Ok(socket) = accept_hdr_async(stream, note).await else { return };
    let (actions, taken_actions) = mpsc::unbounded_channel();
    let (heard, requests) = mpsc::unbounded_channel();
    let _ = tell.send(Peer { target, actions, requests });
    converse(socket, manner, taken_actions, heard).await;
}

async fn converse(
    mut socket: WebSocketStream<TcpStream>,
    manner: Manner,
    mut actions: mpsc::UnboundedReceiver<Action>,
    heard: mpsc::UnboundedSender<Request>,
) {
    loop {
        tokio::select! {
            action = actions.recv() => match action {
                Some(Action::Send(message)) => {
                    if socket.send(message).await.is_err() {
                        return;
                    }
                }
                Some(Action::Break(bytes)) => {
                    let _ = socket.get_mut().write_all(&bytes).await;
                    return;
                }
                None => return,
            },
            frame = socket.next() => {
                let Some(Ok(frame)) = frame else { return };
                let Message::Text(text) = frame else { continue };
                let request: Request = serde_json::from_str(&text).unwrap();
                let reply = manner(&request);
                let _ = heard.send(request);
                if let Some(reply) = reply {
                    let text = serde_json::to_string(&reply).unwrap();
                    if socket.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

pub(crate) fn deals_channel(symbol: &str) -> String {
    format!("spot@public.aggre.deals.v3.api.pb@100ms@{symbol}")
}

pub(crate) fn book_channel(symbol: &str) -> String {
    format!("spot@public.aggre.bookTicker.v3.api.pb@100ms@{symbol}")
}

fn push(channel: String, symbol: &str, sent_ms: i64, body: Body) -> PushDataV3ApiWrapper {
    PushDataV3ApiWrapper {
        channel,
        symbol: Some(symbol.to_owned()),
        send_time: Some(sent_ms),
        body: Some(body),
        ..PushDataV3ApiWrapper::default()
    }
}

/// Trade number `number` of a pair.
pub(crate) fn trade(symbol: &str, number: i64) -> PushDataV3ApiWrapper {
    let deal = AggreDeal {
        price: "100".to_owned(),
        quantity: "1".to_owned(),
        trade_type: 1,
        time: number,
        trade_id: format!("{number}"),
    };
    let body = PublicAggreDeals { deals: vec![deal], event_type: String::new() };
    push(deals_channel(symbol), symbol, number, Body::PublicAggreDeals(body))
}

/// Top of the book of a pair at `version`.
pub(crate) fn book(symbol: &str, version: i64) -> PushDataV3ApiWrapper {
    let body = PublicAggreBookTicker {
        bid_price: "99".to_owned(),
        bid_quantity: "1".to_owned(),
        ask_price: "101".to_owned(),
        ask_quantity: "1".to_owned(),
        version: version.to_string(),
        last_order_create_time: 0,
    };
    push(book_channel(symbol), symbol, version, Body::PublicAggreBookTicker(body))
}
