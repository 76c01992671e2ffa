//! What no machine can decide: how much may be lost, and who is told. It is shown before real money
//! moves, so that a person does.

use domain::{Notional, PolicyName};
use engine::policy::Policy;
use engine::settings::{Mode, RiskSettings};

use super::finding::Finding;
use crate::config::Config;

/// Paper risks nothing.
pub(super) fn findings(config: &Config) -> Vec<Finding> {
    if config.engine.mode == Mode::Paper {
        return Vec::new();
    }
    let notified = config.telegram.as_ref().is_some_and(|telegram| telegram.notify.is_some());
    vec![
        limits(&config.engine.risk, config.engine.quote_asset.as_str()),
        routing(config),
        told(notified, config.heartbeat.url.is_some()),
    ]
}

fn largest(risk: &RiskSettings, policy: PolicyName) -> Notional {
    let by_policy = Policy::of(policy).max_notional;
    risk.max_notional.map_or(by_policy, |set| set.min(by_policy))
}

fn limits(risk: &RiskSettings, quote: &str) -> Finding {
    const CHECK: &str = "limits";
    let order = largest(risk, risk.policy);
    let all = risk.max_total_exposure;
    if risk.max_daily_loss == Notional::ZERO {
        let detail = format!("at most {order} {quote} an order, {all} in all, and any loss a day");
        return Finding::warning(CHECK, detail, "set RISK_MAX_DAILY_LOSS to what you can lose");
    }
    let loss = risk.max_daily_loss;
    Finding::ok(CHECK, format!("at most {order} {quote} an order, {all} in all, {loss} lost a day"))
}

fn routing(config: &Config) -> Finding {
    const CHECK: &str = "signals";
    let route = &config.engine.auto_route;
    let confidence = route.min_confidence;
    if !route.enabled || !route.exchange_matches {
        return Finding::ok(CHECK, "scored, not traded");
    }
    if route.dry_run {
        return Finding::ok(CHECK, "judged and logged, not traded (AUTO_ROUTE_DRY_RUN)");
    }
    let detail = format!("TRADED from confidence {confidence} on, without asking anybody");
    if config.engine.executor_enabled {
        let advice = "begin with AUTO_ROUTE_MIN_CONF=0.85 and small amounts: docs/operations.md";
        return Finding::warning(CHECK, detail, advice);
    }
    Finding::ok(CHECK, "scored; the executor is off (MEXC_ENABLE=false)")
}

fn told(by_telegram: bool, by_heartbeat: bool) -> Finding {
    const CHECK: &str = "alarms";
    let detail = match (by_telegram, by_heartbeat) {
        (true, true) => "Telegram is told, and somebody outside notices silence",
        (false, true) => "somebody outside notices silence",
        (true, false) => {
            return Finding::warning(
                CHECK,
                "Telegram is told; of a machine that is gone nobody hears",
                "set HEARTBEAT_URL to a dead-man's switch outside, or let Prometheus watch from \
                 another machine",
            );
        }
        (false, false) => {
            return Finding::warning(
                CHECK,
                "NOBODY IS TOLD when a stop fails or the service dies",
                "set TELEGRAM_NOTIFY_CHAT and HEARTBEAT_URL, or connect an Alertmanager: \
                 docs/operations.md",
            );
        }
    };
    Finding::ok(CHECK, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::check::finding::Standing;

    #[test]
    fn only_somebody_outside_notices_a_machine_that_is_gone() {
        for (telegram, heartbeat, expected) in [
            (true, true, Standing::Ok),
            (false, true, Standing::Ok),
            (true, false, Standing::Warning),
            (false, false, Standing::Warning),
        ] {
            assert_eq!(told(telegram, heartbeat).standing, expected, "{telegram} {heartbeat}");
        }
    }
}
