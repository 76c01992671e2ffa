//! Alerts and dashboard against the running service: what they ask for must be there.

use std::collections::BTreeSet;
use std::path::Path;

use crate::process::Home;

/// Written by Prometheus itself.
const FOREIGN: [&str; 2] = ["job", "instance"];

fn monitoring(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    std::fs::read_to_string(root.join("ops").join(path)).unwrap()
}

/// A metric as an expression names it, with the labels it selects and the values it wants.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    name: String,
    /// Label and, where it is matched with `=`, its value.
    labels: Vec<(String, Option<String>)>,
}

/// Every `levibot_*` in the text, with its `{...}`.
fn wanted(text: &str) -> BTreeSet<Wanted> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("levibot_") {
        let rest = &text[at..];
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let selector = rest[end..].strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let labels = selector.map_or_else(Vec::new, |(selector, _)| matchers(selector));
        found.insert(Wanted { name: rest[..end].to_owned(), labels });
    }
    found
}

fn matchers(selector: &str) -> Vec<(String, Option<String>)> {
    let parts = selector.split(',').map(str::trim).filter(|part| !part.is_empty());
    let one = |part: &str| {
        let end = part.find(['=', '!']).unwrap();
        let exact = part[end..].strip_prefix("=").filter(|value| !value.starts_with('~'));
        let value = exact.map(|value| value.replace('\\', "").trim_matches('"').to_owned());
        (part[..end].to_owned(), value)
    };
    parts.map(one).collect()
}

/// The names in `by (a, b)`.
fn grouped_by(text: &str) -> BTreeSet<String> {
    let lists = text.split(" by (").skip(1).filter_map(|rest| rest.split(')').next());
    lists.flat_map(|list| list.split(',')).map(|name| name.trim().to_owned()).collect()
}

fn is_shown(exposition: &str, wanted: &Wanted) -> bool {
    let lines = exposition.lines().filter(|line| !line.starts_with('#'));
    let own = wanted.labels.iter().filter(|(label, _)| !FOREIGN.contains(&label.as_str()));
    let needles: Vec<String> = own
        .map(|(label, value)| match value {
            Some(value) => format!("{label}=\"{value}\""),
            None => format!("{label}=\""),
        })
        .collect();
    lines
        .filter(|line| line.split(['{', ' ']).next() == Some(wanted.name.as_str()))
        .any(|line| needles.iter().all(|needle| line.contains(needle.as_str())))
}

#[test]
fn every_figure_of_alerts_and_dashboard_is_one_of_the_service() {
    let home = Home::new(&[]);
    let service = home.start_ready();
    let exposition = service.get("/metrics/prom").body;
    for path in
        ["prometheus/alerts.yml", "prometheus/alerts_test.yml", "grafana/dashboards/levibot.json"]
    {
        let text = monitoring(path);
        let all = wanted(&text);
        assert!(all.len() >= 15, "{path} names only {} figures", all.len());
        for figure in all {
            assert!(is_shown(&exposition, &figure), "{path}: the service shows no {figure:?}");
        }
        for label in grouped_by(&text) {
            let label = format!("{label}=\"");
            assert!(exposition.contains(&label), "{path}: no figure has the label {label}");
        }
    }
}

#[test]
fn a_name_a_label_or_a_value_that_is_not_there_is_noticed() {
    let exposition = "levibot_x_total{status=\"ok\"} 0\nlevibot_y 0\n";
    for (text, expected) in [
        ("levibot_x_total", true),
        ("levibot_x_total{status=\\\"ok\\\"}", true),
        ("levibot_x_total{status=~\"ok|error\", job=\"levibot\"}", true),
        ("levibot_x", false),
        ("levibot_x_total{status=\"error\"}", false),
        ("levibot_y{status=\"ok\"}", false),
    ] {
        let all = wanted(text);
        assert!(all.iter().all(|one| is_shown(exposition, one)) == expected, "{text}: {all:?}");
    }
}
