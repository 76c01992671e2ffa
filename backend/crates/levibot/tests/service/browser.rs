//! What a browser relies on when the service restarts: its session, and its place in the stream.

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
