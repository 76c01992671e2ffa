//! The report as text.

use std::fmt::Write as _;

use super::figures::{Figures, Group, INTENTS};
use crate::evaluate::Judged;

/// Figures, confusion matrix, groups, calibration and every error.
pub fn text(title: &str, judged: &[Judged]) -> String {
    let figures = Figures::of(judged);
    let mut out = format!("{title}\n\n");
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", line("all", &figures.all));
    let _ = writeln!(
        out,
        "calibration error {:.3} (intent alone {:.3})\n",
        figures.calibration_error, figures.intent_calibration_error
    );
    confusion(&mut out, &figures);
    for (name, groups) in [("source", &figures.sources), ("language", &figures.languages)] {
        let _ = writeln!(out, "\nby {name}");
        for (group, counts) in groups {
            let _ = writeln!(out, "{}", line(group, counts));
        }
    }
    let _ = writeln!(out, "\nconfidence   messages  mean   right");
    for (at, bin) in figures.bins.iter().enumerate().filter(|(_, bin)| bin.count > 0) {
        let _ = writeln!(
            out,
            "0.{at} - {}.{}  {:8}  {:.3}  {:.3}",
            (at + 1) / 10,
            (at + 1) % 10,
            bin.count,
            bin.confidence,
            bin.right
        );
    }
    errors(&mut out, judged);
    out
}

fn line(name: &str, group: &Group) -> String {
    format!(
        "{name:50} {:5} messages  intent {:5.1} %  false trades {:4.1} % of {}  fields {:5.1} % of {}  sure trades {:5.1} %",
        group.messages,
        group.intent_share(),
        group.false_share(),
        group.quiet,
        group.field_share(),
        group.trades,
        group.sure_share(),
    )
}

fn confusion(out: &mut String, figures: &Figures) {
    let _ = write!(out, "labelled \\ judged");
    for intent in INTENTS {
        let _ = write!(out, "{:>10}", intent.as_str());
    }
    out.push('\n');
    for (intent, row) in INTENTS.iter().zip(figures.confusion) {
        let _ = write!(out, "{:17}", intent.as_str());
        for count in row {
            let _ = write!(out, "{count:>10}");
        }
        out.push('\n');
    }
}

fn errors(out: &mut String, judged: &[Judged]) {
    let _ = writeln!(out, "\nerrors");
    for one in judged.iter().filter(|one| !one.right()) {
        let sure = if one.is_false_trade() { "  FALSE TRADE" } else { "" };
        let _ = writeln!(
            out,
            "{} {} {} judged {} {:.2}{sure}  {}",
            one.id,
            one.lang,
            one.labelled,
            one.judged,
            one.confidence,
            if one.labelled == one.judged {
                one.wrong_fields.join("; ")
            } else {
                one.reasons.join("; ")
            }
        );
    }
}
