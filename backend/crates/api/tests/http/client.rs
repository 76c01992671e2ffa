//! A small HTTP/1.1 client: what is sent is exactly what a test writes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// A header's value, by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {:?}", self.body))
    }

    /// The `code` of a failure.
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        assert_eq!(json["ok"], false, "{}", self.body);
        assert!(json["error"].as_str().is_some_and(|sentence| !sentence.is_empty()));
        json["code"].as_str().expect("a code").to_owned()
    }

    /// The JSON of a success.
    pub(crate) fn success(&self) -> serde_json::Value {
        assert_eq!(self.status, 200, "{}", self.body);
        let json = self.json();
        assert_eq!(json["ok"], true);
        json
    }
}

/// A request as it is written to the socket, without `Host` unless it is among `headers`.
pub(crate) async fn raw(
    to: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let length = (!body.is_empty()).then_some(body.len());
    send(to, method, target, headers, length, body).await
}

async fn send(
    to: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    length: Option<usize>,
    body: &[u8],
) -> Answer {
    let exchange = async {
        let mut socket = TcpStream::connect(to).await.expect("connects");
        let named = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let length = length.map(|length| format!("Content-Length: {length}\r\n"));
        let headers: String = named.chain(length).collect();
        let request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
        socket.write_all(request.as_bytes()).await.expect("writes");
        socket.write_all(body).await.expect("writes the body");
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).await.expect("reads");
        // Packed bodies are not text; only their heads are looked at.
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let text = tokio::time::timeout(Duration::from_secs(20), exchange).await.expect("in time");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A stream that stays open: returns the first `count` events' `(id, data)`.
pub(crate) async fn events(
    to: SocketAddr,
    target: &str,
    headers: &str,
    count: usize,
    started: tokio::sync::oneshot::Sender<()>,
) -> Vec<(u64, String)> {
    let listen = async {
        let mut socket = TcpStream::connect(to).await.expect("connects");
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        socket.write_all(request.as_bytes()).await.expect("writes");
        let (mut text, mut buffer, mut started) = (String::new(), [0_u8; 4096], Some(started));
        loop {
            let n = socket.read(&mut buffer).await.expect("reads");
            text.push_str(std::str::from_utf8(&buffer[..n]).expect("UTF-8"));
            if text.contains("\r\n\r\n") {
                started.take().map(|signal| signal.send(()));
            }
            let seen = parse_events(&text);
            if seen.len() >= count || n == 0 {
                return seen;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), listen).await.expect("in time")
}

/// The raw text of a stream up to where it holds all of `wanted`.
pub(crate) async fn stream_text(to: SocketAddr, target: &str, wanted: &[&str]) -> String {
    let listen = async {
        let mut socket = TcpStream::connect(to).await.expect("connects");
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        socket.write_all(request.as_bytes()).await.expect("writes");
        let (mut text, mut buffer) = (String::new(), [0_u8; 4096]);
        while !wanted.iter().all(|part| text.contains(part)) {
            let n = socket.read(&mut buffer).await.expect("reads");
            assert!(n > 0, "the stream ended at {text}");
            text.push_str(std::str::from_utf8(&buffer[..n]).expect("UTF-8"));
        }
        text
    };
    tokio::time::timeout(Duration::from_secs(20), listen).await.expect("in time")
}

fn parse_events(text: &str) -> Vec<(u64, String)> {
    let ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let complete = text.matches("}\n\n").count();
    let number = |id: &str| id.trim().parse().expect("a number");
    ids.zip(data).take(complete).map(|(id, data)| (number(id), data.trim().to_owned())).collect()
}

/// A POST whose body is already in chunks.
pub(crate) async fn chunked(to: SocketAddr, target: &str, chunks: &[u8]) -> Answer {
    let headers = [
        ("Host", "localhost"),
        ("Content-Type", "application/json"),
        ("Transfer-Encoding", "chunked"),
    ];
    send(to, "POST", target, &headers, None, chunks).await
}
