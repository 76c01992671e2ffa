//! The report as one page that needs nothing else.

use std::fmt::Write as _;

use domain::Intent;

use super::figures::{Figures, Group, INTENTS};
use super::svg::reliability_svg;
use crate::evaluate::Judged;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#111827}\
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.25rem .7rem;border-bottom:1px solid #e5e7eb;text-align:right}\
td:first-child,th:first-child{text-align:left}.bar{display:inline-block;height:.7rem;background:#2563eb;vertical-align:middle;margin-right:.4rem}\
.hit{background:#dcfce7}.miss{background:#fee2e2}small{color:#4b5563}li{margin:.2rem 0}";

/// A section of the page: a name and the judgements it is about.
pub type Section<'a> = (&'a str, &'a [Judged]);

/// Figures, plots and errors of each section.
pub fn html(title: &str, sections: &[Section<'_>]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title><style>{STYLE}</style></head><body>\n<h1>{}</h1>\n",
        escaped(title),
        escaped(title)
    );
    for (name, judged) in sections {
        section(&mut page, name, judged);
    }
    page.push_str("</body></html>\n");
    page
}

fn section(page: &mut String, name: &str, judged: &[Judged]) {
    let figures = Figures::of(judged);
    // Writing to a string cannot fail.
    let _ = writeln!(page, "<h2>{}</h2>", escaped(name));
    groups(page, "", std::iter::once(("all", &figures.all)));
    page.push_str(&reliability_svg(name, judged));
    confusion(page, &figures);
    let named = |(name, group): (&'_ String, &'_ Group)| (name.clone(), *group);
    let languages: Vec<(String, Group)> = figures.languages.iter().map(named).collect();
    let sources: Vec<(String, Group)> = figures.sources.iter().map(named).collect();
    groups(page, "By language", languages.iter().map(|(name, group)| (name.as_str(), group)));
    groups(page, "By source", sources.iter().map(|(name, group)| (name.as_str(), group)));
    errors(page, judged);
}

fn groups<'a>(page: &mut String, title: &str, rows: impl Iterator<Item = (&'a str, &'a Group)>) {
    if !title.is_empty() {
        let _ = writeln!(page, "<h3>{title}</h3>");
    }
    page.push_str("<table><tr><th></th><th>messages</th><th>intent right</th><th>false trades</th><th>fields right</th><th>sure trades</th></tr>\n");
    for (name, group) in rows {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td><span class=\"bar\" style=\"width:{:.0}px\"></span>{:.1} %</td><td>{:.1} % of {}</td><td>{:.1} % of {}</td><td>{:.1} %</td></tr>",
            escaped(name),
            group.messages,
            group.intent_share(),
            group.intent_share(),
            group.false_share(),
            group.quiet,
            group.field_share(),
            group.trades,
            group.sure_share()
        );
    }
    page.push_str("</table>\n");
}

fn confusion(page: &mut String, figures: &Figures) {
    page.push_str("<h3>Labelled (rows) and judged (columns)</h3><table><tr><th></th>");
    for intent in INTENTS {
        let _ = write!(page, "<th>{intent}</th>");
    }
    page.push_str("</tr>\n");
    for (row, intent) in INTENTS.iter().enumerate() {
        let _ = write!(page, "<tr><td>{intent}</td>");
        for column in 0..INTENTS.len() {
            let count = figures.confusion[row][column];
            let class = match (row == column, count) {
                (_, 0) => "",
                (true, _) => "hit",
                (false, _) => "miss",
            };
            let _ = write!(page, "<td class=\"{class}\">{count}</td>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
}

fn errors(page: &mut String, judged: &[Judged]) {
    page.push_str("<h3>Errors by kind</h3>\n");
    for labelled in INTENTS {
        for found in INTENTS {
            kind(page, judged, labelled, found);
        }
    }
}

/// The errors of one kind, under a heading that counts them.
fn kind(page: &mut String, judged: &[Judged], labelled: Intent, found: Intent) {
    let fits = |one: &&Judged| one.labelled == labelled && one.judged == found && !one.right();
    let errors: Vec<&Judged> = judged.iter().filter(fits).collect();
    if errors.is_empty() {
        return;
    }
    let title = if labelled == found {
        format!("{labelled}, but other fields")
    } else {
        format!("{labelled} judged {found}")
    };
    let _ = writeln!(page, "<details open><summary>{title}: {}</summary><ul>", errors.len());
    for one in errors {
        let why = if labelled == found { &one.wrong_fields } else { &one.reasons };
        let _ = writeln!(
            page,
            "<li><b>{}</b> {} {:.2} <small>{}</small></li>",
            escaped(&one.id),
            escaped(&one.lang),
            one.confidence,
            escaped(&why.join("; "))
        );
    }
    page.push_str("</ul></details>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
