//! Points in time as people write them.

use std::time::Duration;

use domain::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Which end of a day a date stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Start,
    Last,
}

/// RFC 3339, a date or a date and time in the service's time zone, or how long ago (`90s`, `30m`,
/// `2h`, `3d`).
///
/// # Errors
/// What would be right.
pub(super) fn parse(
    text: &str,
    end: End,
    tz: &TimeZone,
    now: Timestamp,
) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Some(ago) = ago(text) {
        return Ok(now.minus(ago));
    }
    if let Some(at) = Timestamp::parse(text) {
        return Ok(at);
    }
    let local = match text.parse::<Date>() {
        Ok(date) if text.len() <= 10 => match end {
            End::Start => Some(date.to_datetime(jiff::civil::Time::midnight())),
            End::Last => {
                date.tomorrow().ok().map(|next| next.to_datetime(jiff::civil::Time::midnight()))
            }
        },
        _ => text.parse::<DateTime>().ok(),
    };
    let is_date = text.len() <= 10;
    let zoned = local.and_then(|local| tz.to_zoned(local).ok());
    let micros = zoned.map(|zoned| zoned.timestamp().as_microsecond());
    // The last instant of a day is the one before the next begins.
    let micros = micros.map(|at| if is_date && end == End::Last { at - 1 } else { at });
    micros.map(Timestamp::from_micros).ok_or_else(|| {
        "is no point in time: give a date (2026-01-31), a time (2026-01-31T09:30, or with an offset \
         2026-01-31T09:30:00Z), or how long ago (90s, 30m, 2h, 3d)"
            .to_owned()
    })
}

fn ago(text: &str) -> Option<Duration> {
    let text = text.strip_suffix("ago").unwrap_or(text).trim();
    let unit_s = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = text[..text.len() - 1].trim().parse().ok()?;
    Some(Duration::from_secs(number.checked_mul(unit_s)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_say_when() {
        let tz = TimeZone::get("Europe/Istanbul").unwrap();
        let now = Timestamp::parse("2026-03-10T12:00:00Z").unwrap();
        let cases = [
            ("2h", End::Start, "2026-03-10T10:00:00.000000Z"),
            ("90s ago", End::Last, "2026-03-10T11:58:30.000000Z"),
            ("3d", End::Start, "2026-03-07T12:00:00.000000Z"),
            ("2026-03-09", End::Start, "2026-03-08T21:00:00.000000Z"),
            ("2026-03-09", End::Last, "2026-03-09T20:59:59.999999Z"),
            ("2026-03-09T08:30", End::Last, "2026-03-09T05:30:00.000000Z"),
            ("2026-03-09 08:30:01.5", End::Start, "2026-03-09T05:30:01.500000Z"),
            ("2026-03-09T08:30:00Z", End::Start, "2026-03-09T08:30:00.000000Z"),
            ("2026-03-09T08:30:00+05:30", End::Last, "2026-03-09T03:00:00.000000Z"),
        ];
        for (text, end, expected) in cases {
            assert_eq!(parse(text, end, &tz, now).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_point_in_time_is_refused() {
        for text in
            ["", "yesterday", "2026-13-01", "h", "-2h", "1w", "99999999999999999999d", "2026-02-30"]
        {
            assert!(parse(text, End::Start, &TimeZone::UTC, Timestamp::EPOCH).is_err(), "{text}");
        }
    }
}
