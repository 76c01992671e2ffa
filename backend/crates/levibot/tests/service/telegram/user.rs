//! The user session with the built binary, over `MTProto`.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::json;

use super::bench::{Bench, OWNER, SIGNAL, journalled, told};
use super::mtproto::{KEY, MtProto};
use super::server::{now_micros, post_of};
use crate::process::{PATIENCE, Process, eventually};
use crate::tl_text::Written;

/// The channel that is followed, as Telegram and as the Bot API number it.
const CHANNEL: i64 = 1_234_567_890;
const CHAT: i64 = -1_001_234_567_890;

struct Scene {
    bench: Bench,
    server: MtProto,
}

fn written(text: &str) -> Written {
    let date = i32::try_from(now_micros() / 1_000_000).unwrap();
    Written { date, text: text.to_owned(), ..Written::default() }
}

impl Scene {
    fn new(more: &[(&str, &str)]) -> Self {
        let server = MtProto::start();
        server.world().open(CHANNEL, "Alpha", Some("alpha_signals"));
        server.world().open(CHANNEL + 1, "Beta", None);
        let mut bench = Bench::new(more);
        bench.home.set("TELEGRAM_CHANNELS", &CHAT.to_string());
        bench.home.set("TELEGRAM_API_ID", "12345");
        bench.home.set("TELEGRAM_API_HASH", "0123456789abcdef0123456789abcdef");
        bench.home.set("TELEGRAM_SESSION", "private/telegram.session");
        let scene = Self { bench, server };
        scene.keep_session(Some(42));
        scene
    }

    fn file(&self) -> PathBuf {
        self.bench.home.path().join("private/telegram.session")
    }

    /// Writes a session whose data centre is our server.
    fn keep_session(&self, user: Option<i64>) {
        let key = hex::encode(KEY);
        let centre = json!({
            "id": 2, "ipv4": self.server.address.to_string(), "ipv6": "[::1]:1", "auth_key": key,
        });
        let session = json!({"keys": {"home": 2, "centres": [centre]}, "user": user});
        fs::create_dir_all(self.file().parent().unwrap()).unwrap();
        fs::write(self.file(), session.to_string()).unwrap();
        fs::set_permissions(self.file(), fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn start(&self) -> Process {
        let service = self.bench.home.start_ready();
        eventually("the session follows", PATIENCE, || {
            (service.metric("levibot_tg_user_up ") == "1").then_some(())
        });
        service
    }

    fn until_entries(&self, count: usize) {
        eventually(&format!("{count} entries"), PATIENCE, || {
            (self.bench.entries().len() == count).then_some(())
        });
    }

    /// Runs a command with this typed in: status and everything it said.
    fn run(&self, command: &str, typed: &str) -> (Option<i32>, String) {
        let mut child = self.bench.home.spawn_with_input(&["telegram", command], "run.log");
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let status = child.wait().unwrap();
        (status.code(), fs::read_to_string(self.bench.home.path().join("run.log")).unwrap())
    }
}

#[test]
fn a_post_that_bot_and_user_hear_enters_once_and_what_was_missed_is_caught_up_with() {
    let scene = Scene::new(&[
        ("RISK_MAX_POSITIONS_PER_SYMBOL", "10"),
        ("RISK_COOLDOWN_SEC", "0"),
        ("RISK_MAX_TOTAL_EXPOSURE", "9000"),
    ]);
    let service = scene.start();
    let message = scene.server.world().post(CHANNEL, written(SIGNAL));
    scene.bench.telegram.update("channel_post", &post_of(CHAT, i64::from(message), SIGNAL));
    scene.until_entries(1);
    let heard = |outcome: &str| {
        service.metric(&format!("levibot_tg_messages_total{{outcome=\"{outcome}\"}}"))
    };
    eventually("both heard it", PATIENCE, || {
        (heard("executed") == "1" && heard("duplicate") == "1").then_some(())
    });
    service.kill_9();
    scene.server.world().post_silently(CHANNEL, written(&SIGNAL.replace("52000", "52500")));
    let service = scene.start();
    scene.until_entries(2);
    scene.server.cut();
    scene.server.world().post_silently(CHANNEL, written(&SIGNAL.replace("52000", "52600")));
    scene.until_entries(3);
    assert_eq!(service.metric("levibot_tg_user_reconnects_total "), "1");
    service.kill_9();
    let service = scene.start();
    scene.server.world().post(CHANNEL, written(&SIGNAL.replace("52000", "52700")));
    scene.until_entries(4);
    let ingested = service.event_types().iter().filter(|name| *name == "SIGNAL_INGEST").count();
    assert_eq!(ingested, 4, "each post was considered once");
}

#[test]
fn a_revoked_session_is_told_and_shows_and_trading_goes_on() {
    let scene = Scene::new(&[("TELEGRAM_NOTIFY_CHAT", "42")]);
    let service = scene.start();
    scene.server.world().is_revoked = true;
    scene.server.cut();
    journalled(&service, "ALARM", "user session has ended");
    told(&scene.bench.telegram, OWNER, "user session has ended");
    let ready = service.get("/readyz").json();
    let part = ready["checks"].as_array().unwrap().iter().find(|p| p["name"] == "telegram_user");
    let part = part.unwrap();
    assert_eq!(part["ok"], false, "{part}");
    assert!(part["detail"].as_str().unwrap().contains("levibot telegram login"), "{part}");
    scene.bench.telegram.update("channel_post", &post_of(CHAT, 900, SIGNAL));
    scene.until_entries(1);
}

#[test]
fn signing_in_listing_and_signing_out_work_from_the_command_line() {
    let scene = Scene::new(&[]);
    scene.keep_session(None);
    "12345".clone_into(&mut scene.server.world().login.code);
    let (status, said) = scene.run("channels", "");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("* -1001234567890  channel    @alpha_signals") && said.contains("Beta"));
    let (status, said) = scene.run("login", "+49 170 1234567\n99999\n12345\n");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("That is not the code.") && said.contains("Signed in as Levi (42)"));
    let mode = fs::metadata(scene.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (status, said) = scene.run("login", "");
    assert_eq!(status, Some(1));
    assert!(said.contains("already signed in"), "{said}");
    let (status, said) = scene.run("logout", "");
    assert_eq!(status, Some(0), "{said}");
    assert!(!scene.file().exists());
    let (status, said) = scene.run("channels", "");
    assert_eq!(status, Some(1));
    assert!(said.contains("sign in with `levibot telegram login`"), "{said}");
}

#[test]
fn a_service_whose_session_is_missing_says_so_and_trades_by_the_bot() {
    let scene = Scene::new(&[]);
    fs::remove_file(scene.file()).unwrap();
    let service = scene.bench.home.start();
    journalled(&service, "ALARM", "cannot start: its channels are not read");
    let ready = service.get("/readyz").json();
    assert!(ready.to_string().contains("levibot telegram login"), "{ready}");
    eventually("everything else is well", PATIENCE, || {
        let (ready, checks) = (service.get("/readyz").json(), "checks");
        let broken: Vec<_> =
            ready[checks].as_array()?.iter().filter(|part| part["ok"] == false).cloned().collect();
        (broken.len() == 1).then_some(())
    });
    scene.bench.telegram.update("channel_post", &post_of(CHAT, 1, SIGNAL));
    scene.until_entries(1);
}
