//! What a browser relies on when the service restarts: its session, and its place in the stream.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::http;
use crate::process::{Home, Process};

const KEY: &str = "a-long-secret-key";

fn sign_in(service: &Process) -> (String, String) {
    let body = serde_json::json!({ "key": KEY });
    let answer = http::post_json(service.address, "/session", &body);
    let cookie = answer.headers.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned();
    let json = answer.expect(200);
    (format!("Cookie: {cookie}"), json["csrf_token"].as_str().unwrap().to_owned())
}

#[test]
fn a_session_outlives_a_restart_but_not_its_key() {
    let mut home = Home::new(&[("API_KEYS", KEY)]);
    let service = home.start();
    let (cookie, token) = sign_in(&service);
    let (ended, ended_token) = sign_in(&service);
    let sign_out = [ended.as_str(), &format!("X-CSRF-Token: {ended_token}")];
    assert_eq!(http::request(service.address, "DELETE", "/session", &sign_out, b"").status, 200);
    service.kill_9();

    let service = home.start();
    let get = |service: &Process, cookie: &str| {
        http::request(service.address, "GET", "/risk/status", &[cookie], b"").status
    };
    assert_eq!(get(&service, &cookie), 200);
    assert_eq!(get(&service, &ended), 401, "signed out before the restart");
    let kill = [cookie.as_str(), &format!("X-CSRF-Token: {token}")];
    assert_eq!(http::request(service.address, "POST", "/risk/kill", &kill, b"").status, 200);
    let log = std::fs::read_to_string(home.path().join("service.log")).unwrap();
    for secret in [KEY, token.as_str(), cookie.trim_start_matches("Cookie: levibot_session=")] {
        assert!(!log.contains(secret), "{log}");
        assert!(!serde_json::to_string(&service.events()).unwrap().contains(secret));
    }
    service.terminate();

    home.set("API_KEYS", "another-long-key");
    let service = home.start();
    assert_eq!(get(&service, &cookie), 401);
}

/// Listens as a browser does; hears ids until `enough` says so or the service is gone.
fn listen(service: &Process, last: Option<u64>, enough: impl Fn(&[u64]) -> bool) -> Vec<u64> {
    let mut socket = TcpStream::connect(service.address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let resume = last.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
    let request =
        format!("GET /stream?from=1 HTTP/1.1\r\nHost: {}\r\n{resume}\r\n", service.address);
    socket.write_all(request.as_bytes()).unwrap();
    let mut heard = Vec::new();
    for line in BufReader::new(socket).lines() {
        // A line of a killed service may end anywhere; an event counts when its data is there.
        let Ok(line) = line else { break };
        let Some(data) = line.strip_prefix("data: ") else { continue };
        let Ok(event) = serde_json::from_str::<serde_json::Value>(data) else { break };
        heard.extend(event["seq"].as_u64());
        if enough(&heard) {
            break;
        }
    }
    heard
}

#[test]
fn a_stream_that_goes_on_after_kill_9_has_no_hole_and_nothing_twice() {
    let home = Home::new(&[]);
    let mut heard: Vec<u64> = Vec::new();
    for round in 0..3 {
        let service = home.start_ready();
        service.ingest("BTC looks interesting today", &round.to_string());
        let newest = |service: &Process| service.events().last().unwrap()["seq"].as_u64().unwrap();
        let seen = newest(&service);
        let last = heard.last().copied();
        // The first round stops in the middle, so that the next begins with the past.
        let wanted = if round == 0 { seen / 2 } else { seen };
        heard.extend(listen(&service, last, |ids| ids.last().is_some_and(|id| *id >= wanted)));
        service.kill_9();
    }
    let all: Vec<u64> = (1..=*heard.last().unwrap()).collect();
    assert_eq!(heard, all);
    assert!(all.len() > 6, "{all:?}");
}
