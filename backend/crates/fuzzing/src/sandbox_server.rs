//! A sandbox inside this process that lives for some thousand inputs.

use std::cell::RefCell;

use sandbox::{ListenKeyLimits, MarketSpec, SandboxConfig, SandboxHandle, StreamLimits, start};
use tokio::runtime::{Builder, Runtime};

pub(crate) const KEY: &str = "mx0key";
pub(crate) const SECRET: &str = "secret";

/// Inputs after which a new sandbox takes over, so that orders and listen keys stay few.
const INPUTS: u32 = 2_000;

/// A runtime of one thread, so that a panic in the server is a panic here, and its sandbox.
pub(crate) struct Server {
    pub(crate) runtime: Runtime,
    pub(crate) sandbox: SandboxHandle,
    inputs_left: u32,
}

thread_local! {
    static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
}

/// Runs `work` with the sandbox of this thread.
pub(crate) fn with_server(work: impl FnOnce(&Server)) {
    SERVER.with_borrow_mut(|server| {
        if server.as_ref().is_none_or(|server| server.inputs_left == 0) {
            *server = Some(open());
        }
        let server = server.as_mut().expect("opened");
        server.inputs_left -= 1;
        work(server);
    });
}

fn open() -> Server {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let streams = StreamLimits { messages_per_second: u32::MAX, ..StreamLimits::default() };
    let account = format!("{KEY}:{SECRET}:USDT=10000,BTC=1").parse().expect("an account");
    let sandbox = runtime.block_on(start(SandboxConfig {
        listen: "127.0.0.1:0".parse().expect("an address"),
        accounts: vec![account],
        market: MarketSpec::Scripted,
        pairs: Vec::new(),
        state_dir: None,
        limits: None,
        listen_keys: ListenKeyLimits::default(),
        streams,
        faults: None,
    }));
    Server { sandbox: sandbox.expect("a sandbox"), runtime, inputs_left: INPUTS }
}
