//! The day in one message.

use std::time::Duration;

use domain::{Decimal, Event, Record, Timestamp};
use engine::Engine;
use jiff::ToSpan;
use jiff::tz::TimeZone;

use crate::port::{Lines, Service, Unavailable, read};
use crate::settings::Notify;
use crate::words;

/// Closed positions that are looked back at.
const LOOKED_AT: usize = 1_000;
/// How far back the picture goes.
const PICTURE: Duration = Duration::from_hours(24 * 30);
const DAY: Duration = Duration::from_hours(24);

/// A summary with the curve for its picture: the sum of all results after each close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) text: String,
    pub(super) curve: Vec<Decimal>,
}

/// How long until the next summary; [`None`] when there is none.
pub(super) fn until_next(now: Timestamp, notify: &Notify, zone: &TimeZone) -> Option<Duration> {
    let at = notify.summary_at?;
    let local = now.to_jiff().to_zoned(zone.clone());
    let today = local.date().to_datetime(at).to_zoned(zone.clone()).ok()?;
    let next = if today > local {
        today
    } else {
        local.date().checked_add(1.day()).ok()?.to_datetime(at).to_zoned(zone.clone()).ok()?
    };
    let next = Timestamp::from_micros(next.timestamp().as_microsecond());
    // Never zero: the same moment must not be met twice.
    Some(next.since(now).max(Duration::from_secs(1)))
}

pub(super) async fn of(service: &dyn Service, now: Timestamp) -> Result<Summary, Unavailable> {
    let wanted = Lines { types: &["POSITION_CLOSED"], trace: None, limit: LOOKED_AT };
    let mut closed = service.lines(wanted).await?;
    closed.retain(|record| now.since(record.ts) < PICTURE);
    closed.reverse();
    let standing = read(service, standing).await?;
    let today: Vec<&Record> = closed.iter().filter(|record| now.since(record.ts) < DAY).collect();
    let text = format!("📒 The last 24 hours\n{}\n{standing}", closings(&today));
    Ok(Summary { text, curve: curve(&closed) })
}

fn result(record: &Record) -> Decimal {
    match &record.event {
        Event::PositionClosed(closed) => closed.realised_pnl.get(),
        _ => Decimal::ZERO,
    }
}

fn closings(today: &[&Record]) -> String {
    if today.is_empty() {
        return "no position was closed".to_owned();
    }
    let results: Vec<Decimal> = today.iter().map(|record| result(record)).collect();
    let won = results.iter().filter(|result| **result > Decimal::ZERO).count();
    let sum: Decimal = results.iter().sum();
    let best = results.iter().max().copied().unwrap_or_default();
    let worst = results.iter().min().copied().unwrap_or_default();
    format!(
        "{} closed, {won} with a profit, result {}\nbest {}, worst {}",
        results.len(),
        words::signed(sum),
        words::signed(best),
        words::signed(worst)
    )
}

fn standing(engine: &Engine) -> String {
    let ledger = engine.ledger();
    let kill = ledger
        .kill_mode()
        .map_or_else(String::new, |mode| format!("\nkill switch: {}", mode.as_str()));
    format!(
        "{} positions open, exposure {}, policy {}{kill}",
        ledger.positions().count(),
        words::plain(ledger.exposure().get()),
        ledger.policy()
    )
}

fn curve(closed: &[Record]) -> Vec<Decimal> {
    let sums = closed.iter().scan(Decimal::ZERO, |sum, record| {
        *sum += result(record);
        Some(*sum)
    });
    std::iter::once(Decimal::ZERO).chain(sums).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Level;
    use jiff::civil::Time;

    #[test]
    fn the_next_summary_is_today_or_tomorrow_in_the_users_zone() {
        let notify = |hour| Notify {
            chat: "1".parse().unwrap(),
            level: Level::All,
            quiet: None,
            summary_at: Some(Time::constant(hour, 0, 0, 0)),
        };
        let zone = TimeZone::get("Europe/Istanbul").unwrap();
        let now = Timestamp::parse("2026-11-22T17:30:00Z").unwrap();
        let hours = |hour| until_next(now, &notify(hour), &zone).unwrap().as_secs_f64() / 3_600.0;
        assert!((hours(21) - 0.5).abs() < 1e-9, "half past eight there");
        assert!((hours(20) - 23.5).abs() < 1e-9, "eight has passed");
        let never = Notify { summary_at: None, ..notify(1) };
        assert_eq!(until_next(now, &never, &zone), None);
    }
}
