//! What a person may command over Telegram.

use super::bench::{Bench, CHANNEL, OWNER, SIGNAL, journalled, told};
use crate::process::{PATIENCE, eventually};

fn position(service: &crate::process::Process) -> String {
    let found = eventually("a protected position", PATIENCE, || {
        let rests = |p: &serde_json::Value| p["protected"] == true && p["exit_order"].is_string();
        service.positions().into_iter().find(rests)
    });
    found["id"].as_str().unwrap().to_owned()
}

#[test]
fn questions_are_answered_from_the_engine_and_the_journal() {
    let bench = Bench::new(&[]);
    let service = bench.home.start_ready();
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    let id = position(&service);
    let table = [
        ("/status", "auto-routing on"),
        ("/positions", id.as_str()),
        ("/balance", "USDT"),
        ("/pnl", "realised by UTC day"),
        ("/channels", "follows Alpha (-1001234)"),
        ("/signals", "BTCUSDT traded"),
        ("/orders", "BTCUSDT sell limit"),
        ("/policy", "moderate: orders up to 250"),
        ("/help", "/kill"),
    ];
    for (question, part) in table {
        bench.telegram.private(OWNER, question);
        told(&bench.telegram, OWNER, part);
    }
    bench.telegram.private(OWNER, &format!("/why {id}"));
    let why = told(&bench.telegram, OWNER, "read as BUY");
    assert!(why.contains("message from telegram -1001234") && why.contains("plan 1"), "{why}");
    let command = journalled(&service, "OPERATOR_COMMAND", "/status");
    assert_eq!(command["payload"]["details"]["user"], "42", "{command}");
}

#[test]
fn pause_and_kill_act_at_once_and_resume_asks_again() {
    let bench = Bench::new(&[]);
    let service = bench.home.start_ready();
    bench.telegram.private(OWNER, "/pause");
    let pulled = journalled(&service, "KILL_SWITCH", "entries");
    assert_eq!(pulled["payload"]["by"], "telegram:42");
    bench.telegram.private(OWNER, "/kill@levi_test_bot");
    journalled(&service, "KILL_SWITCH", "cancel");
    bench.telegram.private(OWNER, "/resume");
    told(&bench.telegram, OWNER, "Trade again?");
    let killed = || service.get("/risk/status").expect(200)["killed"] == true;
    assert!(killed(), "a question alone changes nothing");
    let yes = bench.telegram.button(0).unwrap();
    bench.telegram.press(OWNER, OWNER, &yes);
    eventually("trading resumes", PATIENCE, || (!killed()).then_some(()));
    journalled(&service, "OPERATOR_COMMAND", "Resume confirmed");
}

#[test]
fn a_position_is_sold_after_a_confirmation_only() {
    let bench = Bench::new(&[]);
    let service = bench.home.start_ready();
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    let id = position(&service);
    bench.telegram.private(OWNER, &format!("/close {id}"));
    told(&bench.telegram, OWNER, "Sell all of BTCUSDT");
    let no = bench.telegram.button(1).unwrap();
    bench.telegram.press(OWNER, OWNER, &no);
    journalled(&service, "OPERATOR_COMMAND", "declined");
    assert_eq!(service.positions().len(), 1);
    bench.telegram.private(OWNER, &format!("/close {id}"));
    let yes = eventually("another question", PATIENCE, || {
        bench.telegram.button(0).filter(|data| data[2..] != no[2..])
    });
    bench.telegram.press(OWNER, OWNER, &yes);
    eventually("it is sold", PATIENCE, || service.positions().is_empty().then_some(()));
}

#[test]
fn a_bolder_policy_asks_again_and_a_calmer_one_does_not() {
    let bench = Bench::new(&[]);
    let service = bench.home.start_ready();
    let policy = || service.get("/risk/policy").expect(200)["policy"].as_str().unwrap().to_owned();
    bench.telegram.private(OWNER, "/policy conservative");
    eventually("calmer", PATIENCE, || (policy() == "conservative").then_some(()));
    bench.telegram.private(OWNER, "/policy aggressive");
    told(&bench.telegram, OWNER, "It risks more");
    assert_eq!(policy(), "conservative");
    bench.telegram.press(OWNER, OWNER, &bench.telegram.button(0).unwrap());
    eventually("bolder", PATIENCE, || (policy() == "aggressive").then_some(()));
}

#[test]
fn the_kill_switch_works_while_a_message_before_it_cannot_be_taken() {
    let mut bench = Bench::new(&[]);
    // Nobody answers there: the service cannot get ready, and the signal has to wait.
    bench.home.set("MEXC_BASE_URL", &format!("http://{}", crate::process::free_address()));
    let service = bench.home.start();
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    bench.telegram.private(OWNER, "/kill");
    journalled(&service, "KILL_SWITCH", "cancel");
    assert_eq!(bench.telegram.unconfirmed(), 2, "the signal waits, and with it what follows");
    let kills = service.event_types().iter().filter(|name| *name == "KILL_SWITCH").count();
    assert_eq!(kills, 1, "a command is carried out once, however often it is delivered");
}

#[test]
fn a_command_is_not_repeated_after_a_crash() {
    let mut bench = Bench::new(&[]);
    let address = bench.sandbox.address;
    bench.home.set("MEXC_BASE_URL", &format!("http://{}", crate::process::free_address()));
    let service = bench.home.start();
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    bench.telegram.private(OWNER, "/kill");
    journalled(&service, "OPERATOR_COMMAND", "/kill");
    service.kill_9();
    bench.home.set("MEXC_BASE_URL", &format!("http://{address}"));
    let service = bench.home.start_ready();
    bench.until_all_is_taken();
    let kills = service.event_types().iter().filter(|name| *name == "KILL_SWITCH").count();
    assert_eq!(kills, 1);
    assert!(bench.entries().is_empty(), "killed before the signal could be taken");
}
