//! Wrong requests and wrong configuration: clear words, the right status, and the service goes on.

use crate::http;
use crate::process::Home;

#[test]
fn wrong_requests_are_refused_with_the_right_status_and_words() {
    let home = Home::new(&[]);
    let service = home.start_ready();
    let order = |symbol: &str, side: &str, notional: &str| {
        format!(
            "/exchange/test-order?symbol={symbol}&side={side}&notional_usd={notional}&dry_run=true"
        )
    };
    let table = [
        (order("NOPEUSDT", "buy", "10"), 404, "Unknown symbol for MEXC"),
        (order("BTCUSDT", "hold", "10"), 400, "hold"),
        (order("BTCUSDT", "buy", "-5"), 400, "-5"),
        (order("BTCUSDT", "buy", "NaN"), 400, "NaN"),
        (order("BTCUSDT", "buy", "1e400"), 400, "1e400"),
        (order("BTCUSDT", "buy", ""), 400, "notional"),
        ("/exchange/test-order".to_owned(), 400, "symbol"),
        ("/exchange/ticker/NOPE".to_owned(), 404, "Unknown symbol for MEXC"),
        ("/nothing/here".to_owned(), 404, ""),
    ];
    for (target, status, words) in table {
        let answer = service.get(&target).expect(status);
        assert_eq!(answer["ok"], false, "{target}");
        assert!(answer["error"].as_str().unwrap().contains(words), "{target}: {answer}");
        assert!(answer["code"].is_string(), "{target}: {answer}");
    }
    let huge = vec![b'a'; 10 * 1024 * 1024];
    let json = ["Content-Type: application/json"];
    let answer = http::request(service.address, "POST", "/signals/ingest-and-score", &json, &huge);
    assert_eq!(answer.status, 413, "{}", answer.body);
    let answer =
        http::request(service.address, "POST", "/signals/ingest-and-score", &json, b"{half");
    assert_eq!(answer.status, 400, "{}", answer.body);
    for header in
        ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Host: evil.example"]
    {
        let answer = http::request(service.address, "GET", "/positions", &[header], b"");
        assert!(answer.status == 403 || answer.status == 400, "{header}: {}", answer.status);
    }
    service.get("/exchange/ping").expect(200);
}

#[test]
fn every_mistake_in_the_configuration_is_told_at_once_without_secrets() {
    let home = Home::new(&[
        ("EXCHANGE", "BINANCE"),
        ("RISK_MIN_NOTIONAL", "-1"),
        ("RISK_POLICY", "yolo"),
        ("PORT", "99999"),
        ("MEXC_API_SECRET", "do-not-show-this"),
    ]);
    let (status, said) = home.run(&["serve"]);
    assert_eq!(status, Some(2));
    for name in ["EXCHANGE", "RISK_MIN_NOTIONAL", "RISK_POLICY", "PORT"] {
        assert!(said.contains(name), "{name} in {said}");
    }
    assert!(!said.contains("do-not-show-this"), "{said}");
}

#[test]
fn an_open_address_without_keys_is_refused() {
    let home = Home::new(&[("HOST", "0.0.0.0")]);
    let (status, said) = home.run(&["serve"]);
    assert_eq!(status, Some(2));
    assert!(said.contains("API_KEYS"), "{said}");
}

#[test]
fn score_needs_no_service_and_speaks_json() {
    let home = Home::new(&[]);
    let (status, said) = home.run(&["score", "--json", "BTC/USDT LONG entry 100 tp 110 sl 90"]);
    assert_eq!(status, Some(0), "{said}");
    let scored: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(scored["intent"], "BUY");
    assert_eq!(scored["symbol"], "BTCUSDT");
    assert_eq!(scored["entries"].to_string(), "[100]");
    assert_eq!(scored["sl"].to_string(), "90");
}
