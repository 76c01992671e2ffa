//! What the exchange acknowledged is there after a restart, however it ended.

use std::path::Path;

use crate::support::{Client, config};
use sandbox::{MarketSpec, SandboxHandle};
use serde_json::Value;

async fn open(dir: &Path) -> (SandboxHandle, Client) {
    let sandbox = sandbox::start(config(MarketSpec::Scripted, Some(dir))).await.unwrap();
    let client = Client::new(&sandbox);
    (sandbox, client)
}

/// Balances, orders and trades as the account sees them.
async fn picture(client: &Client) -> [Value; 4] {
    let pair = [("symbol", "BTCUSDT")];
    [
        client.signed("GET", "/account", &[]).await.ok(),
        client.signed("GET", "/allOrders", &pair).await.ok(),
        client.signed("GET", "/myTrades", &pair).await.ok(),
        client.get("/__admin/orders").await.ok(),
    ]
}

async fn trade(client: &Client, name: &str) {
    let base = [("symbol", "BTCUSDT"), ("side", "BUY")];
    let market = [base[0], base[1], ("type", "MARKET"), ("quoteOrderQty", "25")];
    client.order(&market).await.ok();
    let limit = [("type", "LIMIT"), ("quantity", "0.001"), ("price", "62500")];
    let limit = [base[0], base[1], limit[0], limit[1], limit[2], ("newClientOrderId", name)];
    client.order(&limit).await.ok();
}

#[tokio::test]
async fn letting_go_without_shutdown_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (sandbox, client) = open(dir.path()).await;
    trade(&client, "first").await;
    let before = picture(&client).await;
    drop(sandbox);
    let (sandbox, client) = open(dir.path()).await;
    assert_eq!(picture(&client).await, before);
    let again = [
        ("symbol", "BTCUSDT"),
        ("side", "BUY"),
        ("type", "LIMIT"),
        ("quantity", "0.001"),
        ("price", "62500"),
        ("newClientOrderId", "first"),
    ];
    assert_eq!(client.order(&again).await.refused(), (400, 400), "the id stays taken");
    let by_id = [("symbol", "BTCUSDT"), ("origClientOrderId", "first")];
    client.signed("DELETE", "/order", &by_id).await.ok();
    trade(&client, "second").await;
    let before = picture(&client).await;
    sandbox.shutdown().await;
    let (_sandbox, client) = open(dir.path()).await;
    assert_eq!(picture(&client).await, before);
}

#[tokio::test]
async fn a_resting_order_still_trades_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (sandbox, client) = open(dir.path()).await;
    trade(&client, "rest").await;
    drop(sandbox);
    let (_sandbox, client) = open(dir.path()).await;
    client.set_price("62000").await;
    let by_id = [("symbol", "BTCUSDT"), ("origClientOrderId", "rest")];
    let order = client.signed("GET", "/order", &by_id).await.ok();
    assert_eq!(order["status"], "FILLED");
}

#[tokio::test]
async fn a_sandbox_that_was_let_go_carries_out_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let (sandbox, _client) = open(dir.path()).await;
    let addr = sandbox.addr();
    drop(sandbox);
    let log = std::fs::read(dir.path().join("changes-0.jsonl")).unwrap();
    let order = "/api/v3/openOrders?symbol=BTCUSDT";
    let asked = tokio::net::TcpStream::connect(addr).await;
    if let Ok(mut stream) = asked {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let request = format!("GET {order} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(request.as_bytes()).await;
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text).await;
        assert!(!text.starts_with("HTTP/1.1 200"), "{text}");
    }
    assert_eq!(std::fs::read(dir.path().join("changes-0.jsonl")).unwrap(), log);
}

#[tokio::test]
async fn a_port_that_is_taken_and_a_damaged_directory_are_named() {
    let (sandbox, _client) = crate::support::scripted().await;
    let mut taken = config(MarketSpec::Scripted, None);
    taken.listen = sandbox.addr();
    let error = sandbox::start(taken).await.unwrap_err().to_string();
    assert!(error.contains(&sandbox.addr().to_string()), "{error}");
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("snapshot.json"), "{").unwrap();
    let error = sandbox::start(config(MarketSpec::Scripted, Some(dir.path()))).await.unwrap_err();
    assert!(error.to_string().contains("snapshot.json"), "{error}");
}
