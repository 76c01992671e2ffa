//! The bot's updates by webhook instead of polling.

use serde_json::json;

use super::bench::{Bench, CHANNEL, OWNER, SIGNAL, journalled, told};
use super::deliverer::header;
use super::server::post_of;
use crate::http::{self, Answer};
use crate::process::{PATIENCE, Process, eventually, free_address};

/// The service listens where Telegram was told to call.
fn start(bench: &Bench, address: std::net::SocketAddr) -> Process {
    let before = bench.telegram.sent("setWebhook").len();
    let service = bench.home.start_at(address);
    service.until_ready();
    eventually("the webhook is set", PATIENCE, || {
        (bench.telegram.sent("setWebhook").len() > before).then_some(())
    });
    service
}

/// A bench whose service gets its updates delivered at this address.
fn bench(more: &[(&str, &str)]) -> (Bench, std::net::SocketAddr) {
    let address = free_address();
    let mut bench = Bench::new(more);
    bench.home.set("TELEGRAM_WEBHOOK_URL", &format!("http://{address}"));
    (bench, address)
}

fn deliver(service: &Process, headers: &[&str], body: &str) -> Answer {
    http::request(service.address, "POST", "/hooks/telegram", headers, body.as_bytes())
}

#[test]
fn delivered_messages_enter_once_through_redeliveries_edits_and_kill_9() {
    let (bench, address) =
        bench(&[("RISK_MAX_POSITIONS_PER_SYMBOL", "10"), ("RISK_COOLDOWN_SEC", "0")]);
    let service = start(&bench, address);
    let (message, _) = bench.telegram.channel_post(CHANNEL, SIGNAL);
    bench.until_all_is_taken();
    eventually("the entry", PATIENCE, || (bench.entries().len() == 1).then_some(()));
    bench.telegram.update("channel_post", &post_of(CHANNEL, message, SIGNAL));
    let edited = post_of(CHANNEL, message, &SIGNAL.replace("52000", "53000"));
    bench.telegram.update("edited_channel_post", &edited);
    let (_, second) = bench.telegram.channel_post(CHANNEL, &SIGNAL.replace("52000", "52500"));
    eventually("a call is made", PATIENCE, || bench.telegram.handed_out(second));
    service.kill_9();
    bench.telegram.private(OWNER, "/status");
    let service = start(&bench, address);
    bench.until_all_is_taken();
    told(&bench.telegram, OWNER, "auto-routing on");
    eventually("the second entry", PATIENCE, || (bench.entries().len() == 2).then_some(()));
    let ingested = service.event_types().iter().filter(|name| *name == "SIGNAL_INGEST").count();
    assert_eq!(ingested, 2, "each message was considered once");
    let sent = bench.telegram.sent("setWebhook");
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0]["secret_token"], sent[1]["secret_token"], "each start has its own secret");
    assert_eq!(sent[0]["drop_pending_updates"], false);
}

#[test]
fn the_kill_switch_works_while_a_delivered_message_cannot_be_taken() {
    let (mut bench, address) = bench(&[]);
    // Nobody answers there: the service cannot get ready, and the signal has to wait.
    bench.home.set("MEXC_BASE_URL", &format!("http://{}", free_address()));
    let service = bench.home.start_at(address);
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    bench.telegram.private(OWNER, "/kill");
    journalled(&service, "KILL_SWITCH", "cancel");
    eventually("only the signal is left", PATIENCE, || {
        (bench.telegram.unconfirmed() == 1).then_some(())
    });
    let kills = service.event_types().iter().filter(|name| *name == "KILL_SWITCH").count();
    assert_eq!(kills, 1);
    let metric = "levibot_tg_updates_total{kind=\"message\"}";
    assert_eq!(service.metric(metric), "0", "the signal was not taken");
}

#[test]
fn a_command_that_is_delivered_again_is_carried_out_once() {
    let (bench, address) = bench(&[]);
    let service = start(&bench, address);
    let (_, secret) = bench.telegram.webhook().unwrap();
    let update = json!({"update_id": 9_000, "message": {
        "message_id": 1, "date": super::server::now_micros() / 1_000_000, "text": "/pause",
        "from": {"id": OWNER}, "chat": {"id": OWNER, "type": "private"},
    }});
    for _ in 0..3 {
        assert_eq!(deliver(&service, &[&header(&secret)], &update.to_string()).status, 200);
    }
    service.kill_9();
    let service = start(&bench, address);
    let (_, secret) = bench.telegram.webhook().unwrap();
    assert_eq!(deliver(&service, &[&header(&secret)], &update.to_string()).status, 200);
    bench.telegram.private(OWNER, "/status");
    bench.until_all_is_taken();
    journalled(&service, "OPERATOR_COMMAND", "/status");
    let pulled = service.event_types().iter().filter(|name| *name == "KILL_SWITCH").count();
    assert_eq!(pulled, 1);
}

#[test]
fn a_forged_delivery_is_refused_counted_and_journalled_and_learns_nothing() {
    let (bench, address) = bench(&[]);
    let service = start(&bench, address);
    let (_, secret) = bench.telegram.webhook().unwrap();
    let update = json!({"update_id": 1, "channel_post": post_of(CHANNEL, 1, SIGNAL)}).to_string();
    let (right, wrong) = (header(&secret), header(&"x".repeat(32)));
    let other = format!("X-Hook-Secret: {secret}");
    let huge = format!("{{\"update_id\":2,\"x\":\"{}\"}}", "x".repeat(2_000_000));
    let table = [
        (None, update.as_str(), 401),
        (Some(wrong.as_str()), update.as_str(), 401),
        (Some(other.as_str()), update.as_str(), 401),
        (Some(right.as_str()), huge.as_str(), 413),
        (Some(right.as_str()), "{half", 422),
    ];
    for (secret, body, status) in table {
        let headers: Vec<&str> = secret.into_iter().collect();
        let answer = deliver(&service, &headers, body);
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.body.len() < 120, "{}", answer.body);
    }
    let count =
        |outcome: &str| service.metric(&format!("levibot_hooks_total{{outcome=\"{outcome}\"}}"));
    assert_eq!([count("secret"), count("huge"), count("unreadable")], ["3", "1", "1"]);
    journalled(&service, "ACCESS_REFUSED", "hook_secret");
    let journal = serde_json::to_string(&service.events()).unwrap();
    let log = std::fs::read_to_string(bench.home.path().join("service.log")).unwrap();
    assert!(!journal.contains(&secret) && !log.contains(&secret));
    assert!(!journal.contains("SIGNAL_INGEST"), "nothing was taken");
}

#[test]
fn without_traffic_the_webhook_is_looked_after_and_polling_takes_over_when_it_is_not_wanted() {
    let (mut bench, address) = bench(&[]);
    let service = start(&bench, address);
    let ready = eventually("Telegram was asked how deliveries go", PATIENCE, || {
        (service.metric("levibot_tg_up ") == "1").then(|| service.get("/readyz").expect(200))
    });
    let part = ready["checks"].as_array().unwrap().iter().find(|part| part["name"] == "telegram");
    assert_eq!(part.unwrap()["ok"], true, "{ready}");
    assert_eq!(service.terminate(), Some(0));
    bench.home.unset("TELEGRAM_WEBHOOK_URL");
    let _service = bench.home.start_ready();
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    eventually("the entry", PATIENCE, || (bench.entries().len() == 1).then_some(()));
    assert_eq!(bench.telegram.webhook(), None);
}
