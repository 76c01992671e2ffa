//! Keys of user data streams over REST.

use std::time::Duration;

use crate::support::{Client, scripted, scripted_with};
use serde_json::json;

#[tokio::test]
async fn a_listen_key_is_made_renewed_listed_and_ended() {
    let (_sandbox, client) = scripted().await;
    let key = client.signed("POST", "/userDataStream", &[]).await.ok()["listenKey"].clone();
    let named = [("listenKey", key.as_str().unwrap())];
    assert_eq!(named[0].1.len(), 64);
    assert_eq!(client.signed("PUT", "/userDataStream", &named).await.ok()["listenKey"], key);
    let listed = client.signed("GET", "/userDataStream", &[]).await.ok();
    assert_eq!(listed, json!({"total": 60, "listenKey": [key], "available": 59}));
    let other =
        Client { key: "mx0other".to_owned(), secret: "secret2".to_owned(), ..client.clone() };
    assert_eq!(other.signed("DELETE", "/userDataStream", &named).await.refused(), (400, 400));
    assert_eq!(client.signed("DELETE", "/userDataStream", &named).await.ok()["listenKey"], key);
    assert_eq!(client.signed("PUT", "/userDataStream", &named).await.refused(), (400, 400));
    assert_eq!(client.signed("PUT", "/userDataStream", &[]).await.refused(), (400, 700_004));
    let forged = Client { secret: "guess".to_owned(), ..client };
    assert_eq!(forged.signed("POST", "/userDataStream", &[]).await.refused(), (400, 700_002));
}

#[tokio::test]
async fn keys_are_limited_in_number_and_time() {
    let (_sandbox, client) = scripted_with(|config| config.listen_keys.per_account = 2).await;
    for _ in 0..2 {
        client.signed("POST", "/userDataStream", &[]).await.ok();
    }
    assert_eq!(client.signed("POST", "/userDataStream", &[]).await.refused(), (400, 400));
    let brief = Duration::ZERO;
    let (_brief, moment) = scripted_with(|config| config.listen_keys.lifetime = brief).await;
    let key = moment.signed("POST", "/userDataStream", &[]).await.ok()["listenKey"].clone();
    let named = [("listenKey", key.as_str().unwrap())];
    assert_eq!(moment.signed("PUT", "/userDataStream", &named).await.refused(), (400, 400));
    let expired = client.send("DELETE", "/__admin/listenKeys", &[], "").await.ok();
    assert_eq!(expired["expired"], 2);
    client.signed("POST", "/userDataStream", &[]).await.ok();
}
