//! Signing in from a browser: a key for a cookie, and a token for whatever changes something.

use std::time::Duration;

use crate::client::{self, Answer};
use crate::service::{Service, Setup};

const KEY: &str = "a-long-secret-key";

async fn service() -> Service {
    Service::with(Setup { keys: vec![KEY, "another"], ..Setup::default() }).await
}

async fn call(service: &Service, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
    let headers: Vec<_> =
        std::iter::once(("Host", "localhost:8000")).chain(headers.iter().copied()).collect();
    client::raw(service.at, method, target, &headers, b"").await
}

async fn sign_in(service: &Service, key: &str) -> Answer {
    let body = serde_json::json!({ "key": key }).to_string();
    service.send("POST", "/session", &body).await
}

/// `levibot_session=…` and the token.
async fn signed_in(service: &Service) -> (String, String) {
    let answer = sign_in(service, KEY).await;
    let json = answer.success();
    let cookie = answer.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    (cookie, json["csrf_token"].as_str().expect("a token").to_owned())
}

#[tokio::test]
async fn a_key_is_exchanged_for_a_cookie_that_scripts_and_other_sites_cannot_use() {
    let service = service().await;
    let answer = sign_in(&service, KEY).await;
    let cookie = answer.header("set-cookie").expect("a cookie");
    for attribute in ["; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=604800"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "the browser came by http");
    assert!(!cookie.contains(KEY) && !answer.body.contains(KEY));
    let json = answer.success();
    assert!(json["required"] == true && json["signed_in"] == true);
    let headers = [
        ("Host", "localhost"),
        ("Content-Type", "application/json"),
        ("X-Forwarded-Proto", "https"),
    ];
    let body = serde_json::json!({ "key": KEY }).to_string();
    let behind = client::raw(service.at, "POST", "/session", &headers, body.as_bytes()).await;
    assert!(behind.header("set-cookie").is_some_and(|cookie| cookie.ends_with("; Secure")));
}

#[tokio::test]
async fn a_session_reads_with_its_cookie_and_changes_with_its_token_too() {
    let service = service().await;
    let (cookie, token) = signed_in(&service).await;
    let with_cookie = ("Cookie", cookie.as_str());
    assert_eq!(call(&service, "GET", "/positions", &[with_cookie]).await.status, 200);
    let among_others = format!("a=b; {cookie}; c=d");
    let read = call(&service, "GET", "/positions", &[("Cookie", &among_others)]).await;
    assert_eq!(read.status, 200);
    for wrong in [None, Some("x"), Some("")] {
        let token = wrong.map(|token| ("X-CSRF-Token", token));
        let headers: Vec<_> = [Some(with_cookie), token].into_iter().flatten().collect();
        let answer = call(&service, "POST", "/risk/kill", &headers).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "csrf_token"), "{wrong:?}");
    }
    let (_, other) = signed_in(&service).await;
    let headers = [with_cookie, ("X-CSRF-Token", other.as_str())];
    assert_eq!(call(&service, "POST", "/risk/kill", &headers).await.status, 403);
    assert!(service.bench.journal.types().is_empty());
    let headers = [with_cookie, ("X-CSRF-Token", token.as_str())];
    assert_eq!(call(&service, "POST", "/risk/kill", &headers).await.status, 200);
}

#[tokio::test]
async fn a_session_can_be_looked_at_and_ended() {
    let service = service().await;
    let before = call(&service, "GET", "/session", &[]).await.success();
    assert!(before["required"] == true && before["signed_in"] == false);
    let (cookie, token) = signed_in(&service).await;
    let with_cookie = ("Cookie", cookie.as_str());
    let within = call(&service, "GET", "/session", &[with_cookie]).await.success();
    assert!(within["signed_in"] == true && within["csrf_token"] == token.as_str());
    assert_eq!(call(&service, "DELETE", "/session", &[with_cookie]).await.code(), "csrf_token");
    let headers = [with_cookie, ("X-CSRF-Token", token.as_str())];
    let ended = call(&service, "DELETE", "/session", &headers).await;
    assert!(ended.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    assert_eq!(ended.success()["signed_in"], false);
    assert_eq!(call(&service, "GET", "/positions", &[with_cookie]).await.code(), "session_over");
    let after = call(&service, "GET", "/session", &[with_cookie]).await.success();
    assert!(after["signed_in"] == false && after["csrf_token"].is_null());
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let service = service().await;
    let (cookie, _) = signed_in(&service).await;
    service.bench.pass(Duration::from_hours(7 * 24));
    let answer = call(&service, "GET", "/positions", &[("Cookie", &cookie)]).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "session_over"));
}

#[tokio::test]
async fn keys_can_be_guessed_a_few_times_a_minute_only() {
    let service = service().await;
    for _ in 0..5 {
        let answer = sign_in(&service, "guess").await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "wrong_api_key"));
        assert!(answer.header("set-cookie").is_none());
    }
    for key in ["guess", KEY] {
        let answer = sign_in(&service, key).await;
        assert_eq!((answer.status, answer.code().as_str()), (429, "too_many_attempts"), "{key}");
        assert!(answer.header("retry-after").is_some());
    }
    let with_key = [("X-API-Key", KEY)];
    assert_eq!(call(&service, "GET", "/positions", &with_key).await.status, 200);
    service.bench.pass(Duration::from_mins(1));
    assert_eq!(sign_in(&service, KEY).await.status, 200);
}

#[tokio::test]
async fn a_cookie_that_was_never_given_opens_nothing() {
    let service = service().await;
    signed_in(&service).await;
    for cookie in ["levibot_session=", "levibot_session=x", "levibot_session=a-long-secret-key"] {
        let answer = call(&service, "GET", "/positions", &[("Cookie", cookie)]).await;
        assert_eq!(answer.code(), "session_over", "{cookie}");
    }
    let other = call(&service, "GET", "/positions", &[("Cookie", "session=x")]).await;
    assert_eq!(other.code(), "missing_api_key");
}

#[tokio::test]
async fn other_sites_cannot_sign_in_for_somebody() {
    let service = service().await;
    for headers in [
        [("Host", "localhost"), ("Origin", "https://evil.example")],
        [("Host", "localhost"), ("Sec-Fetch-Site", "cross-site")],
    ] {
        let body = serde_json::json!({ "key": KEY }).to_string();
        let answer = client::raw(service.at, "POST", "/session", &headers, body.as_bytes()).await;
        assert_eq!(answer.status, 403);
    }
}

#[tokio::test]
async fn without_keys_there_is_nothing_to_sign_in_to() {
    let service = Service::start().await;
    let json = service.get("/session").await.success();
    assert!(json["required"] == false && json["csrf_token"].is_null());
    assert_eq!(sign_in(&service, KEY).await.code(), "no_keys");
}
