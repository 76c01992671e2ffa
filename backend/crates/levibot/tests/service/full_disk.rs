//! The disk of the journal is really full: a small file system of the service's own. Where none may
//! be mounted the test says so and passes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::process::{Home, PATIENCE, Process, eventually};
use crate::sandbox::{SIGNAL, set_price, settings};

const SIZE: &str = "size=8m";
const MEGABYTE: usize = 1 << 20;

fn can_mount() -> bool {
    let dir = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o {SIZE} tmpfs \"$0\"");
    let tried = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &mount])
        .arg(dir.path())
        .output();
    tried.is_ok_and(|output| output.status.success())
}

/// What others put on the disk.
struct Hog(PathBuf);

impl Hog {
    fn leaves(&self, bytes: usize) {
        let mut taken = vec![0; 8 * MEGABYTE];
        while fs::write(&self.0, &taken).is_err() {
            taken.truncate(taken.len() - 4_096);
        }
        taken.truncate(taken.len().saturating_sub(bytes));
        fs::write(&self.0, &taken).unwrap();
    }
}

fn is_degraded(service: &Process) -> bool {
    let ready = service.get("/readyz").expect(200);
    ready["degraded"].as_array().unwrap().contains(&Value::from("disk"))
}

fn until_told(service: &Process, entries: &str) {
    eventually(entries, PATIENCE, || {
        let last = service.events().into_iter().rfind(|e| e["event_type"] == "JOURNAL_ROOM")?;
        (last["payload"]["details"]["entries"] == entries).then_some(())
    });
}

fn blocked_by(order: &Value, name: &str) -> bool {
    let checks = order["payload"]["checks"].as_array().unwrap();
    checks.iter().any(|check| check["name"] == name && check["result"] == "block")
}

#[test]
fn entries_stop_exits_go_on_and_all_recovers() {
    if !can_mount() {
        eprintln!("SKIPPED: no small disk can be mounted on this machine");
        return;
    }
    let mut home = Home::new(&settings());
    home.set("DISK_MIN_FREE_MB", "2");
    home.set("JOURNAL_RESERVE_MB", "1");
    let sandbox = home.start_sandbox("scripted");
    home.set("MEXC_BASE_URL", &format!("http://{}", sandbox.address));
    set_price(&sandbox, "50000");
    let service = home.start_on_a_disk_of(SIZE);
    let hog = Hog(service.log_dir().join("hog"));
    assert_eq!(service.ingest(SIGNAL, "1")["routed"], true);
    eventually("the position is protected", PATIENCE, || {
        service.positions().iter().any(|position| position["exit_order"].is_string()).then_some(())
    });

    hog.leaves(MEGABYTE);
    until_told(&service, "stopped");
    assert!(is_degraded(&service));
    assert_eq!(service.buy("BTCUSDT", "25").status, 409);
    let events = service.events();
    let blocked = events.iter().rfind(|event| event["event_type"] == "ORDER_BLOCKED").unwrap();
    assert!(blocked_by(blocked, "journal_room"), "{blocked}");

    hog.leaves(0);
    // The journal's last block may have room yet.
    let talk = "good morning everyone ".repeat(100);
    for id in ["2", "3", "4"] {
        assert_eq!(service.ingest(&talk, id)["routed"], false);
    }
    set_price(&sandbox, "47000");
    eventually("the stop fires on a full disk", PATIENCE, || {
        service.positions().is_empty().then_some(())
    });
    eventually("the reserve is given up", PATIENCE, || {
        (service.metric("levibot_journal_on_reserve") == "1").then_some(())
    });
    assert!(service.event_types().contains(&"POSITION_CLOSED".to_owned()));

    fs::remove_file(&hog.0).unwrap();
    until_told(&service, "go on");
    assert_eq!(service.metric("levibot_journal_on_reserve"), "0");
    assert!(!is_degraded(&service));
}
