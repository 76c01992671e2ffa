//! The request budget as a user sees it.

use crate::process::{Home, PATIENCE, eventually};

#[test]
fn the_budget_is_in_the_metrics() {
    let home = Home::new(&[]);
    let service = home.start_ready();
    assert_eq!(service.metric(r#"levibot_budget_limit{window="ip_weight_10s"}"#), "300");
    let left = service.metric(r#"levibot_budget_left{window="ip_weight_10s"}"#);
    let left: u32 = left.parse().unwrap();
    assert!(left < 300, "the start was free of charge: {left}");
    assert_eq!(service.metric(r#"levibot_budget_waiting{lane="exit"}"#), "0");
    assert_eq!(service.metric("levibot_budget_shared"), "0");
    assert_eq!(service.metric("levibot_budget_degraded"), "0");
}

#[test]
fn a_redis_that_is_not_there_is_told_once_and_the_service_trades_with_a_part_of_the_budget() {
    let mut home = Home::new(&[
        ("EXCHANGE", "MEXC"),
        ("MEXC_SANDBOX", "true"),
        ("MEXC_API_KEY", "mx0key"),
        ("MEXC_API_SECRET", "topsecret"),
        ("MEXC_IP_WEIGHT_10S", "100000"),
        ("MEXC_UID_WEIGHT_10S", "100000"),
        ("MEXC_ACCOUNT_PER_SEC", "1000"),
        // Nothing listens on the lowest port.
        ("REDIS_URL", "redis://:hunter2@127.0.0.1:1"),
    ]);
    let sandbox = home.start_sandbox("synthetic");
    home.set("MEXC_BASE_URL", &format!("http://{}", sandbox.address));
    let service = home.start_ready();
    let told = || service.event_types().iter().filter(|name| *name == "MEXC_BUDGET").count();
    eventually("the loss is told", PATIENCE, || (told() > 0).then_some(()));
    assert_eq!(told(), 1);
    assert_eq!(service.metric("levibot_budget_degraded"), "1");
    assert_eq!(service.metric(r#"levibot_budget_limit{window="ip_weight_10s"}"#), "25000");
    service.buy("BTCUSDT", "20").expect(200);
    let journal = format!("{:?}", service.events());
    assert!(!journal.contains("hunter2"), "{journal}");
}
