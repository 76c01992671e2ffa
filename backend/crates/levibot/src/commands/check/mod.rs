//! `levibot check`: everything that should hold before real money moves. Never places an order.

mod exchange;
mod finding;
mod ledger;
mod machine;
mod preparation;
mod services;

use std::process::ExitCode;

use engine::Mode;

use crate::config::{Config, Loaded, Mistake};
use finding::{Finding, Standing};

/// Looks at everything and prints it. Fails (status 1) when a check does.
pub(crate) async fn run(loaded: Result<Loaded, Vec<Mistake>>, json: bool) -> ExitCode {
    let mut findings = configuration(&loaded);
    if let Ok(loaded) = loaded {
        findings.extend(everything(&loaded.config).await);
    }
    if json {
        println!("{}", finding::json(&findings));
    } else {
        println!("{}", finding::table(&findings));
    }
    match finding::count(&findings, Standing::Failed) {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn configuration(loaded: &Result<Loaded, Vec<Mistake>>) -> Vec<Finding> {
    const CHECK: &str = "configuration";
    match loaded {
        Err(mistakes) => {
            let failed = |mistake: &Mistake| {
                Finding::failed(CHECK, mistake.to_string(), "correct it; see docs/configuration.md")
            };
            mistakes.iter().map(failed).collect()
        }
        Ok(loaded) => {
            let mode = loaded.config.engine.mode.as_str();
            let advice = "`levibot config` shows every value and where it comes from";
            let mut findings = vec![Finding::ok(CHECK, format!("valid, mode {mode}"))];
            let warned = loaded.warnings.iter();
            findings.extend(warned.map(|text| Finding::warning(CHECK, text, advice)));
            findings
        }
    }
}

/// A start fails with a model that is none; here it is told before.
fn intent_model(config: &Config) -> Finding {
    const CHECK: &str = "intent model";
    let Some(file) = &config.signal_model else {
        return Finding::ok(CHECK, "the one that comes with the program");
    };
    match super::model::load(file) {
        Ok(model) => {
            let count = model.features().count();
            Finding::ok(CHECK, format!("{}, {count} features", file.display()))
        }
        Err(error) => {
            let advice = "correct SIGNAL_MODEL, or unset it for the model that comes with it";
            Finding::failed(CHECK, error.to_string(), advice)
        }
    }
}

async fn everything(config: &Config) -> Vec<Finding> {
    let mut findings = machine::findings(&config.log.dir, config.room.wanted);
    findings.push(intent_model(config));
    findings.extend(preparation::findings(config));
    findings.extend(services::findings(config).await);
    let seen = if config.engine.mode == Mode::Paper {
        let detail = "paper trading: the exchange is built in and needs no key";
        findings.push(Finding::not_needed("exchange", detail));
        None
    } else {
        match crate::service::client_for_checks(config) {
            Ok(client) => {
                let mut seen = exchange::look(&client, config).await;
                findings.append(&mut seen.findings);
                Some((client, seen))
            }
            Err(error) => {
                let advice = "correct the setting it names";
                findings.push(Finding::failed("exchange", error.to_string(), advice));
                None
            }
        }
    };
    findings.extend(ledger::findings(config, seen).await);
    findings
}
