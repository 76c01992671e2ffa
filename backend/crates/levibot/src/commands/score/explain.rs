//! A reading for people: the message with its fields underlined, then what was made of it.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use domain::{Decimal, EntryKind, Intent, Price};
use signal::{Field, Reading};

/// Prints one. Whether colours come out is the stream's affair.
pub(super) fn print(
    id: Option<&serde_json::Value>,
    text: &str,
    reading: &Reading,
    out: &mut impl Write,
) -> io::Result<()> {
    if let Some(id) = id {
        writeln!(out, "message {id}")?;
    }
    writeln!(out, "{}\n", underlined(text, reading))?;
    let score = &reading.score;
    let bold = intent_style(score.label).bold();
    let symbol = reading.signal.symbol.as_deref().unwrap_or("no pair");
    writeln!(out, "{bold}{}{bold:#} {symbol}  confidence {:.3}", score.label, score.confidence)?;
    for (field, name, value) in fields(reading) {
        let style = field_style(field);
        writeln!(out, "  {style}{name:<8}{style:#} {value}")?;
    }
    for reason in &score.reasons {
        writeln!(out, "  - {reason}")?;
    }
    writeln!(out)
}

/// The message with every field underlined in its colour. Control characters are shown, not sent
/// to the terminal.
fn underlined(text: &str, reading: &Reading) -> String {
    let mut marked = String::with_capacity(2 * text.len());
    let mut at = 0;
    for span in &reading.spans {
        if span.start < at {
            continue;
        }
        let style = field_style(span.field).underline();
        marked.push_str(&shown(text.get(at..span.start).unwrap_or_default()));
        let piece = shown(text.get(span.range()).unwrap_or_default());
        // Writing to a string cannot fail.
        let _ = write!(marked, "{style}{piece}{style:#}");
        at = span.end;
    }
    marked + &shown(text.get(at..).unwrap_or_default())
}

fn shown(text: &str) -> String {
    let harmless = |c: char| if c.is_control() && c != '\n' { '\u{FFFD}' } else { c };
    text.chars().map(harmless).collect()
}

fn fields(reading: &Reading) -> Vec<(Field, &'static str, String)> {
    let signal = &reading.signal;
    let percent = |value: &Decimal| format!("{value} %");
    let targets: Vec<String> = signal
        .tps
        .iter()
        .map(ToString::to_string)
        .chain(signal.tp_pcts.iter().map(percent))
        .collect();
    let stop =
        signal.sl.map(|price| price.to_string()).or_else(|| signal.sl_pct.as_ref().map(percent));
    let rows = [
        (Field::Entry, "entry", entry(reading)),
        (Field::Target, "targets", targets.join(", ")),
        (Field::Stop, "stop", stop.unwrap_or_default()),
        (Field::Leverage, "leverage", signal.leverage.map(|x| format!("{x}x")).unwrap_or_default()),
        (Field::Symbol, "others", signal.other_symbols.join(", ")),
    ];
    rows.into_iter().filter(|(_, _, value)| !value.is_empty()).collect()
}

fn entry(reading: &Reading) -> String {
    let signal = &reading.signal;
    let list =
        |prices: &[Price]| prices.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match signal.entry_kind {
        Some(EntryKind::Market) if signal.entries.is_empty() => "market".to_owned(),
        Some(EntryKind::Market) => format!("market, {}", list(&signal.entries)),
        Some(EntryKind::Range) => list(&signal.entries).replace(", ", " - "),
        Some(EntryKind::Limit) | None => list(&signal.entries),
    }
}

const fn intent_style(intent: Intent) -> Style {
    let colour = match intent {
        Intent::Buy => AnsiColor::Green,
        Intent::Sell => AnsiColor::Red,
        Intent::Close => AnsiColor::Yellow,
        Intent::Update => AnsiColor::Cyan,
        Intent::NoTrade => AnsiColor::BrightBlack,
    };
    colour.on_default()
}

const fn field_style(field: Field) -> Style {
    let colour = match field {
        Field::Symbol => AnsiColor::Blue,
        Field::Side => AnsiColor::Magenta,
        Field::Entry => AnsiColor::Cyan,
        Field::Target => AnsiColor::Green,
        Field::Stop => AnsiColor::Red,
        Field::Leverage => AnsiColor::Yellow,
    };
    colour.on_default()
}
