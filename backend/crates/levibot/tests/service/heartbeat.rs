//! `HEARTBEAT_URL`: called while all is well, and only then.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::foreign::Foreign;
use crate::process::{PATIENCE, Process, against, eventually};

/// Somebody who waits for a sign of life.
struct Watchman {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Watchman {
    fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let calls: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&calls);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).unwrap();
                seen.lock().unwrap().push(line.trim().to_owned());
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { address, calls }
    }

    fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    fn url(&self) -> String {
        format!("http://{}/ping/hunter2?token=hunter3", self.address)
    }
}

fn beats(service: &Process, outcome: &str) -> u64 {
    let line = format!(r#"levibot_heartbeats_total{{outcome="{outcome}"}}"#);
    service.metric(&line).parse().unwrap()
}

fn until_beats(service: &Process, outcome: &str, count: u64) {
    eventually(outcome, PATIENCE, || (beats(service, outcome) >= count).then_some(()));
}

#[test]
fn it_is_called_while_all_is_well_withheld_while_not_and_again_afterwards() {
    let (foreign, watchman) = (Foreign::start(), Watchman::start(200));
    let settings = [("HEARTBEAT_URL", watchman.url()), ("HEARTBEAT_EVERY", "1".to_owned())];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let home = against(&foreign, &settings);
    let service = home.start_ready();
    until_beats(&service, "sent", 2);
    assert!(watchman.calls() >= 2);
    assert_eq!(watchman.calls.lock().unwrap()[0], "GET /ping/hunter2?token=hunter3 HTTP/1.1");

    foreign.answer_everything_with(Some("<html>maintenance</html>"));
    until_beats(&service, "withheld", 1);
    let silent_since = watchman.calls();
    until_beats(&service, "withheld", 3);
    assert_eq!(watchman.calls(), silent_since, "nobody is called while something is wrong");

    foreign.answer_everything_with(None);
    eventually("it is called again", PATIENCE, || (watchman.calls() > silent_since).then_some(()));
}

#[test]
fn a_call_that_fails_is_counted_blocks_nothing_and_tells_no_secret() {
    let nobody = format!("http://{}/ping/hunter2", crate::process::free_address());
    let refusing = Watchman::start(500);
    for url in [nobody, refusing.url()] {
        let foreign = Foreign::start();
        let home = against(&foreign, &[("HEARTBEAT_URL", &url), ("HEARTBEAT_EVERY", "1")]);
        let service = home.start_ready();
        until_beats(&service, "failed", 2);
        service.buy("BTCUSDT", "20").expect(200);
        let log = eventually("the log tells of it", PATIENCE, || {
            let log = std::fs::read_to_string(home.path().join("service.log")).unwrap();
            log.contains("heartbeat failed").then_some(log)
        });
        let journal = format!("{:?}", service.events());
        for secret in ["hunter2", "hunter3"] {
            assert!(!log.contains(secret) && !journal.contains(secret), "{secret} was told");
        }
    }
}
