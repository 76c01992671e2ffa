//! kill -9, and what is still so afterwards.

use crate::process::{Home, PATIENCE, eventually};

#[test]
fn positions_cooldowns_and_orders_survive_kill_9() {
    let home = Home::new(&[]);
    let service = home.start_ready();
    service.buy("BTCUSDT", "20").expect(200);
    let before = eventually("the target rests", PATIENCE, || {
        service.positions().into_iter().find(|p| p["exit_order"].is_string())
    });
    service.kill_9();

    let service = home.start_ready();
    let after = service.positions();
    assert_eq!(after.len(), 1);
    for field in
        ["id", "symbol", "qty", "entry_price", "opened_at", "trace_id", "plan", "exit_order"]
    {
        assert_eq!(after[0][field], before[field], "{field}");
    }
    let blocked = service.buy("BTCUSDT", "20").expect(409);
    let reason = blocked.to_string();
    assert!(reason.contains("cooldown"), "{reason}");
    let entries = service
        .events()
        .iter()
        .filter(|e| e["event_type"] == "ORDER_NEW" && e["payload"]["leg"] == "entry")
        .count();
    assert_eq!(entries, 1);
    let seqs: Vec<u64> = service.events().iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{seqs:?}");
}

#[test]
fn killed_at_any_moment_of_an_order_there_is_one_entry_and_it_is_protected() {
    let home = Home::new(&[
        ("AUTO_ROUTE_ENABLED", "true"),
        ("AUTO_ROUTE_DRY_RUN", "false"),
        ("MEXC_RATE_LIMIT_MS", "5"),
        ("MEXC_RECV_WINDOW_MS", "1000"),
        ("IN_DOUBT_SETTLE_MS", "500"),
    ]);
    let text = "LONG #ETH/USDT\nEntry: market now\nTP: +3%\nSL: -2%";
    for delay_ms in [0, 3, 10, 30, 60, 100, 150, 250] {
        let service = home.start_ready();
        let address = service.address;
        let sender = std::thread::spawn(move || {
            let body = serde_json::json!({"text": text, "source": "test", "message_id": "same"});
            let body = body.to_string();
            let json = ["Content-Type: application/json"];
            // The service may die before it answers.
            let _ = crate::http::try_request(
                address,
                "POST",
                "/signals/ingest-and-score",
                &json,
                body.as_bytes(),
            );
        });
        std::thread::sleep(std::time::Duration::from_millis(delay_ms));
        service.kill_9();
        sender.join().unwrap();
    }
    let service = home.start_ready();
    service.ingest(text, "same");
    eventually("one protected position", PATIENCE, || {
        let positions = service.positions();
        (positions.len() == 1 && positions[0]["protected"] == true).then_some(())
    });
    // Killed between the journal and the wire, an attempt is proven absent and another is made.
    let bought = |event: &&serde_json::Value| {
        event["event_type"] == "ORDER_FILLED" && event["payload"]["side"] == "buy"
    };
    assert_eq!(service.events().iter().filter(bought).count(), 1);
}

#[test]
fn a_second_service_on_the_same_journal_refuses_to_start() {
    let home = Home::new(&[]);
    let _first = home.start_ready();
    let port = crate::process::free_address().port().to_string();
    let mut second = Home::new(&[("PORT", port.as_str())]);
    second.set("LOG_DIR", home.path().join("backend/data/logs").to_str().unwrap());
    let (status, said) = second.run(&["serve"]);
    assert_ne!(status, Some(0));
    assert!(said.contains("lock") || said.contains("another"), "{said}");
}

#[test]
fn a_torn_last_line_is_cut_and_reported() {
    use std::io::Write;
    let home = Home::new(&[]);
    let service = home.start_ready();
    service.buy("BTCUSDT", "20").expect(200);
    service.kill_9();
    let logs = home.path().join("backend/data/logs");
    let day = std::fs::read_dir(&logs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir())
        .unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(day.join("events.jsonl")).unwrap();
    file.write_all(b"{\"seq\":999,\"ts\":\"20").unwrap();
    drop(file);
    let service = home.start_ready();
    assert!(service.event_types().contains(&"JOURNAL_REPAIRED".to_owned()));
    assert_eq!(service.positions().len(), 1);
}
