//! Entries in columns, for people.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use jiff::tz::TimeZone;
use journal::Entry;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::summary::{shown, summary};

/// The longest names of events there are; a newer one may be longer and moves its row.
const TYPE_WIDTH: usize = 22;
const SYMBOL_WIDTH: usize = 10;
const TRACE_WIDTH: usize = 16;
/// A terminal narrower than this wraps rows as it likes.
const LEAST_SUMMARY: usize = 16;

/// The columns, and how wide they may be.
pub(super) struct Table {
    tz: TimeZone,
    /// Columns of the terminal; [`None`] where nothing is cut.
    width: Option<usize>,
    begun: bool,
}

impl Table {
    pub(super) const fn new(tz: TimeZone, width: Option<usize>) -> Self {
        Self { tz, width, begun: false }
    }

    /// Writes a row, and the heading before the first one.
    pub(super) fn row(&mut self, entry: &Entry<'_>, out: &mut impl Write) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            let bold = Style::new().bold();
            let line = self.columns(["TIME", "SEQ", "EVENT", "SYMBOL", "TRACE", "WHAT"]);
            writeln!(out, "{bold}{}{bold:#}", line.concat())?;
        }
        let local = entry.ts.to_jiff().to_zoned(self.tz.clone()).datetime();
        let time = format!("{}.{:03}", local.strftime("%Y-%m-%d %H:%M:%S"), local.millisecond());
        let seq = entry.seq.to_string();
        let kind = shown(&entry.event_type);
        let symbol = shown(entry.symbol.as_ref().map_or("", |symbol| symbol.as_str()));
        let trace = shown(entry.trace_id.as_ref().map_or("", |trace| trace.as_str()));
        let what = summary(entry.payload.get());
        let [before, kind, after] = self.columns([&time, &seq, &kind, &symbol, &trace, &what]);
        let (faint, style) = (Style::new().dimmed(), style_of(&entry.event_type));
        writeln!(out, "{faint}{before}{faint:#}{style}{kind}{style:#}{after}")
    }

    /// Time and number, the type, and the rest.
    fn columns(&self, [time, seq, kind, symbol, trace, what]: [&str; 6]) -> [String; 3] {
        let before = format!("{time:<23} {seq:>8} ");
        let kind = format!("{kind:<TYPE_WIDTH$} ");
        let after = format!("{symbol:<SYMBOL_WIDTH$} {trace:<TRACE_WIDTH$} ");
        let used = before.width() + kind.width() + after.width();
        let what = match self.width {
            Some(width) => cut(what, width.saturating_sub(used).max(LEAST_SUMMARY)),
            None => what.to_owned(),
        };
        [before, kind, format!("{after}{what}").trim_end().to_owned()]
    }
}

/// As much as fits into `width` columns.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    let mut short: String = text.chars().take_while(fits).collect();
    short.push('…');
    short
}

fn style_of(event_type: &str) -> Style {
    let colour = match event_type {
        "ALARM" | "ORDER_ERROR" | "ORDER_IN_DOUBT" | "MEXC_ERROR" | "KILL_SWITCH"
        | "ACCESS_REFUSED" => AnsiColor::Red,
        "ORDER_BLOCKED"
        | "AUTO_ROUTE_SKIPPED"
        | "ORDER_CANCELED"
        | "MEXC_SYMBOL_RESTRICTED"
        | "JOURNAL_REPAIRED" => AnsiColor::Yellow,
        "ORDER_FILLED" | "ORDER_PARTIAL_FILL" | "POSITION_OPENED" | "POSITION_CLOSED" => {
            AnsiColor::Green
        }
        "ORDER_NEW" | "ORDER_ACCEPTED" | "AUTO_ROUTE_EXECUTED" | "RISK_SLTP" => AnsiColor::Cyan,
        "CHECKPOINT" => AnsiColor::BrightBlack,
        _ => return Style::new(),
    };
    colour.on_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"seq":42,"ts":"2026-03-10T21:00:00.123456Z","event_type":"ORDER_FILLED","symbol":"BTCUSDT","trace_id":"8d0c5e1f2a3b4c5d","payload":{"executed_qty":"0.5","average_price":"64000.10","note":"漢字漢字漢字漢字漢字漢字"}}"#;

    fn rows(width: Option<usize>) -> Vec<String> {
        let mut table = Table::new(TimeZone::get("Europe/Istanbul").unwrap(), width);
        let mut out = Vec::new();
        let entry = Entry::parse(LINE.as_bytes()).unwrap();
        table.row(&entry, &mut out).unwrap();
        table.row(&entry, &mut out).unwrap();
        let plain = anstream::adapter::strip_bytes(&out).into_vec();
        String::from_utf8(plain).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_time_is_the_services_and_the_heading_comes_once() {
        let rows = rows(None);
        assert_eq!(rows.len(), 3);
        assert!(rows[0].starts_with("TIME"), "{}", rows[0]);
        let expected = "2026-03-11 00:00:00.123       42 ORDER_FILLED           BTCUSDT    \
            8d0c5e1f2a3b4c5d executed_qty=0.5 average_price=64000.10 note=漢字漢字漢字漢字漢字漢字";
        assert_eq!(rows[1], expected);
    }

    #[test]
    fn no_row_is_wider_than_the_terminal_also_with_wide_characters() {
        for width in [103, 110, 140, 141, 142, 150] {
            for row in rows(Some(width)) {
                assert!(row.width() <= width, "{width}: {} {row}", row.width());
            }
        }
    }
}
