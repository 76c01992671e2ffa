//! Streams in the service: faster with them, and as well without them.

use crate::http;
use crate::process::{Home, PATIENCE, Process, eventually, free_address};

const SIGNAL: &str = "#BTC/USDT LONG\nEntry: 49500 - 50500\nTargets: 52000\nStop loss: 48000";

fn home(price_poll_ms: &str) -> Home {
    Home::new(&[
        ("EXCHANGE", "MEXC"),
        ("MEXC_SANDBOX", "true"),
        ("MEXC_API_KEY", "mx0key"),
        ("MEXC_API_SECRET", "topsecret"),
        ("MEXC_RATE_LIMIT_MS", "5"),
        // Prices are polled far more often here than the exchange allows.
        ("MEXC_IP_WEIGHT_10S", "100000"),
        ("MEXC_UID_WEIGHT_10S", "100000"),
        ("MEXC_ACCOUNT_PER_SEC", "1000"),
        ("PRICE_POLL_MS", price_poll_ms),
        ("PRICE_MAX_AGE_MS", "120000"),
        ("AUTO_ROUTE_ENABLED", "true"),
        ("AUTO_ROUTE_DRY_RUN", "false"),
    ])
}

fn set_price(sandbox: &Process, price: &str) {
    let target = format!("/__admin/price?symbol=BTCUSDT&price={price}");
    assert_eq!(http::put(sandbox.address, &target).status, 200);
}

fn start(home: &mut Home, streams_at: impl Fn(&Process) -> String) -> (Process, Process) {
    let sandbox = home.start_sandbox("scripted");
    home.set("MEXC_BASE_URL", &format!("http://{}", sandbox.address));
    home.set("MEXC_WS_URL", &streams_at(&sandbox));
    set_price(&sandbox, "50000");
    let service = home.start_ready();
    (sandbox, service)
}

fn bought(service: &Process) {
    assert_eq!(service.ingest(SIGNAL, "1")["routed"], true);
    eventually("the position is protected", PATIENCE, || {
        service.positions().into_iter().find(|position| position["exit_order"].is_string())
    });
}

fn closed(service: &Process) -> serde_json::Value {
    eventually("the position is closed", PATIENCE, || {
        service.events().into_iter().rfind(|event| event["event_type"] == "POSITION_CLOSED")
    })
}

#[test]
fn a_stop_fires_on_the_stream_long_before_prices_are_polled() {
    let mut home = home("60000");
    let (sandbox, service) = start(&mut home, |sandbox| format!("ws://{}/ws", sandbox.address));
    bought(&service);
    for stream in ["prices", "own_orders"] {
        let connections = format!("levibot_stream_connections{{stream=\"{stream}\"}}");
        eventually(&format!("{stream} are streamed"), PATIENCE, || {
            (service.metric(&connections) == "1").then_some(())
        });
    }
    set_price(&sandbox, "47900");
    assert_eq!(closed(&service)["payload"]["reason"], "stop");
    assert!(!service.event_types().contains(&"MEXC_ERROR".to_owned()));
}

#[test]
fn without_streams_the_service_says_so_once_and_trades_all_the_same() {
    let mut home = home("100");
    let nobody = free_address();
    let (sandbox, service) = start(&mut home, |_| format!("ws://{nobody}/ws"));
    bought(&service);
    let is_error = |event: &serde_json::Value| event["event_type"] == "MEXC_ERROR";
    let told = eventually("it is told", PATIENCE, || service.events().into_iter().find(is_error));
    assert!(told.to_string().contains("no stream"), "{told}");
    set_price(&sandbox, "52100");
    assert_eq!(closed(&service)["payload"]["reason"], "targets");
    assert_eq!(service.events().into_iter().filter(is_error).count(), 1);
    let ready = service.get("/readyz").expect(200);
    assert_eq!(ready["degraded"], serde_json::json!(["streams"]), "{ready}");
    assert!(ready.to_string().contains("asked for by REST, stops are watched"), "{ready}");
}

#[test]
fn the_listen_key_is_given_back_at_the_end() {
    let mut home = home("100");
    let (sandbox, service) = start(&mut home, |sandbox| format!("ws://{}/ws", sandbox.address));
    let counted = |method: &str| {
        let counts = sandbox.get("/__admin/counts").json();
        counts[format!("{method} /api/v3/userDataStream")].as_u64().unwrap_or(0)
    };
    eventually("a key is created", PATIENCE, || (counted("POST") == 1).then_some(()));
    assert_eq!(service.terminate(), Some(0));
    assert_eq!(counted("DELETE"), 1);
}

#[test]
fn the_exchange_is_asked_from_the_shell() {
    let mut home = home("100");
    let sandbox = home.start_sandbox("scripted");
    home.set("MEXC_BASE_URL", &format!("http://{}", sandbox.address));
    let (status, said) = home.run(&["mexc", "get", "/time"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with("HTTP 200\n") && said.contains("serverTime"), "{said}");

    let (status, said) = home.run(&["mexc", "get", "/account"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("USDT") && !said.contains("topsecret"), "{said}");

    let (status, said) = home.run(&["mexc", "get", "/depth", "symbol=NOSUCHUSDT"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.starts_with("HTTP 400\n") && said.contains("-1121"), "{said}");
}

#[test]
fn a_frame_is_shown_as_json() {
    let home = home("100");
    let frame = "0a1e73706f7440707269766174652e6163636f756e742e76332e6170692e70623081\
                 80b3c19c339a13110a04555344541a023132408080b3c19c33";
    let (status, said) = home.run(&["mexc", "decode", "--hex", frame]);
    assert_eq!(status, Some(0), "{said}");
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    let expected = serde_json::json!({
        "channel": "spot@private.account.v3.api.pb",
        "sendTime": "1760000000001",
        "privateAccount": { "vcoinName": "USDT", "balanceAmount": "12", "time": "1760000000000" },
    });
    assert_eq!(json, expected);
    let (status, said) = home.run(&["mexc", "decode", &frame[..frame.len() - 2]]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("no frame of MEXC"), "{said}");
}
