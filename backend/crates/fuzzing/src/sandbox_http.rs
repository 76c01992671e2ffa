//! Requests to the sandbox's REST server.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use mexc_wire::sign;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::sandbox_server::{KEY, SECRET, with_server};

const METHODS: [&str; 4] = ["GET", "POST", "DELETE", "PUT"];

/// Three lines: method (by its first byte) with the path after `/api/v3`, query, body. It is
/// signed with the right key, so that it gets past the door. The answer is JSON and never a 500.
pub fn sandbox_http(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(3, '\n');
    let (Some(target), query) = (lines.next(), lines.next().unwrap_or_default()) else { return };
    let mut target = target.chars();
    let method = METHODS[target.next().map_or(0, |first| first as usize) % METHODS.len()];
    let path = encoded(target.as_str());
    let body = lines.next().unwrap_or_default();
    let query = format!("{}&timestamp={}", encoded(query), now_ms());
    let signature = sign(SECRET.as_bytes(), &query, body);
    let request = format!(
        "{method} /api/v3/{path}?{query}&signature={signature} HTTP/1.1\r\nHost: x\r\n\
         X-MEXC-APIKEY: {KEY}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    with_server(|server| {
        let reply = server.runtime.block_on(exchange(server.sandbox.addr(), &request));
        let (head, body) = reply.split_once("\r\n\r\n").expect("an answer");
        assert!(!head.starts_with("HTTP/1.1 500"), "{request}: {reply}");
        let json = body.is_empty() || serde_json::from_str::<Value>(body).is_ok();
        let refused_below = head.starts_with("HTTP/1.1 4");
        assert!(json || refused_below, "{request}: {reply}");
    });
}

/// Escapes what cannot stand in the first line of a request.
fn encoded(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b'0'..=b'9'
        | b'A'..=b'Z'
        | b'a'..=b'z'
        | b'-'
        | b'.'
        | b'_'
        | b'='
        | b'&'
        | b'%'
        | b'/'
        | b'+' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    escaped.collect()
}

fn now_ms() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()
}

async fn exchange(addr: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut reply = Vec::new();
    // A server that refuses the head may close before the body was read.
    let _ = stream.read_to_end(&mut reply).await;
    String::from_utf8_lossy(&reply).into_owned()
}
