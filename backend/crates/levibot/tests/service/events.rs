//! `levibot events` and `levibot archive` on a journal that the service wrote.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::Value;

use crate::process::{Home, PATIENCE};

fn levibot(home: &Home, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_levibot"));
    command.args(args).current_dir(home.path()).env_clear();
    command.env("LOG_DIR", home.path().join("logs")).env("TZ", "UTC");
    command
}

fn run(home: &Home, args: &[&str]) -> Output {
    levibot(home, args).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Two days, the first with a checkpoint and alarms.
fn home() -> Home {
    let home = Home::new(&[]);
    let mut seq = 0;
    for (day, count) in [("2026-03-10", 5), ("2026-03-11", 3)] {
        let folder = home.path().join("logs").join(day);
        fs::create_dir_all(&folder).unwrap();
        let lines = (0..count).map(|index| {
            seq += 1;
            line(day, seq, index == 0)
        });
        fs::write(folder.join("events.jsonl"), lines.collect::<String>()).unwrap();
    }
    home
}

fn line(day: &str, seq: u64, is_checkpoint: bool) -> String {
    let (kind, payload) = if is_checkpoint {
        ("CHECKPOINT", r#"{"version":1,"state":{}}"#.to_owned())
    } else {
        ("ALARM", format!(r#"{{"message":"alarm, \"{seq}\""}}"#))
    };
    format!(
        "{{\"seq\":{seq},\"ts\":\"{day}T12:00:00.000001Z\",\"event_type\":\"{kind}\",\"payload\":{payload}}}\n"
    )
}

fn seqs(output: &Output) -> Vec<u64> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lines = text(&output.stdout).lines();
    lines
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["seq"].as_u64().unwrap())
        .collect()
}

#[test]
fn options_choose_what_is_shown() {
    let home = home();
    let cases: [(&[&str], &[u64]); 7] = [
        (&[], &[1, 2, 3, 4, 5, 6, 7, 8]),
        (&["--type", "checkpoint"], &[1, 6]),
        (&["--type", "ALARM", "--last", "2"], &[7, 8]),
        (&["--from", "2026-03-11"], &[6, 7, 8]),
        (&["--until", "2026-03-10"], &[1, 2, 3, 4, 5]),
        (&["--symbol", "BTCUSDT"], &[]),
        (&["--trace", "none"], &[]),
    ];
    for (args, expected) in cases {
        let output = run(&home, &[&["events", "--json"], args].concat());
        assert_eq!(seqs(&output), expected, "{args:?}");
    }
}

#[test]
fn mistakes_on_the_command_line_say_what_would_be_right() {
    let home = home();
    let cases: [(&[&str], &str); 3] = [
        (&["--type", "ORDER_FILED"], "Did you mean ORDER_FILLED?"),
        (&["--from", "yesterday"], "give a date (2026-01-31)"),
        (&["--json", "--csv"], "cannot be used with"),
    ];
    for (args, expected) in cases {
        let output = run(&home, &[&["events"], args].concat());
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(expected), "{args:?}: {}", text(&output.stderr));
    }
}

#[test]
fn archived_days_are_shown_like_plain_ones_and_days_in_the_store_alone_are_named() {
    let home = home();
    let store = home.path().join("store");
    fs::create_dir(&store).unwrap();
    let url = format!("file://{}", store.display());
    let archive = |args: &[&str], keep: &str| {
        let mut command = levibot(&home, &[&["archive"], args].concat());
        command.env("LOG_KEEP_DAYS", "1").env("ARCHIVE_URL", &url).env("ARCHIVE_KEEP_DAYS", keep);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    };
    let plain = home.path().join("logs/2026-03-10/events.jsonl");
    assert!(archive(&["--dry-run"], "9").contains("compress, store"));
    assert!(plain.exists(), "a dry run does nothing");
    assert!(archive(&[], "9").contains("2026-03-10"));
    assert!(!plain.exists() && store.join("2026-03-10/events.jsonl.zst").exists());
    assert!(archive(&[], "9").contains("nothing is due"));
    let all = [1, 2, 3, 4, 5, 6, 7, 8];
    assert_eq!(seqs(&run(&home, &["events", "--json"])), all);

    assert!(archive(&[], "0").contains("deleted here"));
    let output = run(&home, &["events", "--json"]);
    assert_eq!(seqs(&output), all[5..]);
    assert!(text(&output.stderr).contains("levibot archive --restore 2026-03-10"));
    assert!(archive(&["--restore", "2026-03-10"], "9").contains("2026-03-10 is in"));
    assert_eq!(seqs(&run(&home, &["events", "--json"])), all);
}

#[test]
fn a_damaged_line_ends_it_with_its_place_unless_told_to_go_on() {
    let home = home();
    let path = home.path().join("logs/2026-03-10/events.jsonl");
    let broken = fs::read_to_string(&path).unwrap().replacen("\"seq\":3,", "\"seq\":,", 1);
    fs::write(&path, broken).unwrap();
    let output = run(&home, &["events", "--json"]);
    assert!(!output.status.success());
    assert_eq!(text(&output.stdout).lines().count(), 2, "what comes before it is shown");
    let said = text(&output.stderr);
    assert!(
        said.contains("2026-03-10/events.jsonl:3:") && said.contains("--skip-damaged"),
        "{said}"
    );
    let output = run(&home, &["events", "--json", "--skip-damaged"]);
    assert_eq!(seqs(&output), [1, 2, 4, 5, 6, 7, 8]);
    assert!(text(&output.stderr).contains("events.jsonl:3:"), "it is still named");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let home = home();
    let path = home.path().join("logs/2026-03-11/events.jsonl");
    let many: String = (9..60_000).map(|seq| line("2026-03-11", seq, false)).collect();
    fs::write(&path, fs::read_to_string(&path).unwrap() + &many).unwrap();
    for shape in ["--json", "--csv", "--skip-damaged"] {
        let mut child = levibot(&home, &["events", shape]);
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 64];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{shape}");
        assert_eq!(text(&output.stderr), "", "{shape}");
    }
}

#[test]
fn the_table_and_csv_are_for_people_and_programs() {
    let home = home();
    let table = run(&home, &["events", "--last", "1"]);
    let table = text(&table.stdout);
    assert!(table.contains("2026-03-11 12:00:00.000") && table.contains("alarm, \"8\""), "{table}");
    assert!(!table.contains('\u{1b}'), "no colours where nobody sees them");
    let rows = run(&home, &["events", "--csv", "--last", "1"]);
    let expected = "seq,ts,event_type,symbol,trace_id,payload\r\n\
        8,2026-03-11T12:00:00.000001Z,ALARM,,,\"{\"\"message\"\":\"\"alarm, \\\"\"8\\\"\"\"\"}\"\r\n";
    assert_eq!(text(&rows.stdout), expected);
    let output = run(&home, &["events", "--parquet", "events.parquet"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(&fs::read(home.path().join("events.parquet")).unwrap()[..4], b"PAR1");
}

/// A follower, and its lines as they come.
struct Following {
    child: Child,
    lines: Receiver<u64>,
}

impl Following {
    fn start(home: &Home) -> Self {
        let mut command = levibot(home, &["events", "-f", "--json", "--type", "SERVICE_STARTED"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let seq = serde_json::from_str::<Value>(&line).unwrap()["seq"].as_u64().unwrap();
                if tell.send(seq).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_follower_sees_the_service_start_again_and_again() {
    let home = Home::new(&[("LOG_DIR", "logs")]);
    let service = home.start();
    let following = Following::start(&home);
    let first = following.lines.recv_timeout(PATIENCE).unwrap();
    drop(service);
    let _service = home.start();
    let second = following.lines.recv_timeout(PATIENCE).unwrap();
    assert!(second > first);
}
