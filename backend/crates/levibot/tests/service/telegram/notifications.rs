//! What people are told.

use std::time::Duration;

use super::bench::{Bench, CHANNEL, OWNER, SIGNAL, told};
use super::server::{TOKEN, now_micros};
use crate::process::eventually;

#[test]
fn entry_and_exit_are_told_with_result_and_risk_multiple() {
    let bench = Bench::new(&[("TELEGRAM_NOTIFY_CHAT", "42")]);
    let _service = bench.home.start_ready();
    told(&bench.telegram, OWNER, "service started");
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    told(&bench.telegram, OWNER, "BTCUSDT bought at 50000");
    bench.price("BTCUSDT", "52100");
    let exit = told(&bench.telegram, OWNER, "closed by its targets");
    assert!(exit.contains("R)") && exit.contains("result +"), "{exit}");
}

#[test]
fn alarms_pass_the_level_and_the_quiet_hours_and_the_rest_is_silent_or_not_told() {
    let always = "00:00-23:59";
    let bench = Bench::new(&[
        ("TELEGRAM_NOTIFY_CHAT", "42"),
        ("TELEGRAM_NOTIFY_LEVEL", "trades"),
        ("TELEGRAM_QUIET_HOURS", always),
    ]);
    let service = bench.home.start_ready();
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    told(&bench.telegram, OWNER, "BTCUSDT bought at 50000");
    service.post("/risk/kill");
    told(&bench.telegram, OWNER, "kill switch cancel by api");
    let sent = bench.telegram.sent("sendMessage");
    let silent = |part: &str| {
        let found = sent.iter().find(|body| body["text"].as_str().unwrap().contains(part));
        found.unwrap()["disable_notification"] == true
    };
    assert!(silent("bought at"));
    assert!(!silent("kill switch"));
    assert!(bench.telegram.texts(OWNER).iter().all(|text| !text.contains("service started")));
}

#[test]
fn the_token_is_in_no_log_event_or_metric() {
    let bench = Bench::new(&[("LOG_LEVEL", "DEBUG"), ("TELEGRAM_NOTIFY_CHAT", "42")]);
    let service = bench.home.start_ready();
    bench.telegram.goes_wrong(&[
        super::server::Fault::Status(502),
        super::server::Fault::Break,
        super::server::Fault::Flood(1),
    ]);
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    told(&bench.telegram, OWNER, "BTCUSDT bought at 50000");
    let metrics = service.get("/metrics/prom").body;
    let ready = service.get("/readyz").body;
    let journal = serde_json::to_string(&service.events()).unwrap();
    let log = std::fs::read_to_string(bench.home.path().join("service.log")).unwrap();
    assert!(log.contains("Telegram updates cannot be read"), "the faults were met");
    let secret = TOKEN.split_once(':').unwrap().1;
    for (name, text) in
        [("metrics", metrics), ("readyz", ready), ("journal", journal), ("log", log)]
    {
        assert!(!text.contains(secret), "{name}");
    }
}

/// A time of day this far ahead, in UTC, to the second.
fn time_of_day_in(seconds: i64) -> String {
    let second = (now_micros() / 1_000_000 + seconds).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

#[test]
fn the_daily_summary_arrives_at_its_time_with_a_picture_of_the_results() {
    let mut bench = Bench::new(&[("TELEGRAM_NOTIFY_CHAT", "42"), ("TELEGRAM_SUMMARY_AT", "off")]);
    let service = bench.home.start_ready();
    bench.telegram.channel_post(CHANNEL, SIGNAL);
    told(&bench.telegram, OWNER, "BTCUSDT bought at 50000");
    bench.price("BTCUSDT", "52100");
    told(&bench.telegram, OWNER, "closed by its targets");
    assert_eq!(service.terminate(), Some(0));
    assert!(bench.telegram.pictures().is_empty(), "none while it is off");

    let ahead = 8;
    bench.home.set("TELEGRAM_SUMMARY_AT", &time_of_day_in(ahead));
    let set_at = now_micros();
    let _service = bench.home.start();
    let picture = eventually("the summary arrives", Duration::from_secs(40), || {
        bench.telegram.pictures().into_iter().next()
    });
    let waited = now_micros() - set_at;
    assert!(waited >= (ahead - 1) * 1_000_000, "before its time: {waited} us");
    assert_eq!(picture.fields["chat_id"], "42");
    let caption = &picture.fields["caption"];
    assert!(caption.contains("The last 24 hours") && caption.contains("1 closed, 1 with a profit"));
    let (width, height, colours) = picture.look();
    assert!(width == 640 && height == 240 && colours >= 3, "{width} x {height}, {colours} colours");
}
