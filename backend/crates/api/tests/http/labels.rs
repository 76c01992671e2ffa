//! `/signals/labels`: what people say a message means, kept for training.

use std::sync::Mutex;

use api::labels::{Kept, Label, Labels, LabelsError, newest_of};
use api::ports::BoxFuture;
use serde_json::{Value, json};

use crate::client;
use crate::service::{Service, Setup};

/// Labels in memory.
#[derive(Default)]
pub(crate) struct Book(Mutex<Vec<Label>>);

impl Labels for Book {
    fn all(&self) -> BoxFuture<'_, Result<Vec<Label>, LabelsError>> {
        let labels = self.0.lock().expect("unpoisoned").clone();
        Box::pin(async { Ok(labels) })
    }

    fn keep(&self, label: Label) -> BoxFuture<'_, Result<Kept, LabelsError>> {
        let mut labels = self.0.lock().expect("unpoisoned");
        let known = newest_of(&labels, &label).is_some_and(|newest| newest.says_the_same(&label));
        if !known {
            labels.push(label);
        }
        Box::pin(async move { Ok(if known { Kept::Known } else { Kept::Stored }) })
    }
}

const ODD: &str = "SUI/USDT looks ready, entry 1.10\ntp 1.2 1.3\nsl 1.02";

async fn label(service: &Service, body: &Value) -> Value {
    service.send("POST", "/signals/labels", &body.to_string()).await.success()
}

#[tokio::test]
async fn a_corrected_intent_keeps_the_fields_as_the_service_reads_them() {
    let service = Service::start().await;
    let message = json!({"text": ODD, "channel": "vip", "message_id": "1"}).to_string();
    let came = service.send("POST", "/signals/ingest-and-score", &message).await.success();
    let answer = label(&service, &json!({"trace_id": came["trace_id"], "intent": "SELL"})).await;
    let kept = &answer["label"];
    assert!(
        answer["stored"] == true && kept["intent"] == "SELL" && kept["text"] == ODD,
        "{answer}"
    );
    assert!(kept["source"] == "vip" && kept["trace_id"] == came["trace_id"], "{answer}");
    assert!(kept["symbol"] == "SUIUSDT" && kept["sl"] == 1.02, "{answer}");
    assert_eq!((&kept["entries"], &kept["tps"]), (&json!([1.1]), &json!([1.2, 1.3])));
}

#[tokio::test]
async fn given_fields_stand_instead_of_those_that_were_read() {
    let service = Service::start().await;
    let given = json!({
        "text": ODD, "intent": "BUY", "symbol": "#sui-usdc", "entries": ["1.05", 1.1e0],
        "tp_pcts": [2.5], "sl": null, "leverage": 3, "lang": "EN", "source": "notes",
    });
    let kept = label(&service, &given).await["label"].clone();
    assert!(kept["symbol"] == "SUIUSDC" && kept["leverage"] == 3, "{kept}");
    assert_eq!(kept["entries"], json!([1.05, 1.1]));
    assert_eq!((&kept["tps"], &kept["tp_pcts"]), (&json!([]), &json!([2.5])));
    assert!(kept["sl"].is_null() && kept["sl_pct"].is_null(), "{kept}");
    assert!(kept["lang"] == "en" && kept["source"] == "notes", "{kept}");
    let nothing = label(&service, &json!({"text": ODD, "intent": "NO_TRADE"})).await;
    assert!(nothing["label"]["symbol"].is_null(), "what trades nothing has no fields: {nothing}");
}

#[tokio::test]
async fn saying_it_twice_keeps_one_and_the_newest_of_a_message_is_listed() {
    let service = Service::start().await;
    for (intent, stored) in [("BUY", true), ("BUY", false), ("SELL", true)] {
        let answer = label(&service, &json!({"text": ODD, "intent": intent})).await;
        assert_eq!(answer["stored"], stored, "{intent}");
    }
    label(&service, &json!({"text": "good morning", "intent": "NO_TRADE"})).await;
    let list = service.get("/signals/labels").await.success();
    let intents: Vec<_> = list["labels"].as_array().unwrap().iter().map(|l| &l["intent"]).collect();
    assert_eq!((intents, &list["count"]), (vec![&json!("NO_TRADE"), &json!("SELL")], &json!(2)));
    let one = service.get("/signals/labels?limit=1").await.success();
    assert!(one["labels"].as_array().unwrap().len() == 1 && one["count"] == 2, "{one}");
}

#[tokio::test]
async fn what_is_no_label_is_refused_with_the_reason() {
    let service = Service::start().await;
    let long = "x".repeat(20_001);
    let table = [
        (json!({"intent": "BUY"}), 400, "text or trace_id"),
        (json!({"text": ODD, "trace_id": "a", "intent": "BUY"}), 400, "text or trace_id"),
        (json!({"trace_id": "nothing", "intent": "BUY"}), 404, "no message"),
        (json!({"text": ODD}), 400, "intent"),
        (json!({"text": ODD, "intent": "HOLD"}), 400, "HOLD"),
        (json!({"text": ODD, "intent": "BUY", "stop": 1}), 400, "stop"),
        (json!({"text": " ", "intent": "NO_TRADE"}), 400, "characters"),
        (json!({"text": long, "intent": "NO_TRADE"}), 400, "20001 characters"),
        (json!({"text": "up!", "intent": "BUY"}), 400, "give symbol"),
        (json!({"text": ODD, "intent": "BUY", "symbol": "a b?"}), 400, "pair"),
        (json!({"text": ODD, "intent": "BUY", "entries": [0]}), 400, "entries"),
        (json!({"text": ODD, "intent": "BUY", "tps": [-1]}), 400, "tps"),
        (json!({"text": ODD, "intent": "BUY", "tps": vec![1; 33]}), 400, "32 numbers"),
        (json!({"text": ODD, "intent": "BUY", "sl": "low"}), 400, "low"),
        (json!({"text": ODD, "intent": "BUY", "sl_pct": 0}), 400, "sl_pct"),
        (json!({"text": ODD, "intent": "BUY", "leverage": 0}), 400, "leverage"),
        (json!({"text": ODD, "intent": "BUY", "lang": "english"}), 400, "two letters"),
    ];
    for (body, status, part) in table {
        let answer = service.send("POST", "/signals/labels", &body.to_string()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert!(answer.body.contains(part), "{body}: {}", answer.body);
    }
    assert_eq!(service.send("POST", "/signals/labels", "[]").await.status, 400);
    assert_eq!(service.get("/signals/labels").await.success()["count"], 0);
}

#[tokio::test]
async fn a_label_needs_the_key_and_no_foreign_page_gives_one() {
    let setup = Setup { keys: vec!["a-long-key"], ..Setup::default() };
    let service = Service::with(setup).await;
    let body = json!({"text": ODD, "intent": "BUY"}).to_string();
    let key = ("X-API-Key", "a-long-key");
    let host = ("Host", "localhost");
    let table = [
        (vec![host], 401),
        (vec![host, key, ("Origin", "https://evil.example")], 403),
        (vec![host, key], 200),
    ];
    for (headers, status) in table {
        let answer = client::raw(service.at, "POST", "/signals/labels", &headers, body.as_bytes());
        assert_eq!(answer.await.status, status, "{headers:?}");
    }
}
