//! Request limits, seen from outside.

use crate::support::{Client, scripted, scripted_with};
use sandbox::Limits;
use serde_json::json;

const RESTING: [(&str, &str); 5] = [
    ("symbol", "BTCUSDT"),
    ("side", "BUY"),
    ("type", "LIMIT"),
    ("quantity", "0.001"),
    ("price", "62500"),
];

/// Windows that last as long as the test, whatever the machine is doing.
fn limits() -> Limits {
    Limits { tolerated: 2, ..Limits::default() }
}

#[tokio::test]
async fn an_address_beyond_its_weight_is_silenced_and_banned_when_it_goes_on() {
    let (_sandbox, client) = scripted_with(|config| config.limits = Some(limits())).await;
    for _ in 0..12 {
        client.get("/api/v3/ticker/24hr?symbol=BTCUSDT").await.ok();
    }
    let refused = client.get("/api/v3/ping").await;
    assert_eq!(
        (refused.status, &refused.body),
        (429, &json!({"code": 429, "msg": "Too Many Requests"}))
    );
    assert!((1..=10).contains(&refused.retry_after().unwrap()));
    for _ in 0..2 {
        assert_eq!(client.get("/api/v3/time").await.status, 429);
    }
    let banned = client.get("/api/v3/time").await;
    assert_eq!((banned.status, banned.retry_after()), (418, Some(120)));
    assert_eq!(client.signed("GET", "/account", &[]).await.status, 418, "the whole address");
    let counts = client.get("/__admin/counts").await.ok();
    assert_eq!(counts["limits"]["ip_weight_10s"], 310);
    assert_eq!((&counts["limits"]["refused"], &counts["limits"]["banned"]), (&3.into(), &2.into()));
}

#[tokio::test]
async fn placing_and_cancelling_share_twelve_a_second_and_what_is_refused_is_not_done() {
    // Twelve requests on a slow machine may take a second: a smaller bucket shows the same.
    let few = Limits { orders_per_second: 3, ..limits() };
    let (_sandbox, client) = scripted_with(|config| config.limits = Some(few)).await;
    client.order(&RESTING).await.ok();
    client.signed("DELETE", "/openOrders", &[("symbol", "BTCUSDT")]).await.ok();
    client.order(&RESTING).await.ok();
    let refused = client.order(&RESTING).await;
    assert_eq!((refused.retry_after(), refused.refused()), (Some(1), (429, 429)));
    let other =
        Client { key: "mx0other".to_owned(), secret: "secret2".to_owned(), ..client.clone() };
    other.order(&RESTING).await.ok();
    let orders = client.get("/__admin/orders").await.ok();
    assert_eq!(orders.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_account_is_asked_for_twice_a_second() {
    let (_sandbox, client) = scripted_with(|config| config.limits = Some(limits())).await;
    for _ in 0..2 {
        client.signed("GET", "/account", &[]).await.ok();
    }
    assert_eq!(client.signed("GET", "/account", &[]).await.refused(), (429, 429));
}

#[tokio::test]
async fn without_limits_everything_is_counted_and_nothing_refused() {
    let (_sandbox, client) = scripted().await;
    for _ in 0..20 {
        client.get("/api/v3/ticker/24hr?symbol=BTCUSDT").await.ok();
    }
    let counts = client.get("/__admin/counts").await.ok();
    assert_eq!(counts["limits"]["ip_weight_10s"], 500);
    assert_eq!(counts["GET /api/v3/ticker/24hr"], 20);
}
