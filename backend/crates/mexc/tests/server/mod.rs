//! A scripted HTTP/1.1 server on loopback that can misbehave in every way a network can.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::needless_pass_by_value, reason = "scripts read better without borrows")]

pub(crate) mod fixture;

use std::sync::{Arc, Mutex};

use mexc_wire::{Params, verify};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const KEY: &str = "mx0-the-access-key";
pub(crate) const SECRET: &str = "the-very-secret-secret";

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn params(&self) -> Params {
        Params::parse(&self.query, &self.body)
    }

    pub(crate) fn param(&self, name: &str) -> String {
        self.params().get(name).unwrap_or_default().to_owned()
    }

    /// Whether query and body, as they arrived, carry the right signature.
    pub(crate) fn is_signed(&self) -> bool {
        let Some((query, signature)) = self.query.split_once("&signature=") else { return false };
        verify(SECRET.as_bytes(), query, &self.body, signature)
    }

    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == format!("/api/v3{path}")
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Status and body, keep-alive.
    Reply(u16, String),
    /// As [`Act::Reply`] with one header more.
    ReplyWith(u16, &'static str, String),
    /// Status and body, then the connection is closed without notice.
    ReplyAndClose(u16, String),
    /// A whole head that promises more body than follows.
    HalfBody(u16, String),
    /// Raw bytes, then close.
    Raw(&'static str),
    /// The connection is cut without an answer.
    Cut,
    /// Nothing, ever.
    Hang,
}

pub(crate) fn ok(body: impl ToString) -> Act {
    Act::Reply(200, body.to_string())
}

pub(crate) fn error(code: i64, text: &str) -> Act {
    Act::Reply(400, serde_json::json!({ "code": code, "msg": text }).to_string())
}

type Script = dyn Fn(&Request, usize) -> Act + Send + Sync;

pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts a server that answers as `script` says; it is given the request and how many with
    /// the same method and path came before it.
    pub(crate) async fn start(
        script: impl Fn(&Request, usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let (seen, script): (_, Arc<Script>) = (requests.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, seen.clone(), script.clone()));
            }
        });
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// How many orders arrived.
    pub(crate) fn orders(&self) -> usize {
        self.requests().iter().filter(|request| request.is("POST", "/order")).count()
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Vec<Request>>>, script: Arc<Script>) {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        let before = {
            let mut seen = seen.lock().unwrap();
            let same = |r: &&Request| r.method == request.method && r.path == request.path;
            let before = seen.iter().filter(same).count();
            seen.push(request.clone());
            before
        };
        if !act(&mut stream, script(&request, before)).await {
            return;
        }
    }
}

/// Whether the connection stays open.
async fn act(stream: &mut TcpStream, act: Act) -> bool {
    let (bytes, stays) = match act {
        Act::Reply(status, body) => (reply(status, "", &body, body.len()), true),
        Act::ReplyWith(status, header, body) => (reply(status, header, &body, body.len()), true),
        Act::ReplyAndClose(status, body) => (reply(status, "", &body, body.len()), false),
        Act::HalfBody(status, body) => (reply(status, "", &body, body.len() + 100), false),
        Act::Raw(text) => (text.to_owned(), false),
        Act::Cut => return false,
        Act::Hang => std::future::pending().await,
    };
    stream.write_all(bytes.as_bytes()).await.is_ok() && stays
}

fn reply(status: u16, header: &str, body: &str, length: usize) -> String {
    let separator = if header.is_empty() { "" } else { "\r\n" };
    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}{separator}{header}\r\n\r\n{body}")
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    let mut chunk = [0; 4096];
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        buffer.extend_from_slice(&chunk[..count]);
    };
    let head = String::from_utf8(buffer.drain(..end + 4).collect()).unwrap();
    let length = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    while buffer.len() < length {
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        buffer.extend_from_slice(&chunk[..count]);
    }
    let body = String::from_utf8(buffer.drain(..length).collect()).unwrap();
    let mut first = head.lines().next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        body,
        head: head.clone(),
    })
}

/// A header's value.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}
