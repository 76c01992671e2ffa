//! Alert rules: each tells how bad it is and leads to an entry of the runbook that says what to do.

use serde_json::Value;

use crate::Violation;
use crate::repository::TextFile;

/// Where the rules are.
pub const RULES: &str = "ops/prometheus/alerts.yml";
/// Where their entries are.
pub const RUNBOOK: &str = "docs/runbook.md";

/// What an entry tells, in this order.
const PARTS: [&str; 4] = ["**Means:**", "**Look:**", "**Do:**", "**Over:**"];

/// Holds the rules and the runbook against each other.
pub fn check(rules: &TextFile, runbook: &TextFile) -> Vec<Violation> {
    let parsed: Value = match serde_saphyr::from_str(&rules.text) {
        Ok(parsed) => parsed,
        Err(error) => return vec![Violation::new(&rules.path, format!("is no YAML: {error}"))],
    };
    let groups = parsed["groups"].as_array().into_iter().flatten();
    let alerts: Vec<&Value> =
        groups.flat_map(|group| group["rules"].as_array().into_iter().flatten()).collect();
    let wrong = |name: &str, what: &str| Violation::new(&rules.path, format!("{name}: {what}"));
    let mut violations = Vec::new();
    if alerts.is_empty() {
        violations.push(wrong("groups", "there is no alert"));
    }
    let mut names = Vec::new();
    for alert in alerts {
        let name = alert["alert"].as_str().unwrap_or_default();
        names.push(name);
        let severity = alert["labels"]["severity"].as_str().unwrap_or_default();
        if !["critical", "warning"].contains(&severity) {
            violations.push(wrong(name, "severity is neither critical nor warning"));
        }
        if alert["annotations"]["summary"].as_str().is_none() {
            violations.push(wrong(name, "has no summary"));
        }
        let expected = format!("{RUNBOOK}#{}", name.to_lowercase());
        if alert["annotations"]["runbook_url"] != expected.as_str() {
            violations.push(wrong(name, &format!("its runbook_url is not {expected}")));
        }
        let lacks = lacking(&runbook.text, name);
        violations.extend(lacks.map(|what| Violation::new(&runbook.path, what)));
    }
    let told = runbook.text.lines().filter_map(|line| line.strip_prefix("## "));
    let stale = told.filter(|heading| !names.contains(heading));
    violations.extend(stale.map(|heading| {
        Violation::new(&runbook.path, format!("{heading} is no alert of {}", rules.path))
    }));
    violations
}

/// What the runbook lacks of an alert's entry.
fn lacking(runbook: &str, name: &str) -> Option<String> {
    let heading = format!("\n## {name}\n");
    let Some((_, rest)) = runbook.split_once(&heading) else {
        return Some(format!("has no entry for {name}"));
    };
    let entry = rest.split("\n## ").next().unwrap_or_default();
    let mut after = 0;
    for part in PARTS {
        match entry[after..].find(part) {
            Some(at) => after += at,
            None => return Some(format!("{name}: the entry lacks {part} in its place")),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALERT: &str = "groups:\n  - rules:\n      - alert: Down\n        labels: {severity: critical}\n        annotations: {summary: s, runbook_url: docs/runbook.md#down}\n";
    const ENTRY: &str = "# R\n\n## Down\n\n**Means:** a\n**Look:** b\n**Do:** c\n**Over:** d\n";

    fn found(alert: &str, entry: &str) -> usize {
        check(&TextFile::new(RULES, alert), &TextFile::new(RUNBOOK, entry)).len()
    }

    #[test]
    fn a_complete_pair_passes() {
        assert_eq!(found(ALERT, ENTRY), 0);
    }

    #[test]
    fn whatever_is_missing_is_found() {
        for (alert, entry) in [
            (ALERT.replace("critical", "bad"), ENTRY.to_owned()),
            (ALERT.replace("summary: s, ", ""), ENTRY.to_owned()),
            (ALERT.replace("#down", "#up"), ENTRY.to_owned()),
            ("groups: []".to_owned(), "# R\n".to_owned()),
            (ALERT.to_owned(), ENTRY.replace("**Do:**", "")),
            (ALERT.to_owned(), format!("{ENTRY}\n## Up\n")),
        ] {
            assert_eq!(found(&alert, &entry), 1, "{alert} {entry}");
        }
        assert_eq!(found(ALERT, "# R\n"), 1);
    }
}
