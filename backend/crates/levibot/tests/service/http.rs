//! A plain HTTP/1.1 client: one connection a request, nothing hidden.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e} in {}", self.body))
    }

    /// The JSON body of an answer with this status.
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.json()
    }
}

pub(crate) fn get(address: SocketAddr, target: &str) -> Answer {
    request(address, "GET", target, &[], b"")
}

pub(crate) fn post(address: SocketAddr, target: &str) -> Answer {
    request(address, "POST", target, &[], b"")
}

pub(crate) fn put(address: SocketAddr, target: &str) -> Answer {
    request(address, "PUT", target, &[], b"")
}

pub(crate) fn post_json(address: SocketAddr, target: &str, body: &Value) -> Answer {
    let body = body.to_string();
    request(address, "POST", target, &["Content-Type: application/json"], body.as_bytes())
}

pub(crate) fn put_json(address: SocketAddr, target: &str, body: &Value) -> Answer {
    let body = body.to_string();
    request(address, "PUT", target, &["Content-Type: application/json"], body.as_bytes())
}

pub(crate) fn request(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[&str],
    body: &[u8],
) -> Answer {
    try_request(address, method, target, headers, body).expect("an HTTP answer")
}

pub(crate) fn try_request(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[&str],
    body: &[u8],
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut head = vec![
        format!("{method} {target} HTTP/1.1"),
        format!("Host: {address}"),
        "Connection: close".into(),
    ];
    if !body.is_empty() || method == "POST" {
        head.push(format!("Content-Length: {}", body.len()));
    }
    head.extend(headers.iter().map(ToString::to_string));
    stream.write_all(format!("{}\r\n\r\n", head.join("\r\n")).as_bytes())?;
    // A server may answer and close before it has read a body that is too large.
    let _ = stream.write_all(body);
    let mut raw = Vec::new();
    let read = stream.read_to_end(&mut raw);
    if raw.is_empty() {
        read?;
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(parse(&String::from_utf8_lossy(&raw)))
}

fn parse(raw: &str) -> Answer {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap_or((raw, ""));
    let status = head.split_whitespace().nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let body = if chunked { unchunk(body) } else { body.to_owned() };
    Answer { status, headers: head.to_owned(), body }
}

fn unchunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let Ok(size) = usize::from_str_radix(size.trim(), 16) else { break };
        if size == 0 || rest.len() < size {
            break;
        }
        whole.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}
