//! Looking at a running service and turning its log, by API and by SIGHUP.

use std::fs;

use crate::http;
use crate::process::{Home, PATIENCE, eventually, free_address};

#[test]
fn settings_are_shown_and_secrets_are_not() {
    let home = Home::new(&[("API_KEYS", "a-long-secret-key"), ("RISK_POLICY", "aggressive")]);
    let service = home.start();
    let key = ["X-API-Key: a-long-secret-key"];
    let answer = http::request(service.address, "GET", "/settings", &key, b"");
    assert!(!answer.body.contains("a-long-secret-key"), "{}", answer.body);
    let json = answer.expect(200);
    let setting = |name: &str| {
        let list = json["settings"].as_array().unwrap();
        list.iter().find(|one| one["name"] == name).unwrap().clone()
    };
    let policy = setting("RISK_POLICY");
    assert!(policy["value"] == "aggressive" && policy["source"] == "environment", "{policy}");
    let keys = setting("API_KEYS");
    assert!(keys["value"] == "***" && keys["secret"] == true, "{keys}");
    assert_eq!(json["account"], "paper");
}

#[test]
fn the_log_says_more_or_less_by_api_and_by_sighup() {
    let home = Home::new(&[("LOG_FORMAT", "json")]);
    let service = home.start_ready();
    let level = || service.get("/log-level").expect(200)["filter"].as_str().unwrap().to_owned();
    assert_eq!(level(), "info");
    let put = http::put(service.address, "/log-level?filter=warn,levibot=debug").expect(200);
    assert_eq!((&put["level"], &put["modules"]["levibot"]), (&"warn".into(), &"debug".into()));
    let refused = http::put(service.address, "/log-level?filter=info,hyper=debug");
    assert!(refused.expect(400)["error"].as_str().unwrap().contains("hyper"));

    fs::write(home.path().join(".env"), "LOG_LEVEL=ERROR\n").unwrap();
    service.hang_up();
    eventually("SIGHUP is heeded", PATIENCE, || (level() == "error").then_some(()));
    fs::write(home.path().join(".env"), "LOG_LEVEL=LOUD\n").unwrap();
    service.hang_up();
    let log = || fs::read_to_string(home.path().join("service.log")).unwrap();
    eventually("the mistake is told", PATIENCE, || log().contains("LOUD").then_some(()));
    assert_eq!(level(), "error");
    for line in log().lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    }
    assert_eq!(service.get("/livez").status, 200, "it runs on");
}

#[test]
fn health_is_asked_as_a_container_does_and_figures_have_an_address_of_their_own() {
    let figures = free_address();
    let mut home = Home::new(&[
        ("HOST", "0.0.0.0"),
        ("TRUSTED_PEERS", "172.30.57.1"),
        ("METRICS_ADDRESS", &figures.to_string()),
    ]);
    let service = home.start_ready();
    home.set("PORT", &service.address.port().to_string());
    for args in [&["health"][..], &["health", "--ready"]] {
        let (status, said) = home.run(args);
        assert_eq!(status, Some(0), "{args:?}: {said}");
    }
    let text = http::get(figures, "/metrics/prom").body;
    assert!(text.contains("levibot_build_info") && text.ends_with("# EOF\n"), "{text}");
    service.kill_9();
    let (status, said) = home.run(&["health"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("no service answers"), "{said}");
}
