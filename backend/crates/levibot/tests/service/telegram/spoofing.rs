//! What is not theirs is refused, counted, journalled, and tells nothing.

use serde_json::json;

use super::bench::{Bench, OWNER, journalled, told};
use super::server::post_of;
use crate::process::{PATIENCE, Process, eventually};

const STRANGER: i64 = 666;

fn refused(service: &Process, reason: &str) -> String {
    service.metric(&format!("levibot_tg_refused_total{{reason=\"{reason}\"}}"))
}

#[test]
fn a_strangers_command_is_refused_without_an_answer() {
    let bench = Bench::new(&[]);
    let service = bench.home.start_ready();
    for command in ["/kill", "/status", "/kill flatten"] {
        bench.telegram.private(STRANGER, command);
    }
    bench.until_all_is_taken();
    let event = journalled(&service, "ACCESS_REFUSED", "666");
    assert_eq!(event["payload"]["details"]["reason"], "telegram_user", "{event}");
    assert_eq!(refused(&service, "user"), "3");
    assert!(bench.telegram.texts(STRANGER).is_empty(), "no detail leaks");
    assert_eq!(service.get("/risk/status").expect(200)["killed"], false);
    assert!(!service.event_types().contains(&"OPERATOR_COMMAND".to_owned()));
}

#[test]
fn a_forged_or_foreign_button_does_nothing() {
    let bench = Bench::new(&[("TELEGRAM_ALLOWED_USERS", "42,43")]);
    let service = bench.home.start_ready();
    bench.telegram.private(OWNER, "/kill");
    journalled(&service, "KILL_SWITCH", "cancel");
    bench.telegram.private(OWNER, "/resume");
    told(&bench.telegram, OWNER, "Trade again?");
    let yes = bench.telegram.button(0).unwrap();
    bench.telegram.press(STRANGER, OWNER, &yes);
    bench.telegram.press(43, OWNER, &yes);
    bench.telegram.press(OWNER, -5, &yes);
    bench.telegram.press(OWNER, OWNER, "y:0000000000000000");
    bench.telegram.press(OWNER, OWNER, &"x".repeat(5_000));
    bench.until_all_is_taken();
    assert_eq!((refused(&service, "user"), refused(&service, "button")), ("1".into(), "4".into()));
    assert_eq!(service.get("/risk/status").expect(200)["killed"], true);
    bench.telegram.press(OWNER, OWNER, &yes);
    eventually("the owner's own button works", PATIENCE, || {
        (service.get("/risk/status").expect(200)["killed"] == false).then_some(())
    });
}

#[test]
fn old_and_forwarded_commands_are_refused_but_an_old_kill_stops() {
    let bench = Bench::new(&[]);
    let service = bench.home.start_ready();
    bench.telegram.private_with(OWNER, "/resume", &json!({"date": 1_700_000_000}));
    let origin = json!({"type": "user", "date": 1_700_000_000, "sender_user": {"id": 1}});
    bench.telegram.private_with(OWNER, "/kill", &json!({"forward_origin": origin}));
    bench.until_all_is_taken();
    assert_eq!(
        (refused(&service, "stale"), refused(&service, "forwarded")),
        ("1".into(), "1".into())
    );
    assert_eq!(service.get("/risk/status").expect(200)["killed"], false);
    bench.telegram.private_with(OWNER, "/kill", &json!({"date": 1_700_000_000}));
    journalled(&service, "KILL_SWITCH", "cancel");
}

#[test]
fn huge_unreadable_and_unfollowed_messages_are_passed_over() {
    let bench = Bench::new(&[]);
    let service = bench.home.start_ready();
    bench.telegram.channel_post(super::bench::CHANNEL, &"BUY BTC ".repeat(20_000));
    bench.telegram.update("channel_post", &json!({"message_id": "no number"}));
    bench.telegram.update("something_new", &json!({}));
    let elsewhere = post_of(-77, bench.telegram.new_message(), super::bench::SIGNAL);
    bench.telegram.update("channel_post", &elsewhere);
    bench.until_all_is_taken();
    journalled(&service, "ACCESS_REFUSED", "telegram_huge");
    let count = |line: &str| service.metric(&format!("levibot_tg_{line}"));
    assert_eq!(count("messages_total{outcome=\"huge\"}"), "1");
    assert_eq!(count("messages_total{outcome=\"unfollowed\"}"), "1");
    assert_eq!(count("updates_total{kind=\"unreadable\"}"), "1");
    assert_eq!(count("updates_total{kind=\"other\"}"), "1");
    assert!(!service.event_types().contains(&"SIGNAL_INGEST".to_owned()));
}
