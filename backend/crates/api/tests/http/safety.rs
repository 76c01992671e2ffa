//! Who may call: keys, loopback, hosts and origins.

use crate::client::{self, Answer};
use crate::service::{Service, Setup};

const LOCAL: (&str, &str) = ("Host", "localhost:8000");

async fn call(service: &Service, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
    client::raw(service.at, method, target, headers, b"").await
}

#[tokio::test]
async fn with_keys_everything_but_health_needs_one() {
    let service =
        Service::with(Setup { keys: vec!["key-one", "key-two"], ..Setup::default() }).await;
    for target in ["/healthz", "/livez", "/readyz"] {
        assert_eq!(call(&service, "GET", target, &[LOCAL]).await.status, 200, "{target}");
    }
    for (method, target) in [
        ("GET", "/"),
        ("GET", "/exchange/ping"),
        ("GET", "/metrics/prom"),
        ("GET", "/stream"),
        ("GET", "/nothing"),
        ("DELETE", "/exchange/ping"),
        ("POST", "/risk/kill"),
    ] {
        let answer = call(&service, method, target, &[LOCAL]).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "missing_api_key"), "{target}");
        for wrong in ["", "key-on", "key-onex", "KEY-ONE", "\u{e9}"] {
            let headers = [LOCAL, ("X-API-Key", wrong)];
            let answer = call(&service, method, target, &headers).await;
            assert_eq!((answer.status, answer.code().as_str()), (401, "wrong_api_key"), "{wrong}");
            assert!(!answer.body.contains("key-one"), "a key leaked");
        }
    }
    for key in ["key-one", "key-two"] {
        let headers = [LOCAL, ("x-api-key", key)];
        assert_eq!(call(&service, "GET", "/exchange/ping", &headers).await.status, 200);
        assert_eq!(call(&service, "POST", "/risk/resume", &headers).await.status, 200);
    }
}

#[tokio::test]
async fn without_keys_only_this_machine_may_change_anything() {
    let peers = [
        ("127.0.0.1:5000", 200),
        ("[::1]:5000", 200),
        ("[::ffff:127.0.0.1]:5000", 200),
        ("192.168.1.7:5000", 403),
        ("[2001:db8::1]:5000", 403),
    ];
    for (peer, status) in peers {
        let peer = Some(peer.parse().unwrap());
        let service = Service::with(Setup { peer, ..Setup::default() }).await;
        for (method, target) in [("POST", "/risk/resume"), ("PUT", "/risk/policy?policy=moderate")]
        {
            let answer = call(&service, method, target, &[LOCAL]).await;
            assert_eq!(answer.status, status, "{peer:?} {target}");
            if status == 403 {
                assert_eq!(answer.code(), "loopback_only");
            }
        }
        assert_eq!(call(&service, "GET", "/risk/status", &[LOCAL]).await.status, 200);
    }
}

#[tokio::test]
async fn in_a_container_the_gateway_is_this_machine_and_nobody_else_is_served() {
    let gateway = "172.30.57.1";
    let peers = [
        ("127.0.0.1:5000", 200),
        ("172.30.57.1:5000", 200),
        ("[::ffff:172.30.57.1]:5000", 200),
        ("172.30.57.4:5000", 403),
        ("192.168.1.7:5000", 403),
    ];
    for (peer, status) in peers {
        let trusted_peers = vec![gateway.parse().unwrap()];
        let peer = Some(peer.parse().unwrap());
        let setup = Setup { peer, trusted_peers, bound: "0.0.0.0", ..Setup::default() };
        let service = Service::with(setup).await;
        for (method, target) in [("GET", "/risk/status"), ("POST", "/risk/resume")] {
            let answer = call(&service, method, target, &[LOCAL]).await;
            assert_eq!(answer.status, status, "{peer:?} {method} {target}");
        }
        let foreign = call(&service, "GET", "/risk/status", &[("Host", "evil.example")]).await;
        assert_eq!((foreign.status, foreign.code().as_str()), (403, "foreign_host"), "{peer:?}");
        assert_eq!(call(&service, "GET", "/readyz", &[]).await.status, 200, "{peer:?}");
    }
}

#[tokio::test]
async fn the_address_for_figures_serves_figures_and_nothing_else() {
    let setup = Setup { keys: vec!["k"], ..Setup::default() };
    let service = Service::with(setup).await;
    let figures =
        client::raw(service.figures, "GET", "/metrics/prom", &[("Host", "api:9464")], b"");
    let figures = figures.await;
    assert_eq!(figures.status, 200);
    assert!(figures.body.contains("levibot_build_info"), "{}", figures.body);
    for (method, target) in [("GET", "/positions"), ("POST", "/risk/kill"), ("GET", "/")] {
        let answer = client::raw(service.figures, method, target, &[LOCAL], b"").await;
        assert_eq!(answer.status, 404, "{method} {target}");
    }
}

#[tokio::test]
async fn a_foreign_page_gets_nowhere_but_to_health() {
    let service = Service::start().await;
    let table: [(&[(&str, &str)], &str); 5] = [
        (&[("Host", "evil.example")], "foreign_host"),
        (&[LOCAL, ("Origin", "https://evil.example")], "foreign_origin"),
        (&[LOCAL, ("Origin", "null")], "foreign_origin"),
        (&[LOCAL, ("Sec-Fetch-Site", "cross-site")], "cross_site"),
        (&[LOCAL, LOCAL, ("Host", "evil.example")], "foreign_host"),
    ];
    for (headers, code) in table {
        for (method, target) in [
            ("POST", "/risk/kill"),
            ("GET", "/positions"),
            ("GET", "/stream"),
            ("OPTIONS", "/risk/kill"),
            ("GET", "/nothing"),
            ("GET", "/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=10&dry_run=true"),
        ] {
            let answer = call(&service, method, target, headers).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, code), "{method} {target}");
        }
        assert_eq!(call(&service, "GET", "/healthz", headers).await.status, 200);
    }
    assert!(service.bench.journal.types().is_empty());
}

#[tokio::test]
async fn the_own_page_may_do_everything() {
    let service = Service::start().await;
    let headers = [LOCAL, ("Origin", "http://localhost:8000"), ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(call(&service, "POST", "/risk/kill", &headers).await.status, 200);
}

#[tokio::test]
async fn a_service_meant_for_the_network_answers_to_any_name_with_a_key() {
    let setup = Setup { keys: vec!["k"], bound: "0.0.0.0", ..Setup::default() };
    let service = Service::with(setup).await;
    let named = ("Host", "bot.example");
    let with_key = [named, ("X-API-Key", "k")];
    assert_eq!(call(&service, "GET", "/exchange/ping", &with_key).await.status, 200);
    assert_eq!(call(&service, "GET", "/exchange/ping", &[named]).await.status, 401);
    let foreign = [named, ("X-API-Key", "k"), ("Origin", "https://evil.example")];
    assert_eq!(call(&service, "GET", "/exchange/ping", &foreign).await.status, 403);
}
