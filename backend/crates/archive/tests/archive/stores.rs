//! Stores that cannot be used, that fail, and that are asked over HTTP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use archive::{Archive, Keep, Store};
use jiff::civil::date;
use secrecy::SecretString;

use crate::bench::{Bench, pass};

const OLD: jiff::civil::Date = date(2026, 3, 10);

#[test]
fn an_address_that_cannot_be_used_says_why() {
    let cases = [
        ("ftp://host/x", "ftp://"),
        ("no address", "is no address"),
        ("file://relative", "no absolute folder"),
        ("file:///no/such/folder", "mount its disk"),
    ];
    for (url, expected) in cases {
        let error = Store::open(url, &Vec::new(), http()).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains(url), "{error}");
    }
}

fn http() -> reqwest::Client {
    // Another test may have done so.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// A bucket: what was put, by path; and the requests as they came.
#[derive(Clone, Default)]
struct Bucket {
    objects: Arc<Mutex<std::collections::BTreeMap<String, Vec<u8>>>>,
    requests: Arc<Mutex<Vec<String>>>,
    /// Answers this instead of storing.
    refuses: bool,
}

impl Bucket {
    /// Serves until the test's process ends.
    fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let bucket = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let bucket = bucket.clone();
                thread::spawn(move || while bucket.answer(stream.as_ref().unwrap()).is_some() {});
            }
        });
        format!("http://{address}")
    }

    fn answer(&self, mut stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            (reader.read_line(&mut head).ok()? > 0).then_some(())?;
        }
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned)
        });
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).ok()?;
        let mut words = head.split_whitespace();
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        self.requests.lock().unwrap().push(head.clone());
        let (status, answer) = match method.as_str() {
            "PUT" if self.refuses => ("403 Forbidden", Vec::new()),
            "PUT" => {
                self.objects.lock().unwrap().insert(path, body);
                ("200 OK", Vec::new())
            }
            _ => match self.objects.lock().unwrap().get(&path) {
                Some(bytes) => ("200 OK", bytes.clone()),
                None => ("404 Not Found", Vec::new()),
            },
        };
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nETag: \"1\"\r\n\
             Last-Modified: Tue, 10 Mar 2026 12:00:00 GMT\r\n\r\n",
            answer.len()
        )
        .ok()?;
        stream.write_all(&answer).ok()
    }
}

fn s3(bench: &Bench, bucket: &Bucket) -> Archive {
    let endpoint = bucket.serve();
    let secret = |text: &str| SecretString::from(text.to_owned());
    let credentials = vec![
        ("aws_access_key_id", secret("AKIATEST")),
        ("aws_secret_access_key", secret("never-sent")),
        ("aws_region", secret("eu-central-1")),
        ("aws_endpoint", secret(&endpoint)),
    ];
    let store = Store::open("s3://bucket/desk", &credentials, http()).unwrap();
    let keep = Keep { plain_days: Some(2), compressed_days: None };
    Archive::new(bench.logs.path(), keep, Some(store))
}

#[tokio::test]
async fn days_go_to_s3_signed_and_come_back() {
    let (bench, bucket) = (Bench::new(), Bucket::default());
    let archive = s3(&bench, &bucket);
    let done = pass(&archive).await;
    assert!(done.iter().all(|done| done.result.is_ok()), "{done:?}");
    let objects = bucket.objects.lock().unwrap().clone();
    let stored = &objects["/bucket/desk/2026-03-10/events.jsonl.zst"];
    assert_eq!(zstd::decode_all(stored.as_slice()).unwrap(), bench.written[&OLD]);
    assert_eq!(objects.len(), 4, "two days, each with its digest");
    for request in bucket.requests.lock().unwrap().iter() {
        let request = request.to_ascii_lowercase();
        assert!(
            request.contains("authorization: aws4-hmac-sha256 credential=akiatest/"),
            "{request}"
        );
        assert!(!request.contains("never-sent"), "{request}");
    }
}

#[tokio::test]
async fn a_store_that_refuses_keeps_the_plain_file_and_is_told_with_its_address() {
    let bench = Bench::new();
    let bucket = Bucket { refuses: true, ..Bucket::default() };
    let done = pass(&s3(&bench, &bucket)).await;
    let error = done[0].result.as_ref().unwrap_err().to_string();
    assert!(error.contains("s3://bucket/desk/2026-03-10/events.jsonl.zst"), "{error}");
    assert!(!error.contains("never-sent"), "{error}");
    assert!(bench.file(OLD, "events.jsonl").exists());
}
