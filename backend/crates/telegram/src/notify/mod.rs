//! Telling people what happened: the journal's events as messages.

mod chart;
mod news;
mod summary;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::event::{PositionClosed, RiskSltp};
use domain::{Event, Record, Timestamp};
use jiff::civil::Time;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::api::Outgoing;
use crate::figures::Figures;
use crate::outbox::{Letter, Outbox, cut};
use crate::port::{Lines, Service};
use crate::settings::{Level, Notify, Settings};
use news::News;

/// The same news is told once in this time.
const REPEATED: Duration = Duration::from_mins(10);
/// Least time between two summaries.
const SUMMARIES_APART: Duration = Duration::from_hours(1);
/// Kinds of news that are remembered.
const REMEMBERED: usize = 256;
/// Longest text under a picture, characters.
const CAPTION: usize = 1_024;

/// Follows the journal and tells.
pub(crate) struct Notifier {
    service: Arc<dyn Service>,
    settings: Arc<Settings>,
    notify: Notify,
    outbox: Outbox,
    figures: Arc<Figures>,
    told: Told,
    summarised_at: Option<Timestamp>,
}

impl Notifier {
    pub(crate) fn new(
        service: Arc<dyn Service>,
        settings: Arc<Settings>,
        notify: Notify,
        outbox: Outbox,
        figures: Arc<Figures>,
    ) -> Self {
        Self {
            service,
            settings,
            notify,
            outbox,
            figures,
            told: Told::default(),
            summarised_at: None,
        }
    }

    /// Runs until the journal ends.
    pub(crate) async fn run(mut self, mut records: Receiver<Arc<Record>>) {
        loop {
            let due = self.until_summary();
            tokio::select! {
                record = records.recv() => match record {
                    Ok(record) => self.tell(&record).await,
                    Err(RecvError::Lagged(_)) => self.figures.notification("dropped"),
                    Err(RecvError::Closed) => return,
                },
                () = tokio::time::sleep(due.unwrap_or(Duration::from_hours(1))) => {
                    if due.is_some() {
                        self.summarise().await;
                    }
                }
            }
        }
    }

    /// A clock that was set back must not bring the same summary twice.
    fn until_summary(&self) -> Option<Duration> {
        let now = self.service.now();
        if self.notify.level < Level::Trades {
            return None;
        }
        let due = summary::until_next(now, &self.notify, &self.settings.time_zone)?;
        let rest = self.summarised_at.map(|at| SUMMARIES_APART.saturating_sub(now.since(at)));
        Some(due.max(rest.unwrap_or_default()))
    }

    async fn tell(&mut self, record: &Record) {
        let Some(news) = news::of(record) else { return };
        if news.level > self.notify.level {
            return;
        }
        if !self.told.is_new(&news, record.ts) {
            return self.figures.notification("repeated");
        }
        let text = match &record.event {
            Event::PositionClosed(closed) => self.with_multiple(&news.text, closed, record).await,
            _ => news.text,
        };
        let silent = news.level > Level::Alarms && self.is_quiet();
        let message = Outgoing { text: cut(&text), silent, buttons: Vec::new() };
        let letter = Letter::Text { chat: self.notify.chat.to_string(), message };
        if news.level == Level::Alarms {
            self.outbox.urgent(letter);
        } else {
            self.outbox.ordinary(letter);
        }
    }

    /// The result in units of the risk that the first plan took.
    async fn with_multiple(&self, text: &str, closed: &PositionClosed, record: &Record) -> String {
        let plans = Lines { types: &["RISK_SLTP"], trace: record.trace_id.clone(), limit: 50 };
        let plans = self.service.lines(plans).await.unwrap_or_default();
        let first = plans.iter().rev().find_map(|record| match &record.event {
            Event::RiskSltp(plan) if of_position(plan, closed) => Some(plan.plan.stop),
            _ => None,
        });
        match first.and_then(|stop| crate::words::risk_multiple(closed, stop)) {
            Some(multiple) => format!("{text} ({}R)", crate::words::signed(multiple)),
            None => text.to_owned(),
        }
    }

    fn is_quiet(&self) -> bool {
        let Some(quiet) = self.notify.quiet else { return false };
        quiet.contains(time_of_day(self.service.now(), &self.settings.time_zone))
    }

    async fn summarise(&mut self) {
        let now = self.service.now();
        self.summarised_at = Some(now);
        let Ok(summary) = summary::of(&*self.service, now).await else {
            return self.figures.notification("failed");
        };
        let chat = self.notify.chat.to_string();
        let silent = self.is_quiet();
        let letter = if let Some(png) = chart::png(&summary.curve) {
            let caption = summary.text.chars().take(CAPTION).collect();
            Letter::Photo { chat, png, caption, silent }
        } else {
            let message = Outgoing { text: cut(&summary.text), silent, buttons: Vec::new() };
            Letter::Text { chat, message }
        };
        self.outbox.ordinary(letter);
    }
}

fn of_position(plan: &RiskSltp, closed: &PositionClosed) -> bool {
    plan.position_id == closed.position_id
}

fn time_of_day(now: Timestamp, zone: &jiff::tz::TimeZone) -> Time {
    now.to_jiff().to_zoned(zone.clone()).time()
}

/// What was told lately.
#[derive(Debug, Default)]
struct Told(BTreeMap<String, Timestamp>);

impl Told {
    fn is_new(&mut self, news: &News, at: Timestamp) -> bool {
        let Some(key) = &news.once else { return true };
        self.0.retain(|_, told| at.since(*told) < REPEATED);
        if self.0.contains_key(key) {
            return false;
        }
        if self.0.len() < REMEMBERED {
            self.0.insert(key.clone(), at);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_news_is_told_once_in_ten_minutes() {
        let mut told = Told::default();
        let news = |once: Option<&str>| News {
            level: Level::All,
            once: once.map(str::to_owned),
            text: String::new(),
        };
        let start = Timestamp::from_millis(1_700_000_000_000);
        assert!(told.is_new(&news(Some("a")), start));
        assert!(!told.is_new(&news(Some("a")), start.plus(Duration::from_secs(599))));
        assert!(told.is_new(&news(Some("b")), start));
        assert!(told.is_new(&news(Some("a")), start.plus(REPEATED)));
        assert!(told.is_new(&news(None), start) && told.is_new(&news(None), start));
    }
}
