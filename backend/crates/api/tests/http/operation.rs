//! `/settings` and `/log-level`.

use std::collections::BTreeMap;
use std::sync::Mutex;

use api::operation::{InvalidFilter, LogInForce, Operation, Setting, Settings};

use crate::service::Service;

/// A process whose log takes any filter but `loud`.
pub(crate) struct Panelled(Mutex<String>);

impl Default for Panelled {
    fn default() -> Self {
        Self(Mutex::new("info".to_owned()))
    }
}

impl Operation for Panelled {
    fn settings(&self) -> Settings {
        let key = Setting {
            name: "MEXC_API_SECRET".to_owned(),
            group: "Exchange".to_owned(),
            meaning: "Secret key".to_owned(),
            value: Some("***".to_owned()),
            default: "none".to_owned(),
            source: "environment".to_owned(),
            secret: true,
        };
        let (version, account) = ("2.0.0".to_owned(), "paper".to_owned());
        Settings { version, account, settings: vec![key], warnings: Vec::new() }
    }

    fn log(&self) -> LogInForce {
        let filter = self.0.lock().expect("unpoisoned").clone();
        LogInForce { level: filter.clone(), filter, modules: BTreeMap::new() }
    }

    fn set_log(&self, filter: &str) -> Result<LogInForce, InvalidFilter> {
        if filter == "loud" {
            return Err(InvalidFilter("\"loud\" is no level".to_owned()));
        }
        filter.clone_into(&mut self.0.lock().expect("unpoisoned"));
        Ok(self.log())
    }
}

#[tokio::test]
async fn the_log_is_changed_while_the_service_runs() {
    let service = Service::start().await;
    assert_eq!(service.get("/log-level").await.success()["filter"], "info");
    let set = service.send("PUT", "/log-level", r#"{"filter":"debug"}"#).await;
    assert_eq!(set.success()["filter"], "debug");
    let refused = service.send("PUT", "/log-level?filter=loud", "").await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "bad_parameter"));
    assert_eq!(service.get("/log-level").await.success()["filter"], "debug");
    assert_eq!(service.send("PUT", "/log-level", "").await.status, 400);
}
