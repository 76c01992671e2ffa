//! A channel that is never traded earns its trust in a dry run, over real prices of a sandbox.

use serde_json::Value;

use crate::process::{PATIENCE, Process, eventually};
use crate::sandbox::{SIGNAL, pair_with, set_price};

/// Sets the price and waits until the service knows it.
fn price(sandbox: &Process, service: &Process, price: &str) {
    set_price(sandbox, price);
    let wanted: f64 = price.parse().unwrap();
    eventually("the new price is known", PATIENCE, || {
        let known = service.get("/exchange/ticker/BTCUSDT").json()["price"].as_f64()?;
        ((known - wanted).abs() < wanted / 1_000.0).then_some(())
    });
}

/// The record of the channel that the tests post under, once it has this many wins.
fn record(service: &Process, won: u64) -> Value {
    eventually("the outcome is in the record", PATIENCE, || {
        let channels = service.get("/channels").expect(200)["channels"].clone();
        channels.as_array()?.iter().find(|c| c["channel"] == "alpha" && c["won"] == won).cloned()
    })
}

#[test]
fn a_dry_run_earns_trust_that_outlives_a_kill_and_raises_the_next_confidence() {
    let (home, sandbox, service) =
        pair_with(&[("AUTO_ROUTE_DRY_RUN", "true"), ("TRUST_PRIOR_SIGNALS", "1")]);
    let mut confidences = Vec::new();
    for (id, wins) in [("1", 1), ("2", 2)] {
        let answer = service.ingest(SIGNAL, id);
        assert_eq!(answer["route"]["action"], "dry_run", "{answer}");
        confidences.push(answer["score"]["confidence"].as_f64().unwrap());
        price(&sandbox, &service, "52100");
        record(&service, wins);
        price(&sandbox, &service, "50000");
    }
    let before = record(&service, 2);
    assert!(before["trust"].as_f64() > Some(1.0) && before["pnl_shadow"].as_f64() > Some(0.0));
    assert!(confidences[1] > confidences[0] || confidences[0] >= 1.0, "{confidences:?}");
    service.kill_9();

    let service = home.start_ready();
    let after = record(&service, 2);
    assert_eq!(after["curve"], before["curve"]);
    let answer = service.ingest(SIGNAL, "3");
    let reasons = answer["score"]["reasons"].to_string();
    assert!(reasons.contains("channel alpha: 2 of 2 signals reached"), "{reasons}");
    let trace = answer["trace_id"].as_str().unwrap();
    let events = service.get(&format!("/trace/{trace}")).expect(200)["events"].to_string();
    assert!(events.contains("SHADOW_OPENED"), "{events}");
    let orders = sandbox.get("/__admin/orders").json();
    assert_eq!(orders.as_array().map(Vec::len), Some(0), "a shadow placed an order: {orders}");
}
