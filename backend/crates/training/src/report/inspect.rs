//! What a model has learnt, for people.

use std::fmt::Write as _;

use signal::{Model, NamedWeights, QUIET_TERMS, TRADE_TERMS};

/// So many features are shown for each class.
const SHOWN: usize = 25;
const CLASS_NAMES: [&str; 4] = ["a trade", "an update", "a closing", "nothing"];

/// The rules' weights, and the words and shapes that speak loudest for each class.
pub fn inspect(model: &Model) -> String {
    let rules: Vec<&NamedWeights> =
        model.features().filter(|one| one.name.starts_with("rule ")).collect();
    let named: Vec<&NamedWeights> =
        model.features().filter(|one| !one.name.starts_with("rule ")).collect();
    let mut out = format!("{} rules, {} words, stems and shapes\n\n", rules.len(), named.len());
    // Writing to a string cannot fail.
    let _ =
        writeln!(out, "{:28} {:>8} {:>8} {:>8} {:>8}", "", "trade", "update", "close", "nothing");
    for rule in rules {
        let _ = write!(out, "{:28}", rule.name);
        for weight in rule.weights {
            let _ = write!(out, " {weight:>8.3}");
        }
        out.push('\n');
    }
    for (class, name) in CLASS_NAMES.iter().enumerate() {
        let _ = writeln!(out, "\nfor {name}");
        for (advantage, one) in loudest(&named, class) {
            let _ = writeln!(out, "  {advantage:+.3}  {}", one.name);
        }
    }
    let calibration = model.calibration();
    out.push_str("\ncalibration of trades\n");
    for (term, weight) in TRADE_TERMS.iter().zip(calibration.trade) {
        let _ = writeln!(out, "  {weight:+.3}  {term}");
    }
    out.push_str("calibration of the others\n");
    for (term, weight) in QUIET_TERMS.iter().zip(calibration.quiet) {
        let _ = writeln!(out, "  {weight:+.3}  {term}");
    }
    out
}

/// The features with the greatest advantage of `class` over the mean of the others.
fn loudest<'a>(named: &[&'a NamedWeights], class: usize) -> Vec<(f64, &'a NamedWeights)> {
    let advantage = |one: &'a NamedWeights| {
        let sum: f64 = one.weights.iter().sum();
        let own = one.weights.get(class).copied().unwrap_or_default();
        (own - (sum - own) / 3.0, one)
    };
    let mut list: Vec<(f64, &NamedWeights)> = named.iter().map(|one| advantage(one)).collect();
    list.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    list.truncate(SHOWN);
    list
}
