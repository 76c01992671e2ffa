//! The binary as a child process with folders of its own.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::foreign::{self, Foreign};
use crate::http;

/// Waits until `look` gives something; panics with `what` after `patience`.
pub(crate) fn eventually<T>(
    what: &str,
    patience: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < patience, "{what} did not happen within {patience:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// `LOG_DIR` unless it is set.
const LOG_DIR: &str = "backend/data/logs";

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}

/// A home whose services trade on the foreign exchange, with further settings.
pub(crate) fn against(foreign: &Foreign, env: &[(&str, &str)]) -> Home {
    let address = format!("http://{}", foreign.address);
    let mut home = Home::new(&[
        ("EXCHANGE", "MEXC"),
        ("MEXC_SANDBOX", "true"),
        ("MEXC_API_KEY", foreign::KEY),
        ("MEXC_API_SECRET", foreign::SECRET),
        ("MEXC_BASE_URL", &address),
        ("MEXC_RATE_LIMIT_MS", "5"),
        // Prices are polled far more often here than the exchange allows.
        ("MEXC_IP_WEIGHT_10S", "100000"),
        ("MEXC_UID_WEIGHT_10S", "100000"),
        ("MEXC_ACCOUNT_PER_SEC", "1000"),
        ("MEXC_RECV_WINDOW_MS", "1000"),
        ("IN_DOUBT_SETTLE_MS", "1000"),
        ("PRICE_POLL_MS", "200"),
        ("AUTO_ROUTE_ENABLED", "true"),
        ("AUTO_ROUTE_DRY_RUN", "false"),
    ]);
    for (name, value) in env {
        home.set(name, value);
    }
    home
}

/// Posts a message to be routed; the service may die before it answers.
pub(crate) fn try_ingest(
    address: SocketAddr,
    text: &str,
    id: &str,
) -> std::io::Result<http::Answer> {
    let body = serde_json::json!({
        "text": text, "source": "test", "channel": "alpha", "message_id": id,
    });
    let json = ["Content-Type: application/json"];
    let target = "/signals/ingest-and-score";
    http::try_request(address, "POST", target, &json, body.to_string().as_bytes())
}

/// A folder in which services run one after the other.
pub(crate) struct Home {
    pub(crate) dir: TempDir,
    env: Vec<(String, String)>,
}

impl Home {
    pub(crate) fn new(env: &[(&str, &str)]) -> Self {
        let env = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self { dir: TempDir::new().unwrap(), env }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.env.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    fn command(&self, args: &[&str], log: &str) -> Command {
        self.program(env!("CARGO_BIN_EXE_levibot"), args, log)
    }

    fn program(&self, program: &str, args: &[&str], log: &str) -> Command {
        let mut command = Command::new(program);
        let out = File::create(self.path().join(log)).unwrap();
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("TZ", "UTC")
            // Tests never look beyond this machine.
            .env("PAPER_MARKET", "sim")
            .envs(self.env.iter().map(|(k, v)| (k.as_str(), v.as_str())))
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out);
        command
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.env.retain(|(known, _)| known != name);
    }

    /// Starts the service; it may not be ready yet.
    pub(crate) fn start(&self) -> Process {
        self.start_at(free_address())
    }

    /// The same at this address.
    pub(crate) fn start_at(&self, address: SocketAddr) -> Process {
        self.spawn_service(self.command(&[], "service.log"), address)
    }

    fn spawn_service(&self, mut command: Command, address: SocketAddr) -> Process {
        let child = command.env("PORT", address.port().to_string()).spawn().unwrap();
        let home = self.path().to_owned();
        let service = Process { child, address, home, root: PathBuf::from("/") };
        eventually("the service listens", PATIENCE, || {
            http::try_request(address, "GET", "/livez", &[], b"").ok()
        });
        service
    }

    /// Starts the service with its `LOG_DIR` on a small file system that only it sees, and waits
    /// until it may trade. `size` is a mount option such as `size=8m`.
    pub(crate) fn start_on_a_disk_of(&self, size: &str) -> Process {
        fs::create_dir_all(self.path().join(LOG_DIR)).unwrap();
        let mount = format!("mount -t tmpfs -o {size} tmpfs {LOG_DIR} && exec \"$0\"");
        let levibot = env!("CARGO_BIN_EXE_levibot");
        let args = ["--user", "--map-root-user", "--mount", "sh", "-c", &mount, levibot];
        let mut command = self.program("unshare", &args, "service.log");
        command.env("PATH", std::env::var_os("PATH").unwrap());
        let mut service = self.spawn_service(command, free_address());
        service.root = PathBuf::from(format!("/proc/{}/root", service.child.id()));
        service.until_ready();
        service
    }

    /// Starts the service and waits until it may trade.
    pub(crate) fn start_ready(&self) -> Process {
        let service = self.start();
        service.until_ready();
        service
    }

    /// Starts `levibot sandbox` with one account.
    pub(crate) fn start_sandbox(&self, market: &str) -> Process {
        self.start_sandbox_with(market, "exchange", &[])
    }

    /// The same with its state in another folder and further arguments.
    pub(crate) fn start_sandbox_with(
        &self,
        market: &str,
        state_dir: &str,
        more: &[&str],
    ) -> Process {
        let address = free_address();
        let listen = address.to_string();
        let args = [
            "sandbox",
            "--listen",
            &listen,
            "--account",
            "mx0key:topsecret:USDT=10000",
            "--market",
            market,
            "--state-dir",
            state_dir,
            // Tests poll prices far more often than the exchange allows.
            "--limits",
            "off",
        ];
        let args = [&args[..], more].concat();
        let child = self.command(&args, &format!("{state_dir}.log")).spawn().unwrap();
        let home = self.path().to_owned();
        let sandbox = Process { child, address, home, root: PathBuf::from("/") };
        eventually("the sandbox answers", PATIENCE, || {
            http::try_request(address, "GET", "/api/v3/ping", &[], b"").ok()
        });
        sandbox
    }

    /// Starts a command that is typed to.
    pub(crate) fn spawn_with_input(&self, args: &[&str], log: &str) -> Child {
        self.command(args, log).stdin(Stdio::piped()).spawn().unwrap()
    }

    /// Runs a command to its end: status and everything it said.
    pub(crate) fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let status = self.command(args, "run.log").status().unwrap();
        (status.code(), fs::read_to_string(self.path().join("run.log")).unwrap())
    }
}

/// A running child; killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    home: PathBuf,
    /// The file system as it sees it.
    root: PathBuf,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = fs::read_to_string(self.home.join("service.log")).unwrap_or_default();
            eprintln!("---- service.log\n{log}");
        }
    }
}

impl Process {
    /// SIGKILL: no chance to tidy up.
    pub(crate) fn kill_9(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGHUP.
    pub(crate) fn hang_up(&self) {
        let kill = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// SIGTERM, then waits for the exit status.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let kill = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        eventually("the service ends", PATIENCE, || self.child.try_wait().unwrap()).code()
    }

    pub(crate) fn get(&self, target: &str) -> http::Answer {
        http::get(self.address, target)
    }

    pub(crate) fn post(&self, target: &str) -> http::Answer {
        http::post(self.address, target)
    }

    pub(crate) fn until_ready(&self) {
        eventually("the service is ready", PATIENCE, || {
            (self.get("/readyz").status == 200).then_some(())
        });
    }

    /// Posts a message to be routed.
    pub(crate) fn ingest(&self, text: &str, id: &str) -> Value {
        try_ingest(self.address, text, id).unwrap().expect(200)
    }

    pub(crate) fn buy(&self, symbol: &str, notional: &str) -> http::Answer {
        let target = format!(
            "/exchange/test-order?symbol={symbol}&side=buy&notional_usd={notional}&dry_run=false"
        );
        self.post(&target)
    }

    pub(crate) fn positions(&self) -> Vec<Value> {
        self.get("/positions").expect(200)["positions"].as_array().unwrap().clone()
    }

    pub(crate) fn metric(&self, line: &str) -> String {
        let text = self.get("/metrics/prom").body;
        let found = text.lines().find_map(|l| l.strip_prefix(line)).map(str::trim);
        found.unwrap_or_else(|| panic!("no {line} in {text}")).to_owned()
    }

    /// The journal, in order.
    pub(crate) fn events(&self) -> Vec<Value> {
        events(&self.seen())
    }

    /// The journal's folder, also where only the service has it mounted.
    pub(crate) fn log_dir(&self) -> PathBuf {
        self.seen().join(LOG_DIR)
    }

    fn seen(&self) -> PathBuf {
        self.root.join(self.home.strip_prefix("/").unwrap())
    }

    pub(crate) fn event_types(&self) -> Vec<String> {
        types(&self.events())
    }
}

pub(crate) fn types(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["event_type"].as_str().unwrap().to_owned()).collect()
}

/// Every whole line of every day's file under the default `LOG_DIR`.
pub(crate) fn events(home: &Path) -> Vec<Value> {
    let mut days: Vec<PathBuf> = fs::read_dir(home.join(LOG_DIR))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    days.sort();
    let mut events = Vec::new();
    for day in days {
        // A day's folder may be there before its file.
        let text = fs::read_to_string(day.join("events.jsonl")).unwrap_or_default();
        // A kill may tear the last line.
        let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        events.extend(whole.map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    events
}
